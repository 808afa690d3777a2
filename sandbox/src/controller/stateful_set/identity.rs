//! What tells the pods of a set apart: name, ordinal, labels, host name, claims.

use serde_json::{Value, json};

use super::super::json::{at, child_list, items, set, text};
use super::super::meta::{name, namespace};
use super::super::template;
use super::View;

/// The label with the name of the revision a pod is of.
pub(super) const REVISION_LABEL: &str = "controller-revision-hash";

/// The ordinal of a set's pod.
pub(super) fn ordinal(set: &Value, pod: &Value) -> Option<i64> {
    name(pod)
        .strip_prefix(name(set))?
        .strip_prefix('-')?
        .parse()
        .ok()
}

/// The name of a claim of a pod.
pub(super) fn claim_name(set: &Value, claim_template: &Value, ordinal: i64) -> String {
    format!("{}-{}-{ordinal}", name(claim_template), name(set))
}

impl View<'_> {
    /// The pod of an ordinal at the revision it should have when it is made now.
    pub(super) fn new_pod(&self, ordinal: i64) -> Value {
        let revisions = &self.revisions;
        let rolling = text(self.set, "spec.updateStrategy.type") != "OnDelete";
        let stays = self.first_ordinal() + self.partition();
        let at_current = rolling && self.partition() > 0 && ordinal < stays;
        let (template, revision) = if at_current {
            (&revisions.current_template, &revisions.current)
        } else {
            (&revisions.update_template, &revisions.update)
        };
        let mut pod = template::pod(template, self.set);
        let pod_name = format!("{}-{ordinal}", name(self.set));
        set(&mut pod, "metadata.name", pod_name.as_str());
        set(
            &mut pod,
            "metadata.generateName",
            template::generate_name(self.set),
        );
        set(&mut pod, "spec.hostname", pod_name.as_str());
        set(
            &mut pod,
            "spec.subdomain",
            at(self.set, "spec.serviceName").clone(),
        );
        let index = ordinal.to_string();
        template::add_labels(
            &mut pod,
            "metadata.labels",
            [
                ("statefulset.kubernetes.io/pod-name", pod_name.as_str()),
                ("apps.kubernetes.io/pod-index", index.as_str()),
                (REVISION_LABEL, revision.as_str()),
            ],
        );
        for claim in items(self.set, "spec.volumeClaimTemplates") {
            let volumes = child_list(&mut pod, "spec.volumes");
            volumes.retain(|volume| text(volume, "name") != name(claim));
            volumes.push(json!({
                "name": name(claim),
                "persistentVolumeClaim": {"claimName": claim_name(self.set, claim, ordinal)},
            }));
        }
        pod
    }

    /// The claims that a pod's ordinal needs and that are not there.
    pub(super) fn missing_claims(&self, ordinal: i64) -> Vec<Value> {
        let templates = items(self.set, "spec.volumeClaimTemplates").iter();
        templates
            .filter_map(|claim| {
                let claim_name = claim_name(self.set, claim, ordinal);
                if self.claims.iter().any(|claim| name(claim) == claim_name) {
                    return None;
                }
                let mut new = claim.clone();
                set(&mut new, "apiVersion", "v1");
                set(&mut new, "kind", "PersistentVolumeClaim");
                set(&mut new, "metadata.name", claim_name);
                set(&mut new, "metadata.namespace", namespace(self.set));
                let selector = at(self.set, "spec.selector.matchLabels")
                    .as_object()
                    .cloned();
                let labels = selector.unwrap_or_default();
                for (key, value) in labels {
                    super::super::json::set_key(&mut new, "metadata.labels", &key, value);
                }
                super::super::json::unset(&mut new, "status");
                super::super::json::unset(&mut new, "metadata.creationTimestamp");
                Some(new)
            })
            .collect()
    }
}
