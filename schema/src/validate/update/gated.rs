//! Pods that wait at a gate are not scheduled yet: where they may run can be narrowed.

use serde_json::Value;

use super::super::inner;
use super::super::look::{entries, field, items};
use super::super::path::{Found, Path};
use super::without;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

/// Whether a pod waits at a gate.
pub(super) fn waits(pod: &Value) -> bool {
    !items(&pod["spec"], "schedulingGates").is_empty()
}

/// The `spec` of a pod without what may change of one that waits.
pub(super) fn fixed(spec: &Value) -> Value {
    let mut fixed = without(spec, &["affinity", "nodeSelector"]);
    let affinity = without(&spec["affinity"], &["nodeAffinity"]);
    if affinity.as_object().is_some_and(|rest| !rest.is_empty()) {
        fixed["affinity"] = affinity;
    }
    fixed
}

/// Refuses nodes that were not among those before.
pub(super) fn check(old: &Value, new: &Value, path: &Path<'_>, found: &mut Found) {
    let had = |(name, value): (&String, &Value)| new["nodeSelector"].get(name) == Some(value);
    if !entries(old, "nodeSelector").all(had) {
        let given = field(new, "nodeSelector").unwrap_or(&Value::Null);
        let detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
        path.field("nodeSelector").invalid(found, given, detail);
    }
    let terms = |spec: &Value| -> Vec<Value> {
        let required = &spec["affinity"]["nodeAffinity"][REQUIRED];
        items(required, "nodeSelectorTerms").to_vec()
    };
    let (before, after) = (terms(old), terms(new));
    if before.is_empty() {
        return;
    }
    let path = path.field("affinity");
    let path = path.field("nodeAffinity");
    let path = path.field(REQUIRED);
    let path = path.field("nodeSelectorTerms");
    if before.len() != after.len() {
        let shown = shown_list(&after, term);
        let detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed";
        path.invalid_text(found, &shown, detail);
        return;
    }
    for (at, (before, after)) in before.iter().zip(&after).enumerate() {
        if !narrows(before, after) {
            let detail = "only additions are allowed (no mutations or deletions)";
            path.index(at).invalid_text(found, &term(after), detail);
        }
    }
}

/// Whether a term asks for what it did and no less. One that asked for nothing met no node.
fn narrows(before: &Value, after: &Value) -> bool {
    let lists = ["matchExpressions", "matchFields"];
    let empty = |term: &Value| lists.iter().all(|list| items(term, list).is_empty());
    let begins = |list: &str| items(after, list).starts_with(items(before, list));
    (!empty(before) || empty(after)) && lists.iter().all(|list| begins(list))
}

/// A term as the server shows it.
fn term(term: &Value) -> String {
    let list = |name: &str| {
        let expression = |one: &Value| {
            let names = [
                ("Key", "key"),
                ("Operator", "operator"),
                ("Values", "values"),
            ];
            inner::record(one, &names)
        };
        shown_list(items(term, name), expression)
    };
    let (labels, fields) = (list("matchExpressions"), list("matchFields"));
    format!("{{\"MatchExpressions\":{labels},\"MatchFields\":{fields}}}")
}

fn shown_list(all: &[Value], shown: impl Fn(&Value) -> String) -> String {
    if all.is_empty() {
        return "null".to_owned();
    }
    let all: Vec<String> = all.iter().map(shown).collect();
    format!("[{}]", all.join(","))
}
