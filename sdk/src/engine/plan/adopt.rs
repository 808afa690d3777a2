//! What others made: who gives up what, and what becomes of the object then.

use super::judge::{Judge, Judged, Result};
use crate::{
    cluster::ApiError,
    engine::{
        MANAGER, Step,
        adoption::{Leaves, Takeover, preview, release},
        inventory::PART_OF,
        kinds::Known,
        manifest::{Manifest, Replicas},
    },
    object::Ownership,
};
use infra_schema::{
    fields::{FieldPath, FieldSet},
    managed::Managers,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// How often others may write in between.
const ATTEMPTS: usize = 5;

impl Judge<'_> {
    /// Whether a live object is not of this environment yet.
    pub(super) fn adopts(&self, live: &Value) -> bool {
        live["metadata"]["labels"][PART_OF] != self.set
    }

    /// The object afterwards, where that is more than `after`: with what only its former managers
    /// had set taken out of it.
    pub(super) async fn adopt(
        &self,
        known: &Known,
        manifest: &mut Manifest,
        live: &Value,
        after: Value,
        step: &mut Step,
    ) -> Result<std::result::Result<Value, ApiError>> {
        let managers = Managers::of(&after).unwrap_or_default();
        let claims = managers.applied_by(MANAGER).cloned().unwrap_or_default();
        let generated: Vec<FieldPath> = manifest
            .generated()
            .map(|(key, _)| FieldPath::fields(&["data", key]))
            .collect();
        let generated = FieldSet::of(&generated);
        let (adoption, takeover) = {
            let object = &manifest.object;
            let decisions = !object.decisions.is_empty() || !self.options.decisions.is_empty();
            let stays = |path: &FieldPath| {
                let decided = self.decided(object, &path.to_string());
                matches!(decided, Some((Ownership::Yield | Ownership::Share, _)))
            };
            let leaves = Leaves {
                claims: &claims,
                generated: &generated,
                scaled: manifest.replicas != Replicas::Ours,
                kept: &|path| decisions && stays(path),
            };
            Takeover::of(live, &leaves)
        };
        step.adopts = Some(adoption);
        if takeover.is_empty() {
            return Ok(Ok(after));
        }
        let drops = takeover.drops(&claims);
        let body = self.body(manifest)?;
        let tried = if drops {
            self.without_leftovers(known, manifest, live, &takeover, &body)
                .await
        } else {
            None
        };
        manifest.takeover = Some(takeover);
        let Some(tried) = tried else {
            if drops {
                step.notes.push(
                    "not all of what goes with its former manager could be looked at".to_owned(),
                );
            }
            return Ok(Ok(after));
        };
        Ok(tried.map(|(fresh, after)| {
            manifest.live = Some(fresh);
            after
        }))
    }

    /// The object as it is and as it would be without what only its former managers had set. Others
    /// may write to it in between: it is read again then, since the patch is made for what was read.
    async fn without_leftovers(
        &self,
        known: &Known,
        manifest: &Manifest,
        live: &Value,
        takeover: &Takeover,
        body: &Value,
    ) -> Option<std::result::Result<(Value, Value), ApiError>> {
        let (served, id) = (&manifest.served, &manifest.object.id);
        let namespace = id.namespace.as_deref();
        let mut live = live.clone();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let managed = takeover.managed_fields(&live)?;
            let patch = preview(&known.ty, &live, managed, body)?;
            let tried = self
                .cluster
                .json_patch(served, namespace, &id.name, &patch, MANAGER, true)
                .await;
            match tried {
                Err(error) if error.is_precondition_failed() && attempts < ATTEMPTS => {
                    live = match self.cluster.get(served, namespace, &id.name).await {
                        Ok(found) => found?,
                        Err(error) => return Some(Err(error)),
                    };
                }
                tried => return Some(tried.map(|after| (live, after))),
            }
        }
    }
}

/// What Helm would still do to what is taken over from it, once for each release.
pub(super) fn releases(judged: &[Judged]) -> Vec<String> {
    let taken = judged
        .iter()
        .map(|judged| &judged.manifest)
        .filter(|manifest| manifest.takeover.is_some())
        .filter_map(|manifest| manifest.live.as_ref());
    let releases: BTreeSet<(&str, &str)> = taken.filter_map(release).collect();
    releases
        .into_iter()
        .map(|(release, namespace)| {
            format!(
                "Helm keeps its release `{release}`: `helm upgrade` would fight for what is taken over \
                 here, and `helm uninstall` of Helm 3 would delete it; `kubectl delete secrets -n \
                 {namespace} -l owner=helm,name={release}` makes Helm forget the release, and deletes \
                 nothing else"
            )
        })
        .collect()
}
