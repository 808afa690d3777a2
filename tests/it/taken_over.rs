//! The documents' manifests run, applied by `kubectl`, and our scripts take over what they made: with the settings of the
//! documents no pod notices, with ours those change that the plan names.

use crate::adoption::{managers, pods, with_record};
use crate::support::{Infra, Target, needs, repository};
use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How `kubectl` was told to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    ClientSide,
    ServerSide,
}

/// The manifests of a document, namespaces first.
fn manifests(example: &str) -> Vec<Value> {
    let folder = repository().join("tests/manifests").join(example);
    let mut found: Vec<Value> = std::fs::read_dir(folder)
        .unwrap()
        .flat_map(|file| {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            infra_sdk::types::yaml::documents(&text).unwrap()
        })
        .collect();
    let place = |object: &Value| (object["kind"] != "Namespace", name(object));
    found.sort_by_key(place);
    found
}

/// `Deployment/app`.
fn name(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    format!(
        "{}/{}",
        text(&object["kind"]),
        text(&object["metadata"]["name"])
    )
}

/// Where an object is.
fn path(object: &Value, with_name: bool) -> String {
    let api = object["apiVersion"].as_str().unwrap();
    let root = if api.contains('/') { "apis" } else { "api" };
    let kind = object["kind"].as_str().unwrap().to_lowercase();
    let plural = match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if kind.ends_with('s') => format!("{kind}es"),
        None => format!("{kind}s"),
    };
    let metadata = &object["metadata"];
    let namespace = metadata["namespace"].as_str();
    let namespace = namespace.map_or_else(String::new, |name| format!("/namespaces/{name}"));
    let name = metadata["name"].as_str().filter(|_| with_name);
    let name = name.map_or_else(String::new, |name| format!("/{name}"));
    format!("/{root}/{api}{namespace}/{plural}{name}")
}

/// Applies objects as `kubectl` does, in their order, and with it where it is; those that the server took, and
/// those that it refused.
fn kubectl_applies(infra: &Infra, how: How, objects: Vec<Value>) -> (Vec<Value>, Vec<Value>) {
    let api = infra.api();
    if let Some(access) = Target::get().access() {
        let file = infra.home().join("objects.json");
        let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
        std::fs::write(&file, list.to_string()).unwrap();
        let mut kubectl = std::process::Command::new("kubectl");
        kubectl
            .arg("--kubeconfig")
            .arg(&access.kubeconfig)
            .args(["--context", &access.context, "apply", "-f"])
            .arg(&file);
        if how == How::ServerSide {
            kubectl.arg("--server-side");
        }
        // What is refused does not keep it from the others.
        kubectl.output().unwrap();
        let is_there = |object: &Value| api.get(&path(object, true)).is_some();
        return objects.into_iter().partition(is_there);
    }
    let applied = |object: &Value| match how {
        How::ClientSide => {
            let path = path(object, false) + "?fieldManager=kubectl-client-side-apply";
            api.ask(&Method::POST, &path, Some(&with_record(object.clone())))
        }
        How::ServerSide => {
            let path = path(object, true) + "?fieldManager=kubectl";
            api.ask(&Method::PATCH, &path, Some(object))
        }
    };
    objects
        .into_iter()
        .partition(|object| applied(object).is_ok())
}

/// What is there of a document's manifests, by name.
fn live(infra: &Infra, objects: &[Value]) -> BTreeMap<String, Value> {
    let api = infra.api();
    let found = objects.iter().filter_map(|object| {
        let live = api.get(&path(object, true))?;
        Some((name(object), live))
    });
    found.collect()
}

/// A document whose manifests run.
struct Document {
    example: &'static str,
    namespaces: &'static [&'static str],
    /// Those of them that no manifest makes.
    missing: &'static [&'static str],
    /// What a current server refuses.
    refused: &'static [&'static str],
    pods: usize,
}

