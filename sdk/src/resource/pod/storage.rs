//! Volumes that are storage: claims for each pod, empty folders, NFS, CSI.

use super::volume::{MountOptions, Mounting, Volume, VolumeSource};
use crate::resource::meta::some;
use crate::resource::{Link, StorageClassLink};
use crate::types::{AccessMode, DnsLabel, DriverName, Name, Quantity};
use k8s_openapi::api::core::v1 as core;
use std::collections::BTreeMap;

/// A claim of its own for each pod (`volumeClaimTemplates[]` of a stateful set), which outlives the
/// pod.
///
/// ```
/// use infra_sdk::resource::{StatefulSet, pod::ClaimTemplate, prelude::*};
///
/// let db = StatefulSet::new("db".parse()?)
///     .image("postgres:17".parse()?)
///     .volume("/data".parse()?, ClaimTemplate::new("data".parse()?, "100Gi".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct ClaimTemplate {
    pub(crate) name: DnsLabel,
    pub(crate) size: Quantity,
    pub(crate) storage_class: Option<StorageClassLink>,
    pub(crate) attributes_class: Option<Name>,
    pub(crate) access_modes: Vec<AccessMode>,
    pub(crate) ephemeral: bool,
    pub(crate) options: MountOptions,
}

impl ClaimTemplate {
    /// A claim of a name and a size (`spec.resources.requests.storage`).
    pub fn new(name: DnsLabel, size: Quantity) -> Self {
        Self {
            name,
            size,
            storage_class: None,
            attributes_class: None,
            access_modes: Vec::new(),
            ephemeral: false,
            options: MountOptions::default(),
        }
    }

    /// The storage class (`spec.storageClassName`), by value or by name. Default: the cluster's
    /// default class.
    pub fn storage_class(mut self, class: StorageClassLink) -> Self {
        self.storage_class = Some(class);
        self
    }

    /// The class of attributes, such as speed (`spec.volumeAttributesClassName`).
    pub fn volume_attributes_class(mut self, name: Name) -> Self {
        self.attributes_class = Some(name);
        self
    }

    /// How it may be mounted (`spec.accessModes[]`). Default: `ReadWriteOnce`.
    pub fn access_mode(mut self, mode: AccessMode) -> Self {
        self.access_modes.push(mode);
        self
    }

    /// It lives as long as its pod (`volumes[].ephemeral`), and any workload can have it. Default:
    /// it outlives the pod, and only a stateful set can have it.
    pub fn ephemeral(mut self) -> Self {
        self.ephemeral = true;
        self
    }

    pub(crate) fn spec(&self) -> core::PersistentVolumeClaimSpec {
        let class = self.storage_class.as_ref().map(StorageClassLink::wire);
        core::PersistentVolumeClaimSpec {
            volume_attributes_class_name: self.attributes_class.as_ref().map(Name::to_string),
            ..claim_spec(&self.size, class, &self.access_modes)
        }
    }
}

/// The `spec` of a claim, with `ReadWriteOnce` where no access mode is named.
pub(crate) fn claim_spec(
    size: &Quantity,
    storage_class: Option<String>,
    access_modes: &[AccessMode],
) -> core::PersistentVolumeClaimSpec {
    core::PersistentVolumeClaimSpec {
        access_modes: Some(mode_words(access_modes)),
        resources: Some(core::VolumeResourceRequirements {
            requests: Some(BTreeMap::from([("storage".to_owned(), size.wire())])),
            limits: None,
        }),
        storage_class_name: storage_class,
        ..core::PersistentVolumeClaimSpec::default()
    }
}

pub(crate) fn mode_words(access_modes: &[AccessMode]) -> Vec<String> {
    match access_modes {
        [] => vec![AccessMode::ReadWriteOnce.to_string()],
        modes => modes.iter().map(ToString::to_string).collect(),
    }
}

impl From<ClaimTemplate> for Volume {
    fn from(template: ClaimTemplate) -> Self {
        let options = template.options.clone();
        Volume::new(VolumeSource::Template(template), options)
    }
}

impl Mounting for ClaimTemplate {
    fn options_mut(&mut self) -> &mut MountOptions {
        &mut self.options
    }
}

