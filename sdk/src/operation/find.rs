//! From what a person typed to the object in the cluster.

use super::{KindName, OperationError, Target};
use crate::cluster::{Cluster, Selector, Served};
use crate::engine::kinds;
use crate::environment::suggest;
use crate::object::{ObjectId, Ref};
use crate::types::{kind_of, kind_or_any};
use futures::future::join_all;
use infra_schema::kind::Kind;
use serde_json::Value;

/// An object that was found, and how its kind is served.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// How its kind is served.
    pub served: Served,
    /// Who it is.
    pub id: ObjectId,
    /// It, as it was read.
    pub object: Value,
}

/// The kinds that a name alone may mean: `Deployment` of `apps` and the like.
pub type Workloads = &'static [(&'static str, &'static str)];

/// Everything that runs.
pub const WORKLOADS: Workloads = &[
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("batch", "CronJob"),
    ("batch", "Job"),
    ("", "Pod"),
];

/// What is rolled out.
pub const ROLLED_OUT: Workloads = &[
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
];

/// How a kind is served.
pub async fn served(cluster: &Cluster, kind: &KindName) -> Result<Served, OperationError> {
    let failed = |error| OperationError::api("the cluster's kinds cannot be read", error);
    let word = match kind {
        KindName::Exact { group, kind } => {
            let reference = Ref::new(group, kind, "");
            let found = kinds::referred(cluster, &reference).await;
            return found
                .map_err(failed)?
                .ok_or_else(|| OperationError::NoKind {
                    word: kind.clone(),
                    meant: None,
                });
        }
        KindName::Word(word) => word,
    };
    if let Some(kind) = kind_of(word) {
        return Ok(kinds::served(kind));
    }
    let found = cluster.discover_word(word).await.map_err(failed)?;
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(OperationError::NoKind {
            word: word.clone(),
            meant: near_kind(word),
        }),
        several => Err(OperationError::SeveralKinds {
            word: word.clone(),
            kinds: several.iter().map(Served::resource).collect(),
        }),
    }
}

/// The built-in kind whose name a word nearly is, in lower case.
fn near_kind(word: &str) -> Option<String> {
    debug_assert!(kind_or_any(word).is_err() || word.contains('.'));
    let names = Kind::all().iter().flat_map(|kind| {
        let short = kind.short_names.iter();
        [&kind.singular, &kind.plural].into_iter().chain(short)
    });
    suggest(&word.to_lowercase(), names.map(AsRef::as_ref)).map(str::to_owned)
}

/// Reads what a target means. A name alone means the one of `workloads` that has it.
pub async fn find(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    workloads: Workloads,
) -> Result<Found, OperationError> {
    let namespace = target.namespace.as_deref().unwrap_or(namespace);
    match &target.kind {
        None => by_name(cluster, &target.name, namespace, workloads).await,
        Some(kind) => {
            let served = served(cluster, kind).await?;
            let object = read(cluster, &served, namespace, &target.name).await?;
            match object {
                Some(object) => Ok(found(served, object)),
                None => Err(not_there(cluster, &served, namespace, &target.name).await),
            }
        }
    }
}

fn found(served: Served, object: Value) -> Found {
    Found {
        id: ObjectId::of(&object),
        served,
        object,
    }
}

async fn read(
    cluster: &Cluster,
    served: &Served,
    namespace: &str,
    name: &str,
) -> Result<Option<Value>, OperationError> {
    let read = cluster.get(served, Some(namespace), name).await;
    read.map_err(|error| {
        let what = described(served, namespace, name);
        OperationError::api(format!("{what} cannot be read"), error)
    })
}

/// ``deployment `app` in shop``.
pub(super) fn described(served: &Served, namespace: &str, name: &str) -> String {
    let kind = served.kind.to_lowercase();
    if served.namespaced {
        format!("{kind} `{name}` in {namespace}")
    } else {
        format!("{kind} `{name}`")
    }
}

async fn not_there(
    cluster: &Cluster,
    served: &Served,
    namespace: &str,
    name: &str,
) -> OperationError {
    let names = names(cluster, served, namespace).await;
    OperationError::NotThere {
        what: described(served, namespace, name),
        meant: suggest(name, names.iter().map(String::as_str)).map(str::to_owned),
        known: names,
    }
}

/// The names of a kind's objects, for a hint: none where they may not be read.
async fn names(cluster: &Cluster, served: &Served, namespace: &str) -> Vec<String> {
    let mut names = Vec::new();
    let keep = &mut |item: Value| names.push(ObjectId::of(&item).name);
    let everything = Selector::all();
    // Without it there is no hint, and nothing else is lost.
    let _ = cluster
        .list_metadata(served, Some(namespace), &everything, keep)
        .await;
    names
}

async fn by_name(
    cluster: &Cluster,
    name: &str,
    namespace: &str,
    workloads: Workloads,
) -> Result<Found, OperationError> {
    let kinds: Vec<Served> = workloads
        .iter()
        .map(|(group, kind)| kinds::builtin(group, kind))
        .collect();
    let reads = kinds
        .iter()
        .map(|served| read(cluster, served, namespace, name));
    let (mut all, mut refused) = (Vec::new(), None);
    for (served, answer) in kinds.iter().zip(join_all(reads).await) {
        match answer {
            Ok(Some(object)) => all.push(found(served.clone(), object)),
            Ok(None) => {}
            // One kind that may not be read does not hide the others.
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    match all.as_slice() {
        [_] => {}
        [] => {
            if let Some(error) = refused {
                return Err(error);
            }
            let known = join_all(kinds.iter().map(|served| async move {
                let names = names(cluster, served, namespace).await;
                let kind = served.kind.to_lowercase();
                names.into_iter().map(move |name| format!("{kind}/{name}"))
            }));
            let known: Vec<String> = known.await.into_iter().flatten().collect();
            let bare = known.iter().filter_map(|one| one.split_once('/'));
            let near = suggest(name, bare.map(|(_, name)| name));
            let meant = known
                .iter()
                .find(|one| near.is_some_and(|near| one.ends_with(&format!("/{near}"))));
            return Err(OperationError::NotThere {
                what: format!("workload `{name}` in {namespace}"),
                meant: meant.cloned(),
                known,
            });
        }
        several => {
            return Err(OperationError::Several {
                name: name.to_owned(),
                found: several.iter().map(|found| found.id.short()).collect(),
            });
        }
    }
    // One was found.
    all.pop()
        .ok_or_else(|| OperationError::unfit("nothing was found"))
}
