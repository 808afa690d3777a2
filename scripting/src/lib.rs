//! The script language of `infra`: Rhai over the builders of `infra-sdk`.
//!
//! [`table`] describes the language, [`session`] runs it, [`diagnostic`] says what went wrong as
//! data, [`mod@reference`] documents it. The terminal draws; this crate never prints.

pub mod bindings;
pub mod diagnostic;
pub mod import;
mod lint;
pub mod reference;
pub mod session;
pub mod table;

#[cfg(test)]
mod live_testing;
#[cfg(test)]
mod testing;
