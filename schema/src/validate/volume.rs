//! Volumes of a pod. Source: `pkg/apis/core/validation/validation.go`, Kubernetes 1.36.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::look::{field, items, number, text};
use super::path::{Found, Path};
use super::{environment, meta, rare_volume, storage};
use crate::names;
use crate::quantity::Quantity;

/// The sources of volumes, in the order in which a server looks for them.
const SOURCES: [&str; 30] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
];

/// Fields of a pod that files can have as their content.
const OF_FILES: [&str; 5] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
];

/// What a path on a node may be of.
const HOST_PATH_TYPES: [&str; 8] = [
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
];

/// The good volumes of a pod, by their names.
pub(super) type Volumes<'v> = BTreeMap<&'v str, &'v Value>;

/// Checks the volumes and gives those that can be mounted.
pub(super) fn check<'v>(spec: &'v Value, path: &Path<'_>, found: &mut Found) -> Volumes<'v> {
    let mut seen = Volumes::new();
    let list = path.field("volumes");
    for (at, volume) in items(spec, "volumes").iter().enumerate() {
        let path = list.index(at);
        let before = found.len();
        source(volume, &path, found);
        let name = text(volume, "name");
        if name.is_empty() {
            path.field("name").required(found, "");
        } else {
            path.field("name")
                .invalid_each(found, &volume["name"], names::dns1123_label(name));
        }
        if seen.contains_key(name) {
            path.field("name").duplicate(found, &volume["name"]);
        }
        // What is wrong is no volume that could be mounted.
        if found.len() == before {
            seen.insert(name, volume);
        }
    }
    seen
}

fn source(volume: &Value, path: &Path<'_>, found: &mut Found) {
    let mut given = SOURCES
        .iter()
        .filter_map(|name| Some((*name, field(volume, name)?)));
    let Some((name, source)) = given.next() else {
        path.required(found, "must specify a volume type");
        return;
    };
    for (name, _) in given {
        // The server names some as Go does.
        let name = match name {
            "cephfs" => "cephFS",
            "downwardAPI" => "downwarAPI",
            other => other,
        };
        path.field(name)
            .forbidden(found, "may not specify more than 1 volume type");
    }
    let (above, path) = (path, path.field(name));
    match name {
        "emptyDir" => {
            let limit = source["sizeLimit"].as_str();
            let limit = limit.and_then(|text| Quantity::parse(text).ok());
            if limit.is_some_and(|limit| limit.is_negative()) {
                path.field("sizeLimit")
                    .forbidden(found, "SizeLimit field must be a valid resource quantity");
            }
        }
        "hostPath" => host_path(source, &path, found),
        "secret" => keys(source, "secretName", &path, found),
        "configMap" => keys(source, "name", &path, found),
        "nfs" => {
            need(source, "server", &path, found);
            let given = text(source, "path");
            if given.is_empty() {
                path.field("path").required(found, "");
            }
            if !given.starts_with('/') {
                let shown = Value::from(given);
                path.field("path")
                    .invalid(found, &shown, "must be an absolute path");
            }
        }
        "persistentVolumeClaim" => need(source, "claimName", &path, found),
        "downwardAPI" => {
            mode(source, "defaultMode", &path, found);
            for file in items(source, "items") {
                downward(file, &path, found);
            }
        }
        "projected" => projected(source, &path, found),
        "csi" => csi(source, &path, found),
        "ephemeral" => match field(source, "volumeClaimTemplate") {
            None => path.field("volumeClaimTemplate").required(found, ""),
            Some(template) => {
                let path = path.field("volumeClaimTemplate");
                if let Some(metadata) = field(template, "metadata") {
                    let path = path.field("metadata");
                    meta::labels(metadata, "labels", &path, found);
                    meta::annotations(metadata, &path, found);
                }
                let nothing = Value::Object(serde_json::Map::new());
                let spec = field(template, "spec").unwrap_or(&nothing);
                storage::claim(spec, &path.field("spec"), found);
            }
        },
        _ => rare_volume::check(name, source, volume, above, found),
    }
}

fn need(source: &Value, name: &str, path: &Path<'_>, found: &mut Found) {
    if text(source, name).is_empty() {
        path.field(name).required(found, "");
    }
}

fn host_path(source: &Value, path: &Path<'_>, found: &mut Found) {
    let given = text(source, "path");
    if given.is_empty() {
        path.field("path").required(found, "");
        return;
    }
    no_steps_back(given, &path.field("path"), found);
    if let Some(ty) = field(source, "type")
        && !ty.as_str().is_some_and(|ty| HOST_PATH_TYPES.contains(&ty))
    {
        path.field("type").unsupported(found, ty, &HOST_PATH_TYPES);
    }
}

fn csi(source: &Value, path: &Path<'_>, found: &mut Found) {
    let driver = text(source, "driver");
    let path_of = path.field("driver");
    if driver.is_empty() {
        path_of.required(found, "");
    } else {
        if driver.len() > 63 {
            path_of.too_long(found, 63);
        }
        let wrong = names::dns1123_subdomain(&driver.to_lowercase());
        path_of.invalid_each(found, &source["driver"], wrong);
    }
    if let Some(secret) = field(source, "nodePublishSecretRef") {
        let name = text(secret, "name");
        if name.is_empty() {
            let path = path.field("nodePublishSecretRef");
            path.field("name").required(found, "");
        } else {
            let wrong = names::dns1123_subdomain(name);
            path.field("name")
                .invalid_each(found, &secret["name"], wrong);
        }
    }
}

