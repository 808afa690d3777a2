//! The command inside a pod: no kubeconfig, a service account in files.

use crate::support::{Door, Infra, needs};

#[test]
fn a_pods_service_account_is_enough() {
    needs!(Rights, PodFiles);
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    let door = Door::pod(&infra, "shop", ("ClusterRole", "restricted"));
    let infra = infra.through(door);
    infra.write(
        "shop.rhai",
        r#"environment("shop", [config_map("settings").values(#{ MODE: "production" })])
    .existing_namespace()
"#,
    );
    let first = infra.run("run shop.rhai --yes").ends_with(0);
    assert!(
        first.stdout.contains("context in-cluster, namespace shop"),
        "{first}"
    );
    assert!(first.stdout.contains("shop is ready after"), "{first}");
    let again = infra.run("plan shop.rhai --exit-code").ends_with(0);
    assert!(again.stdout.contains("nothing to change"), "{again}");
    infra.run("destroy shop.rhai --yes").ends_with(0);
}
