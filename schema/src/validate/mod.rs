//! What an API server refuses, in its own words.
//!
//! Validation runs on objects with their defaults filled in: to a server a required text that is
//! missing is an empty one. Sources: `pkg/apis/*/validation/validation.go` of Kubernetes 1.36, and
//! OpenAPI for required fields and enumerations.

mod address;
mod affinity;
mod autoscaling;
mod batch;
mod config;
mod container;
mod convert;
mod decode;
mod definition;
mod definition_conversion;
mod definition_lists;
mod definition_root;
mod definition_schema;
mod definition_structure;
mod difference;
mod environment;
mod indexed;
mod ingress;
mod inner;
mod job_status;
mod look;
mod meta;
mod network_policy;
mod object;
mod path;
mod pod;
mod pod_resources;
mod pod_settings;
mod probe;
mod quota;
mod rare_volume;
mod rbac;
mod schema;
mod security_context;
mod selector;
mod service;
mod status;
mod storage;
mod time;
mod tls;
mod unknown;
mod update;
mod violation;
mod volume;
mod warn;
mod workload;

pub use convert::convert;
pub use decode::{decode_error, decode_fault};
pub use object::{is_judged_again, validate};
pub use status::validate_status;
pub use unknown::{prune, unknown_fields, unknown_fields_and_known};
pub use update::{judged_again, validate_update};
pub use violation::{Violation, ViolationKind};
pub use warn::warnings;

#[cfg(test)]
mod tests;
