//! A value as data, for whoever shows it: nothing of the engine is in it.

use super::super::state::State;
use crate::table::Value;
use infra_sdk::environment::{Environment, Rendered};
use infra_sdk::object::{Object, SecretText};
use infra_sdk::resource::Resource;
use rhai::{Dynamic, FnPtr};
use serde_json::{Number, Value as Json};
use std::sync::Arc;

/// A value, to be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// `()`.
    Nothing,
    /// A string, a number, `true` or `false`.
    Plain(Json),
    /// An array.
    List(Vec<Self>),
    /// A map, in the order of its keys.
    Map(Vec<(String, Self)>),
    /// A builder.
    Resource(Box<ShownResource>),
    /// An environment.
    Environment {
        /// Its name.
        name: String,
        /// Its default namespace.
        namespace: String,
        /// Its resources, by their kinds and names.
        resources: Vec<String>,
    },
    /// A secret: what stands for it.
    Secret(String),
    /// A function, with its parameters as far as they are known.
    Function(String),
    /// Anything else: the word for what it is, and what it says of itself.
    Other {
        /// The name of its type.
        word: String,
        /// What it says of itself.
        text: String,
    },
}

/// A builder, and what becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownResource {
    /// Its word in the language.
    pub word: String,
    /// Its kind and name.
    pub reference: String,
    /// The objects that it becomes in an environment with nothing else, itself first; none where it
    /// cannot.
    pub objects: Vec<Json>,
    /// Why it cannot be rendered alone.
    pub problems: Vec<String>,
}

impl Shown {
    /// A value of a script.
    pub(crate) fn of(value: &Dynamic, state: &State) -> Self {
        let value = value.flatten_clone();
        if value.is_unit() {
            return Self::Nothing;
        }
        if let Ok(truth) = value.as_bool() {
            return Self::Plain(truth.into());
        }
        if let Ok(number) = value.as_int() {
            return Self::Plain(number.into());
        }
        if let Ok(number) = value.as_float() {
            let number = Number::from_f64(number);
            return number.map_or_else(
                || Self::other("number", &value.to_string()),
                |number| Self::Plain(number.into()),
            );
        }
        if value.is_string() || value.is_char() {
            return Self::Plain(value.to_string().into());
        }
        if let Some(items) = value.read_lock::<rhai::Array>() {
            return Self::List(items.iter().map(|item| Self::of(item, state)).collect());
        }
        if let Some(map) = value.read_lock::<rhai::Map>() {
            let entries = map.iter();
            return Self::Map(
                entries
                    .map(|(key, item)| (key.to_string(), Self::of(item, state)))
                    .collect(),
            );
        }
        Self::of_host(&value, state)
    }

    /// A value of the language's own types.
    fn of_host(value: &Dynamic, state: &State) -> Self {
        if let Some(secret) = value.read_lock::<Value<SecretText>>() {
            return Self::Secret(secret.get().token());
        }
        if let Some(environment) = value.read_lock::<Value<Environment>>() {
            let environment = environment.get();
            return Self::Environment {
                name: environment.name().to_owned(),
                namespace: environment.default_namespace().to_owned(),
                resources: environment
                    .resources()
                    .iter()
                    .map(|resource| resource.reference().to_string())
                    .collect(),
            };
        }
        if let Some(function) = value.read_lock::<FnPtr>() {
            return Self::Function(if function.is_anonymous() {
                "a function".to_owned()
            } else {
                format!("the function `{}`", function.fn_name())
            });
        }
        let Some(entry) = state.vocabulary.entry(value.type_id()) else {
            return Self::other(value.type_name(), &value.to_string());
        };
        match (entry.resource)(value) {
            Some(resource) => Self::Resource(Box::new(ShownResource::of(entry.name, &resource))),
            None => match (entry.data)(value) {
                Some(data) => Self::of_data(data),
                None => Self::other(entry.name, &(entry.text)(value)),
            },
        }
    }

    fn of_data(data: Json) -> Self {
        match data {
            Json::Null => Self::Nothing,
            Json::Array(items) => Self::List(items.into_iter().map(Self::of_data).collect()),
            Json::Object(entries) => {
                let one = |(key, item)| (key, Self::of_data(item));
                Self::Map(entries.into_iter().map(one).collect())
            }
            plain => Self::Plain(plain),
        }
    }

    fn other(word: &str, text: &str) -> Self {
        Self::Other {
            word: word.to_owned(),
            text: text.to_owned(),
        }
    }

    /// It as JSON, where it is made of maps, arrays, strings, numbers, `true`, `false` and `()` alone.
    pub fn data(&self) -> Option<Json> {
        Some(match self {
            Self::Nothing => Json::Null,
            Self::Plain(value) => value.clone(),
            Self::List(items) => Json::Array(items.iter().map(Self::data).collect::<Option<_>>()?),
            Self::Map(entries) => Json::Object(
                entries
                    .iter()
                    .map(|(key, item)| Some((key.clone(), item.data()?)))
                    .collect::<Option<_>>()?,
            ),
            _ => return None,
        })
    }
}

impl ShownResource {
    fn of(word: &str, resource: &Arc<dyn Resource>) -> Self {
        let reference = resource.reference();
        let rendered = Environment::new("session")
            .existing_namespace()
            .add_shared(Arc::clone(resource))
            .render();
        let (objects, problems) = match rendered {
            Ok(Rendered { mut objects, .. }) => {
                let beside = |object: &Object| {
                    let id = &object.id;
                    (&id.group, &id.kind, &id.name)
                        != (&reference.group, &reference.kind, &reference.name)
                };
                objects.sort_by_key(beside);
                (objects.into_iter().map(json).collect(), Vec::new())
            }
            Err(problems) => {
                let messages = problems.0.into_iter().map(|problem| problem.message);
                (Vec::new(), messages.collect())
            }
        };
        Self {
            word: word.to_owned(),
            reference: reference.to_string(),
            objects,
            problems,
        }
    }
}

/// An object without the namespace of the environment that it was rendered in alone.
fn json(object: Object) -> Json {
    let mut value = object.value;
    if let Some(metadata) = value.get_mut("metadata").and_then(Json::as_object_mut) {
        let ours = metadata.get("namespace").and_then(Json::as_str) == Some("session");
        if ours {
            metadata.remove("namespace");
        }
    }
    value
}
