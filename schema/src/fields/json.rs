//! Field sets as `fieldsV1` writes them.

use serde_json::{Map, Value};

use super::path::name_of;
use super::{FieldSet, Literal, Node, PathElement};

/// A `fieldsV1` that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no path of a field set")]
pub struct FieldsError(String);

impl PathElement {
    /// The key that stands for this element: `f:name`, `k:{…}`, `v:…` or `i:…`.
    pub fn to_key(&self) -> String {
        match self {
            Self::Field(name) => format!("f:{name}"),
            Self::Key(keys) => {
                let fields: Map<String, Value> = keys
                    .iter()
                    .map(|(name, value)| (name.to_string(), value.0.clone()))
                    .collect();
                format!("k:{}", Value::Object(fields))
            }
            Self::Value(value) => format!("v:{value}"),
            Self::Index(at) => format!("i:{at}"),
        }
    }

    /// Reads such a key.
    pub fn from_key(key: &str) -> Result<Self, FieldsError> {
        let wrong = || FieldsError(key.to_owned());
        let (kind, rest) = key.split_once(':').ok_or_else(wrong)?;
        match kind {
            "f" => Ok(Self::field(rest)),
            "v" => Ok(Self::Value(Literal(
                serde_json::from_str(rest).map_err(|_| wrong())?,
            ))),
            "i" => Ok(Self::Index(rest.parse().map_err(|_| wrong())?)),
            "k" => {
                let fields: Map<String, Value> = serde_json::from_str(rest).map_err(|_| wrong())?;
                Ok(Self::Key(
                    fields
                        .into_iter()
                        .map(|(k, v)| (name_of(&k), Literal(v)))
                        .collect(),
                ))
            }
            _ => Err(wrong()),
        }
    }
}

impl FieldSet {
    /// The set as `fieldsV1`.
    pub fn to_json(&self) -> Value {
        Value::Object(self.to_map())
    }

    fn to_map(&self) -> Map<String, Value> {
        let mut out = Map::new();
        for node in self.nodes() {
            let mut below = node.children.to_map();
            if node.member && !below.is_empty() {
                below.insert(".".to_owned(), Value::Object(Map::new()));
            }
            out.insert(node.element.to_key(), Value::Object(below));
        }
        out
    }

    /// Reads `fieldsV1`.
    pub fn from_json(json: &Value) -> Result<Self, FieldsError> {
        let fields = json
            .as_object()
            .ok_or_else(|| FieldsError(json.to_string()))?;
        let mut out = Self::new();
        for (key, below) in fields {
            if key == "." {
                continue;
            }
            let children = Self::from_json(below)?;
            let member = children.is_empty() || below.get(".").is_some();
            out.insert_node(Node {
                element: PathElement::from_key(key)?,
                member,
                children,
            });
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_goes_out_as_it_came_in() {
        let json = json!({
            "f:metadata": {"f:labels": {".": {}, "f:app": {}}, "f:finalizers": {"v:\"x/2\"": {}}},
            "f:spec": {"f:containers": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:name": {}}}, "f:list": {"i:3": {}}},
        });
        let set = FieldSet::from_json(&json).expect("readable");
        assert_eq!(set.to_json(), json);
        assert_eq!(set.len(), 6);
        let paths: Vec<String> = set.leaves().iter().map(ToString::to_string).collect();
        assert_eq!(
            paths,
            [
                r#".metadata.finalizers[="x/2"]"#,
                ".metadata.labels.app",
                r#".spec.containers[containerPort=80,protocol="TCP"].name"#,
                ".spec.list[3]",
            ]
        );
        for bad in [
            json!([]),
            json!({"x:": {}}),
            json!({"k:1": {}}),
            json!({"f:a": 1}),
        ] {
            assert!(FieldSet::from_json(&bad).is_err(), "{bad}");
        }
    }
}
