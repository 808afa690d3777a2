//! A daemon set: a pod on every node.

use super::pod::{self, PodSettings, Template, Toleration, Workload};
use super::running::{self, RunningSettings};
use super::{Facts, Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{Amount, Name, Share};
use k8s_openapi::api::apps::v1 as apps;

/// A pod on every node, or on those that its node selector and affinity name (`DaemonSet`).
///
/// ```
/// use infra_sdk::resource::pod::HostPath;
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::DaemonSet;
///
/// let agent = DaemonSet::new("agent".parse()?)
///     .image("registry.example/agent:1.9".parse()?)
///     .volume("/host/log".parse()?, HostPath::new("/var/log").read_only())
///     .on_every_node();
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct DaemonSet {
    meta: Meta,
    pod: PodSettings,
    running: RunningSettings,
    max_surge: Option<Amount>,
    max_unavailable: Option<Amount>,
    on_delete: bool,
}

impl DaemonSet {
    /// A daemon set; it needs an image.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            pod: PodSettings::default(),
            running: RunningSettings::default(),
            max_surge: None,
            max_unavailable: None,
            on_delete: false,
        }
    }

    /// Also on nodes whose taints keep other pods away, such as those of the control plane
    /// (`tolerations[]`: every taint). Default: only on nodes that any pod may run on.
    pub fn on_every_node(self) -> Self {
        self.toleration(Toleration::all())
    }

    /// On how many nodes the new pod may come before the old one goes
    /// (`updateStrategy.rollingUpdate.maxSurge`): no node is without one. Default: 0, the old one
    /// goes first.
    pub fn max_surge(mut self, amount: Amount) -> Self {
        self.max_surge = Some(amount);
        self
    }

    /// On how many nodes the pod may be missing while it is replaced
    /// (`updateStrategy.rollingUpdate.maxUnavailable`). Default: 1; 0 with a surge.
    pub fn max_unavailable(mut self, amount: Amount) -> Self {
        self.max_unavailable = Some(amount);
        self
    }

    /// A pod is replaced only when somebody deletes it (`updateStrategy.type: OnDelete`). Default:
    /// node after node.
    pub fn on_delete(mut self) -> Self {
        self.on_delete = true;
        self
    }

    fn surges(&self) -> bool {
        self.max_surge.is_some_and(|surge| !surge.is_zero())
    }

    fn strategy(&self) -> Option<apps::DaemonSetUpdateStrategy> {
        if self.on_delete {
            return Some(apps::DaemonSetUpdateStrategy {
                rolling_update: None,
                type_: Some("OnDelete".to_owned()),
            });
        }
        // Kubernetes takes either of the two, and 1 for the one that is not there.
        let implied = self.surges().then_some(Amount::Count(0));
        let rolling = apps::RollingUpdateDaemonSet {
            max_surge: self.max_surge.map(Amount::int_or_string),
            max_unavailable: self.max_unavailable.or(implied).map(Amount::int_or_string),
        };
        super::meta::some(rolling).map(|rolling| apps::DaemonSetUpdateStrategy {
            rolling_update: Some(rolling),
            type_: Some("RollingUpdate".to_owned()),
        })
    }

    /// What is wrong with how its pods are replaced.
    fn rollout(&self) -> Option<Problem> {
        let what = format!("daemon set `{}`", self.meta.name);
        let (message, field, help) = if self.surges()
            && self.max_unavailable.is_some_and(|amount| !amount.is_zero())
        {
            (
                format!("{what} may have either a pod more or a pod less on a node, not both"),
                "rollingUpdate.maxUnavailable",
                "take `max_surge` or `max_unavailable` away".to_owned(),
            )
        } else if !self.surges() && self.max_unavailable.is_some_and(Amount::is_zero) {
            (
                format!("{what} could never be rolled out: its pods may be neither more nor fewer"),
                "rollingUpdate.maxUnavailable",
                "let `max_unavailable` or `max_surge` be more than 0".to_owned(),
            )
        } else if let Some(port) = self.pod.host_port().filter(|_| self.surges()) {
            (
                format!(
                    "{what} takes port {port} of its node: the new pod could not come before the old one goes"
                ),
                "rollingUpdate.maxSurge",
                "take `max_surge` away".to_owned(),
            )
        } else {
            return None;
        };
        Some(Problem {
            message,
            at: self.meta.origin.of_field(field).cloned(),
            help: Some(help),
        })
    }
}

workload!(DaemonSet: keeps_running);

impl DaemonSet {
    fn scale(&mut self, share: Share) {
        self.pod.scale(share);
    }
}

impl Resource for DaemonSet {
    origin!();
    scaled!();

    fn reference(&self) -> Ref {
        self.meta.reference("apps", "DaemonSet")
    }

    fn facts(&self) -> Facts {
        pod::facts(&self.meta, &self.pod).into()
    }

