//! A stateful set: pods with names and volumes of their own.

use super::pod::{self, PodSettings, Template};
use super::replicated;
use super::running::{self, RunningSettings};
use super::{Facts, Meta, PodFacts, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{Amount, DnsLabel, Name, Share};
use k8s_openapi::api::apps::v1 as apps;

/// Pods with names and volumes of their own (`StatefulSet`).
///
/// Its `serviceName` is the headless service that was made from it, unless it names one itself.
///
/// ```
/// use infra_sdk::resource::pod::ClaimTemplate;
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::StatefulSet;
///
/// let data = ClaimTemplate::new("data".parse()?, "100Gi".parse()?)
///     .storage_class("fast-ssd".parse()?);
/// let db = StatefulSet::new("postgres".parse()?)
///     .image("postgres:17.2-alpine".parse()?)
///     .run_as_user(70)
///     .volume("/var/lib/postgresql/data".parse()?, data);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct StatefulSet {
    meta: Meta,
    pod: PodSettings,
    running: RunningSettings,
    replicas: Option<u16>,
    service_name: Option<DnsLabel>,
    parallel: bool,
    on_delete: bool,
    partition: Option<u16>,
    max_unavailable: Option<Amount>,
    first_ordinal: Option<u16>,
    when_deleted: Option<ClaimRetention>,
    when_scaled: Option<ClaimRetention>,
}

word_type! {
    /// What becomes of the claims that a stateful set made.
    ClaimRetention, "what becomes of claims" {
        /// They stay, with their data.
        Retain = "Retain",
        /// They go, with their data.
        Delete = "Delete",
    }
}

impl StatefulSet {
    /// A stateful set; it needs an image.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            pod: PodSettings::default(),
            running: RunningSettings::default(),
            replicas: None,
            service_name: None,
            parallel: false,
            on_delete: false,
            partition: None,
            max_unavailable: None,
            first_ordinal: None,
            when_deleted: None,
            when_scaled: None,
        }
    }

    /// The headless service that names its pods (`spec.serviceName`), which cannot change later.
    /// Default: the headless service that was made from it.
    pub fn service(mut self, name: DnsLabel) -> Self {
        self.service_name = Some(name);
        self
    }

    /// Its pods start and stop all at once (`podManagementPolicy: Parallel`), which cannot change
    /// later. Default: one after the other.
    pub fn parallel(mut self) -> Self {
        self.parallel = true;
        self
    }

    /// A pod is replaced only when somebody deletes it (`updateStrategy.type: OnDelete`). Default:
    /// one after the other, from the last.
    pub fn on_delete(mut self) -> Self {
        self.on_delete = true;
        self
    }

    /// Only pods from this ordinal on are replaced (`updateStrategy.rollingUpdate.partition`).
    /// Default: 0, all.
    pub fn partition(mut self, ordinal: u16) -> Self {
        self.partition = Some(ordinal);
        self
    }

    /// How many pods may be missing while they are replaced
    /// (`updateStrategy.rollingUpdate.maxUnavailable`). Default: 1.
    pub fn max_unavailable(mut self, amount: Amount) -> Self {
        self.max_unavailable = Some(amount);
        self
    }

    /// The number of the first pod (`ordinals.start`). Default: 0.
    pub fn first_ordinal(mut self, ordinal: u16) -> Self {
        self.first_ordinal = Some(ordinal);
        self
    }

    /// What becomes of its claims when it is deleted
    /// (`persistentVolumeClaimRetentionPolicy.whenDeleted`). Default: they stay.
    pub fn when_deleted(mut self, retention: ClaimRetention) -> Self {
        self.when_deleted = Some(retention);
        self
    }

    /// What becomes of the claims of pods that are too many
    /// (`persistentVolumeClaimRetentionPolicy.whenScaled`). Default: they stay.
    pub fn when_scaled(mut self, retention: ClaimRetention) -> Self {
        self.when_scaled = Some(retention);
        self
    }

    fn strategy(&self) -> Option<apps::StatefulSetUpdateStrategy> {
        if self.on_delete {
            return Some(apps::StatefulSetUpdateStrategy {
                rolling_update: None,
                type_: Some("OnDelete".to_owned()),
            });
        }
        let rolling = apps::RollingUpdateStatefulSetStrategy {
            max_unavailable: self.max_unavailable.map(Amount::int_or_string),
            partition: self.partition.map(Into::into),
        };
        super::meta::some(rolling).map(|rolling| apps::StatefulSetUpdateStrategy {
            rolling_update: Some(rolling),
            type_: Some("RollingUpdate".to_owned()),
        })
    }

    fn service_name(&self, graph: &Graph) -> Option<String> {
        if let Some(name) = &self.service_name {
            return Some(name.to_string());
        }
        let is_headless = |service: &&Ref| {
            graph
                .facts(service)
                .and_then(|facts| facts.service.as_ref())
                .is_some_and(|service| service.headless)
        };
        let services = graph.services_of(&self.reference());
        let service = services.into_iter().find(is_headless)?;
        Some(service.name.clone())
    }
}

workload!(StatefulSet: replicated);

