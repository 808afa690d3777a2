use super::*;
use crate::session::{Host, Session};
use infra_sdk::object::{Object, ObjectId};
use infra_sdk::written;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The objects of YAML files below a folder, each file's by itself or all of them together.
fn of_files(folder: &str) -> Vec<(String, Vec<Input>)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join(folder))
        .expect(folder)
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a text");
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let objects = inputs(&name, &text).expect(&name);
            (name, objects)
        })
        .collect()
}

/// The manifests that stand in a document of Markdown, less what is no manifest.
fn of_document(name: &str) -> Vec<Input> {
    let text = std::fs::read_to_string(root().join("tests/documents").join(name)).expect(name);
    let mut found = Vec::new();
    for block in text.split("```yaml\n").skip(1) {
        let block = block.split("\n```").next().unwrap_or_default();
        let objects = inputs(name, block).unwrap_or_default();
        found.extend(objects.into_iter().filter(|one| {
            one.value["kind"].is_string() && one.value["metadata"]["name"].is_string()
        }));
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|one| seen.insert(ObjectId::of(&one.value)));
    found
}

/// What a script renders.
fn rendered(imported: &Imported) -> Vec<Object> {
    let script = Session::new(Host::new("."))
        .load_text("import.rhai", &imported.script)
        .unwrap_or_else(|errors| panic!("{errors:?}\n{}", imported.script));
    let environment = script.environments()[0].clone();
    if imported.problems.is_empty() {
        return environment.render().expect("right").objects;
    }
    environment
        .examine_on(&infra_sdk::environment::Platform::default())
        .0
}

/// Holds that a script gives the objects that it was made of: none is lost, none comes, none differs
/// but in what an autoscaler keeps.
fn gives_the_same(what: &str, objects: Vec<Input>, options: &Options) -> Imported {
    let imported =
        import(objects.clone(), options).unwrap_or_else(|error| panic!("{what}: {error}"));
    let made = rendered(&imported);
    let scaled = |id: &ObjectId| {
        objects.iter().any(|one| {
            let target = &one.value["spec"]["scaleTargetRef"];
            target["kind"] == id.kind && target["name"] == id.name
        })
    };
    let shown = |mut value: Value, id: &ObjectId| {
        for path in ["/metadata/labels", "/metadata/annotations"] {
            let empty = value
                .pointer(path)
                .and_then(Value::as_object)
                .is_some_and(serde_json::Map::is_empty);
            if empty && let Some(metadata) = value["metadata"].as_object_mut() {
                metadata.remove(path.rsplit('/').next().unwrap_or_default());
            }
        }
        if scaled(id) {
            value["spec"]["replicas"] = Value::Null;
        }
        serde_json::to_string_pretty(&value).expect("JSON")
    };
    for one in &objects {
        let mut id = ObjectId::of(&one.value);
        let found = made.iter().find(|object| {
            object.id.kind == id.kind
                && object.id.group == id.group
                && object.id.name == id.name
                && (id.namespace.is_none() || object.id.namespace == id.namespace)
        });
        let Some(found) = found else {
            panic!("{what}: {id} is lost\n{}", imported.script);
        };
        id.namespace.clone_from(&found.id.namespace);
        let mut wanted = one.value.clone();
        written::clean(&mut wanted, options.live);
        let content = written::take_secret(&mut if id.kind == "Secret" {
            wanted.clone()
        } else {
            json!({})
        });
        if id.kind == "Secret" {
            written::take_secret(&mut wanted);
            for key in content.values.keys() {
                wanted["data"][key] = found.value["data"][key].clone();
            }
            assert_eq!(
                found.secrets.keys().collect::<Vec<_>>(),
                content.values.keys().collect::<Vec<_>>(),
                "{what}: the keys of {id}"
            );
        }
        if let Some(namespace) = &id.namespace {
            wanted["metadata"]["namespace"] = namespace.as_str().into();
        }
        assert_eq!(
            shown(written::settled(&found.value), &id),
            shown(written::settled(&wanted), &id),
            "{what}: {id}\n{}",
            imported.script
        );
    }
    for object in &made {
        let known = objects.iter().any(|one| {
            let id = ObjectId::of(&one.value);
            id.kind == object.id.kind && id.name == object.id.name
        });
        assert!(
            known,
            "{what}: nobody wanted {}\n{}",
            object.id, imported.script
        );
    }
    imported
}

