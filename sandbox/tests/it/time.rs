//! The virtual clock: it runs while clients wait, and only then.

use crate::common::{client, config_map};
use infra_sandbox::Sandbox;
use kube::api::{Api, PostParams};
use std::time::Duration;

#[tokio::test]
async fn a_sleeper_is_woken_at_once_in_virtual_time() {
    let sandbox = Sandbox::new();
    let clock = sandbox.clock();
    clock.sleep(Duration::from_hours(1)).await;
    assert_eq!(clock.now(), Duration::from_hours(1));
}

#[tokio::test]
async fn sleepers_wake_in_the_order_of_their_dates() {
    let clock = Sandbox::new().clock();
    let order = std::sync::Mutex::new(Vec::new());
    let sleep = |seconds: u64| {
        let (clock, order) = (clock.clone(), &order);
        async move {
            clock.sleep(Duration::from_secs(seconds)).await;
            order.lock().unwrap().push((seconds, clock.now().as_secs()));
        }
    };
    futures::future::join3(sleep(30), sleep(10), sleep(20)).await;
    assert_eq!(*order.lock().unwrap(), [(10, 10), (20, 20), (30, 30)]);
}

#[tokio::test]
async fn time_stands_still_while_a_client_works() {
    let (sandbox, client) = client();
    let maps: Api<k8s_openapi::api::core::v1::ConfigMap> = Api::default_namespaced(client);
    let clock = sandbox.clock();
    let worker = async {
        for at in 0..100 {
            let map = config_map(&format!("m{at}"), "1");
            maps.create(&PostParams::default(), &map).await.unwrap();
        }
        clock.now()
    };
    let (at_the_end, ()) = futures::join!(worker, clock.sleep(Duration::from_secs(1)));
    assert_eq!(at_the_end, Duration::ZERO);
}

#[tokio::test]
async fn held_time_does_not_run() {
    let clock = Sandbox::new().clock();
    let sleep = clock.sleep(Duration::from_secs(5));
    let hold = clock.hold();
    let worker = async {
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        let now = clock.now();
        drop(hold);
        now
    };
    let (now, ()) = futures::join!(worker, sleep);
    assert_eq!((now, clock.now()), (Duration::ZERO, Duration::from_secs(5)));
}

#[tokio::test]
async fn advancing_needs_nobody_who_waits() {
    let clock = Sandbox::new().clock();
    let start = clock.timestamp();
    clock.advance(Duration::from_secs(90));
    assert_eq!(clock.timestamp().duration_since(start).as_secs(), 90);
}

#[tokio::test]
async fn a_stream_that_nobody_reads_does_not_stop_time() {
    use kube::api::WatchParams;
    let (sandbox, client) = client();
    let maps: Api<k8s_openapi::api::core::v1::ConfigMap> = Api::default_namespaced(client);
    let unread = maps
        .watch(&WatchParams::default().timeout(10), "0")
        .await
        .unwrap();
    sandbox.clock().sleep(Duration::from_secs(100)).await;
    assert_eq!(sandbox.clock().now(), Duration::from_secs(100));
    drop(unread);
}

#[tokio::test]
async fn time_stands_still_when_nobody_waits() {
    let (sandbox, _client) = client();
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(sandbox.clock().now(), Duration::ZERO);
}
