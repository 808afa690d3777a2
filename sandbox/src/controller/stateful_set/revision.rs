//! The revisions of a set's template, kept as `ControllerRevision` objects.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::effect::{Action, Decision};
use super::super::json::{at, count, int, label, set, text};
use super::super::meta::{controller_reference, name, namespace};
use super::super::template;
use super::identity::REVISION_LABEL;

/// The revision that was rolled out last, and the one of the template as it is.
pub(super) struct Revisions {
    known: Vec<Arc<Value>>,
    /// A revision that is not kept yet.
    new: Option<Value>,
    /// One that stands again, with a new number.
    renewed: Option<Value>,
    pub(super) current: String,
    pub(super) current_template: Value,
    pub(super) update: String,
    pub(super) update_template: Value,
}

impl Revisions {
    pub(super) fn of(set: &Value, known: &[Arc<Value>]) -> Self {
        let mut known = known.to_vec();
        known.sort_by_key(|revision| (count(revision, "revision"), name(revision).to_owned()));
        let template = at(set, "spec.template").clone();
        let newest = known
            .last()
            .map_or(0, |revision| count(revision, "revision"));
        let same = known
            .iter()
            .rfind(|revision| template_of(revision) == template)
            .cloned();
        let (mut new, mut renewed) = (None, None);
        let update = if let Some(same) = same {
            if count(&same, "revision") < newest {
                let mut after = Value::clone(&same);
                set_number(&mut after, newest + 1);
                renewed = Some(after);
            }
            name(&same).to_owned()
        } else {
            let made = make(set, &template, newest + 1);
            let made_name = name(&made).to_owned();
            new = Some(made);
            made_name
        };
        let current =
            Some(text(set, "status.currentRevision")).filter(|current| !current.is_empty());
        let current = known
            .iter()
            .find(|revision| Some(name(revision)) == current)
            .cloned();
        let (current, current_template) = current.map_or_else(
            || (update.clone(), template.clone()),
            |revision| (name(&revision).to_owned(), template_of(&revision)),
        );
        Self {
            known,
            new,
            renewed,
            current,
            current_template,
            update,
            update_template: template,
        }
    }

    /// Keeps the newest revision, and forgets old ones that nothing is of.
    pub(super) fn keep(&self, set: &Value, pods: &[Arc<Value>], decision: &mut Decision) {
        decision
            .actions
            .extend(self.new.clone().map(Action::Create));
        decision
            .actions
            .extend(self.renewed.clone().map(Action::Update));
        let limit = int(set, "spec.revisionHistoryLimit").unwrap_or(10).max(0) as usize;
        let lives = |revision: &&Arc<Value>| {
            let own = name(revision);
            own == self.current
                || own == self.update
                || pods
                    .iter()
                    .any(|pod| label(pod, REVISION_LABEL) == Some(own))
        };
        let old: Vec<&Arc<Value>> = self.known.iter().filter(|one| !lives(one)).collect();
        let surplus = old.len().saturating_sub(limit);
        decision
            .actions
            .extend(old.into_iter().take(surplus).cloned().map(Action::Delete));
    }
}

fn set_number(revision: &mut Value, number: i64) {
    set(revision, "revision", number);
}

/// The template that a revision keeps.
fn template_of(revision: &Value) -> Value {
    let mut template = at(revision, "data.spec.template").clone();
    if let Some(map) = template.as_object_mut() {
        map.remove("$patch");
    }
    template
}

fn make(set: &Value, template: &Value, number: i64) -> Value {
    let hash = template::hash(template, int(set, "status.collisionCount"));
    let mut data = template.clone();
    data["$patch"] = "replace".into();
    let mut labels = at(template, "metadata.labels").clone();
    if !labels.is_object() {
        labels = json!({});
    }
    labels["controller.kubernetes.io/hash"] = hash.as_str().into();
    json!({
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {
            "name": format!("{}-{hash}", name(set)),
            "namespace": namespace(set),
            "labels": labels,
            "ownerReferences": [controller_reference(set)],
        },
        "data": {"spec": {"template": data}},
        "revision": number,
    })
}