impl StatefulSet {
    fn scale(&mut self, share: Share) {
        self.pod.scale(share);
        self.replicas = self.replicas.map(|count| share.of_count(count));
    }
}

impl Resource for StatefulSet {
    origin!();
    scaled!();

    fn reference(&self) -> Ref {
        self.meta.reference("apps", "StatefulSet")
    }

    fn facts(&self) -> Facts {
        PodFacts {
            replicas: self.replicas.map(Into::into),
            service_name: self.service_name.as_ref().map(ToString::to_string),
            ..pod::facts(&self.meta, &self.pod)
        }
        .into()
    }

    fn relations(&self) -> Vec<Relation> {
        pod::relations(&self.meta, &self.pod, self.reference())
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        running::check(self, "stateful set", graph, true)
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let reference = self.reference();
        let selector = pod::selector_of(&self.meta, &self.pod);
        let scale = replicated::scale(graph, &reference, self.replicas);
        let (template, claims) = Template {
            meta: &self.meta,
            pod: &self.pod,
            graph,
            workload: &reference,
            selector: &selector,
            spread: scale.many(),
            by_revision: false,
            restart_policy: None,
        }
        .lower();
        let word = |retention: Option<ClaimRetention>| retention.map(|word| word.to_string());
        let stateful_set = apps::StatefulSet {
            metadata: self.meta.object_meta(graph),
            spec: Some(apps::StatefulSetSpec {
                min_ready_seconds: self.running.min_ready(),
                ordinals: self.first_ordinal.map(|start| apps::StatefulSetOrdinals {
                    start: Some(start.into()),
                }),
                persistent_volume_claim_retention_policy: super::meta::some(
                    apps::StatefulSetPersistentVolumeClaimRetentionPolicy {
                        when_deleted: word(self.when_deleted),
                        when_scaled: word(self.when_scaled),
                    },
                ),
                pod_management_policy: self.parallel.then(|| "Parallel".to_owned()),
                replicas: scale.sent(),
                revision_history_limit: self.running.revision_history_limit(),
                selector: pod::match_labels(&selector),
                service_name: self.service_name(graph),
                template,
                update_strategy: self.strategy(),
                volume_claim_templates: super::meta::some(claims),
            }),
            status: None,
        };
        let mut objects = vec![self.meta.object(&stateful_set)];
        let budget = replicated::budget(&self.meta, graph, &reference, &selector, scale);
        objects.extend(budget);
        objects.extend(pod::account(&self.meta, &self.pod, graph, &reference));
        objects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::{ClaimTemplate, HasContainer, Mounting};
    use crate::resource::testing::{lower, p};
    use crate::resource::{Deployment, Described, Service};
    use serde_json::json;

    fn db() -> StatefulSet {
        let data = ClaimTemplate::new(p("data"), p("100Gi")).storage_class(p("fast-ssd"));
        StatefulSet::new(p("postgres"))
            .image(p("postgres:15-alpine"))
            .run_as_user(70)
            .labels([(p("app"), p("postgres"))])
            .port((p("postgres"), p("5432")))
            .volume(p("/var/lib/postgresql/data"), data)
    }

    #[test]
    fn a_store_with_its_claim_and_its_service() {
        let db = db();
        let service = Service::new(p("postgres-service"), &db).headless();
        let spec = &lower(&[&db, &service])[0]["spec"];
        assert_eq!(spec["serviceName"], "postgres-service");
        assert_eq!(
            spec["selector"],
            json!({ "matchLabels": { "app": "postgres" } })
        );
        assert_eq!(
            spec["volumeClaimTemplates"],
            json!([{
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": { "name": "data" },
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "resources": { "requests": { "storage": "100Gi" } },
                    "storageClassName": "fast-ssd",
                },
            }])
        );
        let pod = &spec["template"]["spec"];
        assert_eq!(
            pod["securityContext"],
            json!({
                "fsGroup": 70,
                "fsGroupChangePolicy": "OnRootMismatch",
                "runAsNonRoot": true,
                "runAsUser": 70,
                "seccompProfile": { "type": "RuntimeDefault" },
            })
        );
        assert_eq!(
            pod["containers"][0]["volumeMounts"],
            json!([{ "mountPath": "/var/lib/postgresql/data", "name": "data" }])
        );
        assert!(pod.get("volumes").is_none());
        let headless = &lower(&[&service, &db])[0]["spec"];
        assert_eq!(headless["clusterIP"], "None");
        assert_eq!(headless["selector"], json!({ "app": "postgres" }));
    }

    #[test]
    fn a_claim_that_lives_as_long_as_its_pod() {
        let scratch = ClaimTemplate::new(p("scratch"), p("1Gi"))
            .ephemeral()
            .read_only();
        let app = Deployment::new(p("app"))
            .image(p("app:1"))
            .volume(p("/scratch"), scratch);
        let pod = &lower(&[&app])[0]["spec"]["template"]["spec"];
        assert_eq!(
            pod["volumes"],
            json!([{
                "name": "scratch",
                "ephemeral": { "volumeClaimTemplate": { "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "resources": { "requests": { "storage": "1Gi" } },
                } } },
            }])
        );
        let mount = &pod["containers"][0]["volumeMounts"][0];
        assert_eq!(mount["readOnly"], true);
    }
}
