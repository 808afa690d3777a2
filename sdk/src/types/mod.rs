//! Values that a builder takes: parsed once, and then right.
//!
//! Every type is read with [`FromStr`](std::str::FromStr) or `TryFrom<&str>`, and says what was
//! expected when it cannot be. A builder that has them cannot fail later.

#[macro_use]
mod text;

mod access_mode;
mod alphabet;
mod amount;
mod api_resource;
mod counted;
mod driver;
mod duration;
mod env_file;
mod field;
mod file;
mod host;
mod image;
mod invalid;
mod key;
mod kind_word;
mod label;
mod name;
mod port;
mod priority;
mod prometheus;
mod quantity;
mod reason;
mod schedule;
mod seconds;
mod secret_form;
mod share;
mod system;

pub mod yaml;

pub(crate) use kind_word::{kind_of, kind_or_any};
pub(crate) use label::label_map;
pub(crate) use secret_form::secret_form;
pub(crate) use system::sentence_part;
pub(crate) use text::one_of;

pub use access_mode::AccessMode;
pub use alphabet::Alphabet;
pub use amount::Amount;
pub use api_resource::{ApiResource, RoleName, UrlPath, UrlVerb, Verb};
pub use counted::{QuotaName, ResourceName};
pub use driver::{DriverName, Provisioner};
pub use duration::Duration;
pub use env_file::env_lines;
pub use field::FieldName;
pub use file::{FileMode, MountPath};
pub use host::{Cidr, HostName, ServerName};
pub use image::ImageRef;
pub use invalid::Invalid;
pub use key::{DataKey, EnvName};
pub use kind_word::kind_is_namespaced;
pub use label::{LabelKey, LabelValue, label_value_of};
pub use name::{DnsLabel, Name};
pub use port::{Port, PortName, PortRef, Protocol};
pub use priority::Priority;
pub use prometheus::{AlertLabel, Promql};
pub use quantity::Quantity;
pub use reason::Reason;
pub use schedule::{Schedule, TimeZone};
pub use seconds::Seconds;
pub use share::Share;
pub use system::in_words;
