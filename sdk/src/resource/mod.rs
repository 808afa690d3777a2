//! What builders describe: resources, and how they become objects.
//!
//! Every builder is a value with owned-self setters. It implements [`Resource`]: who it is, what
//! others may know of it ([`Facts`]), whom it needs ([`Relation`]), and what it becomes
//! ([`Resource::lower`]). Defaults are applied in lowering, never in setters, so that "unset" stays
//! known; each has a name ([`Convention`]) and can be turned off.
//!
//! Setters that several builders share are written once, in traits: [`Described`] for all,
//! [`HasContainer`](pod::HasContainer) and [`Workload`](pod::Workload) for those with pods,
//! [`KeepsRunning`], [`Replicated`] and [`RunsToEnd`] for those whose pods do. The [`prelude`] has all.

#[macro_use]
mod meta;

#[macro_use]
mod custom;

#[macro_use]
mod link;

#[macro_use]
pub mod pod;

#[macro_use]
mod subjects;

mod alert;
mod api_server;
mod argo_application;
mod autoscaler;
mod backend;
mod certificate;
mod cluster_role;
mod cluster_role_binding;
mod config_map;
mod convention;
mod crd;
mod cron_job;
mod custom_resource;
mod daemon_set;
mod deployment;
mod destination_rule;
mod disruption_budget;
mod existing;
mod external_secret;
mod external_service;
mod gateway;
mod grant;
mod hash;
mod http_route;
mod ingress;
mod issuer;
mod job;
mod limit_range;
mod listener;
mod namespace;
mod network_policy;
mod nginx;
mod object;
mod patch;
mod peer;
mod peer_authentication;
mod persistent_volume;
mod pod_monitor;
mod priority_class;
mod prometheus_rule;
mod relation;
mod replicated;
mod resource_quota;
mod rights;
mod role;
mod role_binding;
mod route_rule;
mod running;
mod scaling;
mod scrape;
mod secret;
mod secret_store;
mod service;
mod service_account;
mod service_monitor;
mod stateful_set;
mod storage_class;
#[cfg(test)]
mod testing;
mod typed_secret;
mod velero_schedule;
mod virtual_service;
mod volume_claim;
mod words;

pub use alert::Alert;
pub use api_server::ApiServer;
pub use argo_application::ArgoApplication;
pub use autoscaler::Autoscaler;
pub use backend::Backend;
pub use certificate::Certificate;
pub use cluster_role::{ClusterRole, UserRole};
pub use cluster_role_binding::ClusterRoleBinding;
pub use config_map::ConfigMap;
pub use convention::Convention;
pub use crd::{Crd, CrdFileError};
pub use cron_job::{ConcurrencyPolicy, CronJob};
pub use custom::{Custom, CustomKind};
pub use custom_resource::CustomResource;
pub use daemon_set::DaemonSet;
pub use deployment::Deployment;
pub use destination_rule::{DestinationRule, MeshBalancer, MeshTls};
pub use disruption_budget::DisruptionBudget;
pub use existing::Existing;
pub use external_secret::ExternalSecret;
pub use external_service::ExternalService;
pub use gateway::{Gateway, GatewayLink};
pub(crate) use hash::short_hash;
pub use http_route::HttpRoute;
pub use ingress::Ingress;
pub use issuer::{ClusterIssuer, Issuer, Issues};
pub use job::{FailureAction, Job, JobSettings, RunsToEnd};
pub use limit_range::{LimitRange, Limits};
pub use link::Link;
pub use listener::{Listener, ListenerProtocol};
pub use meta::{Described, Meta};
pub use namespace::{Namespace, PodSecurity};
pub use network_policy::NetworkPolicy;
pub(crate) use network_policy::lower_peer;
pub use nginx::{BackendProtocol, NginxSettings, NginxSize};
pub use object::{ManifestError, RawObject};
pub(crate) use peer::PeerKind;
pub use peer::{Peer, PolicyRule};
pub use peer_authentication::{MtlsMode, PeerAuthentication};
pub use persistent_volume::{PersistentVolume, ReclaimPolicy, VolumeLink};
pub use pod_monitor::PodMonitor;
pub use priority_class::{PreemptionPolicy, PriorityClass, PriorityClassLink};
pub use prometheus_rule::PrometheusRule;
pub use relation::{
    Facts, OutsideFacts, PodFacts, PortFact, Relation, RelationKind, ServiceFacts, StorageFacts,
    Target, Variables,
};
pub use replicated::Replicated;
pub use resource_quota::{QuotaScope, ResourceQuota};
pub use rights::{GivesRights, RightTo, Rights};
pub use role::Role;
pub use role_binding::RoleBinding;
pub use route_rule::{HttpMethod, RedirectStatus, RouteRule};
pub use running::{KeepsRunning, RunningSettings};
pub use scaling::{MetricTarget, ScalingRules, SelectPolicy};
pub use scrape::{ScrapeSettings, Scraped};
pub use secret::Secret;
pub use secret_store::{ClusterSecretStore, SecretStore, SecretStores};
pub use service::{Service, ServicePort, ServiceType};
pub use service_account::ServiceAccount;
pub use service_monitor::ServiceMonitor;
pub use stateful_set::{ClaimRetention, StatefulSet};
pub use storage_class::{StorageClass, StorageClassLink, VolumeBindingMode};
pub use subjects::{BindsRole, Bound};
pub use velero_schedule::VeleroSchedule;
pub use virtual_service::VirtualService;
pub use volume_claim::{ClaimLink, VolumeClaim};
pub(crate) use words::{api_version_of, words_of};

