//! The service account of a workload that names none: one of its own.
//!
//! It is named after the workload, and belongs to the name: workloads of different kinds that bear
//! one name share it, and the first of them brings it along. One that the environment describes
//! itself, or says to exist, is used instead.

use super::PodSettings;
use crate::environment::Graph;
use crate::object::{Object, Ref};
use crate::resource::{Convention, Meta};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// The account that a workload has for its own, unless it names one.
pub(crate) fn own(meta: &Meta, pod: &PodSettings) -> Option<Ref> {
    let name = match &pod.like {
        Some(like) => like.name.as_str(),
        None => meta.name.as_str(),
    };
    // Every namespace has that one already, for everybody.
    let wanted = meta.has(Convention::ServiceAccount) && name != "default";
    (wanted && pod.service_account.is_none()).then(|| {
        let account = Ref::new("", "ServiceAccount", name);
        match &meta.namespace {
            Some(namespace) => account.namespace(namespace.as_str()),
            None => account,
        }
    })
}

/// The account that it runs under, where it is not the namespace's `default`.
pub(super) fn of(meta: &Meta, pod: &PodSettings) -> Option<Ref> {
    match &pod.service_account {
        Some(account) => Some(account.reference().clone()),
        None => own(meta, pod),
    }
}

/// Whether somebody gives rights to it, so that it needs its token.
pub(super) fn has_rights(meta: &Meta, pod: &PodSettings, graph: &Graph, workload: &Ref) -> bool {
    let like = pod.like.as_ref().filter(|_| pod.service_account.is_none());
    graph.grants(workload)
        || like.is_some_and(|like| graph.grants(like))
        || of(meta, pod).is_some_and(|account| graph.grants(&account))
}

/// `serviceAccountName`.
pub(super) fn name(meta: &Meta, pod: &PodSettings, graph: &Graph) -> Option<String> {
    if let Some(account) = &pod.service_account {
        return Some(account.name().to_owned());
    }
    let own = own(meta, pod)?;
    graph.has_account(&own).then_some(own.name)
}

/// The account, where this is the workload that brings it along.
pub(crate) fn account(
    meta: &Meta,
    pod: &PodSettings,
    graph: &Graph,
    workload: &Ref,
) -> Option<Object> {
    let own = own(meta, pod)?;
    graph.brings_account(workload, &own).then(|| {
        let like = meta.object_meta(graph);
        meta.companion(&core::ServiceAccount {
            // Who shares it need not be labelled alike: only what follows from the name is there.
            metadata: ObjectMeta {
                name: Some(own.name),
                labels: crate::resource::meta::some(meta.standard_labels(graph)),
                annotations: None,
                ..like
            },
            automount_service_account_token: meta.has(Convention::NoToken).then_some(false),
            ..core::ServiceAccount::default()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::{Environment, Rendered};
    use crate::resource::pod::HasContainer;
    use crate::resource::testing::{lower, p};
    use crate::resource::{CronJob, Deployment, Described, Existing, Job, ServiceAccount};
    use serde_json::{Value, json};
    use std::sync::Arc;

    fn app() -> Deployment {
        Deployment::new(p("app")).image(p("app:1"))
    }

    /// The accounts that are made, and under which each workload runs.
    fn accounts(environment: Environment) -> (Vec<String>, Vec<(String, Value)>) {
        let Rendered { objects, .. } = environment.render().expect("right");
        let mut made = Vec::new();
        let mut used = Vec::new();
        for Object { id, value, .. } in &objects {
            if id.kind == "ServiceAccount" {
                made.push(id.to_string());
            } else if let Some(spec) = [
                "/spec/template/spec",
                "/spec/jobTemplate/spec/template/spec",
            ]
            .iter()
            .find_map(|path| value.pointer(path))
            {
                used.push((id.short(), spec["serviceAccountName"].clone()));
            }
        }
        (made, used)
    }

    #[test]
    fn an_account_of_its_own_without_a_token() {
        let objects = lower(&[&app().label(p("team"), p("web"))]);
        assert_eq!(
            objects[1],
            json!({
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": { "name": "app", "namespace": "shop", "labels": {
                    "app.kubernetes.io/instance": "shop",
                    "app.kubernetes.io/managed-by": "infra",
                    "app.kubernetes.io/name": "app",
                    "app.kubernetes.io/part-of": "shop",
                } },
                "automountServiceAccountToken": false,
            })
        );
        let spec = &objects[0]["spec"]["template"]["spec"];
        assert_eq!(spec["serviceAccountName"], "app");
        assert_eq!(spec["automountServiceAccountToken"], false);
        let with = app().without(Convention::NoToken);
        let objects = lower(&[&with]);
        assert!(objects[1].get("automountServiceAccountToken").is_none());
    }

    #[test]
    fn whose_account_a_workload_uses() {
        let shop = || Environment::new("shop");
        let clean = || CronJob::new(p("app"), p("0 2 * * *")).image(p("app:1"));
        let existing = Existing::new("service_account", p("app")).expect("a kind");
        let used = |who: &[(&str, &str)]| {
            let used = who.iter();
            let json = |account: &str| match account {
                "" => Value::Null,
                account => account.into(),
            };
            used.map(|(who, account)| ((*who).to_owned(), json(account)))
                .collect::<Vec<_>>()
        };
        let made = |made: &[&str]| made.iter().map(ToString::to_string).collect::<Vec<_>>();
        for (environment, expected_made, expected_used) in [
            (
                shop().add(app()).add(clean()),
                made(&["serviceaccount/app in shop"]),
                used(&[("deployment/app", "app"), ("cronjob/app", "app")]),
            ),
            (
                shop().add(app()).add(clean().namespace(p("default"))),
                made(&[
                    "serviceaccount/app in default",
                    "serviceaccount/app in shop",
                ]),
                used(&[("deployment/app", "app"), ("cronjob/app", "app")]),
            ),
            (
                shop()
                    .add(app())
                    .add(ServiceAccount::new(p("app")).namespace(p("shop"))),
                made(&["serviceaccount/app in shop"]),
                used(&[("deployment/app", "app")]),
            ),
            (
                shop().add(app()).add(existing),
                made(&[]),
                used(&[("deployment/app", "app")]),
            ),
            (
                shop().add(app().without(Convention::ServiceAccount)),
                made(&[]),
                used(&[("deployment/app", "")]),
            ),
            (
                shop().add(Deployment::new(p("default")).image(p("app:1"))),
                made(&[]),
                used(&[("deployment/default", "")]),
            ),
            (
                shop().add(Job::like(&app(), p("migrate"), p("app:2"))),
                made(&["serviceaccount/app in shop"]),
                used(&[("job/migrate", "app")]),
            ),
        ] {
            assert_eq!(accounts(environment), (expected_made, expected_used));
        }
    }

    #[test]
    fn what_runs_beside_an_environment_brings_no_account_along() {
        let job = Job::new(p("app-tool")).image(p("app:1"));
        let like = Job::like(&app(), p("migrate"), p("app:2"));
        let shop = Environment::new("shop").add(app());
        for (environment, job, account) in [
            (shop.clone(), job, Value::Null),
            (shop, like.clone(), "app".into()),
            (Environment::new("shop"), like, Value::Null),
        ] {
            let (before, _) = accounts(environment.clone());
            let (made, used) = accounts(environment.add_beside(Arc::new(job)));
            assert_eq!(made, before);
            let (_, of_job) = used
                .iter()
                .find(|(id, _)| id.starts_with("job/"))
                .expect("it");
            assert_eq!(*of_job, account);
        }
    }
}
