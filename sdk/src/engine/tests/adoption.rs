//! What others made is taken over: from whom, which fields, and without a trace of them.

use super::bench::{Bench, config, deployment, namespace, object, secret, shop};
use crate::engine::{Action, Plan, Step, kinds::builtin};
use infra_sandbox::Fault;
use infra_schema::managed::Managers;
use serde_json::{Value, json};

/// An object as `kubectl apply` sends it.
fn applied(mut object: Value) -> Value {
    object["metadata"]["namespace"] = "shop".into();
    let record = object.to_string();
    object["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
        record.into();
    object
}

async fn with_namespace() -> Bench {
    let bench = Bench::new().await;
    let (outcome, _) = bench.run(&shop([namespace()])).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    bench
}

fn step<'p>(plan: &'p Plan, kind: &str) -> &'p Step {
    let mut steps = plan.steps.iter();
    steps.find(|step| step.id.kind == kind).expect("a step")
}

/// From whom, and what.
fn from(step: &Step) -> Vec<String> {
    let adopts = step.adopts.as_ref().expect("adopted");
    let from = adopts.from.iter();
    from.map(|from| {
        format!(
            "{}: {} | {}",
            from.tool,
            from.fields.join(" "),
            from.left.join(" ")
        )
    })
    .collect()
}

/// The managers of the object itself.
fn managers(live: &Value) -> Vec<String> {
    let managers = Managers::of(live).unwrap();
    let mut names: Vec<String> = managers
        .iter()
        .filter(|manager| manager.subresource.is_empty())
        .map(|manager| format!("{} {}", manager.name, manager.operation.as_str()))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_kubectl_applied_is_ours_afterwards_and_what_it_alone_said_goes() {
    let bench = with_namespace().await;
    let mut made = deployment("web", "nginx:1.27").value;
    made["metadata"]["labels"] = json!({"team": "web"});
    made["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = 5.into();
    bench
        .create_as("kubectl-client-side-apply", applied(made))
        .await;
    let before = bench.get("apps/v1", "Deployment", "web").await.unwrap();

    let objects = || shop([namespace(), deployment("web", "nginx:1.27")]);
    let plan = bench.plan(&objects()).await.unwrap();
    let found = step(&plan, "Deployment");
    assert_eq!(found.action, Action::Update);
    assert_eq!(from(found), ["kubectl apply: .metadata.labels .spec | "]);
    let changes: Vec<&str> = found.changes.iter().map(|c| c.path.as_str()).collect();
    assert_eq!(
        changes,
        [
            ".metadata.labels",
            ".spec.template.spec.terminationGracePeriodSeconds"
        ],
        "{found:#?}"
    );
    assert_eq!(found.risks, ["1 pod restarts"]);
    let (outcome, told) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");

    let live = bench.get("apps/v1", "Deployment", "web").await.unwrap();
    assert_eq!(live["metadata"]["uid"], before["metadata"]["uid"]);
    assert_eq!(managers(&live), ["infra Apply"]);
    let annotations = live["metadata"]["annotations"].as_object().unwrap();
    assert!(
        annotations.keys().all(|key| !key.starts_with("kubectl")),
        "{annotations:?}"
    );
    assert!(live["metadata"]["labels"].get("team").is_none());
    let grace = &live["spec"]["template"]["spec"]["terminationGracePeriodSeconds"];
    assert_eq!(grace, 30);
    assert!(bench.plan(&objects()).await.unwrap().is_empty());

    // What goes from the script goes from the object.
    let mut less = deployment("web", "nginx:1.27");
    let container = &mut less.value["spec"]["template"]["spec"]["containers"][0];
    container.as_object_mut().unwrap().remove("resources");
    let (outcome, _) = bench.run(&shop([namespace(), less])).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let live = bench.get("apps/v1", "Deployment", "web").await.unwrap();
    let container = &live["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["resources"], json!({}));
}

#[tokio::test]
async fn values_that_are_made_once_are_kept_and_replicas_are_the_autoscalers() {
    let bench = with_namespace().await;
    bench
        .create_as(
            "helm",
            json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
                "metadata": {"name": "db", "namespace": "shop",
                    "labels": {"app.kubernetes.io/managed-by": "Helm"},
                    "annotations": {"meta.helm.sh/release-name": "web",
                        "meta.helm.sh/release-namespace": "shop"}},
                "data": {"password": "b2xk", "address": "cmVkaXM6Ly86b2xk"}}),
        )
        .await;
    let mut web = deployment("web", "nginx:1.27");
    web.value["spec"]["replicas"] = 4.into();
    bench
        .create_as("kubectl-client-side-apply", applied(web.value))
        .await;
    let scaler = object(json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {"minReplicas": 2, "maxReplicas": 5,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}},
    }));
    let objects = || {
        let web = deployment("web", "nginx:1.27");
        shop([namespace(), secret("db"), web, scaler.clone()])
    };
    let plan = bench.plan(&objects()).await.unwrap();
    let found = step(&plan, "Secret");
    assert_eq!(
        from(found),
        ["Helm release web: .data .metadata.annotations .metadata.labels .type | "]
    );
    assert!(
        found.changes.iter().all(|change| !change.secret),
        "{found:#?}"
    );
    assert!(
        plan.warnings[0].contains("-l owner=helm,name=web"),
        "{:?}",
        plan.warnings
    );
    assert!(step(&plan, "Deployment").changes.is_empty());
    let (outcome, told) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");

    let live = bench.get("v1", "Secret", "db").await.unwrap();
    assert_eq!(
        live["data"],
        json!({"password": "b2xk", "address": "cmVkaXM6Ly86b2xk"})
    );
    assert!(live["metadata"].get("annotations").is_none(), "{live}");
    assert_eq!(managers(&live), ["infra Apply", "infra-generated Apply"]);
    let live = bench.get("apps/v1", "Deployment", "web").await.unwrap();
    assert_eq!(live["spec"]["replicas"], 4);
    assert_eq!(managers(&live), ["infra Apply", "infra-handover Apply"]);
    let plan = bench.plan(&objects()).await.unwrap();
    assert!(plan.is_empty() && plan.warnings.is_empty(), "{plan:#?}");
}

