//! Who owns what: autoscalers, people, other tools, and what cannot change.

use super::bench::{Bench, config, deployment, namespace, object, shop};
use crate::{
    cluster::ApplyRequest,
    engine::{Action, EngineError, kinds::builtin},
    object::Object,
};
use serde_json::{Value, json};

fn autoscaler(target: &str) -> Object {
    object(json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": target},
        "spec": {
            "minReplicas": 2, "maxReplicas": 5,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
            "metrics": [{"type": "Resource", "resource": {"name": "cpu",
                "target": {"type": "Utilization", "averageUtilization": 70}}}],
        },
    }))
}

fn with_replicas(count: i64) -> Object {
    let mut web = deployment("web", "nginx:1.27");
    web.value["spec"]["replicas"] = count.into();
    web
}

/// Who owns `spec.replicas`.
fn owners(live: &Value) -> Vec<&str> {
    live["metadata"]["managedFields"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["fieldsV1"]["f:spec"].get("f:replicas").is_some())
        .filter_map(|entry| entry["manager"].as_str())
        .collect()
}

#[tokio::test]
async fn replicas_start_at_the_autoscalers_minimum_and_are_then_its_own() {
    let bench = Bench::new().await;
    let objects = || shop([namespace(), with_replicas(1), autoscaler("web")]);
    let (outcome, told) = bench.run(&objects()).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    let live = bench.get("apps/v1", "Deployment", "web").await.unwrap();
    assert_eq!(live["spec"]["replicas"], 2);
    assert!(!owners(&live).contains(&"infra"), "{:?}", owners(&live));
    bench.sandbox.forget_requests();
    assert!(bench.plan(&objects()).await.unwrap().is_empty());
    assert_eq!(bench.sandbox.requests().dry_runs(), 0);
}

#[tokio::test]
async fn replicas_that_were_ours_are_handed_over_as_they_are() {
    let bench = Bench::new().await;
    let (outcome, _) = bench.run(&shop([namespace(), with_replicas(4)])).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let objects = || shop([namespace(), with_replicas(4), autoscaler("web")]);
    let plan = bench.plan(&objects()).await.unwrap();
    let step = plan
        .steps
        .iter()
        .find(|step| step.id.kind == "Deployment")
        .unwrap();
    assert_eq!(step.action, Action::Update);
    assert!(
        step.changes.is_empty() && !step.notes.is_empty(),
        "{step:#?}"
    );
    let (outcome, _) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let live = bench.get("apps/v1", "Deployment", "web").await.unwrap();
    assert_eq!(live["spec"]["replicas"], 4);
    assert_eq!(owners(&live), ["infra-handover"]);
    assert!(bench.plan(&objects()).await.unwrap().is_empty());
}

/// Applies a value of `settings` as another field manager, over ours.
async fn take(bench: &Bench, manager: &str, value: &str) {
    let body = json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "shop"}, "data": {"key": value}});
    let request = ApplyRequest {
        manager,
        force: true,
        dry_run: false,
    };
    bench
        .cluster
        .apply(&builtin("", "ConfigMap"), &body, request)
        .await
        .unwrap();
}

#[tokio::test]
async fn people_give_way_controllers_do_not_and_others_are_asked_about() {
    for (manager, expected) in [
        ("kubectl-edit", "taken from `kubectl-edit`"),
        (
            "kube-controller-manager",
            "left to `kube-controller-manager`",
        ),
        ("terraform", ""),
    ] {
        let bench = Bench::new().await;
        let objects = || shop([namespace(), config("settings", "ours")]);
        let (outcome, _) = bench.run(&objects()).await;
        assert!(outcome.is_success(), "{outcome:#?}");
        take(&bench, manager, "theirs").await;
        match bench.plan(&objects()).await {
            Ok(plan) => {
                let step = &plan.steps[1];
                assert!(step.notes[0].contains(expected), "{step:#?}");
                let taken = expected.starts_with("taken");
                assert_eq!(
                    step.action == Action::Update && !step.changes.is_empty(),
                    taken,
                    "{step:#?}"
                );
                let (outcome, _) = bench.apply(&plan).await;
                assert!(outcome.is_success(), "{outcome:#?}");
                let live = bench.get("v1", "ConfigMap", "settings").await.unwrap();
                assert_eq!(live["data"]["key"], if taken { "ours" } else { "theirs" });
                assert!(bench.plan(&objects()).await.unwrap().is_empty());
            }
            Err(EngineError::Refused(refusals)) => {
                assert_eq!(manager, "terraform");
                assert_eq!(refusals[0].field.as_deref(), Some("data.key"));
                assert!(refusals[0].message.contains("`terraform`"));
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn what_others_made_is_taken_over_and_what_another_set_owns_is_not() {
    let bench = Bench::new().await;
    let (outcome, _) = bench.run(&shop([namespace()])).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    bench
        .create(json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "settings", "namespace": "shop"}, "data": {"key": "a"}}))
        .await;
    bench
        .create(json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "foreign", "namespace": "shop",
                "labels": {"applyset.kubernetes.io/part-of": "applyset-other-v1"}}}))
        .await;
    let objects = || shop([namespace(), config("settings", "a")]);
    let plan = bench.plan(&objects()).await.unwrap();
    let step = &plan.steps[1];
    assert_eq!(step.action, Action::Update);
    assert!(
        step.reason.as_ref().unwrap().contains("taken over"),
        "{step:#?}"
    );
    let (outcome, _) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert!(bench.plan(&objects()).await.unwrap().is_empty());

    let refused = bench
        .plan(&shop([namespace(), config("foreign", "a")]))
        .await;
    assert!(matches!(refused, Err(EngineError::Refused(refusals))
        if refusals[0].message.contains("belongs to another environment")));
}

#[tokio::test]
async fn what_cannot_change_is_replaced_where_nothing_is_lost_and_refused_elsewhere() {
    let bench = Bench::new().await;
    let frozen = |value: &str| {
        let mut config = config("frozen", value);
        config.value["immutable"] = true.into();
        shop([namespace(), config])
    };
    let (outcome, _) = bench.run(&frozen("a")).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let plan = bench.plan(&frozen("b")).await.unwrap();
    assert_eq!(
        plan.steps[1].action,
        Action::Replace,
        "{:#?}",
        plan.steps[1]
    );
    assert_eq!(plan.steps[1].changes.len(), 1);
    let (outcome, told) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    let live = bench.get("v1", "ConfigMap", "frozen").await.unwrap();
    assert_eq!(live["data"]["key"], "b");
    assert!(bench.plan(&frozen("b")).await.unwrap().is_empty());
}
