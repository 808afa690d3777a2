//! `volume_claim(name, size)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::pod::items;
use crate::import::setters::get;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let spec = subject.spec();
    let size = get(spec, "resources.requests.storage").as_str()?;
    let mut code = call("volume_claim", [text(subject.name()), text(size)]);
    for (field, setter) in [
        ("storageClassName", "storage_class"),
        ("volumeAttributesClassName", "volume_attributes_class"),
        ("volumeName", "volume"),
    ] {
        if let Some(name) = spec[field].as_str().filter(|name| !name.is_empty()) {
            code = code.then(setter, [text(name)]);
        }
    }
    match items(&spec["accessModes"]) {
        [mode] if mode == "ReadWriteOnce" => {}
        [mode] => code = code.then("access_mode", [json(mode)]),
        _ => code = code.then("access_mode", [json(&spec["accessModes"])]),
    }
    if spec["volumeMode"] == "Block" {
        code = code.then("block", []);
    }
    let source = &spec["dataSource"];
    let setter = match source["kind"].as_str() {
        Some("VolumeSnapshot") => Some("from_snapshot"),
        Some("PersistentVolumeClaim") => Some("from_claim"),
        _ => None,
    };
    Some(match setter {
        Some(setter) => code.then(setter, [json(&source["name"])]),
        None => code,
    })
}
