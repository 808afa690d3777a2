//! Quotas, limits, priorities, classes and volumes: from nothing to ready, to unchanged, to destroyed
//! with the data kept, and to the same data again.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use serde_json::Value;

/// `NAME-` before a name that is the whole cluster's.
const SCRIPT: &str = r#"
const FAST = storage_class("NAME-fast", "ebs.csi.aws.com").parameters(#{ type: "gp3", iops: 3000 });
const CRITICAL = priority_class("NAME-critical", 1000000).description("what earns money");
const DISK = persistent_volume("NAME-disk", "100Gi").storage_class(FAST)
    .csi("ebs.csi.aws.com", "vol-0abc");
const DATA = volume_claim("data", "100Gi").volume(DISK);
const FILES = volume_claim("files", "10Gi");
const SETTINGS = config_map("settings").values(#{ "app.conf": "a = 1" });
const KEYS = secret("keys").values(#{ "tls.key": generated("key", 20) });

const APP = deployment("app").image("registry.example/app:1.4.2").priority_class(CRITICAL)
    .volume("/data", DATA)
    .volume("/files", FILES)
    .volume("/scratch", claim("scratch", "1Gi").storage_class(FAST).ephemeral())
    .volume("/identity", csi("csi.cert-manager.io").attribute("csi.cert-manager.io/issuer-name", "ca").read_only())
    .volume("/etc/app", projected()
        .files(SETTINGS.files())
        .files(KEYS.files().item("tls.key", "tls/key", "0400"))
        .downward_api(downward_api().field("labels", field("metadata.labels")))
        .token("token", "vault", "1h"));
const DB = stateful_set("db").image("postgres:17").volume("/data", claim("data", "10Gi").storage_class(""));

environment("shop", [
    namespace("shop").pod_security("restricted"),
    FAST, CRITICAL, DISK, DATA, FILES, SETTINGS, KEYS, APP, DB,
    persistent_volume("NAME-files", "50Gi").nfs("files.example", "/files").claim(FILES),
    persistent_volume("NAME-db", "10Gi").local("/mnt/disk-1").node("NODE").claim("data-db-0"),
    resource_quota("team").hard(#{ "requests.cpu": "10", "limits.memory": "20Gi", pods: 50, "requests.storage": "1Ti" }),
    limit_range("defaults").container(#{ "default": #{ memory: "512Mi" }, max: #{ memory: "4Gi" } }),
])
"#;

/// The script as it is on the cluster.
fn written(infra: &Infra, change: impl Fn(&str) -> String) {
    let api = infra.api();
    let node = api
        .list("/api/v1/nodes")
        .into_iter()
        .next()
        .unwrap_or_default();
    let node = node["metadata"]["labels"]["kubernetes.io/hostname"].as_str();
    let script = change(SCRIPT)
        .replace("NAME-", &infra.name("shop-"))
        .replace("NODE", node.unwrap_or("node-1"));
    drop(api);
    infra.write("shop.rhai", &script);
}

fn uid_of_claims_volume(infra: &Infra, claim: &str) -> (String, String) {
    let claim = infra
        .object("v1", "shop", &format!("persistentvolumeclaims/{claim}"))
        .unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    assert_eq!(claim["status"]["phase"], "Bound");
    let volume = text(&claim["spec"]["volumeName"]);
    (volume, text(&claim["metadata"]["uid"]))
}

#[test]
fn volumes_classes_and_quotas_from_nothing_to_the_same_data_again() {
    needs!(Nodes, Whole);
    let infra = Infra::on_cluster();
    written(&infra, str::to_owned);
    assert_snapshot!(infra.run("run shop.rhai --yes --timeout 5m").ends_with(0));
    let taken = ["data", "files", "data-db-0"].map(|claim| uid_of_claims_volume(&infra, claim));
    let volumes = ["shop-disk", "shop-files", "shop-db"].map(|name| infra.name(name));
    assert_eq!(taken.clone().map(|(volume, _)| volume), volumes);
    infra.run("plan shop.rhai --exit-code").ends_with(0);
    assert_snapshot!(
        infra
            .run("destroy shop.rhai --yes --timeout 5m")
            .ends_with(0)
    );
    infra.run("run shop.rhai --yes --timeout 5m").ends_with(0);
    let again = ["data", "files", "data-db-0"].map(|claim| uid_of_claims_volume(&infra, claim));
    assert_eq!(again, taken);
    let all = ["disk", "files", "db"].map(|name| {
        let name = infra.name(&format!("shop-{name}"));
        format!("--delete persistentvolume/{name}")
    });
    let line = format!(
        "destroy shop.rhai --yes --timeout 5m --delete namespace/{} {}",
        infra.name("shop"),
        all.join(" ")
    );
    infra.run(&line).ends_with(0);
    let api = infra.api();
    for path in volumes.map(|volume| format!("/api/v1/persistentvolumes/{volume}")) {
        assert_eq!(api.get(&path), None);
    }
}

#[test]
fn what_cannot_change_is_made_anew_or_refused() {
    needs!(Nodes, Whole);
    let infra = Infra::on_cluster();
    written(&infra, str::to_owned);
    infra.run("run shop.rhai --yes --timeout 5m").ends_with(0);
    written(&infra, |script| {
        script
            .replace("iops: 3000", "iops: 6000")
            .replace("1000000)", "2000000)")
            .replace("pods: 50", "pods: 60")
    });
    assert_snapshot!(infra.run("run shop.rhai --yes --timeout 5m").ends_with(0));
    infra.run("plan shop.rhai --exit-code").ends_with(0);
    written(&infra, |script| script.replace("vol-0abc", "vol-0xyz"));
    assert_snapshot!(infra.run("plan shop.rhai").ends_with(1));
    let line = format!(
        "destroy shop.rhai --yes --timeout 5m --delete namespace/{}",
        infra.name("shop")
    );
    infra.run(&line).ends_with(0);
}
