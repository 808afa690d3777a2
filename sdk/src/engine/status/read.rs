//! Reading what an environment owns, and what is around it.

use super::Seen;
use crate::cluster::{Cluster, Selector, Served, WatchEvent};
use crate::engine::{
    EngineError,
    bounded::bounded,
    inventory::{self, Inventory, PART_OF},
    kinds::{self, Kinds, api},
    wait::{Around, around},
};
use crate::object::ObjectId;
use crate::status::{self as state, Evidence};
use futures::FutureExt as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The inventory of an environment, if it has one.
pub(super) async fn inventory(
    cluster: &Cluster,
    environment: &str,
    namespace: &str,
) -> Result<Option<Inventory>, EngineError> {
    let name = inventory::name(environment);
    let served = kinds::builtin("", "ConfigMap");
    let found = cluster
        .get(&served, Some(namespace), &name)
        .await
        .map_err(|error| {
            api(
                &format!("read the inventory `{name}` in {namespace}"),
                error,
                cluster,
            )
        })?;
    let Some(object) = found else { return Ok(None) };
    let inventory = inventory::from_object(&object).map_err(|problem| EngineError::Inventory {
        name,
        namespace: namespace.to_owned(),
        problem,
    })?;
    Ok(Some(inventory))
}

/// The members that are there: by LIST of our label, then one by one what no list shows.
pub(super) async fn members(
    cluster: &Cluster,
    environment: &str,
    namespace: &str,
    owned: &Inventory,
) -> Result<Seen, EngineError> {
    let mut seen = Seen::default();
    let mut known = Kinds::default();
    let mut lists: BTreeMap<(Served, Option<String>), Vec<ObjectId>> = BTreeMap::new();
    for (id, member) in &owned.members {
        let served = known
            .member(cluster, id, &member.version)
            .await
            .map_err(|error| api("ask which kinds are served", error, cluster))?;
        if let Some(known) = served {
            let key = (known.served, id.namespace.clone());
            lists.entry(key).or_default().push(id.clone());
        } else {
            let said = "its kind is not served any more".to_owned();
            seen.unread.insert(id.clone(), said);
        }
    }
    let set = inventory::id(&inventory::name(environment), namespace);
    let selector = &Selector::label(PART_OF, &set);
    let requests = lists.keys().map(|(served, namespace)| {
        async move {
            let mut found = Vec::new();
            let keep = &mut |item: Value| found.push(item);
            let namespace = namespace.as_deref();
            // Of what only holds data, which may be large or secret, that it is there is enough.
            let holds_data =
                served.group.is_empty() && matches!(served.kind.as_ref(), "Secret" | "ConfigMap");
            let read = if holds_data {
                cluster
                    .list_metadata(served, namespace, selector, keep)
                    .await
            } else {
                cluster.list(served, namespace, selector, keep).await
            };
            read.map(|_| found)
        }
        .boxed()
    });
    let answers = bounded(requests.collect()).await;
    let mut missing: Vec<(ObjectId, Served)> = Vec::new();
    for (((served, _), ids), answer) in lists.iter().zip(answers) {
        match answer {
            Ok(items) => {
                for mut item in items {
                    // Metadata comes as a kind of its own.
                    item["apiVersion"] = served.api_version().into();
                    item["kind"] = served.kind.clone().into();
                    let id = ObjectId::of(&item);
                    if ids.contains(&id) {
                        seen.objects.insert(id, Arc::new(item));
                    }
                }
                let absent = ids.iter().filter(|id| !seen.objects.contains_key(*id));
                missing.extend(absent.map(|id| (id.clone(), served.clone())));
            }
            Err(error) if error.is_unreachable() => {
                return Err(api("read what the environment owns", error, cluster));
            }
            Err(error) => {
                let said = error.to_string();
                seen.unread
                    .extend(ids.iter().map(|id| (id.clone(), said.clone())));
            }
        }
    }
    let requests = missing.iter().map(|(id, served)| {
        cluster
            .get(served, id.namespace.as_deref(), &id.name)
            .boxed()
    });
    let answers = bounded(requests.collect()).await;
    for ((id, _), answer) in missing.iter().zip(answers) {
        match answer {
            Ok(Some(object)) => {
                seen.objects.insert(id.clone(), Arc::new(object));
            }
            Ok(None) => {}
            Err(error) => {
                seen.unread.insert(id.clone(), error.to_string());
            }
        }
    }
    Ok(seen)
}

/// What is around the objects that are not ready, one LIST per kind and namespace. What may not be
/// read leaves the cause with less to say.
pub(super) async fn surroundings(cluster: &Cluster, seen: &mut Seen) {
    let mut wanted: BTreeSet<(Around, String)> = BTreeSet::new();
    for (id, object) in &seen.objects {
        let settled = state::status(&Evidence::of(object)).state.is_settled();
        let Some(namespace) = id.namespace.clone().filter(|_| !settled) else {
            continue;
        };
        let others = [Around::Events, Around::Claims];
        for one in around(&id.kind).iter().chain(&others) {
            wanted.insert((*one, namespace.clone()));
        }
        if id.kind == "PersistentVolumeClaim" {
            wanted.insert((Around::Pods, namespace.clone()));
        }
    }
    let requests = wanted.iter().map(|(around, namespace)| {
        async move {
            let served = around.served();
            cluster
                .list_all(&served, Some(namespace), &Selector::all())
                .await
                .unwrap_or_default()
        }
        .boxed()
    });
    let answers = bounded(requests.collect()).await;
    for ((around, namespace), items) in wanted.iter().zip(answers) {
        let key = around.key(namespace);
        seen.stores.open(key.clone());
        for item in items {
            seen.stores.take(&key, WatchEvent::Changed(Arc::new(item)));
        }
    }
}
