//! A volume claim: storage that stands alone.

use super::meta::some;
use super::persistent_volume::volume_of;
use super::pod::{ClaimMount, Volume, claim_spec, mode_words};
use super::{Facts, Meta, Relation, Resource, StorageClassLink, StorageFacts, VolumeLink};
use crate::environment::Graph;
use crate::object::{Object, Ref};
use crate::types::{AccessMode, Name, Quantity, Share};
use k8s_openapi::api::core::v1 as core;

/// Storage that stands alone and can be mounted by workloads (`PersistentVolumeClaim`).
///
/// ```
/// use infra_sdk::resource::VolumeClaim;
///
/// let uploads = VolumeClaim::new("uploads".parse()?, "50Gi".parse()?)
///     .storage_class("shared-files".parse()?)
///     .access_mode("ReadWriteMany".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct VolumeClaim {
    meta: Meta,
    size: Quantity,
    storage_class: Option<StorageClassLink>,
    attributes_class: Option<Name>,
    access_modes: Vec<AccessMode>,
    volume: Option<VolumeLink>,
    block: bool,
    source: Option<(String, String, Name)>,
}

named_link! {
    /// A claim by value or by name.
    ClaimLink, "", "PersistentVolumeClaim", VolumeClaim, "the name of a claim"
}

impl VolumeClaim {
    /// A claim of a size (`spec.resources.requests.storage`), which can grow where the class allows
    /// it, and never shrink.
    #[track_caller]
    pub fn new(name: Name, size: Quantity) -> Self {
        Self {
            meta: Meta::new(name),
            size,
            storage_class: None,
            attributes_class: None,
            access_modes: Vec::new(),
            volume: None,
            block: false,
            source: None,
        }
    }

    /// The storage class (`spec.storageClassName`), by value or by name, which cannot change later.
    /// Default: its volume's, else the cluster's default class.
    pub fn storage_class(mut self, class: StorageClassLink) -> Self {
        self.storage_class = Some(class);
        self
    }

    /// The class of attributes, such as speed (`spec.volumeAttributesClassName`).
    pub fn volume_attributes_class(mut self, name: Name) -> Self {
        self.attributes_class = Some(name);
        self
    }

    /// How it may be mounted (`spec.accessModes[]`), which cannot change later. Default: its
    /// volume's, else `ReadWriteOnce`, by the pods of one node.
    pub fn access_mode(mut self, mode: AccessMode) -> Self {
        self.access_modes.push(mode);
        self
    }

    /// The volume that it takes (`spec.volumeName`), by value or by name. Default: the one that names
    /// it, else one is made or found.
    pub fn volume(mut self, volume: VolumeLink) -> Self {
        self.volume = Some(volume);
        self
    }

    /// A block device instead of a file system (`spec.volumeMode: Block`).
    pub fn block(mut self) -> Self {
        self.block = true;
        self
    }

    /// It starts with the content of a snapshot (`spec.dataSource`).
    pub fn from_snapshot(mut self, name: Name) -> Self {
        let group = "snapshot.storage.k8s.io".to_owned();
        self.source = Some((group, "VolumeSnapshot".to_owned(), name));
        self
    }

    /// It starts as a copy of another claim (`spec.dataSource`).
    pub fn from_claim(mut self, name: Name) -> Self {
        let kind = "PersistentVolumeClaim".to_owned();
        self.source = Some((String::new(), kind, name));
        self
    }

    /// What it lacks of its volume's, where that is in the environment.
    fn adopted<'a>(&'a self, graph: &'a Graph) -> (Option<&'a Ref>, Option<&'a StorageFacts>) {
        let volume = volume_of(self, self.volume.as_ref(), graph);
        let facts = volume.and_then(|volume| graph.facts(volume)?.storage.as_ref());
        (volume, facts)
    }

    /// The claim, to be mounted in a special way.
    pub fn mount(&self) -> ClaimMount {
        ClaimMount::new(self)
    }
}

