//! The objects that are wanted: what people wrote, ready to be compared.

use super::names::{is_variable, variable};
use super::{ImportError, Input};
use infra_sdk::object::{ObjectId, SecretText};
use infra_sdk::types::Name;
use infra_sdk::written::{bare, clean, settled, take_secret};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// One object that is wanted.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Group, kind, namespace and name; the namespace is the environment's where it says none.
    pub(super) id: ObjectId,
    /// Without what servers add, without defaults, without the content of a secret.
    pub(super) value: Value,
    /// The variables that the keys of a secret come from.
    pub(super) secrets: BTreeMap<String, String>,
}

/// A variable that a script needs: the value of a secret's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The secret, and the key of it that has the value; where several have it, the first.
    pub secret: String,
    /// The key.
    pub key: String,
    /// Whether the value is text, so that a variable can hold it.
    pub text: bool,
}

/// Objects that were read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) objects: Vec<Wanted>,
    /// The variables that their secrets need.
    pub(super) variables: Vec<Variable>,
    /// What a server would refuse.
    pub(super) problems: Vec<String>,
}

/// Reads objects.
pub(super) fn read(inputs: Vec<Input>, live: bool) -> Result<Read, ImportError> {
    let mut objects = Vec::with_capacity(inputs.len());
    let mut problems = Vec::new();
    let mut contents: Vec<(usize, BTreeMap<String, Vec<u8>>)> = Vec::new();
    let mut seen: HashMap<ObjectId, String> = HashMap::new();
    for Input { mut value, place } in inputs {
        let id = checked(&value, &place)?;
        if let Some(first) = seen.insert(id.clone(), place.clone()) {
            return Err(ImportError::Twice {
                place,
                id: id.to_string(),
                first,
            });
        }
        clean(&mut value, live);
        if is_secret(&id) {
            let content = take_secret(&mut value);
            problems.extend(content.wrong.iter().map(|key| {
                format!(
                    "the value of `{key}` in `data` of `{id}` is no base64: a server refuses it"
                )
            }));
            contents.push((objects.len(), content.values));
        }
        let value = bare(&value);
        objects.push(Wanted {
            id,
            value,
            secrets: BTreeMap::new(),
        });
    }
    let variables = variables(&mut objects, &contents);
    Ok(Read {
        objects,
        variables,
        problems,
    })
}

fn is_secret(id: &ObjectId) -> bool {
    id.group.is_empty() && id.kind == "Secret"
}

fn checked(value: &Value, place: &str) -> Result<ObjectId, ImportError> {
    let id = ObjectId::of(value);
    let fault = |field: &'static str| ImportError::NoObject {
        place: place.to_owned(),
        what: if id.kind.is_empty() {
            "it".to_owned()
        } else {
            format!("the {}", id.kind)
        },
        field,
    };
    if !value.is_object() || value["apiVersion"].as_str().is_none_or(str::is_empty) {
        return Err(fault("apiVersion"));
    }
    if id.kind.is_empty() {
        return Err(fault("kind"));
    }
    if id.name.is_empty() {
        return Err(fault("metadata.name"));
    }
    if Name::of_object(&id.name).is_none() {
        return Err(ImportError::Name {
            place: place.to_owned(),
            kind: id.kind.clone(),
            name: id.name,
        });
    }
    Ok(id)
}

/// Names the variable of every key: after the key alone, where it reads like a variable and all keys
/// of that name have one value; else after the secret and the key.
fn variables(
    objects: &mut [Wanted],
    contents: &[(usize, BTreeMap<String, Vec<u8>>)],
) -> Vec<Variable> {
    let mut values: HashMap<&str, Vec<&[u8]>> = HashMap::new();
    for (_, content) in contents {
        for (key, value) in content {
            let known = values.entry(key).or_default();
            if !known.contains(&value.as_slice()) {
                known.push(value);
            }
        }
    }
    let mut taken: HashMap<String, &[u8]> = HashMap::new();
    let mut found = Vec::new();
    for (index, content) in contents {
        let object = &mut objects[*index];
        for (key, value) in content {
            let alone = is_variable(key) && values[key.as_str()].len() == 1;
            let base = if alone {
                key.clone()
            } else {
                variable(&format!("{}_{key}", object.id.name))
            };
            let mut name = base.clone();
            let mut number = 2;
            while taken
                .get(&name)
                .is_some_and(|known| *known != value.as_slice())
            {
                name = format!("{base}_{number}");
                number += 1;
            }
            if taken.insert(name.clone(), value).is_none() {
                found.push(Variable {
                    name: name.clone(),
                    secret: object.id.name.clone(),
                    key: key.clone(),
                    text: std::str::from_utf8(value).is_ok(),
                });
            }
            object.secrets.insert(key.clone(), name);
        }
    }
    found
}

impl Wanted {
    /// The kind with its version, as builders are found by: `apps/v1 Deployment`.
    pub(super) fn word(&self) -> (&str, &str) {
        (
            self.value["apiVersion"].as_str().unwrap_or_default(),
            &self.id.kind,
        )
    }

    /// What it comes to, as an environment renders it in a namespace.
    pub(super) fn settled(&self) -> Value {
        let mut value = self.value.clone();
        for (key, variable) in &self.secrets {
            let text = SecretText::env(variable.clone());
            value["data"][key] = text.token().into();
        }
        settled(&value)
    }

    /// The spec of its pods, where it makes any.
    pub(super) fn pod(&self) -> Option<&Value> {
        let path = match self.word() {
            ("apps/v1", "Deployment" | "StatefulSet" | "DaemonSet") | ("batch/v1", "Job") => {
                "/spec/template/spec"
            }
            ("batch/v1", "CronJob") => "/spec/jobTemplate/spec/template/spec",
            _ => return None,
        };
        self.value.pointer(path)
    }
}
