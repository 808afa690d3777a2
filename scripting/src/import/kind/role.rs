//! `role(name)` and `cluster_role(name)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::pod::items;
use serde_json::Value;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let word = if subject.wanted.id.kind == "Role" {
        "role"
    } else {
        "cluster_role"
    };
    let mut code = call(word, [text(subject.name())]);
    let aggregated = items(&subject.value["aggregationRule"]["clusterRoleSelectors"]);
    for selector in aggregated {
        code = code.then("aggregate", [json(super::labels_alone(selector)?)]);
    }
    if !aggregated.is_empty() {
        return Some(code);
    }
    for rule in items(&subject.value["rules"]) {
        code = self::rule(code, rule)?;
    }
    Some(code)
}

fn rule(code: Code, rule: &Value) -> Option<Code> {
    let verbs = one_or_many(&rule["verbs"]);
    if rule["nonResourceURLs"].is_array() {
        return Some(code.then("allow_urls", [verbs, one_or_many(&rule["nonResourceURLs"])]));
    }
    let [group] = items(&rule["apiGroups"]) else {
        return None;
    };
    let group = group.as_str()?;
    let mut resources = Vec::new();
    for resource in items(&rule["resources"]) {
        let resource = resource.as_str()?;
        resources.push(Value::from(match (group, resource.split_once('/')) {
            ("", _) => resource.to_owned(),
            (group, Some((name, below))) => format!("{name}.{group}/{below}"),
            (group, None) => format!("{resource}.{group}"),
        }));
    }
    let resources = one_or_many(&Value::Array(resources));
    if items(&rule["resourceNames"]).is_empty() {
        return Some(code.then("allow", [verbs, resources]));
    }
    let names = one_or_many(&rule["resourceNames"]);
    Some(code.then("allow_named", [verbs, resources, names]))
}

fn one_or_many(list: &Value) -> Code {
    match items(list) {
        [one] => json(one),
        _ => json(list),
    }
}