impl From<&VolumeClaim> for Volume {
    fn from(claim: &VolumeClaim) -> Self {
        claim.mount().into()
    }
}

described!(VolumeClaim);

impl VolumeClaim {
    fn scale(&mut self, share: Share) {
        // What it takes or copies has the size that it has.
        if self.volume.is_none() && self.source.is_none() {
            self.size = share.of_quantity("storage", self.size);
        }
    }
}

impl Resource for VolumeClaim {
    origin!();
    scaled!();

    fn reference(&self) -> Ref {
        self.meta.reference("", "PersistentVolumeClaim")
    }

    fn facts(&self) -> Facts {
        Facts {
            access_modes: mode_words(&self.access_modes),
            storage: Some(StorageFacts {
                size: self.size,
                class: self.storage_class.as_ref().map(StorageClassLink::wire),
                modes: self.access_modes.clone(),
            }),
            ..Facts::default()
        }
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        let class = self.storage_class.as_ref();
        if let Some(class) = class.filter(|class| !class.name().is_empty()) {
            let at = self.meta.origin.of_field("storageClassName");
            relations.uses(class.link(), at);
        }
        if let Some(volume) = &self.volume {
            let at = self.meta.origin.of_field("volumeName");
            relations.uses_key(volume.link(), None, volume.is_by_name(), at);
        }
        relations.done()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let (volume, adopted) = self.adopted(graph);
        let class = match &self.storage_class {
            Some(class) => Some(class.wire()),
            None => adopted.and_then(|volume| volume.class.clone()),
        };
        let modes = match adopted {
            Some(volume) if self.access_modes.is_empty() => &volume.modes,
            _ => &self.access_modes,
        };
        let source = self.source.as_ref();
        let source = source.map(|(group, kind, name)| core::TypedLocalObjectReference {
            api_group: some(group.clone()),
            kind: kind.clone(),
            name: name.to_string(),
        });
        let claim = core::PersistentVolumeClaim {
            metadata: self.meta.object_meta(graph),
            spec: Some(core::PersistentVolumeClaimSpec {
                data_source: source,
                volume_attributes_class_name: self.attributes_class.as_ref().map(Name::to_string),
                volume_mode: self.block.then(|| "Block".to_owned()),
                volume_name: volume.map(|volume| volume.name.clone()),
                ..claim_spec(&self.size, class, modes)
            }),
            status: None,
        };
        vec![self.meta.object(&claim)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::{HasContainer, Mounting};
    use crate::resource::testing::{lower, p};
    use crate::resource::{Deployment, Described};
    use serde_json::json;

    #[test]
    fn a_claim_and_who_mounts_it() {
        let uploads = VolumeClaim::new(p("uploads.v1"), p("51200Mi"))
            .storage_class(p("shared-files"))
            .access_mode(AccessMode::ReadWriteMany)
            .label(p("a"), p("b"));
        assert_eq!(
            lower(&[&uploads])[0]["spec"],
            json!({
                "accessModes": ["ReadWriteMany"],
                "resources": { "requests": { "storage": "50Gi" } },
                "storageClassName": "shared-files",
            })
        );
        let app = Deployment::new(p("app"))
            .image(p("app:1"))
            .volume(p("/a"), &uploads)
            .volume(p("/b"), uploads.mount().read_only().sub_path("b"));
        let pod = &lower(&[&app, &uploads])[0]["spec"]["template"]["spec"];
        assert_eq!(
            pod["volumes"],
            json!([{ "name": "uploads-v1", "persistentVolumeClaim": { "claimName": "uploads.v1" } }])
        );
        assert_eq!(
            pod["containers"][0]["volumeMounts"],
            json!([
                { "mountPath": "/a", "name": "uploads-v1" },
                { "mountPath": "/b", "name": "uploads-v1", "readOnly": true, "subPath": "b" },
            ])
        );
    }
}
