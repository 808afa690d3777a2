//! `persistent_volume(name, size)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::pod::{fields, items};
use crate::import::setters::get;
use serde_json::Value;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let spec = subject.spec();
    let size = get(spec, "capacity.storage").as_str()?;
    let code = call("persistent_volume", [text(subject.name()), text(size)]);
    let mut code = nodes(place(code, spec)?, spec);
    for (field, setter, usual) in [
        ("storageClassName", "storage_class", ""),
        ("volumeAttributesClassName", "volume_attributes_class", ""),
        ("persistentVolumeReclaimPolicy", "reclaim_policy", "Retain"),
    ] {
        if let Some(said) = spec[field].as_str().filter(|said| *said != usual) {
            code = code.then(setter, [text(said)]);
        }
    }
    match items(&spec["accessModes"]) {
        [mode] if mode == "ReadWriteOnce" => {}
        [mode] => code = code.then("access_mode", [json(mode)]),
        _ => code = code.then("access_mode", [json(&spec["accessModes"])]),
    }
    for option in items(&spec["mountOptions"]) {
        code = code.then("mount_option", [json(option)]);
    }
    Some(match spec["volumeMode"].as_str() {
        Some("Block") => code.then("block", []),
        _ => code,
    })
}

/// Where the data is.
fn place(code: Code, spec: &Value) -> Option<Code> {
    let (csi, nfs, host, local) = (
        &spec["csi"],
        &spec["nfs"],
        &spec["hostPath"],
        &spec["local"],
    );
    let (mut code, source) = if csi.is_object() {
        let named = [json(&csi["driver"]), json(&csi["volumeHandle"])];
        (code.then("csi", named), csi)
    } else if nfs.is_object() {
        let named = [json(&nfs["server"]), json(&nfs["path"])];
        (code.then("nfs", named), nfs)
    } else if host.is_object() {
        (code.then("host_path", [json(&host["path"])]), host)
    } else if local.is_object() {
        (code.then("local", [json(&local["path"])]), local)
    } else {
        return None;
    };
    for (key, value) in fields(&csi["volumeAttributes"]) {
        code = code.then("attribute", [text(key), json(value)]);
    }
    for (field, setter) in [("type", "type"), ("fsType", "fs_type")] {
        if let Some(said) = source[field].as_str().filter(|said| !said.is_empty()) {
            code = code.then(setter, [text(said)]);
        }
    }
    if source["readOnly"] == true {
        code = code.then("read_only", []);
    }
    Some(code)
}

/// Which nodes reach it.
fn nodes(code: Code, spec: &Value) -> Code {
    let [term] = items(get(spec, "nodeAffinity.required.nodeSelectorTerms")) else {
        return code;
    };
    let told = items(&term["matchExpressions"]).iter();
    told.filter(|one| one["operator"] == "In")
        .fold(code, |code, one| {
            let values = match items(&one["values"]) {
                [value] => json(value),
                _ => json(&one["values"]),
            };
            match one["key"].as_str() {
                Some("kubernetes.io/hostname") => code.then("node", [values]),
                _ => code.then("node_affinity", [json(&one["key"]), values]),
            }
        })
}
