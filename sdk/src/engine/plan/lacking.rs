//! All rights that a run lacks, told at once: a refusal names only the first.

use crate::{
    cluster::{Cluster, Served},
    engine::{
        EngineError, Refusal, advice,
        bounded::bounded,
        kinds::{builtin, served},
        refusal::refusal,
    },
    environment::Rendered,
    object::{Checksum, Object},
};
use futures::FutureExt as _;
use infra_schema::kind::Kind;
use std::collections::BTreeMap;

/// What managing an object takes.
const VERBS: [&str; 6] = ["get", "list", "watch", "create", "patch", "delete"];

/// What is asked about: a kind in a namespace, or in the whole cluster.
type Place = (Served, Option<String>);

/// The error with every right that is missing, where it is about rights; else as it was.
pub(crate) async fn all(cluster: &Cluster, rendered: &Rendered, error: EngineError) -> EngineError {
    let (user, others) = match &error {
        EngineError::Refused(refusals) => {
            let (about, others): (Vec<&Refusal>, Vec<&Refusal>) = refusals
                .iter()
                .partition(|refusal| advice::forbidden_user(&refusal.message).is_some());
            let Some(first) = about.first() else {
                return error;
            };
            let user = advice::forbidden_user(&first.message);
            let others: Vec<Refusal> = others.into_iter().cloned().collect();
            (user.map(str::to_owned), others)
        }
        EngineError::Api { error: refused, .. } => {
            let user = advice::forbidden_user(&refused.message).map(str::to_owned);
            (user, Vec::new())
        }
        _ => return error,
    };
    let Some(user) = user else { return error };
    let places = places(rendered);
    let asking = places
        .iter()
        .map(|(place, _)| lacks(cluster, place).boxed());
    let mut refusals = Vec::new();
    for ((place, object), lacked) in places.iter().zip(bounded(asking.collect()).await) {
        // Who cannot be asked leaves it at what was said.
        let Some(lacked) = lacked else { return error };
        if !lacked.is_empty() {
            refusals.push(told(&user, place, object, &lacked));
        }
    }
    if refusals.is_empty() {
        return error;
    }
    if let Some(last) = refusals.last_mut()
        && last.help.is_none()
    {
        last.help = Some("ask an administrator for all of these rights".to_owned());
    }
    refusals.extend(others);
    EngineError::Refused(refusals)
}

/// The kinds and places of an environment, each with an object of it; the inventory is a config map.
fn places(rendered: &Rendered) -> Vec<(Place, &Object)> {
    let mut places: BTreeMap<Place, &Object> = BTreeMap::new();
    // The key of checksums is there only because of another secret.
    let own = |object: &&Object| object.secrets.contains_key(Checksum::DATA_KEY);
    let (keys, others): (Vec<&Object>, Vec<&Object>) = rendered.objects.iter().partition(own);
    for object in others.into_iter().chain(keys) {
        // Of others' kinds their plural is known to the API server alone.
        let Some(kind) = Kind::find_latest(&object.id.group, &object.id.kind) else {
            continue;
        };
        let namespace = kind.namespaced.then(|| {
            let own = object.id.namespace.as_ref();
            own.unwrap_or(&rendered.namespace).clone()
        });
        places.entry((served(kind), namespace)).or_insert(object);
    }
    if let Some(first) = rendered.objects.first() {
        let inventory = (builtin("", "ConfigMap"), Some(rendered.namespace.clone()));
        places.entry(inventory).or_insert(first);
    }
    // In the order of the script, as far as it is known.
    let mut places: Vec<(Place, &Object)> = places.into_iter().collect();
    places.sort_by_key(|(_, object)| {
        let mut objects = rendered.objects.iter();
        objects.position(|other| other.id == object.id)
    });
    places
}

/// The verbs that are not allowed; nothing where nobody says.
async fn lacks(cluster: &Cluster, (served, namespace): &Place) -> Option<Vec<&'static str>> {
    let mut lacked = Vec::new();
    for verb in VERBS {
        let allowed = cluster.may(verb, served, namespace.as_deref()).await.ok()?;
        if !allowed {
            lacked.push(verb);
        }
    }
    Some(lacked)
}

fn told(user: &str, (served, namespace): &Place, object: &Object, lacked: &[&str]) -> Refusal {
    let verbs = lacked.join("`, `");
    let place = match namespace {
        Some(namespace) => format!("the namespace `{namespace}`"),
        None => "the whole cluster".to_owned(),
    };
    let resource = served.resource();
    let mut told = refusal(
        object,
        None,
        format!("`{user}` lacks the right to `{verbs}` `{resource}` in {place}"),
    );
    if served.group.is_empty() && served.kind == "Namespace" {
        told.help = Some("where others make the namespace, say `.existing_namespace()`".to_owned());
    }
    told
}
