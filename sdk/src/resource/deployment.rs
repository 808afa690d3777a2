//! A deployment: pods that are all alike, replaced a few at a time.

use super::pod::{self, PodSettings, Template};
use super::replicated;
use super::running::{self, RunningSettings};
use super::{Convention, Facts, Meta, PodFacts, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{Amount, Name, Seconds, Share};
use k8s_openapi::api::apps::v1 as apps;

/// Pods that are all alike, replaced a few at a time (`Deployment`).
///
/// ```
/// use infra_sdk::resource::pod::Probe;
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::Deployment;
///
/// let app = Deployment::new("app".parse()?)
///     .image("registry.example/app:1.4.2".parse()?)
///     .port(("http".parse()?, "3000".parse()?))
///     .request("cpu", "500m".parse()?)
///     .readiness_probe(Probe::http_get("/ready", "http".parse()?))
///     .replicas(3);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Deployment {
    meta: Meta,
    pod: PodSettings,
    running: RunningSettings,
    replicas: Option<u16>,
    max_surge: Option<Amount>,
    max_unavailable: Option<Amount>,
    recreate: bool,
    progress_deadline: Option<Seconds>,
    paused: bool,
}

impl Deployment {
    /// A deployment; it needs an image.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            pod: PodSettings::default(),
            running: RunningSettings::default(),
            replicas: None,
            max_surge: None,
            max_unavailable: None,
            recreate: false,
            progress_deadline: None,
            paused: false,
        }
    }

    /// How many pods more there may be while they are replaced
    /// (`strategy.rollingUpdate.maxSurge`). Default: 25%.
    pub fn max_surge(mut self, amount: Amount) -> Self {
        self.max_surge = Some(amount);
        self
    }

    /// How many pods may be missing while they are replaced
    /// (`strategy.rollingUpdate.maxUnavailable`). Default: 0 for more than one replica.
    pub fn max_unavailable(mut self, amount: Amount) -> Self {
        self.max_unavailable = Some(amount);
        self
    }

    /// All pods go before the first new one comes (`strategy.type: Recreate`): for what cannot run
    /// twice. Default: a few at a time.
    pub fn recreate(mut self) -> Self {
        self.recreate = true;
        self
    }

    /// After how long without progress a rollout has failed (`progressDeadlineSeconds`). Default:
    /// 10m.
    pub fn progress_deadline(mut self, time: Seconds) -> Self {
        self.progress_deadline = Some(time);
        self
    }

    /// Changes are not rolled out (`paused`). Default: they are.
    pub fn paused(mut self, yes: bool) -> Self {
        self.paused = yes;
        self
    }

    fn strategy(&self, many: bool) -> Option<apps::DeploymentStrategy> {
        if self.recreate {
            return Some(apps::DeploymentStrategy {
                rolling_update: None,
                type_: Some("Recreate".to_owned()),
            });
        }
        let gentle = many && self.meta.has(Convention::ZeroDowntime);
        // At least one of the two must let the rollout move.
        let gentle = gentle && self.max_surge.is_none_or(|surge| !surge.is_zero());
        let max_unavailable = self.max_unavailable.or(gentle.then_some(Amount::Count(0)));
        let rolling = apps::RollingUpdateDeployment {
            max_surge: self.max_surge.map(Amount::int_or_string),
            max_unavailable: max_unavailable.map(Amount::int_or_string),
        };
        (rolling != apps::RollingUpdateDeployment::default()).then(|| apps::DeploymentStrategy {
            rolling_update: Some(rolling),
            type_: Some("RollingUpdate".to_owned()),
        })
    }
}

workload!(Deployment: replicated);

impl Deployment {
    fn scale(&mut self, share: Share) {
        self.pod.scale(share);
        self.replicas = self.replicas.map(|count| share.of_count(count));
    }
}

impl Resource for Deployment {
    origin!();
    scaled!();

    fn reference(&self) -> Ref {
        self.meta.reference("apps", "Deployment")
    }

    fn facts(&self) -> Facts {
        PodFacts {
            replicas: self.replicas.map(Into::into),
            ..pod::facts(&self.meta, &self.pod)
        }
        .into()
    }

