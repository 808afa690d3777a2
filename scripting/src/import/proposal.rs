//! What is proposed for one object.

use super::code::{Code, Step, call, json, text};
use super::context::Context;
use super::kind::{self, Subject};
use super::pod::fields;
use super::verify::Level;
use serde_json::{Map, Value};

/// The expression for an object: its builder, else `object(#{…})`; and whether it is a builder.
pub(super) fn propose(context: &Context<'_>, index: usize, value: &Value) -> (Code, bool) {
    let wanted = &context.objects[index];
    let home = wanted.id.namespace.as_deref().unwrap_or_default();
    if let Level::Builder(patch) = &context.levels[index]
        && let Some(propose) = kind::of(wanted.word())
    {
        let subject = Subject {
            wanted,
            value,
            home,
            context,
        };
        if let Some(code) = propose(&subject) {
            let mut code = described(code, context, index, value, home);
            if let Some(patch) = patch {
                code = code.then("patch", [json(patch)]);
            }
            return (code, true);
        }
    }
    (call("object", [json(&wanted.value)]), false)
}

/// Labels first, annotations and the namespace last.
fn described(code: Code, context: &Context<'_>, index: usize, value: &Value, home: &str) -> Code {
    let metadata = &value["metadata"];
    let of = |field: &str, skip: &dyn Fn(&str) -> bool| -> Option<Value> {
        let kept: Map<String, Value> = fields(&metadata[field])
            .filter(|(key, _)| !skip(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        (!kept.is_empty()).then_some(Value::Object(kept))
    };
    let wanted = &context.objects[index];
    let pods = wanted.pod().is_some();
    let security = &metadata["labels"]["pod-security.kubernetes.io/enforce"];
    let alike = ["audit", "warn"]
        .iter()
        .all(|mode| metadata["labels"][format!("pod-security.kubernetes.io/{mode}")] == *security);
    let is_namespace = wanted.id.kind == "Namespace" && security.is_string() && alike;
    let labels = of("labels", &|key| is_namespace && kind::is_pod_security(key));
    let mut code = match labels.filter(|_| !pods) {
        Some(labels) => first(code, "labels", json(&labels)),
        None => code,
    };
    let annotations = &metadata["annotations"];
    let is_ingress = wanted.id.kind == "Ingress";
    let set = |key: &str| is_ingress && kind::is_ingress_setting(key, annotations);
    if let Some(annotations) = of("annotations", &set) {
        code = code.then("annotations", [json(&annotations)]);
    }
    if !home.is_empty() && home != context.namespace {
        code = code.then("namespace", [text(home)]);
    }
    code
}

/// The same with a call of a method before all others.
fn first(code: Code, name: &'static str, argument: Code) -> Code {
    let step = Step {
        name,
        arguments: vec![argument],
    };
    match code {
        Code::Chain(start, mut steps) => {
            steps.insert(0, step);
            Code::Chain(start, steps)
        }
        start => Code::Chain(Box::new(start), vec![step]),
    }
}
