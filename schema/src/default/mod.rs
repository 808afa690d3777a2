//! What an API server makes of an object when it decodes it into Go's types: zero values vanish or
//! appear, and defaults are filled in. What admission and strategies add (service account tokens,
//! cluster addresses, finalizers of namespaces) is not done here.
//!
//! Sources: OpenAPI for defaults that the types declare; `pkg/apis/*/*/defaults.go` and the
//! conversions beside them, Kubernetes 1.36, for what is computed.

mod batch;
mod core;
mod decode;
mod edit;
mod image;
mod networking;
mod other;
mod pod;
mod workload;
mod zero;

use serde_json::Value;

pub use decode::decode;
pub use zero::zeros;

use crate::kind::Kind;

/// Gives a built-in object every value that a server would answer with: decodes it, then fills in
/// computed defaults, declared defaults, and what Go prints of empty structs. Calling it twice
/// changes nothing. Objects of other kinds are left as they are.
pub fn defaults(kind: &Kind, object: &mut Value) {
    let ty = kind.ty();
    if !ty.is_builtin() || !object.is_object() {
        return;
    }
    decode(&ty, object);
    // Go has structs where JSON has nothing: computed defaults want them, and make new ones.
    zero::fill(&ty, object);
    computed(kind, object);
    zero::fill(&ty, object);
}

fn computed(kind: &Kind, object: &mut Value) {
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", name) => core::defaults(name, object),
        ("apps", name) => workload::defaults(name, object),
        ("batch", name) => batch::defaults(name, object),
        ("networking.k8s.io" | "discovery.k8s.io", name) => networking::defaults(name, object),
        (_, name) => other::defaults(name, object),
    }
}

#[cfg(test)]
mod tests;
