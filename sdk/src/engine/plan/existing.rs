//! What the environment refers to and others own must be there.

use crate::{
    cluster::Cluster,
    engine::{
        EngineError, Refusal,
        bounded::bounded,
        kinds::{api, referred},
    },
    environment::Rendered,
    object::{Location, Object, ObjectId, Ref},
};
use futures::FutureExt as _;
use std::collections::BTreeMap;

/// What is not there, and warnings about what cannot be looked at.
pub(crate) async fn check(
    cluster: &Cluster,
    rendered: &Rendered,
    objects: &[Object],
) -> Result<(Vec<Refusal>, Vec<String>), EngineError> {
    let mut wanted: BTreeMap<Ref, Option<Location>> = BTreeMap::new();
    for (reference, at) in &rendered.existing {
        wanted
            .entry(reference.clone())
            .or_insert_with(|| at.clone());
    }
    let looking = wanted
        .into_iter()
        .map(|(reference, at)| look(cluster, rendered, objects, reference, at).boxed())
        .collect();
    let (mut refusals, mut warnings) = (Vec::new(), Vec::new());
    for found in bounded(looking).await {
        match found? {
            Found::There => {}
            Found::Missing(refusal) => refusals.push(refusal),
            Found::Unknown(warning) => warnings.push(warning),
        }
    }
    Ok((refusals, warnings))
}

enum Found {
    There,
    Missing(Refusal),
    Unknown(String),
}

async fn look(
    cluster: &Cluster,
    rendered: &Rendered,
    objects: &[Object],
    reference: Ref,
    at: Option<Location>,
) -> Result<Found, EngineError> {
    let mut id = ObjectId {
        group: reference.group.clone(),
        kind: reference.kind.clone(),
        namespace: reference.namespace.clone(),
        name: reference.name.clone(),
    };
    let missing = |id: ObjectId, message: String| {
        Found::Missing(Refusal {
            id,
            field: None,
            message,
            help: Some("it is named as existing: create it first, or describe it here".to_owned()),
            at: at.clone(),
        })
    };
    let unsure =
        |id: &ObjectId| Found::Unknown(format!("not allowed to see whether {id} is there"));
    let served = match referred(cluster, &reference).await {
        Ok(Some(served)) => served,
        Ok(None) => {
            let message = format!(
                "the API server does not serve the kind `{}`",
                reference.kind
            );
            return Ok(missing(id, message));
        }
        Err(error) if error.is_forbidden() => return Ok(unsure(&id)),
        Err(error) => return Err(api(&format!("look for {id}"), error, cluster)),
    };
    id.namespace = served
        .namespaced
        .then(|| id.namespace.unwrap_or_else(|| rendered.namespace.clone()));
    if objects.iter().any(|object| object.id == id) {
        return Ok(Found::There);
    }
    match cluster
        .get(&served, id.namespace.as_deref(), &id.name)
        .await
    {
        Ok(Some(_)) => Ok(Found::There),
        Ok(None) => Ok(missing(id, "does not exist".to_owned())),
        Err(error) if error.is_kind_missing() => {
            let message = format!("the API server does not serve the kind `{}`", id.kind);
            Ok(missing(id, message))
        }
        Err(error) if error.is_forbidden() => Ok(unsure(&id)),
        Err(error) => Err(api(&format!("look for {id}"), error, cluster)),
    }
}
