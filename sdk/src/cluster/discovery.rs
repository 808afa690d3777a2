//! How a kind that no table knows is served: asked once per group and version.

use super::{ApiError, Cluster, Served, request::Call};
use infra_schema::kind::Kind;
use serde_json::Value;
use std::sync::{Arc, PoisonError};

/// What a group and version serves.
#[derive(Debug, Default)]
pub(crate) struct Discovered {
    kinds: Vec<Served>,
    /// The plurals with a status subresource.
    with_status: Vec<String>,
}

impl Cluster {
    /// How the API server serves a kind that is not built in; `None` when it does not.
    ///
    /// A group that was found is not asked again until [`Cluster::forget_group`]; one that was not
    /// is asked again each time, since its definition may have come meanwhile.
    pub async fn discover(
        &self,
        group: &str,
        version: &str,
        kind: &str,
    ) -> Result<Option<Served>, ApiError> {
        let served = self.group_version(group, version).await?;
        Ok(served
            .kinds
            .iter()
            .find(|served| served.kind == kind)
            .cloned())
    }

    /// The same in the version that the API server prefers.
    pub async fn discover_any(&self, group: &str, kind: &str) -> Result<Option<Served>, ApiError> {
        let answer = match self.call(&Call::get(format!("/apis/{group}"))).await {
            Ok(answer) => answer,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let preferred = answer["preferredVersion"]["version"].as_str();
        let others = answer["versions"].as_array().into_iter().flatten();
        let versions = preferred
            .into_iter()
            .chain(others.filter_map(|version| version["version"].as_str()));
        for version in versions {
            if let Some(served) = self.discover(group, version, kind).await? {
                return Ok(Some(served));
            }
        }
        Ok(None)
    }

    /// The kinds that are not built in and live in namespaces, each in the version that the API server
    /// prefers.
    pub async fn discover_custom(&self) -> Result<Vec<Served>, ApiError> {
        let groups = self.call(&Call::get("/apis".to_owned())).await?;
        let mut found = Vec::new();
        for group in groups["groups"].as_array().into_iter().flatten() {
            let name = group["name"].as_str().unwrap_or_default();
            let version = group["preferredVersion"]["version"].as_str();
            let ours = Kind::all().iter().any(|kind| kind.group == name);
            let Some(version) = version.filter(|_| !ours) else {
                continue;
            };
            let served = self.group_version(name, version).await?;
            let kinds = served.kinds.iter().filter(|kind| kind.namespaced);
            found.extend(kinds.cloned());
        }
        Ok(found)
    }

    /// Whether objects of a kind that discovery found have a status that a controller writes.
    /// Nothing is sent.
    pub fn has_status(&self, served: &Served) -> bool {
        let key = (
            served.group.clone().into_owned(),
            served.version.clone().into_owned(),
        );
        self.inner
            .discovered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .is_some_and(|group| group.with_status.iter().any(|p| *p == served.plural))
    }

    /// Forgets what a group serves, after a definition in it changed.
    pub fn forget_group(&self, group: &str) {
        self.inner
            .discovered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|(known, _), _| known != group);
    }

    async fn group_version(&self, group: &str, version: &str) -> Result<Arc<Discovered>, ApiError> {
        let key = (group.to_owned(), version.to_owned());
        if let Some(known) = self
            .inner
            .discovered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
        {
            return Ok(Arc::clone(known));
        }
        let path = if group.is_empty() {
            format!("/api/{version}")
        } else {
            format!("/apis/{group}/{version}")
        };
        let list = match self.call(&Call::get(path)).await {
            Ok(list) => list,
            Err(error) if error.is_not_found() => return Ok(Arc::default()),
            Err(error) => return Err(error),
        };
        let served = Arc::new(Discovered {
            kinds: resources(group, version, &list),
            with_status: with_status(&list),
        });
        self.inner
            .discovered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, Arc::clone(&served));
        Ok(served)
    }
}

/// The kinds of an `APIResourceList`, subresources left out.
fn resources(group: &str, version: &str, list: &Value) -> Vec<Served> {
    list["resources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|resource| {
            let plural = resource["name"].as_str()?;
            (!plural.contains('/')).then(|| Served {
                group: group.to_owned().into(),
                version: version.to_owned().into(),
                kind: resource["kind"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
                    .into(),
                plural: plural.to_owned().into(),
                namespaced: resource["namespaced"] == true,
            })
        })
        .collect()
}

fn with_status(list: &Value) -> Vec<String> {
    list["resources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|resource| resource["name"].as_str()?.strip_suffix("/status"))
        .map(str::to_owned)
        .collect()
}
