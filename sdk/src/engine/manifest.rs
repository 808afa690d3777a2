//! What is sent for an object.

use super::{Unread, adoption::Takeover, inventory, path, resolve::Secrets};
use crate::{
    cluster::Served,
    object::{Checksum, Object},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fmt};

/// An object ready to be sent: everything but its secret values, which are resolved when it is.
#[derive(Clone)]
pub(crate) struct Manifest {
    /// How its kind is served.
    pub(crate) served: Served,
    /// The object, with tokens where secrets stand.
    pub(crate) object: Object,
    /// The id of the set that it is a member of.
    pub(crate) set: String,
    /// Fields that are left to other field managers, as the API server writes their paths.
    pub(crate) yielded: Vec<String>,
    /// The fields that are taken from other managers, as the plan says: field and manager.
    pub(crate) taken: Vec<(String, String)>,
    /// Which fields change hands before anything is applied, where others made the object.
    pub(crate) takeover: Option<Takeover>,
    /// What happens with `spec.replicas`.
    pub(crate) replicas: Replicas,
    /// A controller will write a status, which there is none of yet (custom resources).
    pub(crate) expects_status: bool,
    /// The object as it was when the plan was made, if it was there.
    pub(crate) live: Option<Value>,
}

/// Without the live object, which may be a secret.
impl fmt::Debug for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manifest")
            .field("served", &self.served)
            .field("object", &self.object)
            .field("yielded", &self.yielded)
            .field("taken", &self.taken)
            .field("takeover", &self.takeover)
            .field("replicas", &self.replicas)
            .finish_non_exhaustive()
    }
}

/// Who says how many replicas there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replicas {
    /// The object, as any other field.
    Ours,
    /// An autoscaler, and another field manager holds the number already: it is not sent.
    Autoscaler,
    /// An autoscaler, and only we hold the number: it is handed over as it is.
    HandOver(i64),
    /// An autoscaler, and the object is new: it starts with this number, which is handed over.
    Start(i64),
}

impl Manifest {
    /// What field manager `infra` applies: the object with our label and its secrets, without
    /// generated values that stand alone, fields left to others, and an autoscaler's replicas.
    pub(crate) fn body(&self, secrets: &Secrets) -> Result<Value, Unread> {
        let mut body = self.object.value.clone();
        if let Some(fields) = body.as_object_mut() {
            fields.remove("status");
        }
        if let Some(metadata) = body["metadata"].as_object_mut() {
            for field in infra_schema::diff::SERVER_METADATA {
                metadata.remove(*field);
            }
            let labels = metadata.entry("labels").or_insert_with(|| json!({}));
            labels[inventory::PART_OF] = self.set.as_str().into();
        }
        self.put_secrets(&mut body, secrets)?;
        for checksum in &self.object.checksums {
            if let Some(texts) = &checksum.secrets {
                let sum = if texts.values().any(|text| secrets.unknown(text).is_some()) {
                    self.live_checksum(&checksum.annotation)
                } else {
                    secrets.checksum(texts)?
                };
                let annotations = &mut body["spec"]["template"]["metadata"]["annotations"];
                annotations[&checksum.annotation] = sum.into();
            }
        }
        if self.replicas != Replicas::Ours
            && let Some(spec) = body["spec"].as_object_mut()
        {
            spec.remove("replicas");
        }
        for field in &self.yielded {
            path::remove(&mut body, field);
        }
        Ok(body)
    }

    fn put_secrets(&self, body: &mut Value, secrets: &Secrets) -> Result<(), Unread> {
        if self.object.secrets.is_empty() {
            return Ok(());
        }
        let Some(fields) = body.as_object_mut() else {
            return Ok(());
        };
        let mut data = match fields.remove("data") {
            Some(Value::Object(data)) => data,
            _ => Map::new(),
        };
        for (key, text) in &self.object.secrets {
            if text.alone().is_some() {
                data.remove(key);
            } else if secrets.unknown(text).is_some() {
                data.insert(key.clone(), self.stand_in(key));
            } else {
                data.insert(key.clone(), secrets.encoded(text)?.into());
            }
        }
        if !data.is_empty() {
            fields.insert("data".into(), Value::Object(data));
        }
        Ok(())
    }

    /// What is asked about in the place of a value that is unknown: what is there, else anything that
    /// the API server takes.
    fn stand_in(&self, key: &str) -> Value {
        let live = self.live.as_ref().and_then(|live| live["data"].get(key));
        live.cloned()
            .unwrap_or_else(|| STANDARD.encode("{}").into())
    }

    /// What is asked about in the place of a checksum that is unknown.
    fn live_checksum(&self, annotation: &str) -> String {
        let template = self.live.as_ref().map(|live| &live["spec"]["template"]);
        let live =
            template.and_then(|template| template["metadata"]["annotations"][annotation].as_str());
        live.unwrap_or(Checksum::TOKEN).to_owned()
    }

    /// The keys whose values are unknown, and why.
    pub(crate) fn unknown(&self, secrets: &Secrets) -> Vec<(&str, Unread)> {
        let texts = self.object.secrets.iter();
        texts
            .filter_map(|(key, text)| Some((key.as_str(), secrets.unknown(text)?)))
            .collect()
    }

