//! A persistent volume: storage that is there already, for claims to take.

mod source;

use super::meta::some;
use super::pod::{HostPathType, mode_words};
use super::{ClaimLink, Facts, Link, Meta, Relation, RelationKind, Resource, StorageFacts};
use super::{StorageClassLink, VolumeClaim};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{AccessMode, DriverName, LabelKey, LabelValue, Name, Quantity};
use k8s_openapi::api::core::v1 as core;
use source::Source;
use std::collections::BTreeMap;

/// Storage that is there already (`PersistentVolume`): a disk, a folder of a server or of a node.
/// It belongs to the whole cluster.
///
/// A claim takes it with [`VolumeClaim::volume`], or it names its claim itself; both objects then
/// name each other, and nobody else gets it. It holds data: it is kept when it is removed from the
/// environment, and so is the disk when the object goes.
///
/// ```
/// use infra_sdk::resource::{PersistentVolume, VolumeClaim};
///
/// let disk = PersistentVolume::new("postgres-pv".parse()?, "100Gi".parse()?)
///     .csi("ebs.csi.aws.com".parse()?, "vol-0abc")
///     .storage_class("fast-ssd".parse()?);
/// let data = VolumeClaim::new("postgres".parse()?, "100Gi".parse()?).volume((&disk).into());
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PersistentVolume {
    meta: Meta,
    size: Quantity,
    source: Source,
    storage_class: Option<StorageClassLink>,
    attributes_class: Option<Name>,
    access_modes: Vec<AccessMode>,
    reclaim_policy: Option<ReclaimPolicy>,
    mount_options: Vec<String>,
    block: bool,
    nodes: BTreeMap<String, Vec<String>>,
    claim: Option<ClaimLink>,
}

word_type! {
    /// What becomes of a volume, and its data, when its claim is deleted.
    ReclaimPolicy, "what becomes of a volume" {
        /// It stays, with its data, and no other claim takes it.
        Retain = "Retain",
        /// It goes, with its data.
        Delete = "Delete",
    }
}

named_link! {
    /// A persistent volume by value or by name.
    VolumeLink, "", "PersistentVolume", PersistentVolume, "the name of a persistent volume"
}

impl PersistentVolume {
    /// A volume of a size (`spec.capacity.storage`).
    #[track_caller]
    pub fn new(name: Name, size: Quantity) -> Self {
        Self {
            meta: Meta::new(name),
            size,
            source: Source::default(),
            storage_class: None,
            attributes_class: None,
            access_modes: Vec::new(),
            reclaim_policy: None,
            mount_options: Vec::new(),
            block: false,
            nodes: BTreeMap::new(),
            claim: None,
        }
    }

    /// A volume of a driver, by the driver's own name for it (`spec.csi.driver`, `volumeHandle`).
    pub fn csi(mut self, driver: DriverName, handle: impl Into<String>) -> Self {
        self.source.csi(driver, handle.into());
        self
    }

    /// A folder that a server exports (`spec.nfs`).
    pub fn nfs(mut self, server: impl Into<String>, path: impl Into<String>) -> Self {
        self.source.nfs(server.into(), path.into());
        self
    }

    /// A folder of whichever node the pod runs on (`spec.hostPath`), for clusters of one node: on
    /// others a pod that moves finds another folder.
    pub fn host_path(mut self, path: impl Into<String>) -> Self {
        self.source.host_path(path.into());
        self
    }

    /// What must be there (`spec.hostPath.type`). Default: it is not looked at.
    pub fn kind(mut self, kind: HostPathType) -> Self {
        self.source.host_path_type = Some(kind);
        self
    }

    /// A disk or folder of one node (`spec.local`), which [`node`](Self::node) names.
    pub fn local(mut self, path: impl Into<String>) -> Self {
        self.source.local(path.into());
        self
    }

