//! An environment: a named, complete desired state, and how it becomes objects.

mod allowed;
mod check;
mod checksum;
mod definitions;
mod edges;
mod graph;
mod index;
mod limits;
mod lower;
mod order;
mod platform;
mod pods;
mod policy;
mod problem;
mod refs;
mod render;
mod scale;
mod scope;
mod selector;
#[cfg(test)]
mod tests;
mod together;
mod view;

pub use check::suggest::existing_word;
pub(crate) use check::suggest::{listed, suggest};
pub(crate) use check::target_port;
pub(crate) use definitions::Definitions;
pub(crate) use edges::behind;
pub use graph::{Edge, EdgeKind, Graph, Scale};
pub(crate) use index::{key as index_key, namespace};
pub(crate) use limits::makes_claim;
pub use platform::Platform;
pub(crate) use pods::{Pods, Port};
pub use problem::{Problem, Problems};
pub use refs::missing;
pub(crate) use refs::{Reference, backends, items};
pub(crate) use render::inspect;
pub(crate) use selector::Selector;
pub use together::together;
pub(crate) use view::View;

use crate::analysis::{Acceptance, CheckId};
use crate::object::{Location, Object, Ref};
use crate::resource::{Convention, Peer, Resource};
use crate::types::{PortRef, Reason, Share};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A named, complete desired state: the unit of plan, apply, prune, history and lock.
///
/// Its default namespace bears its name and is made by it, unless it says otherwise.
#[derive(Clone, Debug)]
#[must_use]
pub struct Environment {
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
    pub(crate) namespace_exists: bool,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) deny_by_default: bool,
    pub(crate) ingress_namespace: String,
    pub(crate) allowed: Vec<allowed::Allowed>,
    pub(crate) monitoring_namespace: String,
    pub(crate) gateway_namespace: Option<String>,
    pub(crate) accepted: Vec<Acceptance>,
    pub(crate) resources: Vec<Arc<dyn Resource>>,
    pub(crate) shares: Vec<Share>,
    /// Defaults that are off for every resource.
    pub(crate) without: BTreeSet<Convention>,
    pub(crate) beside: Option<Ref>,
    pub(crate) made: Option<Location>,
}

/// An environment as objects: what the engine works with.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The environment's name.
    pub name: String,
    /// Its default namespace, where inventory and lock live.
    pub namespace: String,
    /// What was made of its size (`.scaled("20%")`), in words.
    pub scaled: Option<String>,
    /// The objects, in a stable order: namespaces first, then by reference graph, kind and name.
    pub objects: Vec<Object>,
    /// What must come before what, by index into `objects`.
    pub edges: Vec<Edge>,
    /// Things outside the environment that it refers to and that must be there
    /// (`existing(kind, name)`), with where they were named.
    pub existing: Vec<(Ref, Option<Location>)>,
}

impl Rendered {
    /// The same environment without anything in it: what destroying it applies.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self {
            name: self.name.clone(),
            namespace: self.namespace.clone(),
            scaled: None,
            objects: Vec::new(),
            edges: Vec::new(),
            existing: Vec::new(),
        }
    }
}

