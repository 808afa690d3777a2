//! Why pods restart: the checksums of what they read change.

use super::Change;
use crate::object::{Object, checksum::of_annotation};
use crate::resource::words_of;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Takes the checksums out of a template's metadata, and its annotations where nothing else is in
/// them: hashes tell a reader nothing.
pub(crate) fn take(metadata: &mut Map<String, Value>) {
    let Some(annotations) = metadata
        .get_mut("annotations")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    annotations.retain(|key, _| of_annotation(key).is_none());
    if annotations.is_empty() {
        metadata.remove("annotations");
    }
}

/// The checksums that change, by annotation.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Changed<'a> {
    /// Those that are there before and after, and differ.
    other: Vec<&'a str>,
    new: Vec<&'a str>,
    gone: Vec<&'a str>,
}

/// The checksums that change between an object as it is and as it would be; `None` where none does.
pub(crate) fn changed<'a>(before: &'a Value, after: &'a Value) -> Option<Changed<'a>> {
    let (before, after) = (of(before), of(after));
    let mut changed = Changed::default();
    for (annotation, sum) in &after {
        match before.get(annotation) {
            None => changed.new.push(annotation),
            Some(known) if known != sum => changed.other.push(annotation),
            Some(_) => {}
        }
    }
    let gone = before
        .keys()
        .filter(|annotation| !after.contains_key(*annotation));
    changed.gone.extend(gone);
    (changed != Changed::default()).then_some(changed)
}

fn of(object: &Value) -> BTreeMap<&str, &Value> {
    let annotations = object["spec"]["template"]["metadata"]["annotations"].as_object();
    annotations
        .into_iter()
        .flatten()
        .filter(|(key, _)| of_annotation(key).is_some())
        .map(|(key, sum)| (key.as_str(), sum))
        .collect()
}

impl Changed<'_> {
    /// The reason of the step, where the restart has no other that shows. `new_key` says that hashes
    /// of secrets change because their key does.
    pub(crate) fn reason(
        &self,
        object: &Object,
        changes: &[Change],
        new_key: bool,
    ) -> Option<String> {
        let name = |annotation: &&str| name(object, annotation);
        let on_delete = object.value["spec"]["updateStrategy"]["type"] == "OnDelete";
        let restarts = if on_delete {
            "restarts when its pods are deleted"
        } else {
            "restarts"
        };
        let secret = |annotation: &&str| annotation.starts_with("checksum/secret.");
        let (keyed, other): (Vec<&str>, Vec<&str>) =
            self.other.iter().partition(|one| new_key && secret(one));
        if !other.is_empty() {
            let verb = if other.len() == 1 {
                "changes"
            } else {
                "change"
            };
            let names = listed(other.iter().map(name));
            return Some(format!("{restarts}, since {names} {verb}"));
        }
        if !keyed.is_empty() {
            let names = listed(keyed.iter().map(name));
            return Some(format!(
                "{restarts}, since the key of the checksum of {names} was lost and is made again"
            ));
        }
        // What else changes in the template shows, and is reason enough.
        if changes
            .iter()
            .any(|change| change.path.starts_with(".spec.template"))
        {
            return None;
        }
        let (names, words) = if self.new.is_empty() {
            (&self.gone, "and no longer when")
        } else {
            (&self.new, "and from now on when")
        };
        let verb = if names.len() == 1 {
            "changes"
        } else {
            "change"
        };
        let names = listed(names.iter().map(name));
        Some(format!("{restarts} once, {words} {names} {verb}"))
    }
}

/// "config map `settings`".
fn name(object: &Object, annotation: &str) -> String {
    let known = object
        .checksums
        .iter()
        .find(|one| one.annotation == annotation);
    if let Some(checksum) = known {
        return format!("{} `{}`", words_of(&checksum.of.kind), checksum.of.name);
    }
    let id = of_annotation(annotation).unwrap_or_default();
    match id.split_once('/') {
        Some(("configmap", name)) => format!("config map `{name}`"),
        Some((kind, name)) => format!("{kind} `{name}`"),
        None => id,
    }
}

