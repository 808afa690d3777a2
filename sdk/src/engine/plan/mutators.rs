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
    rules: Vec<Rule>,
    /// They may not be read: every object counts as seen by one.
    hidden: bool,
}

/// What one of them sees.
#[derive(Debug)]
struct Rule {
    groups: Vec<String>,
    resources: Vec<String>,
    /// What it asks of the name of a namespace.
    namespaces: Vec<Names>,
}

/// One of these names, or none of them.
#[derive(Debug)]
struct Names {
    among: bool,
    names: Vec<String>,
}

/// The label that every namespace has, with its name.
const NAME: &str = "kubernetes.io/metadata.name";

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
            .map(|webhook| (&webhook["rules"], &webhook["namespaceSelector"]));
        let constraints = &object["spec"]["matchConstraints"];
        let of_policy = (
            &constraints["resourceRules"],
            &constraints["namespaceSelector"],
        );
        for (rules, selector) in of_webhooks.chain([of_policy]) {
            for rule in rules.as_array().into_iter().flatten() {
                let operations = texts(&rule["operations"]);
                // What is there already is updated.
                if operations.iter().any(|one| one == "*" || one == "UPDATE") {
                    self.rules.push(Rule {
                        groups: texts(&rule["apiGroups"]),
                        resources: texts(&rule["resources"]),
                        namespaces: names(selector),
                    });
                }
            }
        }
    }

    /// Whether an object of this kind that is there already may be changed on its way in.
    pub(crate) fn see(&self, served: &Served, namespace: Option<&str>) -> bool {
        let any = |list: &[String], wanted: &str| {
            list.iter()
                .any(|item| item == "*" || item == "*/*" || item == wanted)
        };
        self.hidden
            || self.rules.iter().any(|rule| {
                any(&rule.groups, &served.group)
                    && any(&rule.resources, &served.plural)
                    && namespace.is_none_or(|name| {
                        rule.namespaces
                            .iter()
                            .all(|asked| asked.names.iter().any(|one| one == name) == asked.among)
                    })
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

/// What a selector of namespaces asks of their names; of other labels nothing is known here.
fn names(selector: &Value) -> Vec<Names> {
    let label = selector["matchLabels"][NAME].as_str().map(|name| Names {
        among: true,
        names: vec![name.to_owned()],
    });
    let expressions = selector["matchExpressions"].as_array();
    let expressions = expressions.into_iter().flatten().filter_map(|expression| {
        let among = match expression["operator"].as_str()? {
            "In" => true,
            "NotIn" => false,
            _ => return None,
        };
        (expression["key"] == NAME).then(|| Names {
            among,
            names: texts(&expression["values"]),
        })
    });
    label.into_iter().chain(expressions).collect()
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
        let all = ["CREATE", "UPDATE"];
        mutators.add(&json!({"webhooks": [
            {"rules": [{"operations": all, "apiGroups": ["apps"], "resources": ["deployments"]}]},
            {"rules": [{"operations": ["CREATE"], "apiGroups": ["batch"], "resources": ["*"]}]},
        ]}));
        mutators.add(&json!({"spec": {"matchConstraints": {"resourceRules": [
            {"operations": ["*"], "apiGroups": [""], "resources": ["*"]}]}}}));
        for (group, kind, seen) in [
            ("apps", "Deployment", true),
            ("apps", "StatefulSet", false),
            ("", "Service", true),
            ("batch", "Job", false),
            ("batch", "CronJob", false),
        ] {
            let kind = builtin(group, kind);
            assert_eq!(mutators.see(&kind, Some("shop")), seen, "{kind:?}");
        }
    }

    #[test]
    fn what_they_ask_of_the_name_of_a_namespace_counts() {
        for (selector, seen) in [
            (json!({}), true),
            (json!({"matchLabels": {NAME: "shop"}}), true),
            (json!({"matchLabels": {NAME: "other"}}), false),
            (json!({"matchLabels": {"mesh": "on"}}), true),
            (json!({"matchLabels": {"mesh": "on", NAME: "other"}}), false),
            (
                json!({"matchExpressions": [{"key": NAME, "operator": "NotIn", "values": ["kube-system", "shop"]}]}),
                false,
            ),
            (
                json!({"matchExpressions": [{"key": NAME, "operator": "NotIn", "values": ["kube-system"]}]}),
                true,
            ),
            (
                json!({"matchExpressions": [{"key": NAME, "operator": "In", "values": ["a", "b"]}]}),
                false,
            ),
            (
                json!({"matchExpressions": [{"key": NAME, "operator": "Exists"}]}),
                true,
            ),
        ] {
            let rule = json!({"operations": ["*"], "apiGroups": [""], "resources": ["*"]});
            let mut mutators = Mutators::default();
            mutators.add(&json!({"webhooks": [{"rules": [rule], "namespaceSelector": selector}]}));
            let kind = builtin("", "Service");
            assert_eq!(mutators.see(&kind, Some("shop")), seen, "{selector}");
            assert!(mutators.see(&builtin("", "PersistentVolume"), None));
        }
    }
}
