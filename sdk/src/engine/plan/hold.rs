//! What holds others back from going: volumes their secrets, contents their namespace, objects
//! their definition.

use super::{
    contents,
    prune::{self, Fate},
    remove::Request,
};
use crate::{
    cluster::Cluster,
    engine::{EngineError, kinds, step::Removal},
    object::{Object, ObjectId},
};
use std::collections::BTreeSet;

/// One object that is no longer wanted.
pub(crate) struct Unwanted {
    pub(crate) id: ObjectId,
    pub(crate) removal: Removal,
    pub(crate) fate: Fate,
    /// `--delete` names it.
    pub(crate) told: bool,
}

/// While a volume is there, so are the secrets with values that were made once: without its
/// password the data cannot be read.
pub(crate) fn keep_generated(unwanted: &mut [Unwanted], objects: &[Object]) {
    let kept = unwanted
        .iter()
        .filter(|object| {
            object.id.kind == "PersistentVolumeClaim" && matches!(object.fate, Fate::Keep(_))
        })
        // A store's own volume is the better example.
        .min_by_key(|object| (object.removal.made_by.is_none(), &object.id))
        .map(|object| object.id.short());
    let wanted = || {
        let store = objects.iter().find(|object| {
            object.id.kind == "PersistentVolumeClaim"
                || object.value["spec"]["volumeClaimTemplates"].is_array()
        });
        store.map(|object| object.id.short())
    };
    let volume = kept.or_else(wanted);
    let Some(volume) = volume else { return };
    for object in unwanted {
        if !object.told
            && object.fate == Fate::Delete
            && prune::is_generated(&object.id, &object.removal.live)
        {
            object.fate = Fate::Keep(format!(
                "it holds generated values that the data of `{volume}` may need"
            ));
        }
    }
}

/// A definition stays while anything made from it stays.
pub(crate) async fn hold_definitions(
    cluster: &Cluster,
    unwanted: &mut [Unwanted],
) -> Result<(), EngineError> {
    let going = going(unwanted);
    for object in unwanted {
        if object.told || object.fate != Fate::Delete || !kinds::is_definition(&object.id) {
            continue;
        }
        let others = contents::instances(cluster, &object.removal.live, &going).await?;
        if !others.is_empty() {
            object.fate = Fate::Keep(format!(
                "with it every object of its kind would go: {}",
                contents::some(&others)
            ));
        }
    }
    Ok(())
}

/// A namespace stays while anything in it stays; one that `--delete` names takes with it what is
/// kept in it.
pub(crate) async fn hold_namespaces(
    request: &Request<'_>,
    unwanted: &mut [Unwanted],
) -> Result<(), EngineError> {
    let told: BTreeSet<String> = unwanted
        .iter()
        .filter(|object| object.told && kinds::is_namespace(&object.id))
        .map(|object| object.id.name.clone())
        .collect();
    for object in unwanted.iter_mut() {
        let goes_along = object
            .id
            .namespace
            .as_ref()
            .is_some_and(|namespace| told.contains(namespace));
        if goes_along && matches!(object.fate, Fate::Keep(_)) {
            object.fate = Fate::Delete;
        }
    }
    let going = going(unwanted);
    let staying: Vec<(Option<String>, String)> = unwanted
        .iter()
        .filter(|object| object.fate != Fate::Delete)
        .map(|object| (object.id.namespace.clone(), object.id.short()))
        .chain(
            request
                .objects
                .iter()
                .map(|object| (object.id.namespace.clone(), object.id.short())),
        )
        .collect();
    for object in unwanted {
        if object.told || object.fate != Fate::Delete || !kinds::is_namespace(&object.id) {
            continue;
        }
        let inside: Vec<String> = staying
            .iter()
            .filter(|(namespace, _)| namespace.as_deref() == Some(object.id.name.as_str()))
            .map(|(_, name)| name.clone())
            .collect();
        let inside = if inside.is_empty() {
            let (cluster, name) = (request.cluster, &object.id.name);
            contents::foreign_in(cluster, name, &going, request.inventory).await?
        } else {
            inside
        };
        if !inside.is_empty() {
            object.fate = Fate::Keep(format!("it holds {}", contents::some(&inside)));
        }
    }
    Ok(())
}

fn going(unwanted: &[Unwanted]) -> BTreeSet<ObjectId> {
    unwanted
        .iter()
        .filter(|object| object.fate == Fate::Delete)
        .map(|object| object.id.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn unwanted(api_version: &str, kind: &str, fate: Fate) -> Unwanted {
        let live = json!({"apiVersion": api_version, "kind": kind,
            "metadata": {"name": "x", "namespace": "n",
                "managedFields": [{"manager": "infra-generated", "fieldsV1": {"f:data": {"f:p": {}}}}]}});
        Unwanted {
            id: ObjectId::of(&live),
            removal: Removal {
                served: kinds::builtin("", kind),
                live,
                release: false,
                made_by: None,
            },
            fate,
            told: false,
        }
    }

    #[test]
    fn generated_values_stay_while_a_volume_does() {
        let volume = |fate| unwanted("v1", "PersistentVolumeClaim", fate);
        let mut kept = [
            volume(Fate::Keep("data".into())),
            unwanted("v1", "Secret", Fate::Delete),
        ];
        keep_generated(&mut kept, &[]);
        assert!(matches!(kept[1].fate, Fate::Keep(_)));
        let mut gone = [volume(Fate::Delete), unwanted("v1", "Secret", Fate::Delete)];
        keep_generated(&mut gone, &[]);
        assert_eq!(gone[1].fate, Fate::Delete);
        let store = json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {"name": "db"}, "spec": {"volumeClaimTemplates": []}});
        let store = Object::new(store, crate::object::Origin::default());
        keep_generated(&mut gone, &[store]);
        assert!(matches!(gone[1].fate, Fate::Keep(_)));
        let mut told = kept;
        (told[1].fate, told[1].told) = (Fate::Delete, true);
        keep_generated(&mut told, &[]);
        assert_eq!(told[1].fate, Fate::Delete);
    }
}