    /// A setting of the driver (`spec.csi.volumeAttributes`).
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.source.attributes.insert(key.into(), value.into());
        self
    }

    /// The file system (`spec.csi.fsType`, `spec.local.fsType`). Default: the driver's; `ext4` of a
    /// disk of a node.
    pub fn fs_type(mut self, name: impl Into<String>) -> Self {
        self.source.fs_type = Some(name.into());
        self
    }

    /// It can be read alone (`spec.csi.readOnly`, `spec.nfs.readOnly`).
    pub fn read_only(mut self) -> Self {
        self.source.read_only = true;
        self
    }

    /// The secret that the driver is given when a node takes the volume (`spec.csi.nodeStageSecretRef`).
    pub fn node_stage_secret(mut self, secret: impl Into<Link>) -> Self {
        self.source.stage_secret = Some(secret.into());
        self
    }

    /// The secret that the driver is given when a pod mounts the volume
    /// (`spec.csi.nodePublishSecretRef`).
    pub fn node_publish_secret(mut self, secret: impl Into<Link>) -> Self {
        self.source.publish_secret = Some(secret.into());
        self
    }

    /// The storage class (`spec.storageClassName`), by value or by name. Default: none.
    pub fn storage_class(mut self, class: StorageClassLink) -> Self {
        self.storage_class = Some(class);
        self
    }

    /// The class of attributes, such as speed (`spec.volumeAttributesClassName`).
    pub fn volume_attributes_class(mut self, name: Name) -> Self {
        self.attributes_class = Some(name);
        self
    }

    /// How it may be mounted (`spec.accessModes[]`). Default: `ReadWriteOnce`, by the pods of one
    /// node.
    pub fn access_mode(mut self, mode: AccessMode) -> Self {
        self.access_modes.push(mode);
        self
    }

    /// What becomes of it, and its data, when its claim is deleted
    /// (`spec.persistentVolumeReclaimPolicy`). Default: `Retain`, it stays.
    pub fn reclaim_policy(mut self, policy: ReclaimPolicy) -> Self {
        self.reclaim_policy = Some(policy);
        self
    }

    /// An option with which it is mounted (`spec.mountOptions[]`).
    pub fn mount_option(mut self, option: impl Into<String>) -> Self {
        self.mount_options.push(option.into());
        self
    }

    /// A block device instead of a file system (`spec.volumeMode: Block`).
    pub fn block(mut self) -> Self {
        self.block = true;
        self
    }

    /// Only on the node of this name (`spec.nodeAffinity`), and on others named the same way.
    pub fn node(mut self, name: LabelValue) -> Self {
        let nodes = self.nodes.entry("kubernetes.io/hostname".to_owned());
        nodes.or_default().push(name.into());
        self
    }

    /// Only on nodes whose label has one of these values (`spec.nodeAffinity`).
    pub fn node_affinity(
        mut self,
        key: LabelKey,
        values: impl IntoIterator<Item = LabelValue>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.nodes.insert(key.into(), values);
        self
    }

    /// The claim that takes it (`spec.claimRef`), and no other does: one by value, or by name in the
    /// environment's namespace, as of a pod of a stateful set (`data-postgres-0`). Default: the claim
    /// that names it, else any that fits.
    pub fn claim(mut self, claim: ClaimLink) -> Self {
        self.claim = Some(claim);
        self
    }

    /// The claims that take it, in both ways of saying so.
    fn takers<'a>(&'a self, graph: &'a Graph) -> Vec<&'a Ref> {
        let reference = self.reference();
        let mut takers: Vec<&Ref> = graph
            .relations_to(&reference)
            .filter(|relation| matches!(relation.kind, RelationKind::Uses { .. }))
            .map(|relation| &relation.from)
            .filter(|from| from.group.is_empty() && from.kind == "PersistentVolumeClaim")
            .collect();
        if let Some(claim) = &self.claim {
            let own = claim.link().reference();
            let known = |taker: &&Ref| graph.normal(taker) == graph.normal(own);
            if !takers.iter().any(known) {
                takers.insert(0, own);
            }
        }
        takers
    }

    fn affinity(&self) -> Option<core::VolumeNodeAffinity> {
        let labels = self.nodes.iter();
        let labels: Vec<_> = labels
            .map(|(key, values)| core::NodeSelectorRequirement {
                key: key.clone(),
                operator: "In".to_owned(),
                values: Some(values.clone()),
            })
            .collect();
        some(labels).map(|labels| core::VolumeNodeAffinity {
            required: Some(core::NodeSelector {
                node_selector_terms: vec![core::NodeSelectorTerm {
                    match_expressions: Some(labels),
                    match_fields: None,
                }],
            }),
        })
    }

    /// Why a claim does not take it, as the end of a sentence.
    fn unfit(&self, wanted: &StorageFacts) -> Option<String> {
        let class = self.storage_class.as_ref().map_or("", |class| class.name());
        let modes = mode_words(&self.access_modes);
        let lacking = wanted
            .modes
            .iter()
            .find(|mode| !modes.contains(&mode.to_string()));
        if wanted.size > self.size {
            Some(format!(
                "asks for {}, and it has {}",
                wanted.size, self.size
            ))
        } else if let Some(named) = wanted.class.as_deref().filter(|named| *named != class) {
            let word = |class: &str| match class {
                "" => "no class".to_owned(),
                class => format!("the class `{class}`"),
            };
            Some(format!("names {}, and it has {}", word(named), word(class)))
        } else {
            lacking.map(|mode| format!("asks for `{mode}`, and it has `{}`", modes.join("`, `")))
        }
    }
}

