//! What a namespace holds its pods to, told before any of them is refused.

use super::problems;
use crate::environment::Environment;
use crate::resource::pod::{Container, ContainerPort, EmptyDir, HostPath, Nfs};
use crate::resource::{Deployment, LimitRange, Limits, Namespace, ResourceQuota, prelude::*};
use std::{fmt::Debug, str::FromStr};

fn p<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect(text)
}

fn app() -> Deployment {
    Deployment::new(p("app")).image(p("app:1"))
}

/// The words of each problem, without where it is.
fn words(environment: &Environment) -> Vec<String> {
    let problems = problems(environment).into_iter();
    problems
        .map(|problem| problem.split_once(": ").expect("a place").1.to_owned())
        .collect()
}

#[test]
fn pods_that_take_what_their_namespace_refuses() {
    let help = ", let it with `namespace(\"shop\").pod_security(\"privileged\")`, or run it in a namespace of its own";
    for (app, baseline, restricted) in [
        (app().volume(p("/tmp"), EmptyDir::new()), None, None),
        (
            app()
                .volume(p("/logs"), HostPath::new("/var/log"))
                .volume(p("/run"), HostPath::new("/var/run")),
            Some("mounts `/var/log`, `/var/run` of its node"),
            Some("mounts `/var/log`, `/var/run` of its node"),
        ),
        (
            app().volume(p("/files"), Nfs::new("files.example", "/")),
            None,
            Some("mounts volumes of the kind `nfs`"),
        ),
        (
            app().host_network(true),
            Some("uses the network of its node"),
            Some("uses the network of its node"),
        ),
        (
            app().init(Container::new(p("sysctl")).image(p("a:1")).privileged(true)),
            Some("has a container `sysctl` that is privileged"),
            Some("has a container `sysctl` that is privileged"),
        ),
        (
            app().port(ContainerPort::from(p::<crate::types::Port>("80")).host_port(p("80"))),
            Some("has a container `app` that opens a port of its node"),
            Some("has a container `app` that opens a port of its node"),
        ),
    ] {
        for (standard, expected) in [
            ("privileged", None),
            ("baseline", baseline),
            ("restricted", restricted),
        ] {
            let environment = Environment::new("shop")
                .add(Namespace::new(p("shop")).pod_security(p(standard)))
                .add(app.clone());
            let expected = expected.map(|words| {
                format!(
                    "`deployment/app` {words}, which the namespace `shop` refuses (pod security `{standard}`)"
                )
            });
            let told = words(&environment);
            assert_eq!(told.len(), expected.iter().len(), "{standard}: {told:?}");
            for (told, expected) in told.iter().zip(expected) {
                let (message, advice) = told.split_once(" | ").expect("what to do");
                assert_eq!(message, expected, "{standard}");
                assert!(advice.ends_with(help), "{advice}");
            }
        }
        // What a cluster holds its namespaces to by itself is not known here.
        let environment = Environment::new("shop").add(app);
        assert!(problems(&environment).is_empty());
    }
}

#[test]
fn pods_that_do_not_say_what_a_quota_asks_for() {
    let quota = |name: &str| ResourceQuota::new(p("team")).hard(p(name), p("10"));
    let range = |limits: Limits| LimitRange::new(p("defaults")).container(limits);
    let memory = || app().limits([("memory", p("1Gi"))]);
    let of = |quota: ResourceQuota, app: Deployment| Environment::new("shop").add(quota).add(app);
    let told = "a container of `deployment/app` has no `limits.memory`, which the quota `team` asks of all: its pods would be refused | say it with `.limits(#{ … })`, or for all with `limit_range(…)`";
    for (environment, expected) in [
        (of(quota("requests.cpu"), app()), None),
        (of(quota("pods"), app()), None),
        (of(quota("limits.ephemeral-storage"), app()), None),
        (of(quota("limits.memory"), app()), Some(told)),
        (of(quota("limits.memory"), memory()), None),
        (
            of(
                quota("limits.memory"),
                memory().init(Container::new(p("init")).image(p("a:1"))),
            ),
            Some(told),
        ),
        (
            of(quota("limits.memory"), app())
                .add(range(Limits::new().default_limit(p("memory"), p("1Gi")))),
            None,
        ),
        (
            of(quota("limits.memory"), app())
                .add(range(Limits::new().default_request(p("memory"), p("1Gi")))),
            Some(told),
        ),
        (
            of(quota("limits.memory").scope(p("BestEffort")), app()),
            None,
        ),
        (of(quota("limits.memory"), app()).existing_namespace(), None),
    ] {
        let expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(words(&environment), expected);
    }
}