#[test]
fn every_manifest_of_the_repository_is_given_again() {
    for folder in [
        "tests/manifests/apricode-exchange",
        "tests/manifests/mrm-ai-platform",
    ] {
        let files = of_files(folder);
        for (name, objects) in &files {
            gives_the_same(name, objects.clone(), &Options::default());
        }
        let all = files.into_iter().flat_map(|(_, objects)| objects).collect();
        gives_the_same(folder, all, &Options::default());
    }
    for (name, objects) in of_files("examples/platform") {
        gives_the_same(&name, objects, &Options::default());
    }
}

#[test]
fn the_manifests_of_the_documents_are_given_again() {
    let mut count = 0;
    for name in [
        "apricode-exchange.md",
        "mrm-ai-platform.md",
        "vibebox.md",
        "infra-recommendations.md",
        "cryptopulse.md",
    ] {
        let objects = of_document(name);
        count += objects.len();
        if !objects.is_empty() {
            gives_the_same(name, objects, &Options::default());
        }
    }
    assert!(count >= 24, "{count} manifests");
}

/// What every example renders, as manifests of a server with all its defaults.
#[test]
fn what_the_examples_give_is_given_again() {
    for script in [
        "apricode-exchange/production.rhai",
        "mrm-ai-platform/production.rhai",
        "infra-recommendations/production.rhai",
        "vibebox/production.rhai",
        "cryptopulse/production.rhai",
    ] {
        let path = root().join("examples").join(script);
        if !path.is_file() {
            let folder = path.parent().expect("a folder");
            panic!(
                "{script} is not in {:?}",
                std::fs::read_dir(folder).map(std::iter::Iterator::count)
            );
        }
        let mut host = Host::new(path.parent().expect("a folder"));
        host.variables = std::sync::Arc::new(|_| Some("x".to_owned()));
        let given = Session::new(host)
            .load(&path)
            .unwrap_or_else(|errors| panic!("{errors:?}"));
        for environment in given.environments() {
            let (objects, _) = environment.examine_on(&infra_sdk::environment::Platform::default());
            let objects = objects
                .into_iter()
                .map(|object| Input {
                    place: object.id.to_string(),
                    value: with_content(object),
                })
                .collect();
            gives_the_same(script, objects, &Options::default());
        }
    }
}

/// A Secret has content where it is read; its tokens are as good as any.
fn with_content(object: Object) -> Value {
    let mut value = object.value;
    if object.id.kind == "Secret" {
        let tokens = value["data"].take();
        value["stringData"] = tokens;
    }
    value
}

#[test]
fn volumes_that_are_there_already() {
    let text = r#"
apiVersion: v1
kind: PersistentVolume
metadata: { name: disk }
spec:
  capacity: { storage: 100Gi }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: fast
  csi: { driver: ebs.csi.aws.com, volumeHandle: vol-0abc, fsType: xfs, volumeAttributes: { a: b } }
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{ key: topology.kubernetes.io/zone, operator: In, values: [eu-central-1a] }]
---
apiVersion: v1
kind: PersistentVolume
metadata: { name: files, labels: { tier: shared } }
spec:
  capacity: { storage: 1Ti }
  accessModes: [ReadWriteMany, ReadOnlyMany]
  mountOptions: [nfsvers=4.1, hard]
  nfs: { server: files.example, path: /exports, readOnly: true }
---
apiVersion: v1
kind: PersistentVolume
metadata: { name: local }
spec:
  capacity: { storage: 1Ti }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Delete
  volumeMode: Block
  claimRef: { namespace: shop, name: data-db-0 }
  local: { path: /mnt/disk-1 }
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [node-1] }]
---
apiVersion: v1
kind: PersistentVolume
metadata: { name: host }
spec:
  capacity: { storage: 10Gi }
  accessModes: [ReadWriteOnce]
  hostPath: { path: /var/data, type: Directory }
---
apiVersion: v1
kind: PersistentVolume
metadata: { name: other }
spec:
  capacity: { storage: 10Gi }
  accessModes: [ReadWriteOnce]
  iscsi: { targetPortal: "10.0.0.1:3260", iqn: "iqn.2026-01.example:disk", lun: 0 }
"#;
    let objects = inputs("volumes.yaml", text).expect("manifests");
    let imported = gives_the_same("volumes", objects, &Options::default());
    assert_eq!(
        imported.kinds.get("PersistentVolume"),
        Some(&(4, 1)),
        "{}",
        imported.script
    );
    // Which claim it is kept for has no setter.
    let patches: Vec<&str> = imported.script.split(".patch(").skip(1).collect();
    assert!(patches.len() == 1 && patches[0].starts_with("#{ spec: #{ claimRef"));
}
