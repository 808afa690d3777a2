//! Manifests as they stand, without a script.

use super::{Finding, Rule, Severity, check, tidied};
use crate::environment::{Environment, Platform};
use crate::object::{Location, Origin};
use crate::resource::{ManifestError, Namespace, PodSecurity, RawObject, Resource};
use crate::types::yaml::{Located, YamlError, located_documents};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) static UNDEFINED_REFERENCE: Rule = Rule {
    id: "undefined-reference",
    severity: Severity::Warning,
    title: "manifests name something that is not among them",
    why: "where nobody else makes it, pods wait for it for ever",
    cure: "add it; or check a script with `yaml(FILE)` and `existing(KIND, NAME)`, which says that it is there",
};

/// Why manifests cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// A file is not YAML.
    #[error("`{}` is no YAML: {}", error.place(file), error.message)]
    Yaml {
        /// The file.
        file: String,
        /// What is wrong with it.
        error: YamlError,
    },
    /// A document of a file is no object.
    #[error("`{file}` cannot be used: {error}")]
    Object {
        /// The file.
        file: String,
        /// Which document, and what is wrong with it.
        error: ManifestError,
    },
}

/// Everything that is found in some files of manifests (their names and texts), as one environment.
///
/// Its namespace is the one that most of the objects are in; those that no manifest makes count as
/// being there, and as holding nothing else.
///
/// # Errors
/// A text that is not YAML, or that holds something else than objects.
pub fn check_manifests<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
    platform: &Platform<'_>,
) -> Result<Vec<Finding>, FileError> {
    let mut objects = Vec::new();
    let mut places: BTreeMap<Location, Located> = BTreeMap::new();
    for (file, text) in files {
        let object = |error| match error {
            ManifestError::Yaml(error) => FileError::Yaml {
                file: file.to_owned(),
                error,
            },
            error @ ManifestError::Object { .. } => FileError::Object {
                file: file.to_owned(),
                error,
            },
        };
        let read = RawObject::from_yaml(text).map_err(object)?;
        let located =
            located_documents(text).map_err(|error| object(ManifestError::Yaml(error)))?;
        for (mut object, document) in read.into_iter().zip(located) {
            let at = Location {
                file: file.into(),
                line: document.line,
                column: document.column,
                inside: None,
            };
            *object.origin_mut() = Origin::at(at.clone());
            places.insert(at, document);
            objects.push(object);
        }
    }
    let environment = environment(objects);
    let mut found = check([&environment], platform);
    for finding in &mut found {
        // A script could say that it is there; a manifest cannot.
        if finding.rule.id == "missing-reference" {
            finding.rule = &UNDEFINED_REFERENCE;
            finding.help = None;
            let of_scripts = "neither in the environment nor said to exist";
            finding.message = finding
                .message
                .replace(of_scripts, "not among the manifests");
        }
        let path = finding.field.as_deref();
        let Some(at) = finding.at.as_mut() else {
            continue;
        };
        let inside = at.inside.take();
        if let (Some(document), Some(path)) = (places.get(at), path.or(inside.as_deref())) {
            (at.line, at.column) = place_of(document, path);
        }
    }
    Ok(tidied(found))
}

/// Where a field stands; what is sent as `data` may have been written as `stringData`.
fn place_of(document: &Located, path: &str) -> (u32, u32) {
    let place = document.place_of(path);
    match path.strip_prefix("data.") {
        Some(key) if place == (document.line, document.column) => {
            document.place_of(&format!("stringData.{key}"))
        }
        _ => place,
    }
}

/// An environment in the namespace where most of the objects are.
fn environment(objects: Vec<RawObject>) -> Environment {
    let mut homes: BTreeMap<String, usize> = BTreeMap::new();
    let mut made = BTreeSet::new();
    for object in &objects {
        let reference = object.reference();
        if reference.kind == "Namespace" {
            made.insert(reference.name);
        } else if let Some(namespace) = reference.namespace {
            *homes.entry(namespace).or_default() += 1;
        }
    }
    let most = homes
        .iter()
        .max_by_key(|(name, count)| (**count, std::cmp::Reverse(*name)));
    let home = most.map_or_else(|| "default".to_owned(), |(name, _)| name.clone());
    let mut environment = Environment::new("manifests").namespace(&home);
    if !made.contains(&home) {
        environment = environment.existing_namespace();
    }
    // What is in them ought to be here too; what may run in them is not known.
    for other in homes
        .keys()
        .filter(|name| **name != home && !made.contains(*name))
    {
        let Ok(name) = other.parse() else { continue };
        let mut namespace = Namespace::new(name).pod_security(PodSecurity::Privileged);
        *namespace.origin_mut() = Origin::default();
        environment = environment.add(namespace);
    }
    objects
        .into_iter()
        .fold(environment, |environment, object| {
            environment.add_shared(Arc::new(object))
        })
}
