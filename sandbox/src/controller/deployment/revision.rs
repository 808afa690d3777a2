//! The replica set of the current template, and the revision numbers.

use serde_json::{Value, json};

use super::super::condition::Condition;
use super::super::effect::{Action, Event};
use super::super::json::{annotation, at, child_map, count, int, set_key};
use super::super::meta::{controller_reference, name, namespace};
use super::super::template::{HASH_LABEL, copy_entries, hash};
use super::{DESIRED, HISTORY, MAX, REVISION, Sync, put_condition};

/// Annotations of a deployment that its replica sets do not inherit.
const NOT_COPIED: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    HISTORY,
    DESIRED,
    MAX,
    "deprecated.deployment.rollback.to",
];

impl Sync<'_> {
    /// Brings the new replica set's annotations up to date, or creates it where `create` says so.
    pub(super) fn revise(&mut self, create: bool) {
        let newest = self.old.iter().map(revision).max().unwrap_or(0);
        if let Some(set) = self.new.take() {
            let annotated = self.annotated(&set, newest + 1);
            if annotated == set {
                self.note_found(&annotated);
            } else {
                self.decision.push(Action::Update(annotated.clone()));
            }
            self.new = Some(annotated);
        } else if create {
            self.create(newest + 1);
        }
    }

    /// Notes on the deployment which revision its replica set is, and that there is one.
    fn note_found(&mut self, set: &Value) {
        let revision = annotation(set, REVISION).unwrap_or("1");
        let mut news = annotation(&self.deployment, REVISION) != Some(revision);
        let revision = revision.to_owned();
        set_key(
            &mut self.deployment,
            "metadata.annotations",
            REVISION,
            revision,
        );
        if self.progress_reason().is_empty() && self.has_deadline() {
            let message = format!("Found new replica set \"{}\"", name(set));
            let found = Condition::new("Progressing", "True", "FoundNewReplicaSet", message);
            put_condition(&mut self.deployment["status"], &found, self.now);
            news = true;
        }
        if news {
            self.decision.push(Action::Status(self.deployment.clone()));
        }
    }

    fn create(&mut self, revision: i64) {
        let template = at(&self.deployment, "spec.template").clone();
        let hash = hash(&template, int(&self.deployment, "status.collisionCount"));
        let mut set = json!({
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": format!("{}-{hash}", name(&self.deployment)),
                "namespace": namespace(&self.deployment),
                "labels": at(&template, "metadata.labels").clone(),
                "ownerReferences": [controller_reference(&self.deployment)],
            },
            "spec": {
                "selector": at(&self.deployment, "spec.selector").clone(),
                "template": template,
            },
        });
        for path in [
            "metadata.labels",
            "spec.selector.matchLabels",
            "spec.template.metadata.labels",
        ] {
            child_map(&mut set, path).insert(HASH_LABEL.to_owned(), hash.as_str().into());
        }
        if let Some(seconds) = int(&self.deployment, "spec.minReadySeconds").filter(|&s| s > 0) {
            set["spec"]["minReadySeconds"] = seconds.into();
        }
        let replicas = self.first_replicas();
        set["spec"]["replicas"] = replicas.into();
        let mut set = self.annotated(&set, revision);
        self.bound(&mut set);
        let created = format!("Created new replica set \"{}\"", name(&set));
        self.decision.push(Action::Create(set.clone()));
        if replicas > 0 {
            let message = format!("Scaled up replica set {} from 0 to {replicas}", name(&set));
            self.decision.event(Event::normal(
                &self.deployment,
                "ScalingReplicaSet",
                message,
            ));
        }
        set_key(
            &mut self.deployment,
            "metadata.annotations",
            REVISION,
            revision.to_string(),
        );
        // Just resumed, the controller's own word of that stands in the way of this one.
        if self.progress_reason() != "DeploymentResumed" {
            if self.has_deadline() {
                let made = Condition::new("Progressing", "True", "NewReplicaSetCreated", created);
                put_condition(&mut self.deployment["status"], &made, self.now);
            }
            self.decision.push(Action::Status(self.deployment.clone()));
        }
        self.new = Some(set);
    }

    /// How many pods a set made now may start with.
    fn first_replicas(&self) -> i64 {
        let wanted = self.wanted();
        if super::text(&self.deployment, "spec.strategy.type") == "Recreate" {
            return wanted;
        }
        let there: i64 = self.old.iter().map(super::spec_replicas).sum();
        (wanted + self.max_surge() - there).clamp(0, wanted)
    }

    /// The set with what it inherits from the deployment, the revision, and the bounds of scaling.
    fn annotated(&self, set: &Value, newest: i64) -> Value {
        let mut after = set.clone();
        copy_entries(
            &self.deployment,
            "metadata.annotations",
            &mut after,
            "metadata.annotations",
            |key| !NOT_COPIED.contains(&key),
        );
        let old = revision(set);
        if old < newest {
            set_key(
                &mut after,
                "metadata.annotations",
                REVISION,
                newest.to_string(),
            );
            if old > 0 {
                let history =
                    annotation(set, HISTORY).map_or_else(String::new, |told| format!("{told},"));
                set_key(
                    &mut after,
                    "metadata.annotations",
                    HISTORY,
                    format!("{history}{old}"),
                );
            }
        }
        let ready = count(&self.deployment, "spec.minReadySeconds");
        if ready != count(set, "spec.minReadySeconds") {
            after["spec"]["minReadySeconds"] = ready.into();
        }
        after
    }

    /// Notes on a set how far the deployment wants to scale.
    pub(super) fn bound(&self, set: &mut Value) {
        let wanted = self.wanted();
        set_key(set, "metadata.annotations", DESIRED, wanted.to_string());
        set_key(
            set,
            "metadata.annotations",
            MAX,
            (wanted + self.max_surge()).to_string(),
        );
    }

    /// Deletes replica sets beyond what is kept for going back.
    pub(super) fn clean_up(&mut self) {
        let kept = int(&self.deployment, "spec.revisionHistoryLimit")
            .unwrap_or(10)
            .max(0);
        let mut gone: Vec<&Value> = self
            .old
            .iter()
            .filter(|set| {
                super::spec_replicas(set) == 0
                    && super::reported(set, "replicas") == 0
                    && !super::is_terminating(set)
                    && count(set, "metadata.generation")
                        <= super::reported(set, "observedGeneration")
            })
            .collect();
        let surplus = (self.old.len() as i64 - kept).max(0) as usize;
        gone.sort_by_key(|set| revision(set));
        for set in gone.into_iter().take(surplus) {
            self.decision
                .actions
                .push(Action::Delete(std::sync::Arc::new(set.clone())));
        }
    }
}

/// The revision that a set is marked with.
fn revision(set: &Value) -> i64 {
    annotation(set, REVISION)
        .and_then(|revision| revision.parse().ok())
        .unwrap_or(0)
}