impl Document {
    /// Its manifests run, applied by `kubectl`, beside a copy of the example.
    fn applied(&self, how: How) -> (Infra, Vec<Value>) {
        let infra = Infra::alone(self.namespaces)
            .with_copy_of(&format!("examples/{}", self.example))
            .with_copy_of_at(&format!("tests/manifests/{}", self.example), "manifests");
        // A sandbox has what the platform provides from here on.
        infra.write("empty.rhai", r#"environment("empty", [])"#);
        infra.run("plan empty.rhai").ends_with(0);
        for namespace in self.missing {
            let metadata = json!({ "name": namespace });
            let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata});
            let path = "/api/v1/namespaces?fieldManager=kubectl-create";
            infra.api().create(path, &namespace);
        }
        let (taken, refused) = kubectl_applies(&infra, how, manifests(self.example));
        let refused: Vec<String> = refused.iter().map(name).collect();
        assert_eq!(refused, self.refused);
        if self.example == APRICODE.example {
            shared_disk(&infra);
        }
        (infra, taken)
    }

    /// Runs a script; the steps of its plan, and what is there before and after.
    fn run(&self, infra: &Infra, taken: &[Value], line: &str) -> Change {
        let pods = pods(infra, self.namespaces, self.pods);
        let before = live(infra, taken);
        let plan = infra
            .run(&format!("plan {line} --output json"))
            .ends_with(0);
        let plan: Value = serde_json::from_str(&plan.stdout).unwrap();
        let steps = plan["plans"][0]["steps"].as_array().unwrap().clone();
        infra
            .run(&format!("run {line} --yes --no-wait"))
            .ends_with(0);
        let again = infra.run(&format!("plan {line} --exit-code"));
        again.ends_with(0);
        Change {
            pods,
            before,
            steps,
            after: live(infra, taken),
        }
    }
}

/// A volume for the claim of the uploads, which many pods write to: what the document's class gives,
/// one node alone mounts. It goes with the namespace that its claim is in.
fn shared_disk(infra: &Infra) {
    let api = infra.api();
    let namespace = api.get("/api/v1/namespaces/apricode-exchange").unwrap();
    let volume = json!({
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": "apricode-uploads", "ownerReferences": [{
            "apiVersion": "v1", "kind": "Namespace", "name": "apricode-exchange",
            "uid": namespace["metadata"]["uid"],
        }]},
        "spec": {
            "storageClassName": "fast-ssd", "accessModes": ["ReadWriteMany"],
            "capacity": {"storage": "50Gi"}, "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"namespace": "apricode-exchange", "name": "uploads-pvc"},
            "nfs": {"server": "files.example", "path": "/uploads"},
        },
    });
    api.create("/api/v1/persistentvolumes", &volume);
}

/// What a run made of what was there.
struct Change {
    pods: BTreeSet<String>,
    before: BTreeMap<String, Value>,
    steps: Vec<Value>,
    after: BTreeMap<String, Value>,
}

impl Change {
    /// Everything is the same object as before, and the environment's alone: who took it over is in
    /// the plan.
    fn is_adopted(&self, tools: &[&str]) {
        for (name, after) in &self.after {
            let before = &self.before[name];
            assert_eq!(
                after["metadata"]["uid"], before["metadata"]["uid"],
                "{name}"
            );
            let Some(step) = self.steps.iter().find(|step| step_name(step) == *name) else {
                continue;
            };
            assert_eq!(step["action"], "update", "{step}");
            let from = step["adopts"]["from"].as_array().unwrap();
            // Who applies nothing but a name on the server's side is nowhere noted.
            let noted = managers(before).iter().any(|m| m.starts_with("kubectl"));
            let told = (from.iter()).any(|from| tools.contains(&from["tool"].as_str().unwrap()));
            assert_eq!(told, noted, "{name}: {from:?}");
            let others = managers(after);
            let others = others
                .iter()
                .filter(|manager| manager.starts_with("kubectl"));
            assert_eq!(others.count(), 0, "{name}: {:?}", managers(after));
            let record = "kubectl.kubernetes.io/last-applied-configuration";
            assert!(
                after["metadata"]["annotations"].get(record).is_none(),
                "{name}"
            );
        }
    }

    /// The workloads of which the plan says that their pods restart.
    fn named(&self) -> BTreeSet<String> {
        let restarts = |step: &&Value| {
            let risks = step["risks"].as_array().unwrap();
            risks
                .iter()
                .any(|risk| risk.as_str().unwrap().contains("restart"))
        };
        self.steps.iter().filter(restarts).map(step_name).collect()
    }

    /// Those whose pods are made from another template than before.
    fn changed(&self) -> BTreeSet<String> {
        let template = |object: &Value| object.pointer("/spec/template").cloned();
        (self.after.iter())
            .filter(|(name, after)| template(after) != template(&self.before[*name]))
            .map(|(name, _)| name.clone())
            .collect()
    }
}

fn step_name(step: &Value) -> String {
    let id = &step["id"];
    format!(
        "{}/{}",
        id["kind"].as_str().unwrap(),
        id["name"].as_str().unwrap()
    )
}

