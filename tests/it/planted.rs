//! Faults that are planted on other objects than pods, and that every fault which a sandbox knows is
//! known to the control plane, and tested.

use crate::support::{Infra, needs, repository};
use insta::assert_snapshot;
use std::collections::BTreeSet;

/// On nodes and classes of the examples' platform, which a control plane has anyway.
fn on_platform() -> Infra {
    let infra = Infra::on_cluster();
    infra.write(
        "infra.toml",
        "platform = [\"platform/nodes.yaml\", \"platform/storage.yaml\"]\n",
    );
    infra.with_copy_of_at("examples/platform", "platform")
}

#[test]
fn a_class_that_cannot_give_the_access_mode() {
    needs!(Nodes, Faults);
    let infra = on_platform();
    let platform = infra.read("platform/storage.yaml");
    assert!(platform.contains("sandbox.infra.dev/access-modes: ReadWriteOnce,"));
    infra.write(
        "shop.rhai",
        r#"const DATA = volume_claim("data", "5Gi").storage_class("fast-ssd").access_mode("ReadWriteMany");
const APP = deployment("app").image("registry.example/app:1.4.2").volume("/data", DATA);
environment("shop", [DATA, APP])
"#,
    );
    assert_snapshot!(infra.run("run shop.rhai --yes --timeout 40s").ends_with(5));
}

#[test]
fn a_load_balancer_that_gets_no_address() {
    needs!(Nodes, Faults);
    let infra = on_platform();
    let script = |pending: &str| {
        format!(
            r#"const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080);
environment("shop", [
    APP,
    service("app", APP).type("LoadBalancer").annotation("sandbox.infra.dev/load-balancer-pending", "{pending}"),
])
"#
        )
    };
    infra.write("shop.rhai", &script("true"));
    let outcome = infra.run("run shop.rhai --yes --timeout 40s");
    assert_snapshot!(outcome.ends_with(5));
    infra.write("shop.rhai", &script("false"));
    infra.run("run shop.rhai --yes").ends_with(0);
    let service = infra.object("v1", "shop", "services/app").unwrap();
    let address = &service["status"]["loadBalancer"]["ingress"][0]["ip"];
    assert!(address.is_string(), "{service}");
}

/// The text of all files in folders of the repository.
fn texts(folders: &[&str]) -> String {
    let mut text = String::new();
    for folder in folders {
        for entry in std::fs::read_dir(repository().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                text += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    text
}

/// The words of a text: names of annotations, without their prefix, are words.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|letter: char| !letter.is_ascii_lowercase() && letter != '-')
        .collect()
}

#[test]
fn every_fault_of_the_sandbox_is_played_by_the_control_plane_and_tested() {
    let readme = std::fs::read_to_string(repository().join("sandbox/README.md")).unwrap();
    let known: BTreeSet<&str> = readme
        .split("`sandbox.infra.dev/")
        .skip(1)
        .filter_map(|rest| rest.split(['`', ':']).next())
        .collect();
    assert!(known.len() >= 8, "{known:?}");
    let played = texts(&["tests/control-plane/stages", "tests/control-plane/launcher"]);
    let tested = texts(&["tests/it"]);
    for (what, text) in [("played", played), ("tested", tested)] {
        let missing: Vec<_> = known.difference(&words(&text)).copied().collect();
        assert!(missing.is_empty(), "not {what}: {missing:?}");
    }
}