/// What is put together of several sources.
fn projected(source: &Value, path: &Path<'_>, found: &mut Found) {
    const KINDS: [&str; 6] = [
        "secret",
        "configMap",
        "downwardAPI",
        "serviceAccountToken",
        "clusterTrustBundle",
        "podCertificate",
    ];
    mode(source, "defaultMode", path, found);
    let mut taken = BTreeSet::new();
    let list = path.field("sources");
    for (at, part) in items(source, "sources").iter().enumerate() {
        let path_of = list.index(at);
        for name in ["secret", "configMap"] {
            let Some(source) = field(part, name) else {
                continue;
            };
            key_items(source, "name", &path_of.field(name), found);
            for item in items(source, "items") {
                let place = text(item, "path");
                if !place.is_empty() && !taken.insert(place.to_owned()) {
                    let shown = Value::from(text(source, "name"));
                    path.invalid(found, &shown, "conflicting duplicate paths");
                }
            }
        }
        if let Some(source) = field(part, "downwardAPI") {
            for file in items(source, "items") {
                downward(file, &path_of.field("downwardAPI"), found);
                let place = text(file, "path");
                if !place.is_empty() && !taken.insert(place.to_owned()) {
                    let shown = Value::from(place);
                    path.invalid(found, &shown, "conflicting duplicate paths");
                }
            }
        }
        if let Some(token) = field(part, "serviceAccountToken") {
            let seconds = number(token, "expirationSeconds").unwrap_or_default();
            let detail = match seconds {
                ..600 => "may not specify a duration less than 10 minutes",
                600..=0x1_0000_0000 => "",
                _ => "may not specify a duration larger than 2^32 seconds",
            };
            if !detail.is_empty() {
                let path = path_of.field("serviceAccountToken");
                path.field("expirationSeconds")
                    .invalid(found, &Value::from(seconds), detail);
            }
            let place = text(token, "path");
            if place.is_empty() {
                path.field("path").required(found, "");
            } else {
                local(place, &path.field("path"), found);
            }
        }
        if KINDS
            .iter()
            .filter(|name| field(part, name).is_some())
            .count()
            > 1
        {
            let detail = "may not specify more than 1 volume type per source";
            path_of.forbidden(found, detail);
        }
    }
}

/// A file with something that the pod says of itself.
fn downward(file: &Value, path: &Path<'_>, found: &mut Found) {
    let place = text(file, "path");
    if place.is_empty() {
        path.field("path").required(found, "");
    }
    local(place, &path.field("path"), found);
    match (field(file, "fieldRef"), field(file, "resourceFieldRef")) {
        (Some(reference), resources) => {
            environment::of_pod(reference, &OF_FILES, &path.field("fieldRef"), found);
            if resources.is_some() {
                let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
                path.invalid(found, &Value::from("resource"), detail);
            }
        }
        (None, Some(reference)) => {
            let path = path.field("resourceFieldRef");
            environment::of_resources(reference, true, &path, found);
        }
        (None, None) => {
            let detail = "one of fieldRef and resourceFieldRef is required";
            path.required(found, detail);
        }
    }
    mode(file, "mode", path, found);
}

/// A source whose keys become files.
fn keys(source: &Value, reference: &str, path: &Path<'_>, found: &mut Found) {
    mode(source, "defaultMode", path, found);
    key_items(source, reference, path, found);
}

fn key_items(source: &Value, reference: &str, path: &Path<'_>, found: &mut Found) {
    need(source, reference, path, found);
    let list = path.field("items");
    for (at, item) in items(source, "items").iter().enumerate() {
        let path = list.index(at);
        need(item, "key", &path, found);
        need(item, "path", &path, found);
        local(text(item, "path"), &path.field("path"), found);
        mode(item, "mode", &path, found);
    }
}

/// The bits of a file.
fn mode(holder: &Value, name: &str, path: &Path<'_>, found: &mut Found) {
    if number(holder, name).is_some_and(|mode| !(0..=0o777).contains(&mode)) {
        let detail = "must be a number between 0 and 0777 (octal), both inclusive";
        path.field(name).invalid(found, &holder[name], detail);
    }
}

/// A path that must stay where it is mounted.
pub(super) fn relative(text: &str, path: &Path<'_>, found: &mut Found) {
    if text.starts_with('/') {
        path.invalid(found, &Value::from(text), "must be a relative path");
    }
    no_steps_back(text, path, found);
}

/// As [`relative`], without names that are the server's own.
fn local(text: &str, path: &Path<'_>, found: &mut Found) {
    relative(text, path, found);
    if text.starts_with("..") && !text.starts_with("../") {
        path.invalid(found, &Value::from(text), "must not start with '..'");
    }
}

pub(super) fn no_steps_back(text: &str, path: &Path<'_>, found: &mut Found) {
    if text.split('/').any(|part| part == "..") {
        path.invalid(found, &Value::from(text), "must not contain '..'");
    }
}
