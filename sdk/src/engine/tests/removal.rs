//! What goes, what stays, and what it takes to delete that too.

use super::bench::{Bench, config, namespace, secret, service, shop, store};
use crate::cluster::Propagation;
use crate::engine::{Action, EngineError};

fn full() -> crate::environment::Rendered {
    shop([
        namespace(),
        config("settings", "a"),
        secret("redis"),
        service("redis"),
        store("redis"),
    ])
}

fn actions(plan: &crate::engine::Plan) -> Vec<String> {
    plan.steps
        .iter()
        .filter(|step| step.action != Action::Unchanged)
        .map(|step| format!("{} {}", step.action, step.id.short()))
        .collect()
}

#[tokio::test]
async fn a_store_that_goes_leaves_its_volume() {
    let bench = Bench::new().await;
    let (outcome, told) = bench.run(&full()).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    let without = || shop([namespace(), config("settings", "a"), secret("redis")]);

    // That nothing changes is proven without asking the API server.
    bench.sandbox.forget_requests();
    assert!(bench.plan(&full()).await.unwrap().is_empty());
    assert_eq!(bench.sandbox.requests().dry_runs(), 0);

    let plan = bench.plan(&without()).await.unwrap();
    assert_eq!(
        actions(&plan),
        [
            "delete statefulset/redis",
            "delete service/redis",
            "keep persistentvolumeclaim/data-redis-0",
        ]
    );
    let kept = plan.steps.last().unwrap();
    assert_eq!(
        kept.delete_target.as_deref(),
        Some("persistentvolumeclaim/data-redis-0")
    );
    assert_eq!(kept.reason.as_deref(), Some("it holds the data of `redis`"));
    let (outcome, told) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert_eq!(
        told[told.len() - 2..],
        ["deleted statefulset/redis", "deleted service/redis"]
    );

    // It stays known until it is deleted or used again.
    let plan = bench.plan(&without()).await.unwrap();
    assert_eq!(actions(&plan), ["keep persistentvolumeclaim/data-redis-0"]);
    assert!(plan.is_empty());
    let plan = bench.plan(&full()).await.unwrap();
    assert_eq!(
        actions(&plan),
        ["create service/redis", "create statefulset/redis"]
    );

    let wrong = bench.plan_with(&without(), &["pvc/other"]).await;
    assert!(
        matches!(wrong, Err(EngineError::NothingToDelete { kept, .. })
        if kept == ["persistentvolumeclaim/data-redis-0"])
    );
    let plan = bench
        .plan_with(&without(), &["pvc/data-redis-0"])
        .await
        .unwrap();
    assert_eq!(
        actions(&plan),
        ["delete persistentvolumeclaim/data-redis-0"]
    );
    let (outcome, _) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert!(
        bench
            .get("v1", "PersistentVolumeClaim", "data-redis-0")
            .await
            .is_none()
    );
    assert!(actions(&bench.plan(&without()).await.unwrap()).is_empty());
}

#[tokio::test]
async fn a_store_of_another_size_is_made_anew_around_its_pods_when_it_is_deleted_alone() {
    let bench = Bench::new().await;
    let (outcome, told) = bench.run(&full()).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    let uid = async |kind: &str, name: &str| {
        let object = bench.get(
            if kind == "StatefulSet" {
                "apps/v1"
            } else {
                "v1"
            },
            kind,
            name,
        );
        object.await.expect("it is there")["metadata"]["uid"].clone()
    };
    let (set, pod) = (
        uid("StatefulSet", "redis").await,
        uid("Pod", "redis-0").await,
    );
    let claim = uid("PersistentVolumeClaim", "data-redis-0").await;

    let mut larger = full();
    let store = larger
        .objects
        .iter_mut()
        .find(|o| o.id.kind == "StatefulSet");
    let template = &mut store.expect("the store").value["spec"]["volumeClaimTemplates"][0];
    template["spec"]["resources"]["requests"]["storage"] = "2Gi".into();
    let Err(EngineError::Refused(refusals)) = bench.plan(&larger).await else {
        panic!("a template of claims cannot change")
    };
    let help = refusals[0].help.as_deref().unwrap_or_default();
    assert!(
        help.contains("`kubectl delete statefulset/redis --cascade=orphan -n shop`"),
        "{help}"
    );

    let served = crate::engine::kinds::builtin("apps", "StatefulSet");
    bench
        .cluster
        .delete(&served, Some("shop"), "redis", None, Propagation::Orphan)
        .await
        .expect("deleted");
    let (outcome, told) = bench.run(&larger).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    assert_ne!(uid("StatefulSet", "redis").await, set);
    assert_eq!(uid("Pod", "redis-0").await, pod);
    assert_eq!(uid("PersistentVolumeClaim", "data-redis-0").await, claim);
    assert!(bench.plan(&larger).await.expect("a plan").is_empty());
}

#[tokio::test]
async fn destroying_keeps_data_and_what_it_needs_and_running_goes_on_with_it() {
    let bench = Bench::new().await;
    let (outcome, told) = bench.run(&full()).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    let password = |secret: &serde_json::Value| secret["data"]["password"].clone();
    let before = password(&bench.get("v1", "Secret", "redis").await.unwrap());

    let plan = bench.plan(&shop([])).await.unwrap();
    assert_eq!(
        actions(&plan),
        [
            "delete statefulset/redis",
            "delete service/redis",
            "delete configmap/settings",
            "keep secret/redis",
            "keep persistentvolumeclaim/data-redis-0",
            "keep namespace/shop",
        ]
    );
    let (outcome, _) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert_eq!(outcome.kept.len(), 3);

    let (outcome, _) = bench.run(&full()).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let after = bench.get("v1", "Secret", "redis").await.unwrap();
    assert_eq!(password(&after), before);
    assert!(bench.plan(&full()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_namespace_goes_only_when_nothing_else_is_in_it() {
    let bench = Bench::new().await;
    let (outcome, _) = bench
        .run(&shop([namespace(), config("settings", "a")]))
        .await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let served = crate::engine::kinds::builtin("", "ConfigMap");
    let foreign = serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "foreign", "namespace": "shop"}});
    bench.create(foreign).await;
    let plan = bench.plan(&shop([])).await.unwrap();
    assert_eq!(
        actions(&plan),
        ["delete configmap/settings", "keep namespace/shop"]
    );
    assert_eq!(
        plan.steps[1].reason.as_deref(),
        Some("it holds configmap/foreign")
    );
    bench
        .cluster
        .delete(
            &served,
            Some("shop"),
            "foreign",
            None,
            crate::cluster::Propagation::Background,
        )
        .await
        .unwrap();
    let plan = bench.plan(&shop([])).await.unwrap();
    assert_eq!(
        actions(&plan),
        ["delete configmap/settings", "delete namespace/shop"]
    );
    let (outcome, told) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    assert!(bench.get("v1", "Namespace", "shop").await.is_none());
    assert!(bench.plan(&shop([])).await.unwrap().steps.is_empty());
}
