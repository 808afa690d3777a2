//! Volumes, at the paths where containers mount them.

use super::super::code::{Code, call, json, text};
use super::super::setters::{get, set};
use super::{Pod, env::resource, fields, items};
use infra_sdk::resource::pod::volume_name_at;
use serde_json::Value;

/// Adds what a container mounts.
pub(super) fn mounts(pod: &Pod<'_>, mut code: Code, container: &Value) -> Code {
    for (list, path, setter) in [
        ("volumeMounts", "mountPath", "volume"),
        ("volumeDevices", "devicePath", "device"),
    ] {
        for mount in items(&container[list]) {
            if let (Some(at), Some(volume)) = (mount[path].as_str(), volume(pod, mount, path)) {
                code = code.then(setter, [text(at), volume]);
            }
        }
    }
    code
}

/// A volume as it is mounted.
fn volume(pod: &Pod<'_>, mount: &Value, path: &str) -> Option<Code> {
    let name = mount["name"].as_str()?;
    let at = mount[path].as_str()?;
    let source = find(items(&pod.spec()["volumes"]), |one| one["name"] == name);
    let template = find(
        items(&pod.object["spec"]["volumeClaimTemplates"]),
        |claim| claim["metadata"]["name"] == name,
    );
    let options = mounted(
        mount,
        name != default_name(source, template, at) || twice(pod, source, name),
    );
    let made = match (template, source) {
        (Some(claim), _) => Made::new(claim_template(name, &claim["spec"])?),
        (None, Some(source)) => made(pod, source)?,
        (None, None) => return None,
    };
    Some(options(made, name))
}

fn find(list: &[Value], is: impl Fn(&Value) -> bool) -> Option<&Value> {
    list.iter().find(|one| is(one))
}

/// A volume: as it can stand alone, and as something that takes options.
struct Made {
    alone: Code,
    with_options: Code,
}

impl Made {
    fn new(code: Code) -> Self {
        Self {
            alone: code.clone(),
            with_options: code,
        }
    }
}

/// Adds the options of a mount, and the volume's name where it is not the one it would get.
fn mounted(mount: &Value, named: bool) -> impl Fn(Made, &str) -> Code + '_ {
    move |made, name| {
        let any = [
            "readOnly",
            "subPath",
            "subPathExpr",
            "mountPropagation",
            "recursiveReadOnly",
        ];
        if !named && any.iter().all(|field| mount[*field].is_null()) {
            return made.alone;
        }
        let mut code = made.with_options;
        if named {
            code = code.then("name", [text(name)]);
        }
        if mount["readOnly"] == true {
            code = code.then("read_only", []);
        }
        for (field, setter) in [
            ("subPath", "sub_path"),
            ("subPathExpr", "sub_path_expr"),
            ("mountPropagation", "mount_propagation"),
            ("recursiveReadOnly", "recursive_read_only"),
        ] {
            if let Some(value) = mount[field].as_str() {
                code = code.then(setter, [text(value)]);
            }
        }
        code
    }
}

