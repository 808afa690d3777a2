//! Refusals, failures, stops, and runs that were killed.

use super::bench::{Bench, NoSecrets, after, config, deployment, namespace, object, shop};
use crate::{
    engine::{ApplyOptions, EngineError, Event, Stop, apply},
    environment::{Edge, EdgeKind},
    object::{Location, Origin, Ref},
};
use serde_json::json;
use std::sync::Mutex;

fn at(line: u32) -> Location {
    Location {
        file: "shop.rhai".into(),
        line,
        column: 1,
        inside: None,
    }
}

#[tokio::test]
async fn the_api_servers_refusal_is_told_at_the_scripts_place() {
    let bench = Bench::new().await;
    let (outcome, _) = bench.run(&shop([namespace()])).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let mut web = deployment("web", "nginx:1.27");
    web.value["spec"]["replicas"] = (-1).into();
    web.origin = Origin::at(at(3));
    web.origin.set("replicas", at(7));
    let Err(EngineError::Refused(refusals)) = bench.plan(&shop([namespace(), web])).await else {
        panic!("a refusal was expected");
    };
    assert_eq!(refusals[0].field.as_deref(), Some("spec.replicas"));
    assert_eq!(refusals[0].at, Some(at(7)));

    let mut web = deployment("web", "nginx:1.27");
    web.value["spec"]["replicaz"] = 1.into();
    let Err(EngineError::Refused(refusals)) = bench.plan(&shop([namespace(), web])).await else {
        panic!("a refusal was expected");
    };
    assert_eq!(refusals[0].field.as_deref(), Some("spec.replicaz"));
}

#[tokio::test]
async fn what_is_named_as_existing_must_be_there() {
    let bench = Bench::new().await;
    let mut rendered = shop([namespace()]);
    rendered.existing = vec![
        (Ref::new("storage.k8s.io", "StorageClass", "standard"), None),
        (
            Ref::new("storage.k8s.io", "StorageClass", "fast"),
            Some(at(4)),
        ),
        (
            Ref::new("cert-manager.io", "ClusterIssuer", "letsencrypt"),
            Some(at(5)),
        ),
    ];
    let Err(EngineError::Refused(refusals)) = bench.plan(&rendered).await else {
        panic!("a refusal was expected");
    };
    let told: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told.iter()
            .any(|line| line.starts_with("storageclass/fast: does not exist"))
    );
    assert!(
        told.iter()
            .any(|line| line.contains("does not serve the kind `ClusterIssuer`"))
    );
}

#[tokio::test]
async fn a_failure_stops_only_what_depends_on_it() {
    let bench = Bench::new().await;
    // Between the plan and its being done, someone else makes one of the objects his own.
    let mut rendered = shop([
        namespace(),
        config("bad", "ours"),
        config("later", "a"),
        config("other", "a"),
    ]);
    rendered.edges.push(Edge {
        before: 1,
        after: 2,
        kind: EdgeKind::Applied,
    });
    let plan = bench.plan(&rendered).await.unwrap();
    bench
        .create(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}))
        .await;
    bench
        .create(json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "bad", "namespace": "shop"}, "data": {"key": "theirs"}}))
        .await;
    let (outcome, told) = bench.apply(&plan).await;
    assert_eq!(outcome.failed.len(), 1, "{outcome:#?}");
    assert_eq!(outcome.failed[0].field.as_deref(), Some("data.key"));
    assert_eq!(outcome.skipped[0].because.name, "bad");
    assert!(told.contains(&"create configmap/other".to_owned()));
    assert!(told.contains(&"skipped configmap/later".to_owned()));
}

#[tokio::test]
async fn nothing_is_deleted_while_something_is_not_ready() {
    let bench = Bench::new().await;
    let before = shop([namespace(), config("old", "a")]);
    let (outcome, _) = bench.run(&before).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let mut broken = deployment("web", "nginx:1.27");
    broken.value["spec"]["template"]["spec"]["containers"][0]["envFrom"] =
        json!([{"secretRef": {"name": "missing"}}]);
    let (outcome, told) = bench.run(&shop([namespace(), broken])).await;
    assert_eq!(outcome.not_ready.len(), 1, "{outcome:#?} {told:#?}");
    assert!(
        outcome.not_ready[0]
            .details
            .iter()
            .any(|line| line.contains("missing"))
    );
    assert_eq!(outcome.skipped.len(), 1);
    assert!(bench.get("v1", "ConfigMap", "old").await.is_some());
    // It is still known, and goes once the rest is well.
    let (outcome, _) = bench.run(&shop([namespace()])).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert!(bench.get("v1", "ConfigMap", "old").await.is_none());
}

