//! What an environment does about a change that an operation made to its object.

use crate::cluster::{Cluster, Selector};
use crate::engine::{
    MANAGER,
    inventory::{ID, PART_OF},
    kinds,
};
use crate::object::{Location, Object};
use infra_schema::managed::Managers;
use serde_json::Value;
use std::fmt::{self, Write as _};

/// What the environment that owns an object does about a change of it, at its next run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// The environment; nothing where it could not be found out.
    pub environment: Option<String>,
    /// The fields that it had set and that were changed: it takes them back. None: it leaves the
    /// change as it is.
    pub taken_back: Vec<String>,
    /// The object was deleted: it is made again.
    pub made_again: bool,
}

impl Consequence {
    /// Of a change, from the object before and after it. Nothing where no environment owns it.
    pub(super) async fn of(cluster: &Cluster, before: &Value, after: &Value) -> Option<Self> {
        let environment = environment(cluster, before).await?;
        Some(Self {
            environment,
            taken_back: taken_back(before, after),
            made_again: false,
        })
    }

    /// Of a deletion.
    pub(super) async fn of_deletion(cluster: &Cluster, before: &Value) -> Option<Self> {
        let environment = environment(cluster, before).await?;
        Some(Self {
            environment,
            taken_back: Vec::new(),
            made_again: true,
        })
    }
}

/// The fields that we had applied and no longer own: others have set them to something else.
fn taken_back(before: &Value, after: &Value) -> Vec<String> {
    let applied = |object: &Value| {
        let managers = Managers::of(object).ok()?;
        managers.applied_by(MANAGER).cloned()
    };
    let Some(had) = applied(before) else {
        return Vec::new();
    };
    let has = applied(after).unwrap_or_default();
    let lost = had.difference(&has).leaves().into_iter();
    lost.map(|path| path.to_string().trim_start_matches('.').to_owned())
        .collect()
}

/// Where a script sets a field of an object that it describes, with the field as
/// [`Consequence::taken_back`] has it.
pub fn set_at(object: &Object, field: &str) -> Option<Location> {
    object.origin.place(&indexed(&object.value, field))
}

/// `spec.containers[name="app"].image` with the place in the list: `spec.containers[0].image`.
fn indexed(object: &Value, field: &str) -> String {
    let (mut path, mut value) = (String::new(), object);
    let mut rest = field;
    while !rest.is_empty() {
        if let Some(keyed) = rest.strip_prefix('[') {
            let Some((keys, after)) = keyed.split_once(']') else {
                break;
            };
            let is_it = |item: &Value| {
                keys.split(',').all(|pair| {
                    let (key, wanted) = pair.split_once('=').unwrap_or((pair, ""));
                    serde_json::from_str::<Value>(wanted).is_ok_and(|wanted| item[key] == wanted)
                })
            };
            let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let Some(index) = items.iter().position(is_it) else {
                break;
            };
            // To write into a string never fails.
            let _ = write!(path, "[{index}]");
            (value, rest) = (&items[index], after.trim_start_matches('.'));
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let name = &rest[..end];
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
            (value, rest) = (&value[name], rest[end..].trim_start_matches('.'));
        }
    }
    path
}

/// The environment that owns an object, by name where that can be read. Nothing: none does.
async fn environment(cluster: &Cluster, object: &Value) -> Option<Option<String>> {
    let set = object["metadata"]["labels"][PART_OF].as_str()?;
    let inventories = Selector::label(ID, set);
    let served = kinds::builtin("", "ConfigMap");
    // Most often it is in the object's own namespace; the whole cluster may not be readable.
    for namespace in [object["metadata"]["namespace"].as_str(), None] {
        let mut name = None;
        let keep = &mut |found: Value| {
            let found = found["metadata"]["name"].as_str().unwrap_or_default();
            name = found.strip_prefix("infra-").map(str::to_owned);
        };
        let read = cluster.list_metadata(&served, namespace, &inventories, keep);
        if read.await.is_ok() && name.is_some() {
            return Some(name);
        }
    }
    Some(None)
}

/// One sentence, to be read after what was done.
impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.environment {
            Some(name) => write!(f, "the environment `{name}` ")?,
            None => f.write_str("an environment ")?,
        }
        match self.taken_back.as_slice() {
            _ if self.made_again => f.write_str("owns it and makes it again at its next run"),
            [] => f.write_str("owns it and leaves that as it is"),
            fields => write!(
                f,
                "sets `{}` and takes that back at its next run",
                fields.join("`, `")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn managed(fields: Value) -> Value {
        json!({"metadata": {"managedFields": [{"manager": "infra", "operation": "Apply",
            "apiVersion": "apps/v1", "fieldsType": "FieldsV1", "fieldsV1": fields}]}})
    }

    #[test]
    fn what_we_no_longer_own_is_taken_back() {
        let before = managed(json!({"f:spec": {"f:replicas": {}, "f:template": {"f:spec":
            {"f:containers": {"k:{\"name\":\"app\"}": {".": {}, "f:name": {}, "f:image": {}}}}}}}));
        let after = managed(json!({"f:spec": {"f:template": {"f:spec":
            {"f:containers": {"k:{\"name\":\"app\"}": {".": {}, "f:name": {}}}}}}}));
        let image = "spec.template.spec.containers[name=\"app\"].image";
        assert_eq!(taken_back(&before, &after), ["spec.replicas", image]);
        assert!(taken_back(&before, &before).is_empty());
        assert!(taken_back(&json!({}), &after).is_empty());
    }

    #[test]
    fn keys_of_lists_become_places() {
        let object = json!({"spec": {"containers": [
            {"name": "proxy"}, {"name": "app", "ports": [{"containerPort": 80, "protocol": "TCP"}]}]}});
        for (field, expected) in [
            ("spec.replicas", "spec.replicas"),
            (
                "spec.containers[name=\"app\"].image",
                "spec.containers[1].image",
            ),
            (
                "spec.containers[name=\"app\"].ports[containerPort=80,protocol=\"TCP\"].name",
                "spec.containers[1].ports[0].name",
            ),
            ("spec.containers[name=\"gone\"].image", "spec.containers"),
        ] {
            assert_eq!(indexed(&object, field), expected, "{field}");
        }
    }

    #[test]
    fn it_reads_as_a_sentence() {
        let mut told = Consequence {
            environment: Some("shop".to_owned()),
            taken_back: Vec::new(),
            made_again: false,
        };
        assert_eq!(
            told.to_string(),
            "the environment `shop` owns it and leaves that as it is"
        );
        told.taken_back = vec!["spec.replicas".to_owned()];
        assert_eq!(
            told.to_string(),
            "the environment `shop` sets `spec.replicas` and takes that back at its next run"
        );
    }
}
