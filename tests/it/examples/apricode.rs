//! The network policies of the exchange.

use super::example::Example;
use infra_sdk::analysis::{Endpoint, Traffic, reachable};
use infra_sdk::object::{Object, Origin, Ref};

#[test]
fn network_policies_allow_what_is_needed_and_nothing_else() {
    let objects: Vec<Object> = Example::named("apricode-exchange")
        .objects(None, &[])
        .0
        .into_iter()
        .map(|value| Object::new(value, Origin::default()))
        .collect();
    let workload =
        |group: &str, kind: &str, name: &str| Endpoint::Workload(Ref::new(group, kind, name));
    let app = workload("apps", "Deployment", "apricode-app");
    let postgres = workload("apps", "StatefulSet", "postgres");
    let redis = workload("apps", "StatefulSet", "redis");
    let cleanup = workload("batch", "CronJob", "cleanup-sessions");
    let notify = workload("batch", "CronJob", "process-notifications");
    let dns = Endpoint::pods("kube-system", [("k8s-app", "kube-dns")]);
    let controller = Endpoint::pods(
        "ingress-nginx",
        [("app.kubernetes.io/name", "ingress-nginx")],
    );
    let stranger = Endpoint::pods("monitoring", [("app", "stranger")]);
    let neighbour = Endpoint::pods("apricode-exchange", [("app", "stranger")]);
    let outside = Endpoint::Address("93.184.216.34".parse().unwrap());
    let outside6 = Endpoint::Address("2606:2800:220:1::1".parse().unwrap());
    let metadata = Endpoint::Address("169.254.169.254".parse().unwrap());
    let private = Endpoint::Address("10.1.2.3".parse().unwrap());
    let tcp = Traffic::from;

    let allowed = [
        (&app, &postgres, tcp(5432)),
        (&app, &redis, tcp(6379)),
        (&app, &dns, Traffic::udp(53)),
        (&app, &dns, tcp(53)),
        (&app, &outside, tcp(443)),
        (&app, &outside6, tcp(443)),
        (&cleanup, &app, tcp(3000)),
        (&cleanup, &dns, Traffic::udp(53)),
        (&notify, &app, tcp(3000)),
        (&notify, &dns, Traffic::udp(53)),
        (&controller, &app, tcp(3000)),
    ];
    let denied = [
        (&app, &postgres, tcp(6379)),
        (&app, &outside, tcp(80)),
        (&app, &metadata, tcp(443)),
        (&app, &private, tcp(443)),
        (&app, &cleanup, tcp(3000)),
        (&cleanup, &postgres, tcp(5432)),
        (&cleanup, &redis, tcp(6379)),
        (&cleanup, &outside, tcp(443)),
        (&notify, &postgres, tcp(5432)),
        (&notify, &redis, tcp(6379)),
        (&controller, &postgres, tcp(5432)),
        (&controller, &redis, tcp(6379)),
        (&controller, &app, tcp(9229)),
        (&stranger, &app, tcp(3000)),
        (&stranger, &postgres, tcp(5432)),
        (&neighbour, &postgres, tcp(5432)),
        (&neighbour, &redis, tcp(6379)),
        (&neighbour, &app, tcp(3000)),
        (&neighbour, &outside, tcp(443)),
        (&postgres, &redis, tcp(6379)),
        (&redis, &postgres, tcp(5432)),
        (&postgres, &outside, tcp(443)),
        (&outside, &app, tcp(3000)),
    ];
    let expected = allowed
        .iter()
        .map(|one| (one, true))
        .chain(denied.iter().map(|one| (one, false)));
    for ((from, to, traffic), expected) in expected {
        let verdict = reachable(&objects, from, to, *traffic);
        assert_eq!(verdict.reachable, expected, "{}", verdict.reason);
    }
}
