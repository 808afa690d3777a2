//! How a kind that no table knows is served: asked once per group and version.

use super::{ApiError, Cluster, Served, request::Call};
use infra_schema::kind::Kind;
use serde_json::Value;
use std::sync::{Arc, PoisonError};

/// What a group and version serves.
#[derive(Debug, Default)]
pub(crate) struct Discovered {
    kinds: Vec<Served>,
    /// What each of them is called besides: kind, plural, singular and short names, in lower case.
    words: Vec<Vec<String>>,
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
        let mut found = Vec::new();
        for group in self.custom_groups().await? {
            let kinds = group.kinds.iter().filter(|kind| kind.namespaced);
            found.extend(kinds.cloned());
        }
        Ok(found)
    }

    /// The kinds that are not built in and are called so: by kind, plural, singular, short name or
    /// `plural.group`, in any case.
    pub async fn discover_word(&self, word: &str) -> Result<Vec<Served>, ApiError> {
        let word = word.to_lowercase();
        let mut found = Vec::new();
        for group in self.custom_groups().await? {
            for (served, words) in group.kinds.iter().zip(&group.words) {
                let called =
                    |known: &String| *known == word || word == format!("{known}.{}", served.group);
                if words.iter().any(called) {
                    found.push(served.clone());
                }
            }
        }
        Ok(found)
    }

    /// What the groups serve that are not built in, each in the version that the API server prefers.
    async fn custom_groups(&self) -> Result<Vec<Arc<Discovered>>, ApiError> {
        let groups = self.call(&Call::get("/apis".to_owned())).await?;
        let mut found = Vec::new();
        for group in groups["groups"].as_array().into_iter().flatten() {
            let name = group["name"].as_str().unwrap_or_default();
            let version = group["preferredVersion"]["version"].as_str();
            let ours = Kind::all().iter().any(|kind| kind.group == name);
            let Some(version) = version.filter(|_| !ours) else {
                continue;
            };
            found.push(self.group_version(name, version).await?);
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
            words: kinds_of(&list).map(words).collect(),
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
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    kinds_of(list)
        .map(|resource| Served {
            group: group.to_owned().into(),
            version: version.to_owned().into(),
            kind: text(&resource["kind"]).into(),
            plural: text(&resource["name"]).into(),
            namespaced: resource["namespaced"] == true,
        })
        .collect()
}

/// The entries of an `APIResourceList` that are kinds.
fn kinds_of(list: &Value) -> impl Iterator<Item = &Value> {
    let resources = list["resources"].as_array().into_iter().flatten();
    resources.filter(|resource| {
        let plural = resource["name"].as_str();
        plural.is_some_and(|plural| !plural.contains('/'))
    })
}

/// What a kind is called, in lower case.
fn words(resource: &Value) -> Vec<String> {
    let short = resource["shortNames"].as_array().into_iter().flatten();
    ["kind", "name", "singularName"]
        .iter()
        .map(|key| &resource[*key])
        .chain(short)
        .filter_map(|word| word.as_str().filter(|word| !word.is_empty()))
        .map(str::to_lowercase)
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
