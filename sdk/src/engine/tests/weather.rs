//! An API server that has a bad day: slow down, away for a moment, forgetful, or forbidding.

use super::bench::{Bench, after, config, deployment, namespace, shop, store};
use crate::{
    engine::{Action, EngineError, plan},
    environment::Rendered,
};
use infra_sandbox::Fault;

fn objects() -> Rendered {
    let rendered = shop([
        namespace(),
        config("settings", "a"),
        store("redis"),
        deployment("web", "nginx:1.27"),
    ]);
    after(rendered, 2, 3)
}

#[tokio::test]
async fn a_server_that_is_busy_or_away_for_a_moment_is_asked_again() {
    for fault in [
        Fault::TooManyRequests(2),
        Fault::Unavailable,
        Fault::Timeout,
    ] {
        let bench = Bench::new().await;
        bench.sandbox.fail("list", "*", fault, 3);
        bench.sandbox.fail("apply", "*", fault, 5);
        bench.sandbox.fail("watch", "*", fault, 2);
        let (outcome, told) = bench.run(&objects()).await;
        assert!(outcome.is_success(), "{fault:?} {outcome:#?} {told:#?}");
        assert!(bench.plan(&objects()).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_forgot_its_history_is_listed_again() {
    let bench = Bench::new().await;
    let plan = bench.plan(&objects()).await.unwrap();
    bench.sandbox.fail("watch", "*", Fault::Gone, 2);
    let (outcome, told) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
}

#[tokio::test]
async fn webhooks_that_may_not_be_read_are_assumed_to_be_there() {
    let bench = Bench::new().await;
    let (outcome, _) = bench.run(&objects()).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    bench
        .sandbox
        .fail("list", "mutatingwebhookconfigurations", Fault::Forbidden, 1);
    bench.sandbox.forget_requests();
    let plan = bench.plan(&objects()).await.unwrap();
    assert!(plan.is_empty(), "{:#?}", plan.steps);
    assert_eq!(plan.count(Action::Unchanged), 4);
    assert_eq!(bench.sandbox.requests().dry_runs(), 4);
    assert_eq!(plan.warnings.len(), 1);
}

#[tokio::test]
async fn what_may_not_be_listed_is_said_and_nothing_is_guessed() {
    let bench = Bench::new().await;
    bench
        .sandbox
        .fail("list", "statefulsets", Fault::Forbidden, 1);
    let options = crate::engine::PlanOptions::default();
    let error = plan(
        &bench.cluster,
        &objects(),
        &super::bench::NoSecrets,
        &options,
    )
    .await
    .unwrap_err();
    let EngineError::Refused(refusals) = error else {
        panic!("{error}");
    };
    let told: Vec<String> = refusals.iter().map(|one| one.id.to_string()).collect();
    assert_eq!(told, ["statefulset/redis in shop"]);
}

#[tokio::test]
async fn a_write_that_is_forbidden_fails_alone() {
    let bench = Bench::new().await;
    let plan = bench.plan(&objects()).await.unwrap();
    bench
        .sandbox
        .fail("apply", "deployments", Fault::Forbidden, 1);
    let (outcome, _) = bench.apply(&plan).await;
    assert_eq!(outcome.failed.len(), 1, "{outcome:#?}");
    assert_eq!(outcome.failed[0].id.name, "web");
    assert_eq!(outcome.applied.len(), 3);
    let (outcome, _) = bench.run(&objects()).await;
    assert!(outcome.is_success(), "{outcome:#?}");
}
