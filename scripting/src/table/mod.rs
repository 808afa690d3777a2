//! The one table that describes the script language: every function, method and property, with its
//! types, effect, documentation and example. What is registered, suggested, linted, documented and
//! completed comes from here.

mod call;
mod convert;
mod fault;
mod function;
mod in_call;
mod json_text;
mod live;
mod number;
mod output;
mod param;
mod register;
mod row;
mod secret;
mod text;
mod thrown;
mod value;
mod vocabulary;
mod words;

pub use call::Call;
pub(crate) use convert::{DEPTH, too_deep};
pub use convert::{Json, OneOrMany, dynamic_of, json_of};
pub use fault::{Fault, Mismatch, ScriptError};
pub use function::RowFunction;
pub use in_call::InCall;
pub use json_text::JsonText;
pub use live::{Effect, Here, HostIo, Inputs, Reader, Writer};
pub use output::Output;
pub(crate) use param::element;
pub use param::{Any, Callback, Param, ParamKind, Table as Fields};
pub use register::Table;
pub use row::{Argument, Expected, Row, Type, row};
pub(crate) use secret::JOINED_ALONE;
pub use text::{Plain, Scalar, Secret, parsed};
pub(crate) use text::{parsed_params, secret_here};
pub use value::{FieldOf, ScriptType, TypeEntry, Value};
pub(crate) use value::{resources, values};
pub use vocabulary::Vocabulary;
pub(crate) use words::Words;
