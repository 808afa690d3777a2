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
        let managed = takeover
            .drops(&claims)
            .then(|| takeover.managed_fields(live));
        manifest.takeover = Some(takeover);
        let Some(managed) = managed.flatten() else {
            return Ok(Ok(after));
        };
        let body = self.body(manifest)?;
        let Some(patch) = preview(&known.ty, live, managed, &body) else {
            step.notes
                .push("not all of what goes with its former manager could be looked at".to_owned());
            return Ok(Ok(after));
        };
        let id = &manifest.object.id;
        let namespace = id.namespace.as_deref();
        let tried = self
            .cluster
            .json_patch(&manifest.served, namespace, &id.name, &patch, MANAGER, true)
            .await;
        Ok(tried)
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
                "Helm keeps its release `{release}`, and `helm uninstall` would delete what is taken \
                 over here; `kubectl delete secrets -n {namespace} -l owner=helm,name={release}` makes \
                 Helm forget the release, and deletes nothing else"
            )
        })
        .collect()
}
