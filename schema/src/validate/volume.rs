//! Volumes of a pod.

use std::collections::BTreeSet;

use serde_json::Value;

use super::look::{field, items, text};
use super::path::{Found, Path};
use crate::names;

/// Checks the volumes and gives their names.
pub(super) fn check<'v>(spec: &'v Value, path: &Path<'_>, found: &mut Found) -> BTreeSet<&'v str> {
    let mut seen = BTreeSet::new();
    let list = path.field("volumes");
    for (at, volume) in items(spec, "volumes").iter().enumerate() {
        let path = list.index(at);
        let name = text(volume, "name");
        if !name.is_empty() {
            path.field("name")
                .invalid_each(found, &volume["name"], names::dns1123_label(name));
        }
        if !seen.insert(name) {
            path.field("name").duplicate(found, &volume["name"]);
        }
        let sources = volume
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| *name != "name");
        for (source, _) in sources.skip(1) {
            path.field(source)
                .forbidden(found, "may not specify more than 1 volume type");
        }
        source(volume, &path, found);
    }
    seen
}

fn source(volume: &Value, path: &Path<'_>, found: &mut Found) {
    for (name, reference) in [("secret", "secretName"), ("configMap", "name")] {
        if let Some(source) = field(volume, name) {
            let path = path.field(name);
            if text(source, reference).is_empty() {
                path.field(reference).required(found, "");
            }
            keys(source, &path, found);
        }
    }
    if let Some(source) = field(volume, "projected") {
        let list = path.field("projected");
        let list = list.field("sources");
        for (at, part) in items(source, "sources").iter().enumerate() {
            let path = list.index(at);
            for name in ["secret", "configMap"] {
                if let Some(source) = field(part, name) {
                    let path = path.field(name);
                    if text(source, "name").is_empty() {
                        path.field("name").required(found, "");
                    }
                    keys(source, &path, found);
                }
            }
        }
    }
}

fn keys(source: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("items");
    for (at, item) in items(source, "items").iter().enumerate() {
        let path = list.index(at);
        relative(text(item, "path"), &path.field("path"), found);
    }
}

/// A path that must stay where it is mounted.
pub(super) fn relative(text: &str, path: &Path<'_>, found: &mut Found) {
    let value = Value::from(text);
    if text.starts_with('/') {
        path.invalid(found, &value, "must be a relative path");
    }
    if text.split('/').any(|part| part == "..") {
        path.invalid(found, &value, "must not contain '..'");
    }
}
