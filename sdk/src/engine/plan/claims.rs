//! The volume claims that stateful sets leave behind.

use crate::{
    cluster::{Cluster, Selector, Served},
    engine::{
        EngineError,
        kinds::{api, builtin},
    },
    object::ObjectId,
};
use serde_json::Value;

/// A claim that a stateful set made.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) id: ObjectId,
    pub(crate) live: Value,
    /// The stateful set's name.
    pub(crate) made_by: String,
}

/// How claims are served.
pub(crate) fn served() -> Served {
    builtin("", "PersistentVolumeClaim")
}

/// The claims that these stateful sets of one namespace made from their templates.
pub(crate) async fn of(
    cluster: &Cluster,
    namespace: &str,
    sets: &[&Value],
) -> Result<Vec<Claim>, EngineError> {
    let prefixes: Vec<(String, String)> = sets.iter().flat_map(|set| prefixes(set)).collect();
    if prefixes.is_empty() {
        return Ok(Vec::new());
    }
    let mut claims = Vec::new();
    cluster
        .list(&served(), Some(namespace), &Selector::all(), &mut |claim| {
            let id = ObjectId::of(&claim);
            if let Some(made_by) = maker(&prefixes, &id.name) {
                claims.push(Claim {
                    id,
                    live: claim,
                    made_by,
                });
            }
        })
        .await
        .map_err(|error| {
            let what = format!("list persistentvolumeclaims in {namespace}");
            api(&what, error, cluster)
        })?;
    Ok(claims)
}

/// `data-redis-` and `redis`: how the names of a set's claims begin.
fn prefixes(set: &Value) -> Vec<(String, String)> {
    let name = set["metadata"]["name"].as_str().unwrap_or_default();
    set["spec"]["volumeClaimTemplates"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|template| template["metadata"]["name"].as_str())
        .map(|template| (format!("{template}-{name}-"), name.to_owned()))
        .collect()
}

/// The set that made a claim of this name: what follows the prefix is the pod's number.
fn maker(prefixes: &[(String, String)], name: &str) -> Option<String> {
    prefixes
        .iter()
        .find(|(prefix, _)| {
            name.strip_prefix(prefix.as_str()).is_some_and(|number| {
                !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
            })
        })
        .map(|(_, set)| set.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_claim_is_known_by_template_set_and_number() {
        let set = json!({"metadata": {"name": "redis"},
            "spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}});
        let prefixes = prefixes(&set);
        for (name, known) in [
            ("data-redis-0", true),
            ("data-redis-12", true),
            ("data-redis-", false),
            ("data-redis-x-0", false),
            ("data-redis2-0", false),
            ("redis-0", false),
        ] {
            assert_eq!(maker(&prefixes, name).is_some(), known, "{name}");
        }
    }
}
