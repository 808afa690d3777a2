//! Sources of volumes that few have. Source: `pkg/apis/core/validation/validation.go`, Kubernetes 1.36.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::look::{entries, field, items, number, text};
use super::path::{Found, Path};
use super::volume::relative;

/// Texts and lists that a source cannot do without.
const NEEDED: [(&str, &[&str]); 15] = [
    ("awsElasticBlockStore", &["volumeID"]),
    ("azureDisk", &["diskName", "diskURI"]),
    ("azureFile", &["secretName", "shareName"]),
    ("cephfs", &["monitors"]),
    ("cinder", &["volumeID"]),
    ("flexVolume", &["driver"]),
    ("gcePersistentDisk", &["pdName"]),
    ("gitRepo", &["repository"]),
    ("glusterfs", &["endpoints", "path"]),
    ("iscsi", &["targetPortal", "iqn"]),
    ("photonPersistentDisk", &["pdID"]),
    ("portworxVolume", &["volumeID"]),
    ("rbd", &["monitors", "image"]),
    ("scaleIO", &["gateway", "system", "volumeName"]),
    ("vsphereVolume", &["volumePath"]),
];

/// How each family of names of storage is written.
static NAMES: LazyLock<[(&str, Option<Regex>); 3]> = LazyLock::new(|| {
    let read = |pattern| Regex::new(pattern).ok();
    [
        (
            "iqn",
            read(r"iqn\.[0-9]{4}-[0-9]{2}\.[A-Za-z0-9.-]+:[^,;*&$|\t\n\f\r ]+$"),
        ),
        ("eui", read("^eui.[A-Za-z0-9]{16}$")),
        ("naa", read("^naa.[A-Za-z0-9]{32}$")),
    ]
});

/// Checks a source of the volume `volume`, which stands at `above`.
pub(super) fn check(
    name: &str,
    source: &Value,
    volume: &Value,
    above: &Path<'_>,
    found: &mut Found,
) {
    // The server names one as it was named once.
    let path = above.field(match name {
        "gcePersistentDisk" => "persistentDisk",
        other => other,
    });
    let needed = NEEDED.iter().filter(|(source, _)| *source == name);
    for one in needed.flat_map(|(_, needed)| *needed) {
        if text(source, one).is_empty() && items(source, one).is_empty() {
            path.field(one).required(found, "");
        }
    }
    match name {
        "awsElasticBlockStore" | "gcePersistentDisk" => {
            let given = number(source, "partition").unwrap_or_default();
            if !(0..=255).contains(&given) {
                let detail = "must be between 1 and 255, inclusive";
                path.field("partition")
                    .invalid(found, &Value::from(given), detail);
            }
        }
        "azureDisk" => azure_disk(source, &path, found),
        "cinder" => secret(source, &path, found),
        "fc" => fibre_channel(source, &path, found),
        "flexVolume" => {
            let options = path.field("options");
            for (option, _) in entries(source, "options") {
                let (owner, _) = option.split_once('/').unwrap_or((option, ""));
                let owner = format!(".{}", owner.to_lowercase());
                if owner.ends_with(".kubernetes.io") || owner.ends_with(".k8s.io") {
                    let detail = "kubernetes.io and k8s.io namespaces are reserved";
                    options
                        .key(option)
                        .invalid(found, &Value::from(option.as_str()), detail);
                }
            }
        }
        "flocker" => flocker(source, &path, found),
        "gitRepo" => relative(text(source, "directory"), &path.field("directory"), found),
        "iscsi" => iscsi(source, volume, above, &path, found),
        "quobyte" => quobyte(source, &path, found),
        "storageos" => storageos(source, &path, found),
        _ => {}
    }
}

fn secret(source: &Value, path: &Path<'_>, found: &mut Found) {
    if field(source, "secretRef").is_some_and(|secret| text(secret, "name").is_empty()) {
        path.field("secretRef").field("name").required(found, "");
    }
}

fn azure_disk(source: &Value, path: &Path<'_>, found: &mut Found) {
    for (name, allowed) in [
        ("cachingMode", ["None", "ReadOnly", "ReadWrite"]),
        ("kind", ["Dedicated", "Managed", "Shared"]),
    ] {
        if let Some(given) = field(source, name)
            && !given.as_str().is_some_and(|given| allowed.contains(&given))
        {
            path.field(name).unsupported(found, given, &allowed);
        }
    }
    let Some(kind) = field(source, "kind") else {
        return;
    };
    let (start, form) = if *kind == "Managed" {
        (
            "/subscriptions/",
            "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}",
        )
    } else {
        (
            "https://",
            "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd",
        )
    };
    let given = text(source, "diskURI");
    if !given.starts_with(start) {
        path.field("diskURI")
            .unsupported(found, &Value::from(given), &[form]);
    }
}

fn fibre_channel(source: &Value, path: &Path<'_>, found: &mut Found) {
    let targets = items(source, "targetWWNs");
    let names = items(source, "wwids");
    let path_of = path.field("targetWWNs");
    if targets.is_empty() && names.is_empty() {
        let detail = "must specify either targetWWNs or wwids, but not both";
        path_of.required(found, detail);
    }
    if targets.is_empty() {
        return;
    }
    if !names.is_empty() {
        let detail = "targetWWNs and wwids can not be specified simultaneously";
        path_of.invalid(found, &source["targetWWNs"], detail);
    }
    match number(source, "lun") {
        None => path
            .field("lun")
            .required(found, "lun is required if targetWWNs is specified"),
        Some(lun) => unit(lun, path, found),
    }
}

