//! What goes into repositories: a plan as markdown, and objects as files.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use std::path::{Path, PathBuf};

const SHOP: &str = r#"const SETTINGS = config_map("settings").values(#{ MODE: param("mode", "production"), TEXT: "a\n```\n<b>\n" });
const KEYS = secret("keys").values(#{ TOKEN: secret_env("TOKEN") });
const APP = deployment("app").image("registry.example/app:1.4.2").env_from(SETTINGS).env_from(KEYS);
environment("shop", [SETTINGS, KEYS, APP, cluster_role("reader").allow("get", "pods")])
"#;

/// A plan without the line that says where it is for.
fn anywhere(plan: &impl ToString) -> String {
    let plan = plan.to_string();
    let (place, rest): (Vec<&str>, Vec<&str>) = plan
        .lines()
        .partition(|line| line.ends_with("namespace `shop`"));
    assert_eq!(place.len(), 1, "{plan}");
    rest.join("\n")
}

#[test]
fn a_plan_for_a_pull_request() {
    needs!(Nodes);
    let infra = Infra::on_cluster().variable("TOKEN", "hunter2-hunter2");
    let shop = SHOP.replace(", cluster_role(\"reader\").allow(\"get\", \"pods\")", "");
    infra.write("shop.rhai", &shop);
    let first = infra.run("plan shop.rhai --output markdown").ends_with(0);
    assert_snapshot!("markdown_new", anywhere(&first));
    infra.run("run shop.rhai --yes").ends_with(0);
    let none = infra.run("plan shop.rhai -o markdown").ends_with(0);
    assert_snapshot!("markdown_nothing", anywhere(&none));
    let line = "plan shop.rhai -o markdown --set mode=a|b`<i>@team --exit-code";
    let changed = infra.run(line).ends_with(3);
    assert_snapshot!("markdown_changed", anywhere(&changed));
    assert_eq!(changed.stdout, infra.run(line).ends_with(3).stdout);
    infra.write(
        "shop.rhai",
        &shop
            .replace("SETTINGS, KEYS, APP", "SETTINGS")
            .replace("const KEYS", "const KYES")
            .replace(".env_from(KEYS)", ""),
    );
    let gone = infra.run("plan shop.rhai -o markdown").ends_with(0);
    assert_snapshot!("markdown_gone", anywhere(&gone));
    assert!(!format!("{first}{none}{changed}{gone}").contains("hunter2"));
}

/// Every file below a folder of the project, with its content where that is wanted.
fn files(infra: &Infra, folder: &str) -> Vec<String> {
    fn walk(at: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let top = infra.home().join("project").join(folder);
    let mut found = Vec::new();
    walk(&top, &mut found);
    let name = |path: &PathBuf| path.strip_prefix(&top).unwrap().display().to_string();
    let mut names: Vec<String> = found.iter().map(name).collect();
    names.sort();
    names
}

#[test]
fn objects_become_files_and_stale_ones_go() {
    let infra = Infra::new().variable("TOKEN", "hunter2-hunter2");
    infra.write("shop.rhai", SHOP);
    let first = infra.run("render shop.rhai --output-dir out").ends_with(0);
    assert_snapshot!("files_first", first);
    assert_snapshot!("files", files(&infra, "out").join("\n"));
    assert_snapshot!("kustomization", infra.read("out/shop/kustomization.yaml"));
    for file in files(&infra, "out") {
        assert!(
            !infra.read(&format!("out/{file}")).contains("hunter2"),
            "{file}"
        );
    }
    let list = infra.read("out/shop/.infra-rendered");
    infra.run("render shop.rhai --output-dir out").ends_with(0);
    assert_eq!(list, infra.read("out/shop/.infra-rendered"));

    // What is no longer described goes, what somebody changed or made stays.
    infra.write("out/shop/shop/note.yaml", "mine: true\n");
    infra.write("out/shop/shop/configmap-settings.yaml", "mine: too\n");
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [config_map(\"other\").values(#{ A: \"1\" })])\n",
    );
    let second = infra.run("render shop.rhai --output-dir out").ends_with(0);
    assert_snapshot!("files_second", second);
    assert_snapshot!("files_left", files(&infra, "out").join("\n"));
    assert_eq!(
        infra.read("out/shop/shop/configmap-settings.yaml"),
        "mine: too\n"
    );
}

#[test]
fn files_of_others_are_never_overwritten_and_lists_lead_nowhere_else() {
    let infra = Infra::new();
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [config_map(\"a\").values(#{ A: \"1\" })])\n",
    );
    infra.write("out/shop/shop/configmap-a.yaml", "mine: true\n");
    let refused = infra.run("render shop.rhai --output-dir out").ends_with(2);
    assert_snapshot!("files_in_the_way", refused);
    assert_eq!(infra.read("out/shop/shop/configmap-a.yaml"), "mine: true\n");
    assert_eq!(files(&infra, "out").len(), 1);

    // A list that somebody else wrote cannot make it remove what is elsewhere.
    infra.write("safe.yaml", "");
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let whole = infra.home().join("project/safe.yaml");
    infra.write(
        "other/shop/.infra-rendered",
        &format!("{empty}  ../../safe.yaml\n{empty}  {}\n", whole.display()),
    );
    infra
        .run("render shop.rhai --output-dir other")
        .ends_with(0);
    assert_eq!(infra.read("safe.yaml"), "");
}