/// A folder that is empty when the pod starts and goes with it (`volumes[].emptyDir`).
///
/// ```
/// use infra_sdk::resource::{Deployment, pod::EmptyDir, prelude::*};
///
/// let tmp = EmptyDir::new().memory().size_limit("64Mi".parse()?);
/// let app = Deployment::new("app".parse()?).image("app:1".parse()?).volume("/tmp".parse()?, tmp);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct EmptyDir {
    pub(crate) memory: bool,
    pub(crate) size_limit: Option<Quantity>,
    options: MountOptions,
}

impl EmptyDir {
    /// A folder on the node's disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// In memory (`emptyDir.medium: Memory`); it counts as the container's memory.
    pub fn memory(mut self) -> Self {
        self.memory = true;
        self
    }

    /// How large it may become before the pod is evicted (`emptyDir.sizeLimit`). Default: no limit.
    pub fn size_limit(mut self, size: Quantity) -> Self {
        self.size_limit = Some(size);
        self
    }

    pub(crate) fn lower(&self) -> core::EmptyDirVolumeSource {
        core::EmptyDirVolumeSource {
            medium: self.memory.then(|| "Memory".to_owned()),
            size_limit: self.size_limit.as_ref().map(Quantity::wire),
        }
    }
}

impl From<EmptyDir> for Volume {
    fn from(dir: EmptyDir) -> Self {
        let options = dir.options.clone();
        Volume::new(VolumeSource::EmptyDir(dir), options)
    }
}

impl Mounting for EmptyDir {
    fn options_mut(&mut self) -> &mut MountOptions {
        &mut self.options
    }
}

/// A folder of an NFS server (`volumes[].nfs`).
///
/// ```
/// use infra_sdk::resource::{Deployment, pod::Nfs, prelude::*};
///
/// let shared = Nfs::new("files.example", "/exports");
/// let app = Deployment::new("app".parse()?).image("app:1".parse()?).volume("/srv".parse()?, shared);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Nfs {
    pub(crate) server: String,
    pub(crate) path: String,
    options: MountOptions,
}

impl Nfs {
    /// A folder that a server exports.
    pub fn new(server: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            path: path.into(),
            options: MountOptions::default(),
        }
    }
}

impl From<Nfs> for Volume {
    fn from(nfs: Nfs) -> Self {
        let options = nfs.options.clone();
        Volume::new(VolumeSource::Nfs(nfs), options)
    }
}

impl Mounting for Nfs {
    fn options_mut(&mut self) -> &mut MountOptions {
        &mut self.options
    }
}

/// A volume that a CSI driver makes for the pod alone (`volumes[].csi`).
///
/// ```
/// use infra_sdk::resource::{Deployment, pod::Csi, prelude::*};
///
/// let keys = Csi::new("secrets-store.csi.k8s.io".parse()?)
///     .attribute("secretProviderClass", "app")
///     .read_only();
/// let app = Deployment::new("app".parse()?).image("app:1".parse()?).volume("/keys".parse()?, keys);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Csi {
    driver: DriverName,
    fs_type: Option<String>,
    attributes: BTreeMap<String, String>,
    pub(crate) secret: Option<Link>,
    options: MountOptions,
}

impl Csi {
    /// A volume of a driver, such as `secrets-store.csi.k8s.io`.
    pub fn new(driver: DriverName) -> Self {
        Self {
            driver,
            fs_type: None,
            attributes: BTreeMap::new(),
            secret: None,
            options: MountOptions::default(),
        }
    }

    /// The file system (`csi.fsType`). Default: the driver's.
    pub fn fs_type(mut self, name: impl Into<String>) -> Self {
        self.fs_type = Some(name.into());
        self
    }

    /// A setting of the driver (`csi.volumeAttributes`).
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(key.into(), value.into());
        self
    }

    /// The secret that the driver is given (`csi.nodePublishSecretRef`).
    pub fn secret(mut self, secret: impl Into<Link>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    pub(crate) fn lower(&self) -> core::CSIVolumeSource {
        core::CSIVolumeSource {
            driver: self.driver.to_string(),
            fs_type: self.fs_type.clone(),
            node_publish_secret_ref: self.secret.as_ref().map(|secret| {
                core::LocalObjectReference {
                    name: secret.name().to_owned(),
                }
            }),
            read_only: self.options.read_only.then_some(true),
            volume_attributes: some(self.attributes.clone()),
        }
    }
}

impl From<Csi> for Volume {
    fn from(csi: Csi) -> Self {
        let options = csi.options.clone();
        Volume::new(VolumeSource::Csi(csi), options)
    }
}

impl Mounting for Csi {
    fn options_mut(&mut self) -> &mut MountOptions {
        &mut self.options
    }
}