/// "a, b and c".
fn listed(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    match names.pop() {
        Some(last) if !names.is_empty() => format!("{} and {last}", names.join(", ")),
        last => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Origin;
    use serde_json::json;

    fn with(annotations: &Value) -> Value {
        let mut object = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web"}, "spec": {"template": {"metadata": {}}}});
        if !annotations.is_null() {
            object["spec"]["template"]["metadata"]["annotations"] = annotations.clone();
        }
        object
    }

    #[test]
    fn a_restart_has_its_reason() {
        let a = "checksum/configmap.a";
        let b = "checksum/secret.b";
        let image = Change {
            path: ".spec.template.spec.containers[name=\"web\"].image".to_owned(),
            before: None,
            after: None,
            secret: false,
            unknown: false,
            origin: None,
        };
        for (before, after, new_key, expected) in [
            (json!({}), json!({}), false, None),
            (
                json!({a: "1"}),
                json!({a: "1", "checksum/config": "x"}),
                false,
                None,
            ),
            (
                json!({a: "1", b: "1"}),
                json!({a: "2", b: "1"}),
                false,
                Some("restarts, since config map `a` changes"),
            ),
            (
                json!({a: "1", b: "1"}),
                json!({a: "2", b: "2"}),
                false,
                Some("restarts, since config map `a` and secret `b` change"),
            ),
            (
                json!({a: "1", b: "1"}),
                json!({a: "2", b: "2"}),
                true,
                Some("restarts, since config map `a` changes"),
            ),
            (
                json!({b: "1"}),
                json!({b: "2"}),
                true,
                Some(
                    "restarts, since the key of the checksum of secret `b` was lost and is made again",
                ),
            ),
            (
                Value::Null,
                json!({a: "1", b: "1"}),
                false,
                Some("restarts once, and from now on when config map `a` and secret `b` change"),
            ),
            (
                json!({a: "1"}),
                Value::Null,
                false,
                Some("restarts once, and no longer when config map `a` changes"),
            ),
        ] {
            let (before, after) = (with(&before), with(&after));
            let object = Object::new(after.clone(), Origin::default());
            let found = changed(&before, &after);
            let reason = found
                .as_ref()
                .and_then(|found| found.reason(&object, &[], new_key));
            assert_eq!(reason.as_deref(), expected);
            // A new image says why by itself, unless a content changes too.
            let image = std::slice::from_ref(&image);
            let beside = found.and_then(|found| found.reason(&object, image, new_key));
            let kept = expected.filter(|reason| !reason.contains("once"));
            assert_eq!(beside.as_deref(), kept);
        }
    }

    #[test]
    fn what_is_replaced_by_hand_restarts_by_hand() {
        let mut after = with(&json!({"checksum/secret.b": "2"}));
        after["spec"]["updateStrategy"] = json!({"type": "OnDelete"});
        let before = with(&json!({"checksum/secret.b": "1"}));
        let object = Object::new(after.clone(), Origin::default());
        let reason = changed(&before, &after).and_then(|found| found.reason(&object, &[], false));
        assert_eq!(
            reason.as_deref(),
            Some("restarts when its pods are deleted, since secret `b` changes")
        );
    }

    #[test]
    fn hashes_are_no_changes_to_read() {
        let kind = infra_schema::kind::Kind::find_api("apps/v1", "Deployment").unwrap();
        let (before, after) = (
            with(&json!({"checksum/configmap.a": "1", "x": "1"})),
            with(&json!({"checksum/configmap.a": "2", "x": "2"})),
        );
        let object = Object::new(after.clone(), Origin::default());
        let paths = |before: &Value, after: &Value| -> Vec<String> {
            let found = super::super::changes::changes(&kind.ty(), &object, before, after);
            found.into_iter().map(|change| change.path).collect()
        };
        assert_eq!(
            paths(&before, &after),
            [".spec.template.metadata.annotations.x"]
        );
        let alone = with(&json!({"checksum/configmap.a": "1"}));
        assert_eq!(paths(&with(&Value::Null), &alone), [""; 0]);
    }
}