described!(PersistentVolume);

impl Resource for PersistentVolume {
    origin!();

    fn reference(&self) -> Ref {
        Ref::new("", "PersistentVolume", self.meta.name.as_str())
    }

    fn facts(&self) -> Facts {
        let class = self.storage_class.as_ref();
        Facts {
            storage: Some(StorageFacts {
                size: self.size,
                class: Some(class.map(StorageClassLink::wire).unwrap_or_default()),
                modes: self.access_modes.clone(),
            }),
            ..Facts::default()
        }
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        let at = |field: &str| self.meta.origin.of_field(field);
        if let Some(class) = self
            .storage_class
            .as_ref()
            .filter(|class| !class.name().is_empty())
        {
            relations.uses(class.link(), at("spec.storageClassName"));
        }
        for secret in self.source.secrets() {
            relations.uses(secret, at("spec.csi"));
        }
        if let Some(claim) = &self.claim {
            relations.uses(claim.link(), at("spec.claimRef"));
        }
        relations.done()
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let what = format!("persistent volume `{}`", self.meta.name);
        let at = |field: &str| self.meta.origin.of_field(field).cloned();
        let problem = |message: String, field: &str, help: &str| Problem {
            message,
            at: at(field),
            help: Some(help.to_owned()),
        };
        let mut problems: Vec<Problem> = self
            .source
            .faults(!self.nodes.is_empty())
            .into_iter()
            .map(|(message, field, help)| problem(format!("{what} {message}"), field, help))
            .collect();
        let takers = self.takers(graph);
        if let [first, second, ..] = takers.as_slice() {
            problems.push(problem(
                format!(
                    "{what} is taken by claims `{}` and `{}`",
                    first.name, second.name
                ),
                "spec.claimRef",
                "a volume has one claim: give the other one a volume of its own",
            ));
        }
        for taker in takers {
            let wanted = graph.facts(taker).and_then(|facts| facts.storage.as_ref());
            if let Some(unfit) = wanted.and_then(|wanted| self.unfit(wanted)) {
                problems.push(problem(
                    format!(
                        "{what} cannot be had by claim `{}`, which {unfit}",
                        taker.name
                    ),
                    "spec.claimRef",
                    "a claim gets a volume that is as large, of its class, and mounted as it asks",
                ));
            }
        }
        problems
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let claim = self
            .takers(graph)
            .first()
            .map(|claim| core::ObjectReference {
                api_version: Some("v1".to_owned()),
                kind: Some("PersistentVolumeClaim".to_owned()),
                name: Some(claim.name.clone()),
                namespace: Some(graph.namespace_of(claim).to_owned()),
                ..core::ObjectReference::default()
            });
        let policy = self.reclaim_policy.unwrap_or(ReclaimPolicy::Retain);
        let volume = core::PersistentVolume {
            metadata: self.meta.cluster_meta(graph),
            spec: Some(core::PersistentVolumeSpec {
                access_modes: Some(mode_words(&self.access_modes)),
                capacity: Some(BTreeMap::from([("storage".to_owned(), self.size.wire())])),
                claim_ref: claim,
                mount_options: some(self.mount_options.clone()),
                node_affinity: self.affinity(),
                persistent_volume_reclaim_policy: Some(policy.to_string()),
                storage_class_name: self.storage_class.as_ref().map(StorageClassLink::wire),
                volume_attributes_class_name: self.attributes_class.as_ref().map(Name::to_string),
                volume_mode: self.block.then(|| "Block".to_owned()),
                ..self.source.lower(graph)
            }),
            status: None,
        };
        vec![self.meta.object(&volume)]
    }
}

/// The volume of the environment that a claim takes: the one that it names, or that names it.
pub(super) fn volume_of<'a>(
    claim: &VolumeClaim,
    named: Option<&'a VolumeLink>,
    graph: &'a Graph,
) -> Option<&'a Ref> {
    let naming = |relation: &&Relation| {
        let from = &relation.from;
        matches!(relation.kind, RelationKind::Uses { .. })
            && from.group.is_empty()
            && from.kind == "PersistentVolume"
    };
    match named {
        Some(volume) => Some(volume.link().reference()),
        None => graph
            .relations_to(&claim.reference())
            .find(naming)
            .map(|relation| &relation.from),
    }
}

#[cfg(test)]
mod tests;
