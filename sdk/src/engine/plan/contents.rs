//! What is in a namespace, or made from a definition, that is not ours to delete with it.

use crate::{
    cluster::{ApiError, Cluster, Selector, Served},
    engine::{
        EngineError,
        bounded::bounded,
        kinds::{api, builtin, served},
    },
    object::ObjectId,
};
use futures::FutureExt as _;
use infra_schema::kind::Kind;
use serde_json::Value;
use std::collections::BTreeSet;

/// How many foreign objects are named.
const NAMED: usize = 5;

/// Kinds that come and go by themselves, or cannot be listed.
const IGNORED: [(&str, &str); 6] = [
    ("", "Event"),
    ("events.k8s.io", "Event"),
    ("", "Endpoints"),
    ("discovery.k8s.io", "EndpointSlice"),
    ("metrics.k8s.io", "PodMetrics"),
    ("coordination.k8s.io", "Lease"),
];

/// What is in a namespace beside `known`: as many as are named, or what may not be looked at.
/// Objects that others own go with their owners and do not count.
pub(crate) async fn foreign_in(
    cluster: &Cluster,
    namespace: &str,
    known: &BTreeSet<ObjectId>,
    inventory: &str,
) -> Result<Vec<String>, EngineError> {
    let mut kinds: Vec<Served> = Vec::new();
    for kind in Kind::all() {
        let newest = Kind::find_latest(&kind.group, &kind.kind) == Some(kind);
        let ignored = IGNORED
            .iter()
            .any(|(group, name)| kind.group == *group && kind.kind == *name);
        if kind.namespaced && newest && !ignored && kind.has_verb("list") {
            kinds.push(served(kind));
        }
    }
    kinds.extend(custom_kinds(cluster).await?);
    let reading = kinds
        .iter()
        .map(|kind| listed(cluster, kind, Some(namespace)).boxed())
        .collect();
    let mut foreign = Vec::new();
    for (kind, found) in kinds.iter().zip(bounded(reading).await) {
        match found {
            Ok(found) => {
                for (object, owned) in found {
                    if !owned && !known.contains(&object) && !is_standard(&object, inventory) {
                        foreign.push(object.short());
                    }
                }
            }
            // Not served here, or not listable.
            Err(error) if matches!(error.code, 404 | 405 | 501) => {}
            Err(error) if error.is_forbidden() => {
                foreign.push(format!("{} that may not be listed", kind.resource()));
            }
            Err(error) => {
                let what = format!("list {} in {namespace}", kind.resource());
                return Err(api(&what, error, cluster));
            }
        }
    }
    Ok(foreign)
}

/// The objects of a definition beside `known`.
pub(crate) async fn instances(
    cluster: &Cluster,
    definition: &Value,
    known: &BTreeSet<ObjectId>,
) -> Result<Vec<String>, EngineError> {
    let Some(kind) = Served::of_definition(definition).into_iter().next() else {
        return Ok(Vec::new());
    };
    match listed(cluster, &kind, None).await {
        Ok(found) => Ok(found
            .into_iter()
            .filter(|(id, _)| !known.contains(id))
            .map(|(id, _)| id.to_string())
            .collect()),
        Err(error) if error.is_not_found() => Ok(Vec::new()),
        Err(error) if error.is_forbidden() => {
            Ok(vec![format!("{} that may not be listed", kind.resource())])
        }
        Err(error) => Err(api(&format!("list {}", kind.resource()), error, cluster)),
    }
}

/// The first few of a list, for a sentence.
pub(crate) fn some(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Ids, and whether something owns them. The API server names kinds of metadata differently, so
/// ids are made from what was asked for.
async fn listed(
    cluster: &Cluster,
    kind: &Served,
    namespace: Option<&str>,
) -> Result<Vec<(ObjectId, bool)>, ApiError> {
    let mut found = Vec::new();
    cluster
        .list_metadata(kind, namespace, &Selector::all(), &mut |object| {
            let metadata = &object["metadata"];
            let owned = metadata["ownerReferences"]
                .as_array()
                .is_some_and(|owners| !owners.is_empty());
            found.push((
                ObjectId {
                    group: kind.group.clone().into_owned(),
                    kind: kind.kind.clone().into_owned(),
                    namespace: metadata["namespace"].as_str().map(str::to_owned),
                    name: metadata["name"].as_str().unwrap_or_default().to_owned(),
                },
                owned,
            ));
        })
        .await?;
    Ok(found)
}

/// Kubernetes' own content of every namespace, and ours.
fn is_standard(id: &ObjectId, inventory: &str) -> bool {
    match (id.group.as_str(), id.kind.as_str()) {
        ("", "ServiceAccount") => id.name == "default",
        ("", "ConfigMap") => id.name == "kube-root-ca.crt" || id.name == inventory,
        _ => false,
    }
}

/// Namespaced kinds that definitions add.
async fn custom_kinds(cluster: &Cluster) -> Result<Vec<Served>, EngineError> {
    let definitions = builtin("apiextensions.k8s.io", "CustomResourceDefinition");
    let mut kinds = Vec::new();
    let read = cluster
        .list(&definitions, None, &Selector::all(), &mut |definition| {
            kinds.extend(
                Served::of_definition(&definition)
                    .into_iter()
                    .find(|kind| kind.namespaced),
            );
        })
        .await;
    match read {
        Ok(_) => Ok(kinds),
        Err(error) if matches!(error.code, 403 | 404 | 405 | 501) => Ok(Vec::new()),
        Err(error) => Err(api("list custom resource definitions", error, cluster)),
    }
}
