//! How the kinds of an environment are served, and what their objects are made of.

use super::{EngineError, advice::advice};
use crate::{
    cluster::{ApiError, Cluster, Served},
    object::{Object, ObjectId, Ref},
};
use infra_schema::{kind::Kind, ty::Type};
use serde_json::Value;
use std::collections::BTreeMap;

/// How a built-in kind is served.
pub(crate) fn served(kind: &Kind) -> Served {
    Served {
        group: kind.group.clone(),
        version: kind.version.clone(),
        kind: kind.kind.clone(),
        plural: kind.plural.clone(),
        namespaced: kind.namespaced,
    }
}

/// How a built-in kind is served, by group and kind, in its newest version. The kind must be built
/// in; one that is not has no plural.
pub(crate) fn builtin(group: &str, kind: &str) -> Served {
    Kind::find_latest(group, kind).map_or_else(
        || Served {
            group: group.to_owned().into(),
            version: "v1".into(),
            kind: kind.to_owned().into(),
            plural: String::new().into(),
            namespaced: false,
        },
        served,
    )
}

/// What is known of a kind.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// How it is served.
    pub(crate) served: Served,
    /// What its objects are made of; nothing is known of kinds that are not built in.
    pub(crate) ty: Type,
    /// It is a custom resource with a status that a controller writes.
    pub(crate) status: bool,
    /// The API server serves it now. Otherwise its definition is in the same environment.
    pub(crate) now: bool,
}

/// The kinds of a plan, by group, version and kind.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    known: BTreeMap<(String, String, String), Known>,
}

impl Kinds {
    /// Finds out about every kind of the objects. Built-in kinds are never asked for.
    pub(crate) async fn of(cluster: &Cluster, objects: &[Object]) -> Result<Self, EngineError> {
        let mut kinds = Self::default();
        for object in objects {
            let version = version_of(object.api_version());
            kinds
                .learn(cluster, &object.id.group, version, &object.id.kind)
                .await
                .map_err(|error| api("ask which kinds are served", error, cluster))?;
        }
        kinds.define(objects);
        Ok(kinds)
    }

    /// What is known of an object's kind.
    pub(crate) fn get(&self, id: &ObjectId, version: &str) -> Option<&Known> {
        self.known
            .get(&(id.group.clone(), version.to_owned(), id.kind.clone()))
    }

    /// The same for a member of the inventory, in whatever version it can be had.
    pub(crate) async fn member(
        &mut self,
        cluster: &Cluster,
        id: &ObjectId,
        version: &str,
    ) -> Result<Option<Known>, ApiError> {
        if Kind::find(&id.group, version, &id.kind).is_none()
            && let Some(kind) = Kind::find_latest(&id.group, &id.kind)
        {
            return Ok(Some(builtin_known(kind)));
        }
        self.learn(cluster, &id.group, version, &id.kind).await?;
        Ok(self.get(id, version).filter(|known| known.now).cloned())
    }

    async fn learn(
        &mut self,
        cluster: &Cluster,
        group: &str,
        version: &str,
        kind: &str,
    ) -> Result<(), ApiError> {
        let key = (group.to_owned(), version.to_owned(), kind.to_owned());
        if self.known.contains_key(&key) {
            return Ok(());
        }
        let known = match Kind::find(group, version, kind) {
            Some(kind) => Some(builtin_known(kind)),
            None => cluster
                .discover(group, version, kind)
                .await?
                .map(|served| Known {
                    status: cluster.has_status(&served),
                    served,
                    ty: Type::untyped(),
                    now: true,
                }),
        };
        if let Some(known) = known {
            self.known.insert(key, known);
        }
        Ok(())
    }

    /// Adds what definitions among the objects will be served as.
    fn define(&mut self, objects: &[Object]) {
        for object in objects.iter().filter(|object| is_definition(&object.id)) {
            for served in Served::of_definition(&object.value) {
                let key = (
                    served.group.clone().into_owned(),
                    served.version.clone().into_owned(),
                    served.kind.clone().into_owned(),
                );
                let status = has_status(&object.value, &served.version);
                self.known.entry(key).or_insert_with(|| Known {
                    served,
                    ty: Type::untyped(),
                    status,
                    now: false,
                });
            }
        }
    }
}

fn builtin_known(kind: &Kind) -> Known {
    Known {
        served: served(kind),
        ty: kind.ty(),
        status: false,
        now: true,
    }
}

/// Whether a version of a definition has the status subresource.
fn has_status(definition: &Value, version: &str) -> bool {
    definition["spec"]["versions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|entry| entry["name"] == version && entry["subresources"]["status"].is_object())
}

/// Whether an object defines a kind.
pub(crate) fn is_definition(id: &ObjectId) -> bool {
    id.group == "apiextensions.k8s.io" && id.kind == "CustomResourceDefinition"
}

/// Whether an object is a namespace.
pub(crate) fn is_namespace(id: &ObjectId) -> bool {
    id.group.is_empty() && id.kind == "Namespace"
}

/// `v1` of `apps/v1`.
pub(crate) fn version_of(api_version: &str) -> &str {
    api_version
        .rsplit_once('/')
        .map_or(api_version, |(_, version)| version)
}

/// How a kind that is only referred to is served, in whatever version.
pub(crate) async fn referred(
    cluster: &Cluster,
    reference: &Ref,
) -> Result<Option<Served>, ApiError> {
    match Kind::find_latest(&reference.group, &reference.kind) {
        Some(kind) => Ok(Some(served(kind))),
        None => {
            cluster
                .discover_any(&reference.group, &reference.kind)
                .await
        }
    }
}

/// An API error outside of a single object.
pub(crate) fn api(what: &str, error: ApiError, cluster: &Cluster) -> EngineError {
    if error.silent_for.is_some() {
        EngineError::Silent(error)
    } else if error.is_unreachable() {
        EngineError::Unreachable {
            server: cluster.name().to_string(),
            problem: error.message.clone(),
            help: advice(&error).or_else(|| proxied(cluster)),
        }
    } else {
        EngineError::Api {
            what: what.to_owned(),
            error,
        }
    }
}

/// That a proxy stands between, which may be what cannot be reached.
fn proxied(cluster: &Cluster) -> Option<String> {
    let proxy = cluster.proxy()?;
    Some(format!(
        "it is reached through the proxy `{proxy}`: is that right? `NO_PROXY` names what is reached without it"
    ))
}
