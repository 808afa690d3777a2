//! The fields of an object that was read, as its schema knows them.

use crate::object::{ObjectId, SecretText};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use infra_schema::kind::Kind;
use infra_schema::ty::{Shape, Type};
use serde_json::Value;
use std::sync::Arc;

/// An object that was read from a cluster, or a part of one: a copy of that moment. A field that is
/// not set reads as nothing, one that the kind does not have is an error, and the values of a Secret
/// are secrets.
#[derive(Clone, Debug)]
pub struct Fields {
    id: Option<ObjectId>,
    value: Arc<Value>,
    /// What the schema says of it, where it is of a built-in kind.
    ty: Type,
    /// Whether its texts are the values of a Secret.
    secret: bool,
    /// Where it stands in its object, for messages.
    path: String,
}

/// What a field holds.
#[derive(Clone, Debug)]
pub enum Field {
    /// It is not set.
    Nothing,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Number(f64),
    /// A text.
    Text(String),
    /// A value of a Secret.
    Secret(SecretText),
    /// A list.
    List(Vec<Field>),
    /// Fields of its own.
    Fields(Fields),
}

/// The kind has no such field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no field `{path}`")]
pub struct NoField {
    /// The field, from the object down.
    pub path: String,
    /// The fields that there are.
    pub known: Vec<String>,
}

impl Fields {
    /// The fields of a whole object.
    pub fn of(mut object: Value) -> Self {
        let is_secret = object["apiVersion"] == "v1" && object["kind"] == "Secret";
        // It may hold the whole object once more.
        if is_secret && let Some(annotations) = object.pointer_mut("/metadata/annotations") {
            let record = "kubectl.kubernetes.io/last-applied-configuration";
            annotations.as_object_mut().map(|all| all.remove(record));
        }
        let text = |key: &str| object[key].as_str().unwrap_or_default();
        let kind = Kind::find_api(text("apiVersion"), text("kind"));
        Self {
            id: Some(ObjectId::of(&object)),
            ty: kind.map_or_else(Type::untyped, Kind::ty),
            value: Arc::new(object),
            secret: false,
            path: String::new(),
        }
    }

    /// The fields of something else that was read.
    pub fn plain(value: Value) -> Self {
        Self {
            id: None,
            value: Arc::new(value),
            ty: Type::untyped(),
            secret: false,
            path: String::new(),
        }
    }

    /// Who it is, where it is a whole object.
    pub fn id(&self) -> Option<&ObjectId> {
        self.id.as_ref()
    }

    /// The names of the fields that are set, or the keys of labels and the like.
    pub fn keys(&self) -> Vec<String> {
        let map = self.value.as_object();
        map.map(|map| map.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// A field.
    pub fn get(&self, key: &str) -> Result<Field, NoField> {
        let path = match self.path.as_str() {
            "" => key.to_owned(),
            above => format!("{above}.{key}"),
        };
        if let Some(value) = self.value.get(key) {
            let ty = self.ty.field(key).unwrap_or_else(Type::untyped);
            let secret = self.secret || self.is_secret() && key == "data";
            return Ok(field(value, &ty, secret, &path));
        }
        let fixed = matches!(self.ty.shape(), Shape::Struct { .. });
        if fixed && !self.ty.declares(key) {
            let known = self.ty.fields().into_iter();
            let known = known.map(|field| field.name.into_owned()).collect();
            return Err(NoField { path, known });
        }
        Ok(Field::Nothing)
    }

    /// It as JSON, with the values of a Secret hidden.
    pub fn shown(&self) -> Value {
        let mut value = (*self.value).clone();
        if self.secret {
            hide(&mut value);
        } else if self.is_secret()
            && let Some(data) = value.get_mut("data")
        {
            hide(data);
        }
        value
    }

    fn is_secret(&self) -> bool {
        let is = |id: &ObjectId| id.group.is_empty() && id.kind == "Secret";
        self.id.as_ref().is_some_and(is)
    }
}

fn field(value: &Value, ty: &Type, secret: bool, path: &str) -> Field {
    match value {
        Value::Null => Field::Nothing,
        Value::Bool(truth) => Field::Bool(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Field::Int(whole),
            None => Field::Number(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) if secret => {
            let bytes = STANDARD.decode(text).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Field::Secret(SecretText::read(text))
        }
        Value::String(text) => Field::Text(text.clone()),
        Value::Array(items) => {
            let ty = ty.item().unwrap_or_else(Type::untyped);
            let at = |index: usize| format!("{path}[{index}]");
            let items = items.iter().enumerate();
            Field::List(
                items
                    .map(|(index, item)| field(item, &ty, secret, &at(index)))
                    .collect(),
            )
        }
        Value::Object(_) => Field::Fields(Fields {
            id: None,
            value: Arc::new(value.clone()),
            ty: ty.clone(),
            secret,
            path: path.to_owned(),
        }),
    }
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(hide),
        Value::String(text) => "(secret)".clone_into(text),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(object: Value, path: &[&str]) -> Result<Field, NoField> {
        let mut field = Field::Fields(Fields::of(object));
        for key in path {
            let Field::Fields(fields) = field else {
                panic!("{key} of what has no fields");
            };
            field = fields.get(key)?;
        }
        Ok(field)
    }

    #[test]
    fn what_is_not_set_is_nothing_and_what_is_unknown_is_an_error() {
        let app = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "app", "labels": {"team": "web"}}, "spec": {"replicas": 3}});
        for (path, expected) in [
            (&["spec", "replicas"][..], "Ok(Int(3))"),
            (&["spec", "paused"], "Ok(Nothing)"),
            (&["status"], "Ok(Nothing)"),
            (&["metadata", "labels", "team"], "Ok(Text(\"web\"))"),
            (&["metadata", "labels", "tier"], "Ok(Nothing)"),
        ] {
            assert_eq!(format!("{:?}", at(app.clone(), path)), expected, "{path:?}");
        }
        let error = at(app, &["spec", "replcas"]).expect_err("unknown");
        assert_eq!(error.to_string(), "there is no field `spec.replcas`");
        assert!(error.known.contains(&"replicas".to_owned()));
        let custom = json!({"apiVersion": "example.com/v1", "kind": "Widget", "spec": {}});
        assert!(matches!(
            at(custom, &["spec", "anything"]),
            Ok(Field::Nothing)
        ));
    }

    #[test]
    fn values_of_a_secret_are_secret_and_all_else_of_it_is_not() {
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "metadata": {"name": "keys", "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": "{\"data\":{}}", "team": "a"}}, "data": {"password": STANDARD.encode("hunter2")}});
        let found = at(secret.clone(), &["data", "password"]).expect("there");
        assert_eq!(format!("{found:?}"), "Secret((secret))");
        assert!(matches!(at(secret.clone(), &["type"]), Ok(Field::Text(_))));
        let annotations = at(secret.clone(), &["metadata", "annotations"]);
        let Ok(Field::Fields(annotations)) = annotations else {
            panic!("{annotations:?}");
        };
        assert_eq!(annotations.keys(), ["team"]);
        let shown = Fields::of(secret).shown();
        assert_eq!(shown["data"]["password"], "(secret)");
        assert_eq!(shown["metadata"]["name"], "keys");
    }
}
