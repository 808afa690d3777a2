//! Pods restart when a config map or secret that they use changes: a checksum of what they read
//! stands in their template.

use super::{
    Environment, Graph,
    index::{ByKey, by_key, namespace},
    lower::{Lowered, own_labels},
    refs::references,
};
use crate::object::{Checksum, Object, Origin, Ref, checksum};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Adds the checksums, and the secret that holds the key of those of secrets where there are any.
pub(crate) fn add(environment: &Environment, graph: &Graph, lowered: &mut Lowered) {
    let mut found: Vec<(usize, Vec<(Checksum, String)>)> = Vec::new();
    {
        let index = by_key(&lowered.objects);
        for (position, object) in lowered.objects.iter().enumerate() {
            if follows(object, lowered.owners[position].as_ref(), graph) {
                found.push((position, checksums(object, &index, &lowered.objects)));
            }
        }
    }
    let mut keyed = false;
    for (position, checksums) in found {
        let object = &mut lowered.objects[position];
        for (checksum, value) in checksums {
            keyed |= checksum.secrets.is_some();
            let annotations = &mut object.value["spec"]["template"]["metadata"]["annotations"];
            annotations[&checksum.annotation] = value.into();
            object.checksums.push(checksum);
        }
    }
    if keyed {
        lowered.push(key(environment, graph), None);
    }
}

/// The name of the secret that holds the key.
pub(crate) fn key_name(environment: &str) -> String {
    format!("infra-{environment}-checksums")
}

/// Whether an object's pods are to restart. Those of a job are never changed, and every run of a
/// cron job starts with what is there.
fn follows(object: &Object, owner: Option<&Ref>, graph: &Graph) -> bool {
    object.id.group == "apps"
        && matches!(
            object.id.kind.as_str(),
            "Deployment" | "StatefulSet" | "DaemonSet"
        )
        && owner
            .and_then(|owner| graph.facts(owner)?.pods.as_ref())
            .is_some_and(|pods| pods.restarts)
}

/// What the pods read of one config map or secret.
#[derive(Default)]
struct Read<'a> {
    whole: bool,
    keys: BTreeSet<&'a str>,
}

impl Read<'_> {
    fn has(&self, key: &str) -> bool {
        self.whole || self.keys.contains(key)
    }
}

/// The checksums of what an object's pods read, with what stands in the annotation. Of what is not
/// in the environment nothing is known, and what is immutable never changes.
fn checksums(object: &Object, index: &ByKey<'_>, objects: &[Object]) -> Vec<(Checksum, String)> {
    let references = references(object);
    let mut read: BTreeMap<(&str, &str), Read<'_>> = BTreeMap::new();
    for reference in references.iter().filter(|one| one.is_read()) {
        let source = read.entry((reference.kind, reference.name)).or_default();
        source.whole |= reference.whole;
        source.keys.extend(reference.key);
    }
    let sources = read.into_iter().filter_map(|((kind, name), read)| {
        let source = &objects[*index.get(&("", kind, namespace(object), name))?];
        let changes = source.value["immutable"] != true;
        changes.then(|| checksum(source, &read)).flatten()
    });
    sources.collect()
}

fn checksum(source: &Object, read: &Read<'_>) -> Option<(Checksum, String)> {
    if source.id.kind == "Secret" {
        let texts = source.secrets.iter();
        let texts: BTreeMap<_, _> = texts
            .filter(|(key, _)| read.has(key))
            .map(|(key, text)| (key.clone(), text.clone()))
            .collect();
        // What has no text here is filled by the cluster.
        return (!texts.is_empty()).then(|| {
            let checksum = Checksum::new(source.id.clone(), Some(texts));
            (checksum, Checksum::TOKEN.to_owned())
        });
    }
    let fields = ["data", "binaryData"].map(|field| source.value[field].as_object());
    let content: BTreeMap<&str, &[u8]> = fields
        .into_iter()
        .flatten()
        .flat_map(Map::iter)
        .filter(|(key, _)| read.has(key))
        .map(|(key, value)| (key.as_str(), text(value)))
        .collect();
    let sum = checksum::plain(content);
    Some((Checksum::new(source.id.clone(), None), sum))
}

fn text(value: &Value) -> &[u8] {
    value.as_str().unwrap_or_default().as_bytes()
}

/// The secret with the key of all hashes of secrets: made once, and then kept in the cluster.
fn key(environment: &Environment, graph: &Graph) -> Object {
    let name = key_name(&environment.name);
    let text = Checksum::key();
    let value = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": graph.namespace(),
            "labels": own_labels(environment, &name),
        },
        "type": "Opaque",
        "data": { Checksum::DATA_KEY: text.token() },
    });
    let origin = environment.made.clone().map(Origin::at).unwrap_or_default();
    let mut object = Object::new(value, origin);
    object.secrets.insert(Checksum::DATA_KEY.to_owned(), text);
    object
}