#[tokio::test]
async fn what_others_change_between_plan_and_apply_is_not_taken_and_what_controllers_do_is_no_matter()
 {
    for (subresource, succeeds) in [(true, true), (false, false)] {
        let bench = with_namespace().await;
        bench
            .create_as(
                "kubectl-client-side-apply",
                applied(config("settings", "a").value),
            )
            .await;
        let objects = shop([namespace(), config("settings", "a")]);
        let plan = bench.plan(&objects).await.unwrap();
        // A controller notes something; or kubectl sets another field.
        let manager = if subresource {
            "kube-controller-manager"
        } else {
            "kubectl-client-side-apply"
        };
        let patch = json!({"metadata": {"annotations": {"noted": "1"}}});
        bench
            .cluster
            .merge_patch(
                &builtin("", "ConfigMap"),
                Some("shop"),
                "settings",
                &patch,
                manager,
            )
            .await
            .unwrap();
        let (outcome, _) = bench.apply(&plan).await;
        assert_eq!(outcome.is_success(), succeeds, "{outcome:#?}");
        let live = bench.get("v1", "ConfigMap", "settings").await.unwrap();
        assert_eq!(live["metadata"]["annotations"]["noted"], "1");
        if !succeeds {
            assert!(
                outcome.failed[0]
                    .message
                    .contains("since the plan was made")
            );
            assert_eq!(managers(&live), ["kubectl-client-side-apply Update"]);
        }
    }
}

#[tokio::test]
async fn what_others_made_is_not_made_anew() {
    let bench = with_namespace().await;
    let mut frozen = config("settings", "a").value;
    frozen["immutable"] = true.into();
    bench.create_as("kubectl-create", applied(frozen)).await;
    let refused = bench
        .plan(&shop([namespace(), config("settings", "b")]))
        .await;
    let error = refused.unwrap_err().to_string();
    assert!(
        error.contains("taken over as it is and never made anew")
            && error.contains(r#"`data.key` is `"a"` there and `"b"` here"#),
        "{error}"
    );
}

/// Others write between the reading and the dry run of what taking over comes to: it is read and tried again, and not
/// for ever.
#[tokio::test]
async fn what_others_write_while_a_takeover_is_tried_is_read_again() {
    for (times, succeeds) in [(2, true), (5, false)] {
        let bench = with_namespace().await;
        let made = applied(config("settings", "a").value);
        bench.create_as("kubectl-client-side-apply", made).await;
        bench
            .sandbox
            .fail("patch", "configmaps", Fault::Conflict, times);
        bench.sandbox.forget_requests();
        let objects = shop([namespace(), config("settings", "b")]);
        let planned = bench.plan(&objects).await;
        assert_eq!(planned.is_ok(), succeeds, "{times} {planned:?}");
        let Ok(plan) = planned else {
            continue;
        };
        assert_eq!(bench.sandbox.requests().verb("patch"), times + 1);
        assert!(step(&plan, "ConfigMap").adopts.is_some());
        let (outcome, _) = bench.apply(&plan).await;
        assert!(outcome.is_success(), "{outcome:#?}");
        assert!(bench.plan(&objects).await.unwrap().is_empty());
    }
}

/// Pods are made anew where lists of their template stand in another order, although nothing else differs.
#[tokio::test]
async fn an_order_that_changes_alone_is_told_since_pods_restart() {
    let bench = with_namespace().await;
    let with = |order: [&str; 2]| {
        let mut web = deployment("web", "nginx:1.27");
        let env = order.map(|name| json!({"name": name, "value": "1"}));
        web.value["spec"]["template"]["spec"]["containers"][0]["env"] = json!(env);
        shop([namespace(), web])
    };
    let (outcome, _) = bench.run(&with(["A", "B"])).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let plan = bench.plan(&with(["B", "A"])).await.unwrap();
    let step = step(&plan, "Deployment");
    assert_eq!(step.action, Action::Update, "{step:#?}");
    let paths: Vec<&str> = step.changes.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(
        paths,
        [".spec.template.spec.containers[name=\"web\"].env"],
        "{step:#?}"
    );
    assert_eq!(step.risks, ["1 pod restarts"]);
}