#[tokio::test]
async fn a_stop_finishes_what_runs_and_the_next_run_goes_on() {
    let bench = Bench::new().await;
    let objects = || {
        let rendered = shop([
            namespace(),
            deployment("first", "nginx:1.27"),
            deployment("second", "nginx:1.27"),
        ]);
        after(rendered, 1, 2)
    };
    let plan = bench.plan(&objects()).await.unwrap();
    let stop = Stop::new();
    let told = Mutex::new(Vec::new());
    let tell = |event: Event| {
        if matches!(&event, Event::Applied { id, .. } if id.name == "first") {
            stop.stop();
        }
        told.lock().unwrap().push(event);
    };
    let options = ApplyOptions::default();
    let outcome = apply(&bench.cluster, &plan, &NoSecrets, &options, &tell, &stop)
        .await
        .unwrap();
    assert!(outcome.stopped && !outcome.is_success());
    let names = |ids: &[crate::object::ObjectId]| -> Vec<String> {
        ids.iter().map(|id| id.name.clone()).collect()
    };
    assert_eq!(names(&outcome.not_done), ["second"]);
    assert_eq!(names(&outcome.not_awaited), ["shop", "first"]);
    assert!(
        told.lock()
            .unwrap()
            .iter()
            .any(|event| matches!(event, Event::Stopping { .. }))
    );
    let (outcome, told) = bench.run(&objects()).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let place = |wanted: &str| told.iter().position(|line| line == wanted).unwrap();
    assert!(place("ready deployment/first") < place("create deployment/second"));
}

#[tokio::test]
async fn a_killed_run_forgets_nothing() {
    let bench = Bench::new().await;
    let objects = || shop([namespace(), config("a", "a"), config("b", "b")]);
    let plan = bench.plan(&objects()).await.unwrap();
    {
        let (options, stop, tell) = (
            ApplyOptions {
                concurrency: 1,
                ..ApplyOptions::default()
            },
            Stop::new(),
            |_: Event| {},
        );
        let run = apply(&bench.cluster, &plan, &NoSecrets, &options, &tell, &stop);
        let mut run = Box::pin(run);
        // As far as the first config map, and then no further.
        loop {
            tokio::select! {
                biased;
                _ = &mut run => panic!("it was to be killed before its end"),
                () = tokio::task::yield_now() => {}
            }
            if bench.get("v1", "ConfigMap", "a").await.is_some() {
                break;
            }
        }
    }
    // Wanted no more, it goes, though no run that made it ever ended.
    let plan = bench.plan(&shop([namespace()])).await.unwrap();
    assert!(!plan.is_empty(), "{:#?}", plan.steps);
    let (outcome, _) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert!(bench.get("v1", "ConfigMap", "a").await.is_none());
}

#[tokio::test]
async fn a_kind_nobody_serves_is_refused_and_one_defined_here_is_not() {
    let bench = Bench::new().await;
    let thing = || {
        object(json!({"apiVersion": "example.com/v1", "kind": "Thing",
            "metadata": {"name": "t"}, "spec": {"size": 1}}))
    };
    let refused = bench.plan(&shop([namespace(), thing()])).await;
    assert!(matches!(refused, Err(EngineError::Refused(refusals))
        if refusals[0].message.contains("does not serve `Thing`")));

    let definition = object(json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": {"kind": "Thing", "plural": "things", "singular": "thing", "listKind": "ThingList"},
            "versions": [{"name": "v1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                    "spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}}}],
        },
    }));
    let objects = || shop([namespace(), definition.clone(), thing()]);
    let (outcome, told) = bench.run(&objects()).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    let plan = bench.plan(&objects()).await.unwrap();
    assert!(plan.is_empty(), "{:#?}", plan.steps);
}
