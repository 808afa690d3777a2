//! From nothing to ready, and again.

use super::bench::{Bench, after, config, deployment, namespace, service, shop, store};
use crate::engine::Action;

#[tokio::test]
async fn a_config_map_a_service_and_a_deployment_become_ready() {
    let bench = Bench::new().await;
    let objects = || {
        shop([
            namespace(),
            config("settings", "a"),
            service("web"),
            deployment("web", "nginx:1.27"),
        ])
    };
    let plan = bench.plan(&objects()).await.unwrap();
    assert_eq!(plan.count(Action::Create), 4);
    let (outcome, told) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    assert_eq!(told[0], "create namespace/shop");
    assert!(
        told.contains(&"ready deployment/web".to_owned()),
        "{told:#?}"
    );

    bench.sandbox.forget_requests();
    let again = bench.plan(&objects()).await.unwrap();
    assert!(again.is_empty(), "{:#?}", again.steps);
    assert_eq!(again.count(Action::Unchanged), 4);
    assert_eq!(bench.sandbox.requests().dry_runs(), 0);
    let (outcome, _) = bench.apply(&again).await;
    assert!(
        outcome.is_success() && outcome.unchanged.len() == 4,
        "{outcome:#?}"
    );
    assert_eq!(bench.sandbox.requests().writes(), 0);
}

#[tokio::test]
async fn a_change_is_told_field_by_field_and_only_it_is_written() {
    let bench = Bench::new().await;
    let objects = |image: &str, value: &str| {
        shop([
            namespace(),
            config("settings", value),
            deployment("web", image),
        ])
    };
    let (outcome, _) = bench.run(&objects("nginx:1.27", "a")).await;
    assert!(outcome.is_success(), "{outcome:#?}");

    let plan = bench.plan(&objects("nginx:1.28", "a")).await.unwrap();
    assert_eq!(plan.count(Action::Update), 1, "{:#?}", plan.steps);
    let step = plan
        .steps
        .iter()
        .find(|step| step.action == Action::Update)
        .unwrap();
    let paths: Vec<&str> = step.changes.iter().map(|c| c.path.as_str()).collect();
    assert_eq!(
        paths,
        [r#".spec.template.spec.containers[name="web"].image"#]
    );
    assert_eq!(step.risks, ["1 pod restarts"]);
    let (outcome, told) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert_eq!(
        told.iter()
            .filter(|line| line.starts_with("update"))
            .count(),
        1
    );
}

#[tokio::test]
async fn what_needs_another_ready_is_written_after_it_is() {
    let bench = Bench::new().await;
    let objects = shop([
        namespace(),
        service("redis"),
        store("redis"),
        deployment("web", "nginx:1.27"),
    ]);
    let (outcome, told) = bench.run(&after(objects, 2, 3)).await;
    assert!(outcome.is_success(), "{outcome:#?} {told:#?}");
    let place = |wanted: &str| told.iter().position(|line| line == wanted).unwrap();
    assert!(place("ready statefulset/redis") < place("create deployment/web"));
}

#[tokio::test]
async fn planning_nothing_costs_one_list_per_kind_and_a_few_more() {
    let bench = Bench::new().await;
    let many = || {
        let configs = (0..50).map(|index| config(&format!("c{index}"), "a"));
        let services = (0..50).map(|index| service(&format!("s{index}")));
        shop([namespace()].into_iter().chain(configs).chain(services))
    };
    let (outcome, _) = bench.run(&many()).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    bench.sandbox.forget_requests();
    let plan = bench.plan(&many()).await.unwrap();
    assert!(plan.is_empty());
    let requests = bench.sandbox.requests();
    // The inventory, three kinds, mutating webhooks and policies.
    assert!(requests.len() <= 6, "{requests:#?}");
}

#[tokio::test]
async fn a_run_lists_and_watches_each_kind_once_and_discovers_nothing() {
    let bench = Bench::new().await;
    let webs = (0..4).map(|index| deployment(&format!("web-{index}"), "nginx:1.27"));
    let stores = [store("redis"), store("postgres")];
    let objects = shop([namespace()].into_iter().chain(stores).chain(webs));
    // Each of the deployments needs a store that is ready.
    let objects = (3..7).fold(objects, |objects, web| after(objects, 1 + web % 2, web));
    let plan = bench.plan(&objects).await.unwrap();
    bench.sandbox.forget_requests();
    let (outcome, _) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let requests = bench.sandbox.requests();
    assert_eq!(requests.discovery(), 0);
    for kind in [
        "deployments",
        "statefulsets",
        "pods",
        "replicasets",
        "events",
    ] {
        assert!(requests.count("list", kind) <= 1, "{kind}");
        assert!(requests.count("watch", kind) <= 1, "{kind}");
    }
    assert_eq!(requests.count("watch", "deployments"), 1);
    // Seven objects, the inventory before and after.
    assert_eq!(requests.writes(), 9, "{requests:#?}");
}

#[tokio::test]
async fn a_plan_without_changes_costs_as_many_requests_for_many_objects_as_for_few() {
    let requests = async |count: usize| {
        let bench = Bench::new().await;
        let many = || {
            let configs = (0..count).map(|index| config(&format!("c{index}"), "a"));
            shop([namespace()].into_iter().chain(configs))
        };
        let plan = bench.plan(&many()).await.unwrap();
        let (outcome, _) = bench.apply(&plan).await;
        assert!(outcome.is_success());
        bench.sandbox.forget_requests();
        assert!(bench.plan(&many()).await.unwrap().is_empty());
        bench.sandbox.requests().len()
    };
    assert_eq!(requests(200).await, requests(2).await);
}
