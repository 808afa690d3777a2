//! Reading what is there, with as few requests as there are kinds and namespaces.

use crate::{
    cluster::{Cluster, Selector, Served},
    engine::{
        EngineError,
        bounded::bounded,
        inventory::{self, Inventory, PART_OF},
        kinds::{self, Kinds, api},
        refusal::refusals,
    },
    environment::Rendered,
    object::{Checksum, Object, ObjectId},
};
use futures::FutureExt as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The inventory as the cluster has it.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    /// What the environment owns.
    pub(crate) inventory: Inventory,
    /// The uid of the config map; `None` when there is none.
    pub(crate) uid: Option<String>,
}

/// Reads the inventory.
pub(crate) async fn inventory(
    cluster: &Cluster,
    rendered: &Rendered,
) -> Result<Stored, EngineError> {
    let name = inventory::name(&rendered.name);
    let served = kinds::builtin("", "ConfigMap");
    let found = cluster
        .get(&served, Some(&rendered.namespace), &name)
        .await
        .map_err(|error| {
            let what = format!("read the inventory `{name}` in {}", rendered.namespace);
            api(&what, error, cluster)
        })?;
    let Some(object) = found else {
        return Ok(Stored::default());
    };
    let inventory = inventory::from_object(&object).map_err(|problem| EngineError::Inventory {
        name,
        namespace: rendered.namespace.clone(),
        problem,
    })?;
    Ok(Stored {
        inventory,
        uid: object["metadata"]["uid"].as_str().map(str::to_owned),
    })
}

/// What is there of what the environment wants or owns.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// The objects.
    pub(crate) objects: BTreeMap<ObjectId, Value>,
    /// Namespaces that are not there, or are being deleted.
    pub(crate) absent: BTreeSet<String>,
    /// Warnings about objects that bear our label and are in no inventory.
    pub(crate) strays: Vec<String>,
}

/// Reads everything that the environment wants or owns.
pub(crate) async fn live(
    cluster: &Cluster,
    objects: &[Object],
    owned: &Inventory,
    kinds: &mut Kinds,
    set: &str,
) -> Result<Live, EngineError> {
    let mut live = Live::default();
    let (lists, singles) = requests(cluster, objects, owned, kinds).await?;
    list(cluster, lists, objects, set, &mut live).await?;

    let wanted: BTreeSet<&ObjectId> = objects.iter().map(|object| &object.id).collect();
    let ours = |id: &ObjectId| owned.members.contains_key(id) || wanted.contains(id);
    live.strays = live
        .objects
        .keys()
        .filter(|id| !ours(id))
        .map(|id| {
            format!(
                "{id} bears this environment's label and is not in its inventory: it is left alone"
            )
        })
        .collect();
    live.objects.retain(|id, _| ours(id));

    namespaces(cluster, objects, owned, &mut live).await?;
    let missing = singles
        .into_iter()
        .filter(|(id, _)| !live.objects.contains_key(id))
        .filter(|(id, _)| {
            id.namespace
                .as_ref()
                .is_none_or(|namespace| !live.absent.contains(namespace))
        })
        .collect();
    get(cluster, missing, &mut live).await?;
    Ok(live)
}

type Lists = BTreeSet<(Served, Option<String>)>;
type Singles = Vec<(ObjectId, Served)>;

/// Which lists to read, and which objects to ask for where no list shows them.
async fn requests(
    cluster: &Cluster,
    objects: &[Object],
    owned: &Inventory,
    kinds: &mut Kinds,
) -> Result<(Lists, Singles), EngineError> {
    let (mut lists, mut singles) = (Lists::new(), Singles::new());
    let wanted: BTreeSet<&ObjectId> = objects.iter().map(|object| &object.id).collect();
    for object in objects {
        let version = kinds::version_of(object.api_version());
        if let Some(known) = kinds.get(&object.id, version).filter(|known| known.now) {
            lists.insert((known.served.clone(), object.id.namespace.clone()));
            singles.push((object.id.clone(), known.served.clone()));
        }
    }
    for (id, member) in &owned.members {
        if wanted.contains(id) {
            continue;
        }
        let known = kinds
            .member(cluster, id, &member.version)
            .await
            .map_err(|error| api("ask which kinds are served", error, cluster))?;
        let Some(known) = known else { continue };
        if member.made_by.is_some() {
            // It does not bear our label.
            singles.push((id.clone(), known.served));
        } else {
            lists.insert((known.served.clone(), id.namespace.clone()));
            singles.push((id.clone(), known.served));
        }
    }
    Ok((lists, singles))
}