/// PodSecurityPolicy is gone since Kubernetes 1.25.
const APRICODE: Document = Document {
    example: "apricode-exchange",
    namespaces: &["apricode-exchange", "monitoring"],
    missing: &[],
    refused: &["PodSecurityPolicy/restricted"],
    pods: 5,
};

/// What stands in the secret is not base64.
const MRM: Document = Document {
    example: "mrm-ai-platform",
    namespaces: &["mrm-production", "mrm-workers", "monitoring", "logging"],
    missing: &["mrm-production", "mrm-workers"],
    refused: &["Secret/db-secrets"],
    pods: 8,
};

#[test]
fn the_exchange_is_taken_over_with_its_own_settings_and_no_pod_changes() {
    needs!(Nodes, Whole);
    let (infra, taken) = APRICODE.applied(How::ClientSide);
    infra.write("copy.rhai", include_str!("adoption/apricode-exchange.rhai"));
    infra.write(
        "copy.env",
        "KYCAID_API_KEY=your_kycaid_key\nKYCAID_WEBHOOK_SECRET=your_webhook_secret\n\
         RESEND_API_KEY=re_xxxxxxxxxxxx\nVERCEL_BLOB_READ_WRITE_TOKEN=vercel_blob_token\n",
    );
    let change = APRICODE.run(&infra, &taken, "copy.rhai --env-file copy.env");
    change.is_adopted(&["kubectl apply"]);
    assert_eq!(
        (change.named(), change.changed()),
        (BTreeSet::new(), BTreeSet::new())
    );
    assert_eq!(
        pods(&infra, APRICODE.namespaces, APRICODE.pods),
        change.pods
    );
    // Every value is as it was, those too that would be generated.
    let secret = "Secret/app-secrets";
    assert_eq!(change.after[secret]["data"], change.before[secret]["data"]);
    let creates: Vec<&Value> = (change.steps.iter())
        .filter(|step| step["action"] != "update")
        .collect();
    assert!(creates.is_empty(), "{creates:#?}");
}

#[test]
fn the_exchange_is_taken_over_with_our_settings_and_what_the_plan_names_changes() {
    needs!(Nodes, Whole);
    let (infra, taken) = APRICODE.applied(How::ClientSide);
    let line = "production.rhai --env-file sample.env";
    // A claim cannot change its class: it is never made anew.
    assert_snapshot!("immutable", infra.run(&format!("plan {line}")).ends_with(1));
    let script = infra
        .read("production.rhai")
        .replace("shared-files", "fast-ssd");
    infra.write("production.rhai", &script);
    let change = APRICODE.run(&infra, &taken, line);
    change.is_adopted(&["kubectl apply"]);
    assert_eq!(change.named(), change.changed());
    assert_eq!(change.named().len(), 3, "{:?}", change.named());
    for key in [
        "POSTGRES_PASSWORD",
        "DATABASE_URL",
        "AUTH_SECRET",
        "NEXTAUTH_SECRET",
    ] {
        let value =
            |objects: &BTreeMap<String, Value>| objects["Secret/app-secrets"]["data"][key].clone();
        assert_eq!(value(&change.after), value(&change.before), "{key}");
    }
}

#[test]
fn the_platform_is_taken_over_with_its_own_settings_and_no_pod_changes() {
    needs!(Nodes, Whole);
    let (infra, taken) = MRM.applied(How::ServerSide);
    infra.write("copy.rhai", include_str!("adoption/mrm-ai-platform.rhai"));
    let change = MRM.run(&infra, &taken, "copy.rhai --env-file sample.env");
    change.is_adopted(&["kubectl apply --server-side", "kubectl create"]);
    assert_eq!(
        (change.named(), change.changed()),
        (BTreeSet::new(), BTreeSet::new())
    );
    assert_eq!(pods(&infra, MRM.namespaces, MRM.pods), change.pods);
}

#[test]
fn the_platform_is_taken_over_with_our_settings_and_what_the_plan_names_changes() {
    needs!(Nodes, Whole);
    let (infra, taken) = MRM.applied(How::ServerSide);
    let change = MRM.run(
        &infra,
        &taken,
        "production.rhai --environment mrm-production --env-file sample.env",
    );
    change.is_adopted(&["kubectl apply --server-side", "kubectl create"]);
    assert_eq!(change.named(), change.changed());
    assert_eq!(change.named().len(), 2, "{:?}", change.named());
}