/// The name that a volume gets when none is given.
fn default_name(source: Option<&Value>, template: Option<&Value>, path: &str) -> String {
    if let Some(claim) = template {
        return claim["metadata"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
    }
    let source = source.unwrap_or(&Value::Null);
    let by_object = [
        "persistentVolumeClaim.claimName",
        "configMap.name",
        "secret.secretName",
    ];
    if let Some(name) = by_object.iter().find_map(|path| get(source, path).as_str()) {
        return name.replace('.', "-");
    }
    volume_name_at(path)
}

/// Whether a folder that is empty at first is mounted in several places: each would be another one.
fn twice(pod: &Pod<'_>, source: Option<&Value>, name: &str) -> bool {
    let Some(source) = source else { return false };
    let shared = source["emptyDir"].is_object();
    let spec = pod.spec();
    let all = items(&spec["containers"])
        .iter()
        .chain(items(&spec["initContainers"]));
    let mounts = all.flat_map(|container| items(&container["volumeMounts"]));
    shared && mounts.filter(|mount| mount["name"] == name).count() > 1
}

fn made(pod: &Pod<'_>, source: &Value) -> Option<Made> {
    let (kind, volume) = fields(source).find(|(key, _)| *key != "name")?;
    let object = |kind: &str, field: &str| {
        let name = volume[field].as_str()?;
        let link = pod.context.link("", kind, pod.home, name);
        Some((link, pod.context.builder("", kind, pod.home, name)))
    };
    Some(match kind.as_str() {
        "persistentVolumeClaim" => {
            let (link, builder) = object("PersistentVolumeClaim", "claimName")?;
            let mount = call("claim_mount", [link.clone()]);
            let alone = if link == builder && matches!(link, Code::Name(_)) {
                link
            } else {
                mount.clone()
            };
            Made {
                alone,
                with_options: mount,
            }
        }
        "configMap" => files(object("ConfigMap", "name")?.1, volume),
        "secret" => files(object("Secret", "secretName")?.1, volume),
        "emptyDir" => {
            let mut code = call("empty_dir", []);
            if volume["medium"] == "Memory" {
                code = code.then("memory", []);
            }
            Made::new(set(code, "empty_dir", source, "", |name| {
                name == "size_limit"
            }))
        }
        "hostPath" => {
            let code = call("host_path", [json(&volume["path"])]);
            let kind = volume["type"].as_str().filter(|kind| !kind.is_empty());
            Made::new(match kind {
                Some(kind) => code.then("type", [text(kind)]),
                None => code,
            })
        }
        "nfs" => Made::new(call(
            "nfs",
            [json(&volume["server"]), json(&volume["path"])],
        )),
        "image" => {
            let code = call("image_volume", [json(&volume["reference"])]);
            Made::new(set(code, "image_volume", source, "", |name| {
                name == "pull_policy"
            }))
        }
        "csi" => Made::new(csi(pod, volume)),
        "ephemeral" => {
            let claim = claim_template(
                source["name"].as_str()?,
                get(volume, "volumeClaimTemplate.spec"),
            )?;
            Made::new(claim.then("ephemeral", []))
        }
        "downwardAPI" => Made::new(mode(downward(items(&volume["items"]))?, volume)),
        "projected" => {
            let mut code = call("projected", []);
            for one in items(&volume["sources"]) {
                code = projection(pod, code, one)?;
            }
            Made::new(mode(code, volume))
        }
        _ => return None,
    })
}

/// The keys of a config map or secret as files.
fn files(source: Code, volume: &Value) -> Made {
    let plain = source.clone();
    let mut code = source.then("files", []);
    let bare = code.clone();
    for item in items(&volume["items"]) {
        let mut arguments = vec![json(&item["key"]), json(&item["path"])];
        arguments.extend(item["mode"].as_i64().map(octal));
        code = code.then("item", arguments);
    }
    code = mode(code, volume);
    if volume["optional"] == true {
        code = code.then("optional", []);
    }
    let is_constant = matches!(plain, Code::Name(_));
    let alone = if code == bare && is_constant {
        plain
    } else {
        code.clone()
    };
    Made {
        alone,
        with_options: code,
    }
}

fn mode(code: Code, volume: &Value) -> Code {
    match volume["defaultMode"].as_i64() {
        Some(mode) => code.then("mode", [octal(mode)]),
        None => code,
    }
}

fn octal(mode: i64) -> Code {
    text(format!("{mode:04o}"))
}

fn csi(pod: &Pod<'_>, volume: &Value) -> Code {
    let mut code = call("csi", [json(&volume["driver"])]);
    if let Some(kind) = volume["fsType"].as_str() {
        code = code.then("fs_type", [text(kind)]);
    }
    for (key, value) in fields(&volume["volumeAttributes"]) {
        code = code.then("attribute", [text(key), json(value)]);
    }
    if let Some(secret) = volume["nodePublishSecretRef"]["name"].as_str() {
        code = code.then("secret", [pod.context.link("", "Secret", pod.home, secret)]);
    }
    code
}

fn downward(list: &[Value]) -> Option<Code> {
    let mut code = call("downward_api", []);
    for item in list {
        let path = json(&item["path"]);
        code = match item["fieldRef"]["fieldPath"].as_str() {
            Some(field) => code.then("field", [path, call("field", [text(field)])]),
            None => code.then("resource", [path, resource(&item["resourceFieldRef"])?]),
        };
    }
    Some(code)
}

fn projection(pod: &Pod<'_>, code: Code, one: &Value) -> Option<Code> {
    let (kind, source) = fields(one).next()?;
    let files_of = |kind: &str| {
        let name = source["name"].as_str()?;
        Some(files(pod.context.builder("", kind, pod.home, name), source).with_options)
    };
    Some(match kind.as_str() {
        "configMap" => code.then("files", [files_of("ConfigMap")?]),
        "secret" => code.then("files", [files_of("Secret")?]),
        "downwardAPI" => code.then("downward_api", [downward(items(&source["items"]))?]),
        "serviceAccountToken" => {
            let expiration = source["expirationSeconds"]
                .as_i64()
                .map_or(Code::Unit, super::super::setters::time);
            let arguments = [json(&source["path"]), json(&source["audience"]), expiration];
            code.then("token", arguments)
        }
        _ => return None,
    })
}

/// A claim that is made for each pod.
fn claim_template(name: &str, spec: &Value) -> Option<Code> {
    let size = get(spec, "resources.requests.storage").as_str()?;
    let mut code = call("claim", [text(name), text(size)]);
    for (field, setter) in [
        ("storageClassName", "storage_class"),
        ("volumeAttributesClassName", "volume_attributes_class"),
    ] {
        if let Some(class) = spec[field].as_str() {
            code = code.then(setter, [text(class)]);
        }
    }
    match items(&spec["accessModes"]) {
        [mode] if mode == "ReadWriteOnce" => {}
        [mode] => code = code.then("access_mode", [json(mode)]),
        [] => {}
        _ => code = code.then("access_mode", [json(&spec["accessModes"])]),
    }
    Some(code)
}
