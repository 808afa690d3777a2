//! `infra check`: the documents' manifests, the examples, and the forms of its output. Each check by
//! its cases (`tests/checks/cases.yaml`) is a test of the scripting crate, in one process.

use crate::support::{Infra, repository};
use infra_sdk::analysis::Rule;
use infra_sdk::types::yaml;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

fn data(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(repository().join(path)).unwrap();
    yaml::documents(&text)
        .unwrap()
        .remove(0)
        .as_array()
        .unwrap()
        .clone()
}

#[test]
fn what_cannot_be_accepted_is_said_at_its_place() {
    let infra = Infra::new();
    let mut told = String::new();
    for accept in [
        r#".accept("privilegd", "it needs devices")"#,
        r#".accept("privileged", "TODO")"#,
        r#".accept("privileged")"#,
        r#".accept("missing-reference", "it is there")"#,
    ] {
        infra.write(
            "shop.rhai",
            &format!("environment(\"shop\", [daemon_set(\"a\").image(\"a:1\"){accept}])\n"),
        );
        let _ = writeln!(told, "{}", infra.run("check shop.rhai").ends_with(2).stderr);
    }
    insta::assert_snapshot!(told);
}

const SHOP: &str = r#"const APP = deployment("app").image("app:latest").port("http", 8080)
    .env("API_KEY", "hunter2")
    .privileged(true)
    .accept("privileged", "it formats disks");

environment("shop", [
    APP, service("app", APP), deployment("web").image("web:1").env_from(existing("secret", "web")),
]).deny_by_default()
"#;

#[test]
fn findings_stand_at_their_lines() {
    let infra = Infra::new();
    infra.write("shop.rhai", SHOP);
    let outcome = infra.run("check shop.rhai --accepted").ends_with(1);
    assert!(!outcome.stdout.contains("hunter2"), "{outcome}");
    insta::assert_snapshot!(outcome);
}

#[test]
fn every_note_is_shown_where_it_is_asked_for() {
    let infra = Infra::new();
    infra.write("shop.rhai", "environment(\"shop\", [stateful_set(\"db\").image(\"db:1\").without(\"seccomp\")]).deny_by_default()\n");
    insta::assert_snapshot!(infra.run("check shop.rhai --info").ends_with(0));
}

/// What keeps an environment from being rendered is found beside the rest.
#[test]
fn what_is_refused_is_a_finding_too() {
    let infra = Infra::new();
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [deployment(\"app\").image(\"app\").patch(#{ spec: #{ template: #{ spec: #{ priorityClassName: \"a\", volumes: [#{ name: \"c\", configMap: #{ name: \"settings\" } }] } } } })]).deny_by_default()\n",
    );
    let outcome = infra.run("check shop.rhai -o json").ends_with(1);
    let document: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let ids: Vec<&str> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(|finding| finding["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["missing-reference", "mutable-tag"], "{outcome}");
    assert_eq!(document["summary"]["errors"], 2);
    // A script that cannot be read is no finding.
    infra.write("shop.rhai", "environment(");
    infra.run("check shop.rhai -o json").ends_with(2);
}

#[test]
fn json_has_every_finding_with_its_place_and_reason() {
    let infra = Infra::new();
    infra.write("shop.rhai", SHOP);
    let outcome = infra.run("check shop.rhai -o json").ends_with(1);
    let document: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(document["version"], 1);
    let findings = document["findings"].as_array().unwrap();
    let find = |id: &str| findings.iter().find(|finding| finding["id"] == id).unwrap();
    let secret = find("secret-in-env");
    assert_eq!(
        secret["at"],
        json!({ "file": "shop.rhai", "line": 2, "column": 6 })
    );
    assert_eq!(
        secret["field"],
        "spec.template.spec.containers[0].env[0].value"
    );
    assert_eq!(secret["object"]["name"], "app");
    assert_eq!(find("privileged")["accepted"], "it formats disks");
    assert!(!outcome.stdout.contains("hunter2"), "{outcome}");
}

/// What the schema of SARIF 2.1.0 requires, and what code hosts ask for on top.
#[test]
fn sarif_has_what_its_schema_requires() {
    let infra = Infra::new();
    infra.write("shop.rhai", SHOP);
    let outcome = infra.run("check shop.rhai --output sarif").ends_with(1);
    let document: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(document["version"], "2.1.0");
    assert!(
        document["$schema"]
            .as_str()
            .unwrap()
            .contains("sarif-2.1.0")
    );
    let runs = document["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    let driver = &runs[0]["tool"]["driver"];
    assert_eq!(driver["name"], "infra");
    assert_eq!(runs[0]["columnKind"], "unicodeCodePoints");
    let rules = driver["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), rules.len(), "rules are unique");
    let levels = ["none", "note", "warning", "error"];
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].is_string(), "{rule}");
        }
        assert!(levels.contains(&rule["defaultConfiguration"]["level"].as_str().unwrap()));
    }
    let results = runs[0]["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        assert!(
            !result["message"]["text"].as_str().unwrap().is_empty(),
            "{result}"
        );
        assert!(
            levels.contains(&result["level"].as_str().unwrap()),
            "{result}"
        );
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        for location in result["locations"].as_array().unwrap() {
            let physical = &location["physicalLocation"];
            assert_eq!(physical["artifactLocation"]["uri"], "shop.rhai");
            let number = |field: &str| physical["region"][field].as_u64().unwrap();
            assert!(number("startLine") >= 1 && number("startColumn") >= 1);
            assert!(number("endColumn") > number("startColumn"));
        }
    }
    let accepted = results
        .iter()
        .find(|result| result["ruleId"] == "privileged")
        .unwrap();
    assert_eq!(
        accepted["suppressions"],
        json!([{ "kind": "inSource", "justification": "it formats disks" }])
    );
    assert!(
        results
            .iter()
            .any(|result| result.get("suppressions").is_none())
    );
}