    fn relations(&self) -> Vec<Relation> {
        pod::relations(&self.meta, &self.pod, self.reference())
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = running::check(self, "deployment", graph, false);
        let stuck = self.max_surge.is_some_and(Amount::is_zero)
            && self.max_unavailable.is_some_and(Amount::is_zero);
        if stuck && !self.recreate {
            problems.push(Problem {
                message: format!(
                    "deployment `{}` could never be rolled out: it may have neither a pod more nor a pod less",
                    self.meta.name
                ),
                at: self.meta.origin.of_field("rollingUpdate.maxSurge").cloned(),
                help: Some("let `max_surge` or `max_unavailable` be more than 0".to_owned()),
            });
        }
        problems
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let reference = self.reference();
        let selector = pod::selector_of(&self.meta, &self.pod);
        let scale = replicated::scale(graph, &reference, self.replicas);
        let (template, _) = Template {
            meta: &self.meta,
            pod: &self.pod,
            graph,
            workload: &reference,
            selector: &selector,
            spread: scale.many(),
            by_revision: true,
            restart_policy: None,
        }
        .lower();
        let deployment = apps::Deployment {
            metadata: self.meta.object_meta(graph),
            spec: Some(apps::DeploymentSpec {
                min_ready_seconds: self.running.min_ready(),
                paused: self.paused.then_some(true),
                progress_deadline_seconds: self.progress_deadline.map(Seconds::get),
                replicas: scale.sent(),
                revision_history_limit: self.running.revision_history_limit(),
                selector: pod::match_labels(&selector),
                strategy: self.strategy(scale.many()),
                template,
            }),
            status: None,
        };
        let mut objects = vec![self.meta.object(&deployment)];
        objects.extend(replicated::budget(
            &self.meta, graph, &reference, &selector, scale,
        ));
        objects.extend(pod::account(&self.meta, &self.pod, graph, &reference));
        objects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Replicated as _;
    use crate::resource::pod::{HasContainer, Probe, Workload};
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{ConfigMap, Described, Secret, Service};
    use serde_json::json;

    fn app() -> Deployment {
        Deployment::new(p("app")).image(p("registry.example/app:1.4.2"))
    }

    #[test]
    fn a_small_deployment_with_all_defaults() {
        let labels = json!({
            "app.kubernetes.io/instance": "shop",
            "app.kubernetes.io/managed-by": "infra",
            "app.kubernetes.io/name": "app",
            "app.kubernetes.io/part-of": "shop",
        });
        assert_eq!(
            lower(&[&app()])[0],
            json!({
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": { "name": "app", "namespace": "shop", "labels": labels },
                "spec": {
                    "selector": { "matchLabels": { "app.kubernetes.io/name": "app" } },
                    "template": {
                        "metadata": { "labels": labels },
                        "spec": {
                            "automountServiceAccountToken": false,
                            "containers": [{
                                "name": "app",
                                "image": "registry.example/app:1.4.2",
                                "resources": { "requests": { "cpu": "100m", "memory": "128Mi" } },
                                "securityContext": {
                                    "allowPrivilegeEscalation": false,
                                    "capabilities": { "drop": ["ALL"] },
                                },
                            }],
                            "securityContext": {
                                "runAsNonRoot": true,
                                "seccompProfile": { "type": "RuntimeDefault" },
                            },
                            "serviceAccountName": "app",
                        },
                    },
                },
            })
        );
    }

    #[test]
    fn every_default_can_be_turned_off() {
        let bare = Convention::ALL
            .iter()
            .fold(app().replicas(3), |app, convention| {
                app.without(*convention)
            });
        assert_eq!(
            lower(&[&bare]),
            [json!({
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": { "name": "app", "namespace": "shop" },
                "spec": {
                    "replicas": 3,
                    "selector": { "matchLabels": { "app": "app" } },
                    "template": {
                        "metadata": { "labels": { "app": "app" } },
                        "spec": {
                            "containers": [{ "name": "app", "image": "registry.example/app:1.4.2" }],
                        },
                    },
                },
            })]
        );
    }

    #[test]
    fn several_replicas_are_spread_guarded_and_replaced_gently() {
        let objects = lower(&[&app().replicas(3).labels([(p("app"), p("web"))])]);
        let spec = &objects[0]["spec"];
        assert_eq!(spec["selector"], json!({ "matchLabels": { "app": "web" } }));
        assert_eq!(
            spec["strategy"],
            json!({ "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": 0 } })
        );
        let spread = &spec["template"]["spec"]["topologySpreadConstraints"];
        assert_eq!(
            spread[0],
            json!({
                "labelSelector": { "matchLabels": { "app": "web" } },
                "matchLabelKeys": ["pod-template-hash"],
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
            })
        );
        assert_eq!(spread[1]["topologyKey"], "topology.kubernetes.io/zone");
        assert_eq!(objects[1]["kind"], "PodDisruptionBudget");
        assert_eq!(
            objects[1]["spec"],
            json!({
                "maxUnavailable": 1,
                "selector": { "matchLabels": { "app": "web" } },
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
            })
        );
    }

