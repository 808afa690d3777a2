//! Scripts with several environments.

use crate::support::{Infra, needs};
use insta::assert_snapshot;

const TWO: &str = r#"let keeps = param("claims", true);
let claim = |name| if keeps { volume_claim(name, "1Gi") };

[
    environment("shop", [config_map("settings"), claim.call("data"), claim.call("cache")]),
    environment("stall", [config_map("settings"), claim.call("data")]),
]
"#;

#[test]
fn what_is_deleted_is_looked_for_where_it_is_kept() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write("two.rhai", TWO);
    infra.run("run two.rhai --yes").ends_with(0);
    let without = "two.rhai --set claims=false";
    infra.run(&format!("run {without} --yes")).ends_with(0);

    assert_snapshot!(
        "delete_what_two_keep",
        infra
            .run(&format!("run {without} --yes --delete pvc/data"))
            .ends_with(2)
    );
    assert_snapshot!(
        "delete_what_none_keeps",
        infra
            .run(&format!("plan {without} --delete pvc/cahce"))
            .ends_with(2)
    );
    let delete = "--delete stall/pvc/data --delete pvc/cache";
    assert_snapshot!(
        "delete_in_two_environments",
        infra
            .run(&format!("run {without} --yes {delete}"))
            .ends_with(0)
    );
    let there = |namespace: &str, name: &str| {
        let claim = format!("persistentvolumeclaims/{name}");
        infra.object("v1", namespace, &claim).is_some()
    };
    assert!(there("shop", "data"));
    assert!(!there("shop", "cache"));
    assert!(!there("stall", "data"));
}

#[test]
fn an_object_belongs_to_one_environment() {
    let infra = Infra::new();
    infra.write(
        "shop.rhai",
        "[\n    environment(\"shop\", [config_map(\"a\")]),\n    environment(\"stall\", [config_map(\"a\")]).namespace(\"shop\"),\n]\n",
    );
    assert_snapshot!(infra.run("render shop.rhai").ends_with(2));
}

#[test]
fn a_namespace_that_comes_with_the_first_is_there_for_the_second() {
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        r#"[
    environment("shop", [config_map("a")]),
    environment("stall", [config_map("b")]).namespace("shop").existing_namespace(),
]
"#,
    );
    assert_snapshot!(infra.run("plan shop.rhai").ends_with(0));
    infra.run("run shop.rhai --yes").ends_with(0);
    let again = infra.run("plan shop.rhai --exit-code").ends_with(0);
    assert!(again.stdout.contains("nothing to change"), "{again}");
}