#[test]
fn manifests_are_checked_as_they_stand() {
    let infra = Infra::new();
    infra
        .write(
            "k8s/app.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app, namespace: shop}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: app}}\n  template:\n    metadata: {labels: {app: app}}\n    spec:\n      containers:\n      - name: app\n        image: app:latest\n        env:\n        - {name: DB, valueFrom: {secretKeyRef: {name: db, key: url}}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: keys, namespace: shop}\nstringData:\n  password: hunter2\n",
        )
        .write("k8s/broken/notes.txt", "no manifest");
    let outcome = infra.run("check k8s").ends_with(1);
    assert!(!outcome.stdout.contains("hunter2"), "{outcome}");
    insta::assert_snapshot!(outcome);
    let one = infra.run("check k8s/app.yaml -o json").ends_with(1);
    assert!(!one.stdout.contains("hunter2"), "{one}");
    infra
        .write("k8s/bad.yaml", "kind: [\n")
        .write("empty/a.txt", "")
        .write("list.yaml", "a: 1\n");
    let mut told = String::new();
    for path in ["k8s", "empty", "list.yaml", "none.yaml"] {
        let _ = writeln!(
            told,
            "{}",
            infra.run(&format!("check {path}")).ends_with(2).stderr
        );
    }
    insta::assert_snapshot!(told);
}

#[test]
fn the_examples_are_clean() {
    let mut told = String::new();
    for name in [
        "apricode-exchange",
        "cryptopulse",
        "infra-recommendations",
        "mrm-ai-platform",
        "vibebox",
    ] {
        let folder = repository().join("examples").join(name);
        let (script, variables) = (folder.join("production.rhai"), folder.join("sample.env"));
        let outcome = Infra::new().run_words(&[
            "check",
            script.to_str().unwrap(),
            "--env-file",
            variables.to_str().unwrap(),
        ]);
        if !outcome.stdout.contains("no errors, no warnings") {
            let _ = writeln!(told, "{name}: {outcome}");
        }
    }
    assert!(told.is_empty(), "{told}");
}

/// What the tables of the examples call faults of the documents, `infra check` finds in their
/// manifests as they stand.
#[test]
fn the_faults_of_the_documents_are_found() {
    let mut told = String::new();
    for example in data("tests/checks/faults.yaml") {
        let name = example["example"].as_str().unwrap();
        let faults = example["faults"].as_array().unwrap();
        let found = ids(&Infra::new(), manifests(name).to_str().unwrap());
        for (id, on) in missing(faults, &found) {
            let _ = writeln!(told, "{name}: `{id}` is not found on `{on}`");
        }
        let known = |row: &Value| {
            faults
                .iter()
                .any(|fault| fault["object"] == row["object"] && fault["path"] == row["path"])
        };
        for row in listed_faults(name).iter().filter(|row| !known(row)) {
            let _ = writeln!(
                told,
                "{name}: no check is named for {} {}",
                row["object"], row["path"]
            );
        }
    }
    assert!(told.is_empty(), "{told}");
}

