//! The table as a whole: it is complete, consistent, and its examples run.

use super::*;
use crate::live_testing;
use crate::session::{Host, Session};
use crate::table::Effect;
use infra_sdk::engine::Stop;
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

/// The files that examples read.
const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bindings/example_files");

/// What an example finds where it runs.
pub(super) fn example_host(example: &str) -> Host {
    let mut host = Host::new(FILES);
    host.variables = Arc::new(|name| Some(format!("value of {name}")));
    if example.contains(r#"param("version")"#) {
        host = host.set("version", "1.4.2");
    }
    host
}

#[test]
fn every_row_has_an_example_that_uses_it_and_runs() {
    let rows = rows();
    let live = |example: &str| {
        let mut with_effect = rows.iter().filter(|row| row.effect != Effect::None);
        with_effect.any(|row| example.contains(&format!("{}(", row.name)))
    };
    for row in &rows {
        let (signature, example) = (row.signature(), row.example);
        assert!(
            example.contains(&format!("{}(", row.name)),
            "the example of {signature} does not use it: {example}"
        );
        let procedure = live(example);
        let rest = if procedure {
            r#"environment("shop", []).existing_namespace()"#
        } else {
            "let it = example();"
        };
        let text = format!("/// Runs it.\nfn example() {{ {example} }}\n{rest}");
        let host = example_host(example);
        let ran = Session::new(host)
            .load_text("example.rhai", &text)
            .and_then(|script| {
                if procedure {
                    let (called, ..) =
                        live_testing::call(&script, "example", &[], false, Stop::new());
                    called?;
                }
                Ok(())
            });
        if let Err(errors) = ran {
            panic!("{signature}\n{example}\n{}", errors[0]);
        }
    }
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
const UNBOUND: [&str; 15] = [
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
    // `accept` in scripts, where a place comes by itself.
    "accept_at",
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

#[test]
fn every_builder_of_the_sdk_has_an_example() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut missing) = (0, Vec::new());
    for text in sources(&here.join("../sdk/src/resource")) {
        for builder in text
            .split("\n\n")
            .filter(|part| part.contains("\n#[must_use]\npub struct "))
        {
            // What the builders of operators' kinds are made of is shown by each of them.
            if builder.contains("pub struct Custom {") {
                continue;
            }
            found += 1;
            if !builder.contains("/// ```\n") {
                missing.push(builder.to_owned());
            }
        }
    }
    assert!(found > 60, "only {found} builders were found");
    assert!(missing.is_empty(), "without an example: {missing:#?}");
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
            .pre_stop("5s")
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