    #[test]
    fn what_a_container_takes_from_others() {
        let config = ConfigMap::new(p("settings")).value(p("A"), "1");
        let secret = Secret::new(p("keys")).value(p("B"), "2");
        let app = app()
            .env(p("A"), config.key(p("A")))
            .env(p("B"), secret.key(p("B")).optional())
            .env(p("C"), "text")
            .env_from(&config)
            .env_from(secret.prefixed("S_"))
            .env_from(config.variables().optional())
            .volume(p("/etc/app"), &config)
            .volume(p("/etc/keys"), secret.files().mode(p("0400")));
        let container = &lower(&[&app, &config, &secret])[0]["spec"]["template"]["spec"];
        assert_eq!(
            container["containers"][0]["env"],
            json!([
                { "name": "A", "valueFrom": { "configMapKeyRef": { "name": "settings", "key": "A" } } },
                { "name": "B", "valueFrom": { "secretKeyRef": { "name": "keys", "key": "B", "optional": true } } },
                { "name": "C", "value": "text" },
            ])
        );
        assert_eq!(
            container["containers"][0]["envFrom"],
            json!([
                { "configMapRef": { "name": "settings" } },
                { "prefix": "S_", "secretRef": { "name": "keys" } },
                { "configMapRef": { "name": "settings", "optional": true } },
            ])
        );
        assert_eq!(
            container["volumes"],
            json!([
                { "name": "settings", "configMap": { "name": "settings" } },
                { "name": "keys", "secret": { "secretName": "keys", "defaultMode": 256 } },
            ])
        );
        let relations = app.relations();
        assert_eq!(relations.len(), 5, "{relations:?}");
    }

    #[test]
    fn a_service_serves_the_ports_of_its_workload() {
        let app = app()
            .port((p("http"), p("3000")))
            .port(p::<crate::types::Port>("9000"));
        let service = Service::new(p("web"), &app);
        assert_eq!(
            lower(&[&service, &app])[0]["spec"],
            json!({
                "type": "ClusterIP",
                "selector": { "app.kubernetes.io/name": "app" },
                "ports": [
                    { "name": "http", "port": 3000, "protocol": "TCP", "targetPort": "http" },
                    { "name": "tcp-9000", "port": 9000, "protocol": "TCP", "targetPort": 9000 },
                ],
            })
        );
        assert!(problems(&[&service, &app]).is_empty());
    }

    #[test]
    fn what_is_wrong() {
        let probe = Probe::http_get("/", p("https"));
        for (app, expected) in [
            (Deployment::new(p("app")), "deployment `app` has no image"),
            (
                app().port((p("http"), p("80"))).liveness_probe(probe),
                "the liveness probe of container `app` of deployment `app` asks port `https`, which the container does not have",
            ),
            (
                app().request("cpu", p("2")).limit("cpu", p("500m")),
                "container `app` of deployment `app` requests 2 cpu, more than its limit of 500m",
            ),
            (
                app().max_surge(p("0")).max_unavailable(p("0%")),
                "deployment `app` could never be rolled out: it may have neither a pod more nor a pod less",
            ),
            (
                app().label(p("app"), p("a")).selector([(p("app"), p("b"))]),
                "deployment `app` selects pods with `app: b`, and labels its own `app: a`",
            ),
        ] {
            assert_eq!(problems(&[&app]), [expected]);
        }
    }
}