async fn list(
    cluster: &Cluster,
    lists: Lists,
    objects: &[Object],
    set: &str,
    live: &mut Live,
) -> Result<(), EngineError> {
    let selector = Selector::label(PART_OF, set);
    let selector = &selector;
    let reading = lists
        .into_iter()
        .map(|(served, namespace)| {
            async move {
                let found = cluster
                    .list_all(&served, namespace.as_deref(), selector)
                    .await;
                match found {
                    // A definition that went since the inventory was written.
                    Err(error) if error.is_kind_missing() => Ok(Vec::new()),
                    found => found.map_err(|error| (served, namespace, error)),
                }
            }
            .boxed()
        })
        .collect();
    let mut refused = Vec::new();
    for found in bounded(reading).await {
        match found {
            Ok(found) => {
                let found = found.into_iter();
                live.objects
                    .extend(found.map(|object| (ObjectId::of(&object), object)));
            }
            Err((served, namespace, error)) => {
                let same = objects.iter().filter(|object| {
                    object.id.group == served.group
                        && object.id.kind == served.kind
                        && object.id.namespace == namespace
                });
                // The key of checksums is there only because of another secret.
                let wanted = same.min_by_key(|one| one.secrets.contains_key(Checksum::DATA_KEY));
                // All rights that are missing are told together, each at an object that takes it.
                let Some(object) = wanted.filter(|_| error.is_forbidden()) else {
                    let place = namespace.map(|n| format!(" in {n}")).unwrap_or_default();
                    let what = format!("list {}{place}", served.resource());
                    return Err(api(&what, error, cluster));
                };
                refused.extend(refusals(object, &error));
            }
        }
    }
    if refused.is_empty() {
        Ok(())
    } else {
        Err(EngineError::Refused(refused))
    }
}

/// Finds out which namespaces are not there. One with anything of ours in it, is; only the others
/// are asked for.
async fn namespaces(
    cluster: &Cluster,
    objects: &[Object],
    owned: &Inventory,
    live: &mut Live,
) -> Result<(), EngineError> {
    let used: BTreeSet<&str> = objects
        .iter()
        .map(|object| &object.id)
        .chain(owned.members.keys())
        .filter_map(|id| id.namespace.as_deref())
        .collect();
    let mut unknown = Vec::new();
    for namespace in used {
        let is_it = |id: &ObjectId| kinds::is_namespace(id) && id.name == namespace;
        let found = live.objects.iter().find(|(id, _)| is_it(id));
        if let Some((_, object)) = found {
            if is_terminating(object) {
                live.absent.insert(namespace.to_owned());
            }
        } else if !live
            .objects
            .keys()
            .any(|id| id.namespace.as_deref() == Some(namespace))
        {
            unknown.push(namespace.to_owned());
        }
    }
    let served = kinds::builtin("", "Namespace");
    let served = &served;
    let reading = unknown
        .into_iter()
        .map(|name| async move { (cluster.get(served, None, &name).await, name) }.boxed())
        .collect();
    for (found, name) in bounded(reading).await {
        match found {
            Ok(Some(object)) => {
                if is_terminating(&object) {
                    live.absent.insert(name);
                }
                let id = ObjectId::of(&object);
                if objects.iter().any(|wanted| wanted.id == id) {
                    live.objects.insert(id, object);
                }
            }
            Ok(None) => {
                live.absent.insert(name);
            }
            // Who may not read namespaces may still be allowed to work in this one.
            Err(error) if error.is_forbidden() => {}
            Err(error) => return Err(api("read namespaces", error, cluster)),
        }
    }
    Ok(())
}

async fn get(cluster: &Cluster, singles: Singles, live: &mut Live) -> Result<(), EngineError> {
    let reading = singles
        .into_iter()
        .map(|(id, served)| {
            async move {
                let found = cluster
                    .get(&served, id.namespace.as_deref(), &id.name)
                    .await;
                match found {
                    Err(error) if error.is_kind_missing() => Ok((id, None)),
                    Err(error) => Err(api(&format!("read {id}"), error, cluster)),
                    Ok(found) => Ok((id, found)),
                }
            }
            .boxed()
        })
        .collect();
    for found in bounded(reading).await {
        if let (id, Some(object)) = found? {
            live.objects.insert(id, object);
        }
    }
    Ok(())
}

/// Whether an object is being deleted.
pub(crate) fn is_terminating(object: &Value) -> bool {
    object["metadata"]["deletionTimestamp"].is_string()
}