use crate::analysis::Acceptance;
use crate::environment::{Graph, Problem};
use crate::object::{Decision, Object, Origin, Ref};
use crate::types::Share;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The traits that have the shared setters: `use infra_sdk::resource::prelude::*`.
pub mod prelude {
    pub use super::pod::{HasContainer, Mounting, Workload};
    pub use super::{
        BindsRole, CustomKind, Described, GivesRights, Issues, KeepsRunning, NginxSettings,
        Replicated, Resource, RunsToEnd, Scraped, SecretStores,
    };
}

/// Something that an environment can hold.
pub trait Resource: fmt::Debug + Send + Sync {
    /// The main object that it becomes: what relations point at.
    fn reference(&self) -> Ref;

    /// Where it was made and where its fields were set.
    fn origin(&self) -> &Origin;

    /// The same, to note where a field is set (the scripting layer does, at each setter).
    fn origin_mut(&mut self) -> &mut Origin;

    /// What lowering others may ask of it.
    fn facts(&self) -> Facts {
        Facts::default()
    }

    /// Whom it needs, and for what.
    fn relations(&self) -> Vec<Relation> {
        Vec::new()
    }

    /// The defaults of the product that were turned off (`without`).
    fn turned_off(&self) -> Vec<Convention> {
        Vec::new()
    }

    /// It without these defaults of the product; `None` where they are off already, or it has none.
    fn relieved(&self, _conventions: &BTreeSet<Convention>) -> Option<Arc<dyn Resource>> {
        None
    }

    /// What of the findings in its objects is accepted (`accept`).
    fn accepted(&self) -> Vec<Acceptance> {
        Vec::new()
    }

    /// What is decided about fields that others set too (`takes`, `yields`, `shares`).
    fn decisions(&self) -> &[Decision] {
        &[]
    }

    /// The definition of its kind, where it knows one that need not be in the environment.
    fn definition(&self) -> Option<&Value> {
        None
    }

    /// It at a share of its size: how many pods, how much of everything. `None` where it has no size,
    /// or keeps it.
    fn scaled(&self, _share: Share) -> Option<Arc<dyn Resource>> {
        None
    }

    /// Whether it stays as it is when its environment is scaled.
    fn keeps_size(&self) -> bool {
        false
    }

    /// What is wrong with it, seen with all others in place.
    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        Vec::new()
    }

    /// The objects that it becomes, defaults applied, the main one first.
    fn lower(&self, graph: &Graph) -> Vec<Object>;
}
