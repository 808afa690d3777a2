//! How many requests arrive at an API server.

use crate::support::{Door, Infra, Request, needs};
use std::collections::BTreeMap;

/// So often a verb was asked for something.
fn counted(requests: &[Request]) -> BTreeMap<(&str, &str), usize> {
    let mut counts = BTreeMap::new();
    for request in requests {
        *counts
            .entry((request.verb.as_str(), request.what.as_str()))
            .or_default() += 1;
    }
    counts
}

/// So many watches of the same were open at the same time, at most.
fn at_a_time(requests: &[Request], what: &str) -> usize {
    let watches: Vec<&Request> = requests
        .iter()
        .filter(|request| request.verb == "watch" && request.what == what)
        .collect();
    let open_at = |moment: &str| {
        let open = watches.iter().filter(|watch| {
            watch.came.as_str() <= moment
                && watch.ended.as_deref().is_none_or(|ended| moment < ended)
        });
        open.count()
    };
    watches
        .iter()
        .map(|watch| open_at(&watch.came))
        .max()
        .unwrap_or_default()
}

/// Two deployments, of which one waits for the other, a store, and others.
const SHOP: &str = r#"const SETTINGS = config_map("settings").values(#{ MODE: "production" });
const KEYS = secret("keys").values(#{ TOKEN: generated("token", 32), SALT: "pepper" });
const DB = stateful_set("db").image("registry.example/db:16").env_from(KEYS).port("db", 5432).volume("/data", claim("data", "1Gi"));
const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080).env_from([SETTINGS, KEYS]).after(DB);
const WEB = deployment("web").image("registry.example/web:1.4.2").port("http", 8080).after(APP);
environment("shop", [SETTINGS, KEYS, DB, service("db", DB), APP, service("app", APP), WEB, service("web", WEB)])
    .existing_namespace()
"#;

#[test]
fn a_run_lists_and_watches_a_kind_once_and_an_unchanged_plan_only_lists() {
    needs!(Nodes, Rights, Audit);
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    let door = Door::account(&infra, "shop", ("ClusterRole", "cluster-admin"));
    let infra = infra.through(door);
    infra.write("shop.rhai", SHOP);

    infra.run("run shop.rhai --yes").ends_with(0);
    let run = infra.requests("shop");
    let counts = counted(&run);
    for request in &run {
        assert!(!request.what.starts_with("/api"), "discovery: {request:?}");
    }
    for ((verb, what), count) in &counts {
        match *verb {
            // The plan lists by label; who waits lists once more, from where it watches.
            "list" => assert!(*count <= 2, "{count} × {verb} {what}: {counts:#?}"),
            "watch" => assert_eq!(at_a_time(&run, what), 1, "{verb} {what}: {run:#?}"),
            _ => {}
        }
    }
    for what in ["shop/deployments", "shop/statefulsets", "shop/pods"] {
        assert!(counts.contains_key(&("watch", what)), "{what}: {counts:#?}");
    }

    infra.run("plan shop.rhai --exit-code").ends_with(0);
    let all = infra.requests("shop");
    let plan = counted(&all[run.len()..]);
    insta::assert_debug_snapshot!("unchanged_plan", plan);
    infra.run("run shop.rhai --yes").ends_with(0);
    let again = infra.requests("shop");
    insta::assert_debug_snapshot!("unchanged_run", counted(&again[all.len()..]));
}
