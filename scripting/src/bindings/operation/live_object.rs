//! An object of the cluster as a value of a script: `app.spec.replicas`.

use crate::diagnostic::did_you_mean;
use crate::table::{Any, FieldOf, Row, ScriptType, Value, row};
use infra_sdk::object::ObjectId;
use infra_sdk::operation::{Field, Fields};
use rhai::Dynamic;
use serde_json::Value as Json;

/// An object that was read from a cluster, or a part of one.
#[derive(Clone, Debug)]
pub(crate) struct LiveObject(Fields);

impl LiveObject {
    /// A whole object.
    pub(crate) fn of(object: Json) -> Self {
        Self(Fields::of(object))
    }

    /// What is told of one, with fields of its own.
    pub(crate) fn plain(told: &impl serde::Serialize) -> Self {
        Self(Fields::plain(
            serde_json::to_value(told).unwrap_or_default(),
        ))
    }

    /// A field, as a value of a script.
    pub(crate) fn read(&self, key: &str) -> Dynamic {
        given(self.0.get(key).unwrap_or(Field::Nothing))
    }

    /// Who it is, where it is a whole object.
    pub(crate) fn id(&self) -> Option<&ObjectId> {
        self.0.id()
    }

    fn field(&self, key: &str) -> Result<Dynamic, (String, String)> {
        self.0.get(key).map(given).map_err(|error| {
            let known = || error.known.iter().map(String::as_str);
            let help = did_you_mean(key, known()).unwrap_or_else(|| {
                let known: Vec<&str> = known().collect();
                format!("the fields here are `{}`", known.join("`, `"))
            });
            (error.to_string(), help)
        })
    }
}

/// A field as a value of a script.
fn given(field: Field) -> Dynamic {
    match field {
        Field::Nothing => Dynamic::UNIT,
        Field::Bool(truth) => truth.into(),
        Field::Int(number) => number.into(),
        Field::Number(number) => number.into(),
        Field::Text(text) => text.into(),
        Field::Secret(secret) => Dynamic::from(Value::new(secret)),
        Field::List(items) => Dynamic::from_array(items.into_iter().map(given).collect()),
        Field::Fields(fields) => Dynamic::from(Value::new(LiveObject(fields))),
    }
}

impl ScriptType for LiveObject {
    const NAME: &'static str = "live_object";
    const FIELD: Option<FieldOf<Self>> = Some(Self::field);

    fn data(&self) -> Option<Json> {
        Some(self.0.shown())
    }

    fn text(&self) -> String {
        match self.id() {
            Some(id) => id.to_string(),
            None => self.0.shown().to_string(),
        }
    }
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "get",
            &["self", "key"],
            |object: LiveObject, key: String| Any(object.read(&key)),
        )
        .doc("A field by its name, or a label by its key; `()` where there is none.")
        .example(
            r#"let labels = get("deployment/app").metadata.labels;
let team = labels.get("example.com/team") ?? "none";"#,
        ),
        row("keys", &["self"], |object: LiveObject| object.0.keys())
            .doc("The names of the fields that are set, or the keys of labels and the like.")
            .example(
                r#"for label in get("deployment/app").metadata.labels.keys() { print(label); }"#,
            ),
    ]
}
