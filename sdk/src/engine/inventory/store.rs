//! The inventory as a config map, and back.

use super::{
    Inventory, Member,
    applyset::{self, GROUP_KINDS, ID, NAMESPACES, TOOLING},
};
use crate::object::ObjectId;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{Map, Value, json};
use std::io::{Read as _, Write as _};

/// The key of the data, as text.
const PLAIN: &str = "inventory";
/// The key of the data, compressed.
const PACKED: &str = "inventory.gz";
/// Above so many bytes the data is compressed: an object may hold 1 MiB.
const PLAIN_LIMIT: usize = 64 * 1024;
/// The version of the data's form.
const FORM: u64 = 1;
/// More than this is not an inventory of ours.
const UNPACKED_LIMIT: u64 = 64 * 1024 * 1024;

/// The config map that holds an inventory, with its annotations.
pub(crate) fn to_object(environment: &str, namespace: &str, inventory: &Inventory) -> Value {
    let name = super::name(environment);
    let members: Vec<Value> = inventory.members.iter().map(member_to_json).collect();
    let text = json!({
        "form": FORM,
        "environment": environment,
        "members": members,
    })
    .to_string();
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {
                ID: applyset::id(&name, namespace),
                "app.kubernetes.io/managed-by": "infra",
            },
            "annotations": {
                TOOLING: applyset::tooling(),
                GROUP_KINDS: super::group_kinds(inventory),
                NAMESPACES: super::namespaces(inventory, namespace),
            },
        },
    });
    if text.len() <= PLAIN_LIMIT {
        object["data"] = json!({ PLAIN: text });
    } else {
        object["binaryData"] = json!({ PACKED: STANDARD.encode(pack(text.as_bytes())) });
    }
    object
}

/// The inventory that a config map holds. A parent of another tool is an error: its members are
/// not ours.
pub(crate) fn from_object(object: &Value) -> Result<Inventory, String> {
    let metadata = &object["metadata"];
    let tooling = metadata["annotations"][TOOLING]
        .as_str()
        .unwrap_or_default();
    let tool = tooling.split('/').next().unwrap_or_default();
    if tool != "infra" {
        return Err(if tool.is_empty() {
            "a config map of this name is there already and is no inventory".to_owned()
        } else {
            format!("it belongs to the tool `{tooling}`")
        });
    }
    let text = if let Some(text) = object["data"][PLAIN].as_str() {
        text.to_owned()
    } else if let Some(packed) = object["binaryData"][PACKED].as_str() {
        unpack(packed).ok_or("its data is damaged")?
    } else {
        return Ok(Inventory::default());
    };
    let data: Value = serde_json::from_str(&text).map_err(|_| "its data is damaged")?;
    if data["form"].as_u64() != Some(FORM) {
        return Err("a newer `infra` wrote it; use that version".to_owned());
    }
    let members = data["members"]
        .as_array()
        .into_iter()
        .flatten()
        .map(member_from_json)
        .collect();
    Ok(Inventory { members })
}

fn member_to_json((id, member): (&ObjectId, &Member)) -> Value {
    let mut fields = Map::new();
    let mut text = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            fields.insert(key.into(), value.into());
        }
    };
    text(
        "group",
        Some(&id.group)
            .filter(|group| !group.is_empty())
            .map(String::as_str),
    );
    text("version", Some(&member.version));
    text("kind", Some(&id.kind));
    text("namespace", id.namespace.as_deref());
    text("name", Some(&id.name));
    text("uid", member.uid.as_deref());
    text("madeBy", member.made_by.as_deref());
    if member.kept {
        fields.insert("kept".into(), true.into());
    }
    Value::Object(fields)
}

fn member_from_json(value: &Value) -> (ObjectId, Member) {
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    (
        ObjectId {
            group: text("group").unwrap_or_default(),
            kind: text("kind").unwrap_or_default(),
            namespace: text("namespace"),
            name: text("name").unwrap_or_default(),
        },
        Member {
            version: text("version").unwrap_or_default(),
            uid: text("uid"),
            kept: value["kept"] == true,
            made_by: text("madeBy"),
        },
    )
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn unpack(packed: &str) -> Option<String> {
    let bytes = STANDARD.decode(packed).ok()?;
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice())
        .take(UNPACKED_LIMIT)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory(count: usize) -> Inventory {
        let member = |index: usize| {
            (
                ObjectId {
                    group: "apps".into(),
                    kind: "Deployment".into(),
                    namespace: Some(format!("n{}", index % 3)),
                    name: format!("web-{index}"),
                },
                Member {
                    version: "v1".into(),
                    uid: (index.is_multiple_of(2)).then(|| format!("uid-{index}")),
                    kept: index.is_multiple_of(5),
                    made_by: (index.is_multiple_of(7)).then(|| "redis".to_owned()),
                },
            )
        };
        Inventory {
            members: (0..count).map(member).collect(),
        }
    }

    #[test]
    fn small_and_large_ones_come_back_as_they_were() {
        for count in [0, 1, 10, 2000] {
            let before = inventory(count);
            let object = to_object("prod", "n0", &before);
            assert_eq!(from_object(&object).as_ref(), Ok(&before), "{count}");
            assert!(object.to_string().len() < 300 * 1024);
        }
        let object = to_object("prod", "n0", &inventory(10));
        let annotations = &object["metadata"]["annotations"];
        assert_eq!(annotations[GROUP_KINDS], "Deployment.apps");
        assert_eq!(annotations[NAMESPACES], "n1,n2");
    }

    #[test]
    fn anothers_config_map_is_refused() {
        let mut object = to_object("prod", "n0", &inventory(1));
        object["metadata"]["annotations"][TOOLING] = "kubectl/v1.36".into();
        assert_eq!(
            from_object(&object),
            Err("it belongs to the tool `kubectl/v1.36`".to_owned())
        );
        assert!(from_object(&json!({"data": {}})).is_err());
    }
}