impl Environment {
    /// An environment without resources.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Self {
        let caller = crate::object::Origin::caller();
        Self {
            name: name.into(),
            namespace: None,
            namespace_exists: false,
            labels: BTreeMap::new(),
            deny_by_default: false,
            ingress_namespace: "ingress-nginx".to_owned(),
            allowed: Vec::new(),
            monitoring_namespace: "monitoring".to_owned(),
            gateway_namespace: None,
            accepted: Vec::new(),
            resources: Vec::new(),
            shares: Vec::new(),
            without: BTreeSet::new(),
            beside: None,
            made: caller.made,
        }
    }

    /// Where the environment was made, when that is not the caller of [`Self::new`].
    pub fn made_at(mut self, location: Location) -> Self {
        self.made = Some(location);
        self
    }

    /// Where the environment was made, where that was said.
    pub fn location(&self) -> Option<&Location> {
        self.made.as_ref()
    }

    /// The default namespace: where objects are that say no other. Default: the environment's name.
    pub fn namespace(mut self, name: impl Into<String>) -> Self {
        self.namespace = Some(name.into());
        self
    }

    /// The default namespace is there already: it is neither made nor pruned.
    pub fn existing_namespace(mut self) -> Self {
        self.namespace_exists = true;
        self
    }

    /// A label (`metadata.labels`) of every object that does not set it itself.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    /// Labels of every object that does not set them itself.
    pub fn labels<K: Into<String>, V: Into<String>>(
        mut self,
        labels: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.labels.extend(
            labels
                .into_iter()
                .map(|(key, value)| (key.into(), value.into())),
        );
        self
    }

    /// Adds a resource.
    #[allow(clippy::should_implement_trait)] // It takes any resource, and is no sum.
    pub fn add(self, resource: impl Resource + 'static) -> Self {
        self.add_shared(Arc::new(resource))
    }

    /// Adds a resource that is shared already.
    pub fn add_shared(mut self, resource: Arc<dyn Resource>) -> Self {
        let resource = match resource.relieved(&self.without) {
            Some(relieved) => relieved,
            None => resource,
        };
        self.resources.push(resource);
        self
    }

    /// Turns a default of the product off for every resource, as
    /// [`Described::without`](crate::resource::Described::without) does for one.
    pub fn without(mut self, convention: Convention) -> Self {
        self.without.insert(convention);
        for resource in &mut self.resources {
            if let Some(relieved) = resource.relieved(&self.without) {
                *resource = relieved;
            }
        }
        self
    }

    /// Adds a resource that runs beside the others for a while, as a procedure's job does: it uses
    /// what is there, and brings along nothing that would stay, such as a service account of its own.
    pub fn add_beside(mut self, resource: Arc<dyn Resource>) -> Self {
        self.beside = Some(resource.reference());
        self.add_shared(resource)
    }

    /// No traffic but what relations allow, ingresses and load balancers need, and
    /// [`allow`](Self::allow) says; and that to the cluster's DNS servers.
    ///
    /// Every workload gets a network policy of its own, and every namespace that the environment
    /// makes and has workloads in gets one that selects all pods and allows nothing. In a namespace
    /// that others own, their pods are left alone. A node always reaches its own pods, so that probes
    /// need nothing; pods in the network of their node are beyond policies.
    /// [`analysis::matrix`](crate::analysis::matrix()) shows what it comes to.
    pub fn deny_by_default(mut self) -> Self {
        self.deny_by_default = true;
        self
    }

    /// Lets one peer talk to another where no relation says so: a workload of the environment at one
    /// end at least. On these ports, of a workload also by name; without any, on those that the
    /// workload at the other end declares. Only what is limited changes: by `deny_by_default`, or by
    /// relations of the workload.
    ///
    /// ```
    /// use infra_sdk::{environment::Environment, resource::{Deployment, Peer, prelude::*}};
    ///
    /// let app = Deployment::new("app".parse()?).image("app:1".parse()?);
    /// let monitoring = [("kubernetes.io/metadata.name".parse()?, "monitoring".parse()?)];
    /// let shop = Environment::new("shop")
    ///     .deny_by_default()
    ///     .allow(Peer::namespace(monitoring), &app, ["9090".parse()?])
    ///     .add(app);
    /// # Ok::<(), infra_sdk::types::Invalid>(())
    /// ```
    #[track_caller]
    pub fn allow(
        self,
        from: impl Into<Peer>,
        to: impl Into<Peer>,
        ports: impl IntoIterator<Item = PortRef>,
    ) -> Self {
        let caller = crate::object::Origin::caller();
        self.allow_at(caller.made, from, to, ports)
    }

    /// The same, where the rule was stated elsewhere than by the caller.
    pub fn allow_at(
        mut self,
        at: Option<Location>,
        from: impl Into<Peer>,
        to: impl Into<Peer>,
        ports: impl IntoIterator<Item = PortRef>,
    ) -> Self {
        self.allowed.push(allowed::Allowed {
            from: from.into(),
            to: to.into(),
            ports: ports.into_iter().collect(),
            at,
        });
        self
    }

    /// The namespace of the ingress controller (or of the gateways), from which a workload behind an
    /// ingress or a route is reached. One that runs in the network of its nodes is let in by
    /// [`allow`](Self::allow) with their addresses.
    /// Default: `ingress-nginx`.
    pub fn ingress_namespace(mut self, name: impl Into<String>) -> Self {
        self.ingress_namespace = name.into();
        self
    }

    /// The namespace of Prometheus, from which the ports that monitors read are reached. Default:
    /// `monitoring`.
    pub fn monitoring_namespace(mut self, name: impl Into<String>) -> Self {
        self.monitoring_namespace = name.into();
        self
    }

    /// The namespace of the pods that gateways are made of, where their controller keeps them in its
    /// own: a workload behind a route is reached from there too. Default: that of the ingress
    /// controller. Pods beside the gateway are known by its name.
    pub fn gateway_namespace(mut self, name: impl Into<String>) -> Self {
        self.gateway_namespace = Some(name.into());
        self
    }

    /// Accepts what a [check](crate::analysis::check()) finds in any of its objects, with a reason.
    #[track_caller]
    pub fn accept(self, check: CheckId, reason: Reason) -> Self {
        let caller = crate::object::Origin::caller();
        self.accept_at(caller.made, check, reason)
    }

    /// The same, where that was said elsewhere than by the caller.
    pub fn accept_at(mut self, at: Option<Location>, check: CheckId, reason: Reason) -> Self {
        self.accepted.push(Acceptance { check, reason, at });
        self
    }

    /// The environment's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The default namespace.
    pub fn default_namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or(&self.name)
    }

    /// The resources, in the order in which they were added.
    pub fn resources(&self) -> &[Arc<dyn Resource>] {
        &self.resources
    }

    /// The network policies that a resource needs which runs beside the environment for a while, as a
    /// procedure's job does: those of the environment know nothing of it, and stay as they are.
    pub fn policies_beside(&self, resource: Arc<dyn Resource>) -> Vec<Object> {
        policy::beside(self, resource)
    }

    /// The environment as objects, defaults applied and relations resolved. The same environment
    /// gives the same objects in the same order.
    pub fn render(&self) -> Result<Rendered, Problems> {
        self.render_on(&Platform::default())
    }

    /// The same, for clusters that bring what a platform says: objects of the kinds that it defines
    /// are checked against their definitions.
    pub fn render_on(&self, platform: &Platform) -> Result<Rendered, Problems> {
        render::render(self, platform)
    }

    /// The objects as they would be, each resource's in its place, with all that is wrong with them:
    /// for who asks what a description comes to although it is not right yet.
    pub fn examine_on(&self, platform: &Platform) -> (Vec<Object>, Problems) {
        render::examine(self, platform)
    }
}
