//! Which objects the API server changes on their way in, so that only it can say whether an apply
//! would change them.

use crate::{
    cluster::{ApiError, Cluster, Selector, Served},
    engine::{
        EngineError,
        kinds::{api, builtin},
    },
};
use serde_json::Value;

const GROUP: &str = "admissionregistration.k8s.io";

/// The mutating webhooks and policies of a cluster, as far as they concern which objects they see.
#[derive(Debug, Default)]
pub(crate) struct Mutators {
    /// Groups and resources of each rule.
    rules: Vec<(Vec<String>, Vec<String>)>,
    /// They may not be read: every object counts as seen by one.
    hidden: bool,
}

/// Reads them: two lists.
pub(crate) async fn read(cluster: &Cluster) -> Result<Mutators, EngineError> {
    let webhooks = builtin(GROUP, "MutatingWebhookConfiguration");
    let policies = builtin(GROUP, "MutatingAdmissionPolicy");
    let (webhooks, policies) = futures::join!(list(cluster, &webhooks), list(cluster, &policies));
    let mut mutators = Mutators::default();
    for found in [webhooks, policies] {
        match found {
            Ok(found) => {
                for object in &found {
                    mutators.add(object);
                }
            }
            Err(error) if error.is_forbidden() => mutators.hidden = true,
            Err(error) => return Err(api("list mutating webhooks and policies", error, cluster)),
        }
    }
    Ok(mutators)
}

async fn list(cluster: &Cluster, served: &Served) -> Result<Vec<Value>, ApiError> {
    if served.plural.is_empty() {
        return Ok(Vec::new());
    }
    match cluster.list_all(served, None, &Selector::all()).await {
        // Older API servers have no policies.
        Err(error) if matches!(error.code, 404 | 405 | 501) => Ok(Vec::new()),
        found => found,
    }
}

impl Mutators {
    fn add(&mut self, object: &Value) {
        let of_webhooks = object["webhooks"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|webhook| webhook["rules"].as_array());
        let of_policy = object["spec"]["matchConstraints"]["resourceRules"].as_array();
        for rule in of_webhooks.chain(of_policy).flatten() {
            self.rules
                .push((texts(&rule["apiGroups"]), texts(&rule["resources"])));
        }
    }

    /// Whether objects of this kind may be changed on their way in.
    pub(crate) fn see(&self, served: &Served) -> bool {
        let any = |list: &[String], wanted: &str| {
            list.iter()
                .any(|item| item == "*" || item == "*/*" || item == wanted)
        };
        self.hidden
            || self.rules.iter().any(|(groups, resources)| {
                any(groups, &served.group) && any(resources, &served.plural)
            })
    }

    /// What to tell where they may not be read.
    pub(crate) fn warning(&self) -> Option<String> {
        self.hidden.then(|| {
            "mutating webhooks and policies may not be read, so the API server was asked about \
             every object"
                .to_owned()
        })
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rules_of_webhooks_and_policies_are_matched_by_group_and_resource() {
        let mut mutators = Mutators::default();
        mutators.add(&json!({"webhooks": [{"rules": [{"apiGroups": ["apps"], "resources": ["deployments"]}]}]}));
        mutators.add(&json!({"spec": {"matchConstraints": {"resourceRules": [
            {"apiGroups": [""], "resources": ["*"]}]}}}));
        for (group, kind, seen) in [
            ("apps", "Deployment", true),
            ("apps", "StatefulSet", false),
            ("", "Service", true),
            ("batch", "Job", false),
        ] {
            assert_eq!(mutators.see(&builtin(group, kind)), seen, "{kind}");
        }
    }
}
