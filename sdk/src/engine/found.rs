//! What people wrote that is in a namespace already.

use super::{
    EngineError,
    bounded::bounded,
    kinds::{api, served},
};
use crate::cluster::{ApiError, Cluster, Selector, Served};
use crate::written::{by_people, may_be_written};
use futures::FutureExt as _;
use infra_schema::kind::Kind;
use serde_json::Value;
use std::collections::BTreeSet;

/// What was found in a namespace.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The objects that people wrote, as they are in the cluster.
    pub objects: Vec<Value>,
    /// Resources that may not be listed, as the API server names them.
    pub unread: Vec<String>,
}

/// Reads what people wrote in a namespace: of every kind that the API server has, the objects with
/// these labels, and the namespace itself where no labels are asked for.
pub async fn found(cluster: &Cluster, namespace: &str, labels: &str) -> Result<Found, EngineError> {
    let failed = |error| api("ask which kinds are served", error, cluster);
    let mut kinds = builtin();
    kinds.extend(cluster.discover_custom().await.map_err(failed)?);
    let selector = Selector::labels(labels);
    let reads = kinds.iter().map(|kind| {
        let selector = &selector;
        async move {
            (
                kind,
                cluster.list_all(kind, Some(namespace), selector).await,
            )
        }
        .boxed()
    });
    let mut found = Found::default();
    let mut objects = Vec::new();
    for (kind, answer) in bounded(reads.collect()).await {
        match answer {
            Ok(some) => objects.extend(some),
            Err(error) if is_absent(&error) => {}
            Err(error) if error.is_forbidden() => found.unread.push(kind.resource()),
            Err(error) => {
                let what = format!("list {} in {namespace}", kind.resource());
                return Err(api(&what, error, cluster));
            }
        }
    }
    if labels.is_empty() && namespace != "default" {
        let kind = super::kinds::builtin("", "Namespace");
        match cluster.get(&kind, None, namespace).await {
            Ok(own) => objects.extend(own),
            Err(error) if error.is_forbidden() => found.unread.push(kind.resource()),
            Err(error) => return Err(api("read the namespace", error, cluster)),
        }
    }
    // The kind says what an item of a list is; some are known in two groups.
    let mut seen = BTreeSet::new();
    objects.retain(|object| match object["metadata"]["uid"].as_str() {
        Some(uid) => seen.insert(uid.to_owned()),
        None => true,
    });
    found.objects = by_people(objects);
    Ok(found)
}

/// A kind of a newer or older server, or one whose objects cannot be listed.
fn is_absent(error: &ApiError) -> bool {
    error.is_kind_missing() || error.is_not_found() || error.code == 405
}

/// The built-in kinds of a namespace, each in its newest stable version.
fn builtin() -> Vec<Served> {
    let mut found: Vec<Served> = Vec::new();
    for kind in Kind::all() {
        let stable = !kind.version.contains("alpha") && !kind.version.contains("beta");
        let listed = kind.namespaced && kind.has_verb("list") && kind.has_verb("create");
        let known = found
            .last()
            .is_some_and(|last| last.group == kind.group && last.kind == kind.kind);
        if stable && listed && !known && may_be_written(&kind.group, &kind.kind) {
            found.push(served(kind));
        }
    }
    found
}