    /// What its pods read that is unknown: whether they restart is unknown too.
    pub(crate) fn unknown_contents(&self, secrets: &Secrets) -> Vec<&Checksum> {
        let is_unknown = |checksum: &&Checksum| {
            let mut texts = checksum.secrets.iter().flat_map(BTreeMap::values);
            texts.any(|text| secrets.unknown(text).is_some())
        };
        self.object.checksums.iter().filter(is_unknown).collect()
    }

    /// What only the API server is asked about: the body with everything that field managers of
    /// ours send.
    pub(crate) fn whole(&self, secrets: &Secrets) -> Result<Value, Unread> {
        let mut body = self.body(secrets)?;
        if let Replicas::HandOver(count) | Replicas::Start(count) = self.replicas {
            body["spec"]["replicas"] = count.into();
        }
        for (key, text) in &self.object.secrets {
            if text.alone().is_some() {
                body["data"][key] = secrets.encoded(text)?.into();
            }
        }
        Ok(body)
    }

    /// The keys of generated values that stand alone here.
    pub(crate) fn generated(&self) -> impl Iterator<Item = (&str, &str)> {
        self.object
            .secrets
            .iter()
            .filter_map(|(key, text)| Some((key.as_str(), text.alone()?.name.as_str())))
    }

    /// What field manager `infra-generated` applies: the generated values that stand alone here,
    /// and those that it made before, which it would otherwise take away. `None` when the live
    /// secret has them all.
    pub(crate) fn generated_body(
        &self,
        secrets: &Secrets,
        live: Option<&Value>,
    ) -> Result<Option<Value>, Unread> {
        let live_data = live.map_or(&Value::Null, |live| &live["data"]);
        let mut data = Map::new();
        let mut missing = false;
        for (key, text) in &self.object.secrets {
            if text.alone().is_some() {
                let kept = live_data[key].as_str().filter(|value| !value.is_empty());
                missing |= kept.is_none();
                let value = kept.map_or_else(|| secrets.encoded(text), |v| Ok(v.to_owned()))?;
                data.insert(key.clone(), value.into());
            }
        }
        if !missing {
            return Ok(None);
        }
        for key in live.map(generated_keys).unwrap_or_default() {
            if let Some(value) = live_data.get(&key) {
                data.entry(key).or_insert_with(|| value.clone());
            }
        }
        let mut body = self.identity();
        // The type cannot change later, so whoever creates the secret must say it.
        if let Some(kind) = self.object.value.get("type") {
            body["type"] = kind.clone();
        }
        body["data"] = Value::Object(data);
        Ok(Some(body))
    }

    /// What field manager `infra-handover` applies: the number of replicas and nothing else.
    pub(crate) fn handover_body(&self, count: i64) -> Value {
        let mut body = self.identity();
        body["spec"] = json!({ "replicas": count });
        body
    }

    fn identity(&self) -> Value {
        let id = &self.object.id;
        let mut body = json!({
            "apiVersion": self.object.api_version(),
            "kind": id.kind,
            "metadata": { "name": id.name },
        });
        if let Some(namespace) = &id.namespace {
            body["metadata"]["namespace"] = namespace.as_str().into();
        }
        body
    }
}

/// The keys of a live secret's data that `infra-generated` made.
pub(crate) fn generated_keys(live: &Value) -> Vec<String> {
    live["metadata"]["managedFields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["manager"] == super::GENERATED_MANAGER)
        .filter_map(|entry| entry["fieldsV1"]["f:data"].as_object())
        .flat_map(Map::keys)
        .filter_map(|key| key.strip_prefix("f:").map(str::to_owned))
        .collect()
}

/// What happens with the replicas of a workload that an autoscaler scales from `minimum` on.
pub(crate) fn autoscaled(live: Option<&Value>, minimum: i64) -> Replicas {
    let Some(live) = live else {
        return Replicas::Start(minimum);
    };
    let owners: Vec<&Value> = live["metadata"]["managedFields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["fieldsV1"]["f:spec"].get("f:replicas").is_some())
        .collect();
    let ours = |entry: &&Value| entry["manager"] == super::MANAGER && entry["operation"] == "Apply";
    if owners.is_empty() || !owners.iter().all(ours) {
        return Replicas::Autoscaler;
    }
    Replicas::HandOver(live["spec"]["replicas"].as_i64().unwrap_or(minimum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(owners: &[(&str, &str)]) -> Value {
        let entries: Vec<Value> = owners
            .iter()
            .map(|(manager, operation)| {
                json!({"manager": manager, "operation": operation,
                    "fieldsV1": {"f:spec": {"f:replicas": {}}}})
            })
            .collect();
        json!({"metadata": {"managedFields": entries}, "spec": {"replicas": 7}})
    }

    #[test]
    fn replicas_are_handed_over_once_and_then_left_alone() {
        for (live, expected) in [
            (None, Replicas::Start(3)),
            (Some(live(&[])), Replicas::Autoscaler),
            (Some(live(&[("infra", "Apply")])), Replicas::HandOver(7)),
            (
                Some(live(&[("infra", "Apply"), ("infra-handover", "Apply")])),
                Replicas::Autoscaler,
            ),
            (
                Some(live(&[
                    ("infra", "Apply"),
                    ("kube-controller-manager", "Update"),
                ])),
                Replicas::Autoscaler,
            ),
        ] {
            assert_eq!(autoscaled(live.as_ref(), 3), expected);
        }
    }
}