/// The number of a logical unit.
fn unit(lun: i64, path: &Path<'_>, found: &mut Found) {
    if !(0..=255).contains(&lun) {
        let detail = "must be between 0 and 255, inclusive";
        path.field("lun").invalid(found, &Value::from(lun), detail);
    }
}

fn flocker(source: &Value, path: &Path<'_>, found: &mut Found) {
    let (name, uuid) = (text(source, "datasetName"), text(source, "datasetUUID"));
    if name.is_empty() && uuid.is_empty() {
        path.required(found, "one of datasetName and datasetUUID is required");
    }
    if !name.is_empty() && !uuid.is_empty() {
        let detail = "datasetName and datasetUUID can not be specified simultaneously";
        path.invalid(found, &Value::from("resource"), detail);
    }
    if name.contains('/') {
        path.field("datasetName")
            .invalid(found, &Value::from(name), "must not contain '/'");
    }
}

fn iscsi(source: &Value, volume: &Value, above: &Path<'_>, path: &Path<'_>, found: &mut Found) {
    let named = text(source, "iqn");
    if !named.is_empty() {
        storage_name(named, &path.field("iqn"), found);
    }
    unit(number(source, "lun").unwrap_or_default(), path, found);
    let asks = ["chapAuthDiscovery", "chapAuthSession"];
    if asks.iter().any(|name| source[*name] == true) && field(source, "secretRef").is_none() {
        path.field("secretRef").required(found, "");
    }
    if let Some(initiator) = field(source, "initiatorName").and_then(Value::as_str) {
        storage_name(initiator, &path.field("initiatorname"), found);
        let name = text(volume, "name");
        if name.len() + 1 + text(source, "targetPortal").len() > 64 {
            let detail = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";
            above
                .field("name")
                .invalid(found, &Value::from(name), detail);
        }
    }
}

/// The name of a target or an initiator.
fn storage_name(name: &str, path: &Path<'_>, found: &mut Found) {
    let family = NAMES.iter().find(|(family, _)| name.starts_with(family));
    let detail = match family {
        None => "must be valid format starting with iqn, eui, or naa",
        Some((_, Some(form))) if !form.is_match(name) => "must be valid format",
        Some(_) => return,
    };
    path.invalid(found, &Value::from(name), detail);
}

fn quobyte(source: &Value, path: &Path<'_>, found: &mut Found) {
    const PAIRS: &str = "must be a host:port pair or multiple pairs separated by commas";
    let registry = text(source, "registry");
    if registry.is_empty() {
        path.field("registry").required(found, PAIRS);
    } else if text(source, "tenant").len() >= 65 {
        let detail = "must be a UUID and may not exceed a length of 64 characters";
        path.field("tenant").required(found, detail);
    } else {
        for _ in registry.split(',').filter(|pair| !is_host_port(pair)) {
            path.field("registry")
                .invalid(found, &source["registry"], PAIRS);
        }
    }
    if text(source, "volume").is_empty() {
        path.field("volume").required(found, "");
    }
}

/// Whether a text is a host and a port, as Go tells them apart: an address with colons of its own
/// stands in brackets.
fn is_host_port(text: &str) -> bool {
    match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').is_some_and(|(host, rest)| {
            let port = rest.strip_prefix(':');
            let bare = |text: &str| !text.contains(['[', ']']);
            !host.contains('[') && port.is_some_and(|port| bare(port) && !port.contains(':'))
        }),
        None => text
            .split_once(':')
            .is_some_and(|(_, port)| !port.contains(':') && !text.contains(['[', ']'])),
    }
}

fn storageos(source: &Value, path: &Path<'_>, found: &mut Found) {
    for name in ["volumeName", "volumeNamespace"] {
        let given = text(source, name);
        let path = path.field(name);
        if !given.is_empty() {
            path.invalid_each(found, &source[name], crate::names::dns1123_label(given));
        } else if name == "volumeName" {
            path.required(found, "");
        }
    }
    secret(source, path, found);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_its_port() {
        for (text, is_pair) in [
            ("host:80", true),
            (":80", true),
            ("host:", true),
            ("[::1]:80", true),
            ("host", false),
            ("::1:80", false),
            ("[::1]", false),
            ("[::1]x:80", false),
            ("[::1:80", false),
            ("ho]st:80", false),
        ] {
            assert_eq!(is_host_port(text), is_pair, "{text}");
        }
    }

    #[test]
    fn names_of_storage() {
        let told = |name: &str| {
            let mut found = Found::new();
            storage_name(name, &Path::ROOT.field("iqn"), &mut found);
            found.pop().map_or_else(String::new, |wrong| wrong.message)
        };
        assert_eq!(told("iqn.2001-04.com.example:disk1"), "");
        assert_eq!(told("eui.02004567A425678D"), "");
        assert_eq!(told("naa.62004567BA64678D0123456789ABCDEF"), "");
        for name in ["iqn.2001-04.com.example", "eui.1", "naa.62004567BA64678D"] {
            assert_eq!(
                told(name),
                format!("Invalid value: {name:?}: must be valid format")
            );
        }
        assert_eq!(
            told("disk"),
            "Invalid value: \"disk\": must be valid format starting with iqn, eui, or naa"
        );
    }
}
