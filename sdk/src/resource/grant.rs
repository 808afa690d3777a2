//! Leave for routes and gateways to name what is in other namespaces (`ReferenceGrant`).

use super::{Custom, gateway::GROUP};
use crate::environment::Graph;
use crate::object::{Object, Ref};
use serde_json::json;
use std::collections::BTreeMap;

/// Something that a gateway or a route names.
pub(super) struct Grant<'a>(&'a Ref);

impl<'a> Grant<'a> {
    pub(super) fn to(reference: &'a Ref) -> Self {
        Self(reference)
    }
}

/// The leave that an object needs for what it names in other namespaces of this environment: one
/// object for each. What others own, they allow.
pub(super) fn grants<'a>(
    custom: &Custom,
    kind: &str,
    needed: impl Iterator<Item = Grant<'a>>,
    graph: &Graph,
) -> Vec<Object> {
    let home = custom.namespace().unwrap_or(graph.namespace());
    let mut by_namespace: BTreeMap<String, Vec<(String, String, String)>> = BTreeMap::new();
    for Grant(reference) in needed {
        let away = graph.namespace_of(reference);
        let ours = graph.facts(reference).is_some_and(|facts| !facts.existing);
        if away == home || !ours {
            continue;
        }
        let to = (
            reference.group.clone(),
            reference.kind.clone(),
            reference.name.clone(),
        );
        let list = by_namespace.entry(away.to_owned()).or_default();
        if !list.contains(&to) {
            list.push(to);
        }
    }
    let grants = by_namespace.into_iter().map(|(away, to)| {
        let name = format!("{}-{home}-{}", kind.to_lowercase(), custom.meta.name);
        let to = to
            .into_iter()
            .map(|(group, kind, name)| json!({ "group": group, "kind": kind, "name": name }));
        custom.meta.companion(&json!({
            "apiVersion": format!("{GROUP}/v1beta1"),
            "kind": "ReferenceGrant",
            "metadata": {
                "name": name,
                "namespace": away,
                "labels": custom.meta.standard_labels(graph),
            },
            "spec": {
                "from": [{ "group": GROUP, "kind": kind, "namespace": home }],
                "to": to.collect::<Vec<_>>(),
            },
        }))
    });
    grants.collect()
}