    fn relations(&self) -> Vec<Relation> {
        pod::relations(&self.meta, &self.pod, self.reference())
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = running::check(self, "daemon set", graph, false);
        problems.extend(self.rollout().filter(|_| !self.on_delete));
        problems
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let reference = self.reference();
        let selector = pod::selector_of(&self.meta, &self.pod);
        let (template, _) = Template {
            meta: &self.meta,
            pod: &self.pod,
            graph,
            workload: &reference,
            selector: &selector,
            spread: false,
            by_revision: false,
            restart_policy: None,
        }
        .lower();
        let daemon_set = apps::DaemonSet {
            metadata: self.meta.object_meta(graph),
            spec: Some(apps::DaemonSetSpec {
                min_ready_seconds: self.running.min_ready(),
                revision_history_limit: self.running.revision_history_limit(),
                selector: pod::match_labels(&selector),
                template,
                update_strategy: self.strategy(),
            }),
            status: None,
        };
        let mut objects = vec![self.meta.object(&daemon_set)];
        objects.extend(pod::account(&self.meta, &self.pod, graph, &reference));
        objects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::{ContainerPort, HasContainer, HostPath, HostPathType, Mounting};
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{Convention, Deployment, Described, Service};
    use serde_json::{Value, json};

    fn agent() -> DaemonSet {
        DaemonSet::new(p("agent")).image(p("agent:1.9"))
    }

    #[test]
    fn docker_in_docker() {
        let docker = DaemonSet::new(p("docker"))
            .image(p("docker:27.3-dind"))
            .privileged(true)
            .port((p("docker"), p("2375")))
            .requests([("cpu", p("2000m")), ("memory", p("4Gi"))])
            .limits([("cpu", p("8000m")), ("memory", p("16Gi"))])
            .volume(
                p("/var/lib/docker"),
                HostPath::new("/var/lib/vibebox").kind(HostPathType::DirectoryOrCreate),
            );
        let objects = lower(&[&docker]);
        let kinds: Vec<&Value> = objects.iter().map(|object| &object["kind"]).collect();
        assert_eq!(kinds, ["DaemonSet", "ServiceAccount"]);
        let spec = &objects[0]["spec"];
        assert_eq!(
            spec["selector"],
            json!({ "matchLabels": { "app.kubernetes.io/name": "docker" } })
        );
        assert!(spec.get("updateStrategy").is_none());
        let pod = &spec["template"]["spec"];
        // Who may do all that root may need not be another.
        assert_eq!(
            pod["securityContext"],
            json!({ "seccompProfile": { "type": "RuntimeDefault" } })
        );
        assert_eq!(
            pod["containers"][0]["securityContext"],
            json!({ "privileged": true })
        );
        assert_eq!(
            pod["volumes"],
            json!([{
                "name": "var-lib-docker",
                "hostPath": { "path": "/var/lib/vibebox", "type": "DirectoryOrCreate" },
            }])
        );
        let service = Service::new(p("docker"), &docker);
        let web = Deployment::new(p("api"))
            .image(p("api:1"))
            .connects_to(&docker);
        assert_eq!(
            lower(&[&service, &docker, &web])[0]["spec"]["ports"],
            json!([{ "name": "docker", "port": 2375, "protocol": "TCP", "targetPort": "docker" }])
        );
    }

    #[test]
    fn on_the_nodes_own_network_names_of_the_cluster_are_still_found() {
        for (agent, policy) in [
            (agent(), Value::Null),
            (agent().host_network(true), "ClusterFirstWithHostNet".into()),
            (
                agent().host_network(true).dns_policy(p("Default")),
                "Default".into(),
            ),
            (
                agent()
                    .host_network(true)
                    .without(Convention::HostNetworkDns),
                Value::Null,
            ),
        ] {
            let pod = &lower(&[&agent])[0]["spec"]["template"]["spec"];
            assert_eq!(pod["dnsPolicy"], policy);
        }
    }

    #[test]
    fn everything_of_the_node() {
        let agent = agent()
            .on_every_node()
            .host_network(true)
            .host_pid(true)
            .host_ipc(true)
            .volume(
                p("/host"),
                HostPath::new("/")
                    .read_only()
                    .mount_propagation(p("HostToContainer")),
            )
            .port(ContainerPort::named(p("metrics"), p("9100")).host_port(p("9100")));
        let pod = &lower(&[&agent])[0]["spec"]["template"]["spec"];
        assert_eq!(pod["tolerations"], json!([{ "operator": "Exists" }]));
        for field in ["hostNetwork", "hostPID", "hostIPC"] {
            assert_eq!(pod[field], true, "{field}");
        }
        let container = &pod["containers"][0];
        assert_eq!(container["ports"][0]["hostPort"], 9100);
        assert_eq!(
            container["volumeMounts"],
            json!([{
                "mountPath": "/host", "name": "host", "readOnly": true,
                "mountPropagation": "HostToContainer",
            }])
        );
    }

    #[test]
    fn how_pods_are_replaced() {
        for (agent, expected) in [
            (agent(), Value::Null),
            (
                agent().max_unavailable(p("25%")),
                json!({ "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": "25%" } }),
            ),
            (
                agent().max_surge(p("1")),
                json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 } }),
            ),
            (agent().on_delete(), json!({ "type": "OnDelete" })),
        ] {
            assert_eq!(lower(&[&agent])[0]["spec"]["updateStrategy"], expected);
        }
    }

    #[test]
    fn what_is_wrong() {
        for (agent, expected) in [
            (
                agent().max_surge(p("1")).max_unavailable(p("1")),
                "daemon set `agent` may have either a pod more or a pod less on a node, not both",
            ),
            (
                agent().max_unavailable(p("0")),
                "daemon set `agent` could never be rolled out: its pods may be neither more nor fewer",
            ),
            (
                agent()
                    .max_surge(p("1"))
                    .host_network(true)
                    .port(p::<crate::types::Port>("9100")),
                "daemon set `agent` takes port 9100 of its node: the new pod could not come before the old one goes",
            ),
        ] {
            assert_eq!(problems(&[&agent]), [expected]);
        }
    }
}
