//! The table as a whole: it is complete, consistent, and its examples run.

use super::*;
use crate::session::{Host, Session};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_row_is_unique_documented_and_can_be_called() {
    let engine = rhai::Engine::new_raw();
    let mut seen = BTreeSet::new();
    for row in rows() {
        let receiver = row.receiver_name().map(str::to_owned);
        let key = (receiver, row.name, row.arguments.len());
        assert!(!row.doc.is_empty(), "{} has no doc", row.signature());
        assert!(seen.insert(key), "{} is there twice", row.signature());
        for call in [format!("x.{}()", row.name), format!("{}()", row.name)] {
            assert!(engine.compile(&call).is_ok(), "`{call}` cannot be written");
        }
    }
}

#[test]
fn every_example_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut ran = 0;
    for row in rows().iter().filter(|row| !row.example.is_empty()) {
        let mut host = Host::new(root);
        host.variables = Arc::new(|name| Some(format!("value of {name}")));
        let example = row.example.trim_end_matches(';');
        let start = if example.starts_with("let ") {
            ""
        } else {
            "let it = "
        };
        let text = format!("fn example() {{ {start}{example}; }} example();");
        let loaded = Session::new(host).load_text("example.rhai", &text);
        if let Err(errors) = loaded {
            panic!("{}\n{}\n{}", row.signature(), row.example, errors[0]);
        }
        ran += 1;
    }
    assert!(ran > 45, "only {ran} examples");
}

/// Files of the SDK that hold no builder.
const SUPPORT: [&str; 12] = [
    "mod",
    "meta",
    "link",
    "hash",
    "grant",
    "patch",
    "relation",
    "replicated",
    "convention",
    "testing",
    "words",
    "raw",
];

#[test]
fn every_builder_of_the_sdk_is_bound_in_a_file_of_its_name() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let words = |folder: &Path| -> BTreeSet<String> {
        std::fs::read_dir(folder)
            .expect("the sources are there")
            .filter_map(|entry| {
                let path = entry.expect("readable").path();
                path.file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned())
            })
            .filter(|word| !SUPPORT.contains(&word.as_str()))
            .collect()
    };
    let builders = words(&here.join("../sdk/src/resource"));
    let bound = words(&here.join("src/bindings"));
    let missing: Vec<&String> = builders.difference(&bound).collect();
    assert!(missing.is_empty(), "not bound: {missing:?}");
}

/// Setters of the SDK that scripts have under another name, or that only Rust needs.
const UNBOUND: [&str; 14] = [
    // `type` in scripts, which is no name in Rust.
    "kind",
    // A map of options in scripts: `scale_down(#{ percent: 50, period: "60s" })`.
    "percent",
    "stabilization",
    "select_policy",
    "tolerance",
    // `item` with a third argument.
    "item_with_mode",
    // A map of limits in scripts: `container(#{ max: #{ memory: "4Gi" } })`.
    "max",
    "min",
    "default_limit",
    "default_request",
    "max_limit_request_ratio",
    // What others are made of: each annotation of ingress-nginx, each route of an ingress.
    "setting",
    "route",
    // `backend(service, 90)` in scripts.
    "weighted_backend",
];

#[test]
fn every_setter_of_the_sdk_is_bound() {
    let rows = rows();
    let bound: BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
    let mut found = 0;
    let mut missing = Vec::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for text in sources(&here.join("../sdk/src/resource")) {
        for setter in setters(&text) {
            found += 1;
            if !bound.contains(setter) && !UNBOUND.contains(&setter) {
                missing.push(setter.to_owned());
            }
        }
    }
    assert!(found > 200, "only {found} setters were found");
    assert!(missing.is_empty(), "not bound: {missing:?}");
}

fn sources(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .expect("the sources are there")
        .flat_map(|entry| {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                sources(&path)
            } else {
                vec![std::fs::read_to_string(&path).expect("readable")]
            }
        })
        .collect()
}

/// The names of the functions that take a builder and give it back.
fn setters(text: &str) -> impl Iterator<Item = &str> {
    text.split("fn ").skip(1).filter_map(|function| {
        let (name, rest) = function.split_once('(')?;
        let name = name.split('<').next()?;
        let taken = rest.trim_start();
        let takes = taken.starts_with("self") || taken.starts_with("mut self");
        let gives = rest.split('{').next()?.trim_end().ends_with("-> Self");
        (takes && gives).then_some(name)
    })
}

#[test]
fn a_deployment_with_its_settings_and_service_becomes_objects() {
    let text = r#"
        const SETTINGS = config_map("settings").values(#{ MODE: "production", PORT: 3000 });
        const KEYS = secret("keys").values(#{ API: secret_env("API"), PW: generated("pw", 16), URL: "x://" + generated("pw", 16) + "@db" });
        let app = deployment("app").image("registry.example/app:1.4.2").port("http", 3000)
            .env_from([SETTINGS, KEYS]).env("API", KEYS.key("API"))
            .readiness_probe(http_get("/ready", "http").initial_delay("5s"))
            .requests(#{ cpu: "500m", memory: "1Gi" })
            .pre_stop(sleep("5s"))
            .volume("/tmp", empty_dir().memory());
        app.replicas = 3;
        environment("shop", [SETTINGS, KEYS, app, service("app", app)])
    "#;
    let script = Session::new(Host::new("."))
        .load_text("shop.rhai", text)
        .unwrap_or_else(|errors| panic!("{}", errors[0]));
    let rendered = script.environments()[0].render().expect("no problems");
    let kinds: Vec<&str> = rendered
        .objects
        .iter()
        .map(|object| object.id.kind.as_str())
        .collect();
    for kind in [
        "Namespace",
        "ConfigMap",
        "Secret",
        "Deployment",
        "Service",
        "PodDisruptionBudget",
    ] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    let deployment = rendered
        .objects
        .iter()
        .find(|o| o.id.kind == "Deployment")
        .expect("there");
    assert_eq!(deployment.value["spec"]["replicas"], 3);
    let at = deployment
        .origin
        .of_field("spec.template.spec.containers[0].image");
    assert_eq!(at.map(|at| at.line), Some(4));
}
