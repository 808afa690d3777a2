//! Environment variables.

use super::super::code::{Code, call, json, text};
use super::{Pod, items};
use serde_json::Value;

/// Adds the sources of variables.
pub(super) fn from(pod: &Pod<'_>, code: Code, sources: &Value) -> Code {
    let mut found: Vec<Code> = items(sources)
        .iter()
        .filter_map(|source| self::source(pod, source))
        .collect();
    match found.len() {
        0 => code,
        1 => code.then("env_from", found.pop()),
        _ => code.then("env_from", [Code::Array(found)]),
    }
}

fn source(pod: &Pod<'_>, source: &Value) -> Option<Code> {
    let (kind, reference) = match (&source["configMapRef"], &source["secretRef"]) {
        (Value::Object(_), _) => ("ConfigMap", &source["configMapRef"]),
        (_, Value::Object(_)) => ("Secret", &source["secretRef"]),
        _ => return None,
    };
    let optional = reference["optional"] == true;
    let prefix = source["prefix"]
        .as_str()
        .filter(|prefix| !prefix.is_empty());
    let plain = !optional && prefix.is_none();
    let (context, name) = (pod.context, reference["name"].as_str()?);
    if plain {
        return Some(context.link("", kind, pod.home, name));
    }
    let mut code = context.builder("", kind, pod.home, name);
    code = match prefix {
        Some(prefix) => code.then("prefixed", [text(prefix)]),
        None => code.then("variables", []),
    };
    Some(if optional {
        code.then("optional", [])
    } else {
        code
    })
}

/// Adds the variables.
pub(super) fn variables(pod: &Pod<'_>, mut code: Code, variables: &Value) -> Code {
    let variables = items(variables);
    let pairs: Vec<(String, Code)> = variables
        .iter()
        .filter_map(|one| Some((one["name"].as_str()?.to_owned(), value(pod, one)?)))
        .collect();
    if pairs.is_empty() {
        return code;
    }
    // A map has no order, and a value may name variables that stand before it.
    let refers = |one: &Value| {
        one["value"]
            .as_str()
            .is_some_and(|text| text.contains("$("))
    };
    if variables.iter().any(refers) {
        for (name, value) in pairs {
            code = code.then("env", [text(name), value]);
        }
        return code;
    }
    code.then("env", [Code::Map(pairs)])
}

fn value(pod: &Pod<'_>, one: &Value) -> Option<Code> {
    let from = &one["valueFrom"];
    if from.is_null() {
        return Some(text(one["value"].as_str().unwrap_or_default()));
    }
    if let Some(path) = from["fieldRef"]["fieldPath"].as_str() {
        return (!path.contains('[')).then(|| call("field", [text(path)]));
    }
    if from["resourceFieldRef"].is_object() {
        return resource(&from["resourceFieldRef"]);
    }
    let (kind, reference) = match &from["configMapKeyRef"] {
        Value::Object(_) => ("ConfigMap", &from["configMapKeyRef"]),
        _ => ("Secret", &from["secretKeyRef"]),
    };
    let source = pod
        .context
        .builder("", kind, pod.home, reference["name"].as_str()?);
    let code = source.then("key", [json(&reference["key"])]);
    Some(if reference["optional"] == true {
        code.then("optional", [])
    } else {
        code
    })
}

/// A request or limit of a container.
pub(super) fn resource(reference: &Value) -> Option<Code> {
    let (word, resource) = reference["resource"].as_str()?.split_once('.')?;
    let mut code = match word {
        "limits" => call("limit_of", [text(resource)]),
        "requests" => call("request_of", [text(resource)]),
        _ => return None,
    };
    if let Some(container) = reference["containerName"].as_str() {
        code = code.then("container", [text(container)]);
    }
    if reference["divisor"].is_string() && reference["divisor"] != "0" {
        code = code.then("divisor", [json(&reference["divisor"])]);
    }
    Some(code)
}
