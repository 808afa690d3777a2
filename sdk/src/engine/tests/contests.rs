//! A field that others set too: taken, left to them, or shared.

use super::bench::{Bench, NoSecrets, namespace, object, shop};
use crate::{
    cluster::ApplyRequest,
    engine::{Decider, EngineError, Plan, PlanOptions, kinds::builtin, plan},
    environment::Rendered,
    object::{Decision, Object, Ownership},
};
use serde_json::{Value, json};

/// `settings` with two values, and what is decided about its fields.
fn settings(a: &str, b: &str, decisions: &[(Ownership, &str)]) -> Object {
    let mut settings = object(json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "settings"}, "data": {"a": a, "b": b},
    }));
    settings.decisions = decisions
        .iter()
        .map(|(ownership, field)| Decision {
            ownership: *ownership,
            field: field.parse().unwrap(),
        })
        .collect();
    settings
}

fn wanted(a: &str, b: &str, decisions: &[(Ownership, &str)]) -> Rendered {
    shop([namespace(), settings(a, b, decisions)])
}

/// Sets both values as terraform does, over ours.
async fn terraform(bench: &Bench, a: &str, b: &str) {
    let body = json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "shop"}, "data": {"a": a, "b": b}});
    let request = ApplyRequest {
        manager: "terraform",
        force: true,
        dry_run: false,
    };
    let served = builtin("", "ConfigMap");
    bench.cluster.apply(&served, &body, request).await.unwrap();
}

/// Where we set `1` and `2`, and terraform `x` and `y` after us.
async fn contested() -> Bench {
    let bench = Bench::new().await;
    let (outcome, _) = bench.run(&wanted("1", "2", &[])).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    terraform(&bench, "x", "y").await;
    bench
}

async fn data(bench: &Bench) -> Value {
    bench.get("v1", "ConfigMap", "settings").await.unwrap()["data"].clone()
}

fn contests(plan: &Plan) -> Vec<String> {
    let contests = plan.steps.iter().flat_map(|step| &step.contests);
    contests
        .map(|one| {
            format!(
                "{} {} {} {:?}",
                one.field, one.manager, one.decision, one.by
            )
        })
        .collect()
}

async fn refused(bench: &Bench, rendered: &Rendered) -> Vec<(String, String, String)> {
    match bench.plan(rendered).await {
        Err(EngineError::Refused(refusals)) => refusals
            .into_iter()
            .map(|one| (one.field.unwrap(), one.message, one.help.unwrap()))
            .collect(),
        other => panic!("{other:#?}"),
    }
}

#[tokio::test]
async fn what_is_not_decided_is_refused_with_its_owner_and_the_ways_out() {
    let bench = contested().await;
    let refusals = refused(&bench, &wanted("1", "y", &[])).await;
    let (field, message, help) = &refusals[0];
    assert_eq!((refusals.len(), field.as_str()), (1, "data.a"));
    assert_eq!(message, "`terraform` set this field and still manages it");
    assert!(
        help.starts_with("`--take configmap/settings:data.a` sets it here"),
        "{help}"
    );
}

#[tokio::test]
async fn one_field_is_taken_and_the_other_left_and_both_stay_so() {
    let bench = contested().await;
    let decisions = [(Ownership::Take, "data.a"), (Ownership::Yield, "data.b")];
    let objects = || wanted("1", "2", &decisions);
    let plan = bench.plan(&objects()).await.unwrap();
    assert_eq!(
        contests(&plan),
        [
            ".data.b terraform yield Script",
            ".data.a terraform take Script"
        ]
    );
    let (outcome, _) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert_eq!(data(&bench).await, json!({"a": "1", "b": "y"}));
    bench.sandbox.forget_requests();
    assert!(bench.plan(&objects()).await.unwrap().is_empty());
    assert_eq!(bench.sandbox.requests().dry_runs(), 0);
    // It is not fought for, whatever the other does.
    terraform(&bench, "1", "z").await;
    let (outcome, _) = bench.run(&objects()).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert_eq!(data(&bench).await, json!({"a": "1", "b": "z"}));
}

#[tokio::test]
async fn what_is_yielded_is_set_as_long_as_nobody_else_does() {
    let bench = Bench::new().await;
    let objects = |value: &str| wanted(value, "2", &[(Ownership::Yield, "data")]);
    let (outcome, _) = bench.run(&objects("1")).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert_eq!(data(&bench).await, json!({"a": "1", "b": "2"}));
    let (outcome, _) = bench.run(&objects("3")).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert_eq!(data(&bench).await, json!({"a": "3", "b": "2"}));
}

#[tokio::test]
async fn what_is_shared_is_the_same_or_refused_even_where_people_set_it() {
    let bench = contested().await;
    let shared = [(Ownership::Share, "data")];
    let plan = bench.plan(&wanted("x", "y", &shared)).await.unwrap();
    let (outcome, _) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let refusals = refused(&bench, &wanted("x", "other", &shared)).await;
    assert_eq!(refusals[0].0, "data.b");
    assert!(
        refusals[0].1.contains("shared with `terraform`"),
        "{refusals:?}"
    );
}

#[tokio::test]
async fn the_command_line_decides_over_the_script_and_only_of_what_it_names() {
    let bench = contested().await;
    let decided = |ownership, field: &str| PlanOptions {
        decisions: vec![(ownership, field.parse().unwrap())],
        ..PlanOptions::default()
    };
    let objects = wanted("1", "y", &[(Ownership::Yield, "data.a")]);
    let options = decided(Ownership::Take, "cm/settings:data.a");
    let found = plan(&bench.cluster, &objects, &NoSecrets, &options)
        .await
        .unwrap();
    assert_eq!(contests(&found), [".data.a terraform take CommandLine"]);
    assert_eq!(found.steps[1].contests[0].by, Decider::CommandLine);
    let options = decided(Ownership::Take, "cm/other:data.a");
    let objects = wanted("1", "y", &[]);
    let found = plan(&bench.cluster, &objects, &NoSecrets, &options).await;
    assert!(matches!(found, Err(EngineError::Refused(_))), "{found:#?}");
}

#[tokio::test]
async fn force_is_for_what_the_plan_shows_and_nothing_else() {
    let bench = contested().await;
    let plan = bench
        .plan(&wanted("1", "y", &[(Ownership::Take, "data.a")]))
        .await
        .unwrap();
    // Meanwhile another field becomes a conflict.
    terraform(&bench, "x", "meanwhile").await;
    let (outcome, _) = bench.apply(&plan).await;
    assert!(!outcome.is_success(), "{outcome:#?}");
    assert_eq!(data(&bench).await, json!({"a": "x", "b": "meanwhile"}));
}