/// What the script of `infra import` has set right by itself: secrets come from the caller, a builder
/// leaves replicas to the autoscaler, and what is not there is said to exist.
const MENDED_BY_IMPORT: [&str; 4] = [
    "autoscaler-against-replicas",
    "invalid-object",
    "secret-in-plain-text",
    "undefined-reference",
];

#[test]
fn the_faults_of_the_documents_are_found_in_their_imports_too() {
    let mut told = String::new();
    for example in data("tests/checks/faults.yaml") {
        let name = example["example"].as_str().unwrap();
        let infra = Infra::new();
        let folder = manifests(name);
        infra
            .run_words(&[
                "import",
                folder.to_str().unwrap(),
                "--output",
                "imported.rhai",
            ])
            .ends_with(0);
        let found = ids(&infra, "imported.rhai");
        for (id, on) in missing(example["faults"].as_array().unwrap(), &found) {
            if !MENDED_BY_IMPORT.contains(&id.as_str()) {
                let _ = writeln!(told, "{name}: `{id}` is not found on `{on}`");
            }
        }
    }
    assert!(told.is_empty(), "{told}");
}

fn manifests(example: &str) -> std::path::PathBuf {
    repository().join("tests/manifests").join(example)
}

/// What is found in a file or folder: the check, and the object as `Kind/name`.
fn ids(infra: &Infra, path: &str) -> BTreeSet<(String, String)> {
    let outcome = infra.run_words(&["check", path, "--output", "json"]);
    let document: Value =
        serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{outcome}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |finding: &Value| {
        let (object, id) = (&finding["object"], text(&finding["id"]));
        if object.is_null() {
            return (id, String::new());
        }
        (
            id,
            format!("{}/{}", text(&object["kind"]), text(&object["name"])),
        )
    };
    document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(one)
        .collect()
}

/// The faults that were not found: the check, and the object.
fn missing(faults: &[Value], found: &BTreeSet<(String, String)>) -> Vec<(String, String)> {
    let wanted = faults.iter().filter_map(|fault| {
        let Some(id) = fault["check"].as_str() else {
            assert!(fault["unseen"].is_string(), "{fault}");
            return None;
        };
        let object = fault["object"].as_str().unwrap();
        let on = fault["on"].as_str().unwrap_or(object);
        Some((id.to_owned(), on.to_owned()))
    });
    wanted.filter(|one| !found.contains(one)).collect()
}

/// The rows of an example's table that are about faults.
fn listed_faults(example: &str) -> Vec<Value> {
    let path = repository()
        .join("examples")
        .join(example)
        .join("differences.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, faults) = text
        .split_once("\n# Faults of the document, set right\n")
        .unwrap();
    let faults = faults.split("\n# ").next().unwrap();
    yaml::documents(faults)
        .unwrap()
        .remove(0)
        .as_array()
        .unwrap()
        .clone()
}

/// The documentation's page is made of the rules.
#[test]
fn the_page_of_checks_is_what_the_rules_say() {
    let mut page = String::from(
        "# What `infra check` finds\n\n\
         `infra checks` lists these, `infra checks ID` explains one. A finding is accepted with a reason, by the resource\n\
         that it is about or by the environment: `.accept(\"ID\", \"REASON\")`.\n",
    );
    for (heading, can) in [("Checks", true), ("What cannot be accepted", false)] {
        let _ = write!(
            page,
            "\n## {heading}\n\n| id | severity | finds | why it matters | what to do |\n| --- | --- | --- | --- | --- |\n"
        );
        for rule in Rule::all().filter(|rule| rule.can_be_accepted() == can) {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} | {} | {} |",
                rule.id,
                rule.severity.as_str(),
                rule.title,
                rule.why,
                rule.cure
            );
        }
    }
    let path = repository().join("repl/CHECKS.md");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "repl/CHECKS.md is not what the rules say: run this test with INSTA_UPDATE=always"
    );
}

#[test]
fn a_check_is_explained() {
    let infra = Infra::new();
    let mut told = infra.run("checks privileged").ends_with(0).to_string();
    for command in ["checks missing-reference", "checks privilegd"] {
        let _ = write!(told, "{}", infra.run(command));
    }
    insta::assert_snapshot!(told);
    let listed = infra.run("checks").ends_with(0).stdout;
    assert_eq!(listed.lines().count(), Rule::all().count());
}
