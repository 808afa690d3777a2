//! Volumes: what is mounted, and how.

use super::storage::{ClaimTemplate, Csi, EmptyDir, Nfs};
use super::{DownwardApi, Files, ImagePullPolicy, Projected};
use crate::resource::Link;
use crate::types::{DnsLabel, ImageRef};

/// Something that can be mounted in a container, and how it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    pub(crate) source: VolumeSource,
    pub(crate) options: MountOptions,
}

impl Volume {
    pub(crate) fn new(source: VolumeSource, options: MountOptions) -> Self {
        Self { source, options }
    }

    /// Whether it is a claim that a stateful set makes for each pod.
    pub(crate) fn is_for_each_pod(&self) -> bool {
        matches!(&self.source, VolumeSource::Template(template) if !template.ephemeral)
    }
}

impl Mounting for Volume {
    fn options_mut(&mut self) -> &mut MountOptions {
        &mut self.options
    }
}

/// What is mounted.
#[derive(Clone, Debug, PartialEq)]
pub enum VolumeSource {
    /// A claim that stands alone (`persistentVolumeClaim`).
    Claim(Link),
    /// A claim of its own for each pod (`volumeClaimTemplates[]`, or `ephemeral`).
    Template(ClaimTemplate),
    /// An empty folder (`emptyDir`).
    EmptyDir(EmptyDir),
    /// The keys of a config map or secret as files (`configMap`, `secret`).
    Files(Files),
    /// A file or folder of the node (`hostPath`).
    HostPath(HostPath),
    /// Files of several sources in one folder (`projected`).
    Projected(Projected),
    /// Fields of the pod as files (`downwardAPI`).
    DownwardApi(DownwardApi),
    /// A folder of an NFS server (`nfs`).
    Nfs(Nfs),
    /// A volume that a CSI driver makes (`csi`).
    Csi(Csi),
    /// The files of an image (`image`).
    Image(ImageVolume),
}

impl VolumeSource {
    /// Forgets how it is mounted, which the volume itself keeps.
    pub(crate) fn forget_options(&mut self) {
        let none = MountOptions::default();
        match self {
            Self::Template(template) => template.options = none,
            Self::EmptyDir(dir) => *dir.options_mut() = none,
            Self::Files(files) => *files.options_mut() = none,
            Self::HostPath(host) => host.options = none,
            Self::Projected(projected) => *projected.options_mut() = none,
            Self::DownwardApi(fields) => *fields.options_mut() = none,
            Self::Nfs(nfs) => *nfs.options_mut() = none,
            Self::Csi(csi) => *csi.options_mut() = none,
            Self::Image(image) => *image.options_mut() = none,
            Self::Claim(_) => {}
        }
    }
}

/// How a volume is mounted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MountOptions {
    pub(crate) name: Option<DnsLabel>,
    pub(crate) read_only: bool,
    pub(crate) recursive_read_only: Option<RecursiveReadOnly>,
    pub(crate) sub_path: Option<String>,
    pub(crate) sub_path_expr: Option<String>,
    pub(crate) propagation: Option<MountPropagation>,
}

/// The setters of everything that can be mounted.
pub trait Mounting: Sized {
    /// The settings that they change.
    #[doc(hidden)]
    fn options_mut(&mut self) -> &mut MountOptions;

    /// The volume's name in the pod (`volumes[].name`). Default: that of the object, else made from
    /// the path. Volumes of one name are one.
    #[must_use]
    fn name(mut self, name: DnsLabel) -> Self {
        self.options_mut().name = Some(name);
        self
    }

    /// Mounted for reading alone (`volumeMounts[].readOnly`). Default: no.
    #[must_use]
    fn read_only(mut self) -> Self {
        self.options_mut().read_only = true;
        self
    }

    /// Only this path of the volume (`volumeMounts[].subPath`). A file mounted this way does not
    /// follow changes of its config map or secret. Default: the whole volume.
    #[must_use]
    fn sub_path(mut self, path: impl Into<String>) -> Self {
        self.options_mut().sub_path = Some(path.into());
        self
    }

    /// The same with variables of the container in it, such as `$(POD_NAME)`
    /// (`volumeMounts[].subPathExpr`).
    #[must_use]
    fn sub_path_expr(mut self, path: impl Into<String>) -> Self {
        self.options_mut().sub_path_expr = Some(path.into());
        self
    }

    /// Whether what is mounted below it is for reading alone too, where it is itself
    /// (`volumeMounts[].recursiveReadOnly`). Default: `Disabled`.
    #[must_use]
    fn recursive_read_only(mut self, word: RecursiveReadOnly) -> Self {
        self.options_mut().recursive_read_only = Some(word);
        self
    }

    /// Whether what is mounted in it later, on the node or in the container, is seen by the other
    /// (`volumeMounts[].mountPropagation`). Default: `None`.
    #[must_use]
    fn mount_propagation(mut self, propagation: MountPropagation) -> Self {
        self.options_mut().propagation = Some(propagation);
        self
    }
}

word_type! {
    /// Who sees what is mounted in a volume later (`volumeMounts[].mountPropagation`).
    MountPropagation, "how mounts are passed on" {
        /// Nobody but who mounted it.
        None = "None",
        /// The container sees what the node mounts.
        HostToContainer = "HostToContainer",
        /// Both see all; only privileged containers may.
        Bidirectional = "Bidirectional",
    }
}

word_type! {
    /// Whether what is mounted below a volume is for reading alone too
    /// (`volumeMounts[].recursiveReadOnly`).
    RecursiveReadOnly, "whether reading alone goes all the way down" {
        /// Not.
        Disabled = "Disabled",
        /// Where the node can.
        IfPossible = "IfPossible",
        /// Always: the pod does not start where the node cannot.
        Enabled = "Enabled",
    }
}

macro_rules! mounting {
    ($name:ident, $source:ident) => {
        impl Mounting for $name {
            fn options_mut(&mut self) -> &mut MountOptions {
                &mut self.options
            }
        }

        impl From<$name> for Volume {
            fn from(volume: $name) -> Self {
                let options = volume.options.clone();
                Volume::new(VolumeSource::$source(volume), options)
            }
        }
    };
}

/// A claim that stands alone, to be mounted in a special way.
///
/// ```
/// use infra_sdk::resource::{Deployment, VolumeClaim, prelude::*};
///
/// let uploads = VolumeClaim::new("uploads".parse()?, "50Gi".parse()?);
/// let app = Deployment::new("app".parse()?)
///     .image("app:1".parse()?)
///     .volume("/srv/images".parse()?, uploads.mount().sub_path("images").read_only());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct ClaimMount {
    claim: Link,
    options: MountOptions,
}

impl ClaimMount {
    /// A claim of the environment, or one that is there already.
    pub fn new(claim: impl Into<Link>) -> Self {
        Self {
            claim: claim.into(),
            options: MountOptions::default(),
        }
    }
}

impl Mounting for ClaimMount {
    fn options_mut(&mut self) -> &mut MountOptions {
        &mut self.options
    }
}

impl From<ClaimMount> for Volume {
    fn from(mount: ClaimMount) -> Self {
        Volume::new(VolumeSource::Claim(mount.claim), mount.options)
    }
}

/// A claim, config map or secret by its link; anything else is given back.
impl TryFrom<Link> for Volume {
    type Error = Link;

    fn try_from(link: Link) -> Result<Self, Link> {
        if link.is("", "PersistentVolumeClaim") {
            Ok(ClaimMount::new(link).into())
        } else if link.is("", "ConfigMap") {
            Ok(Files::config_map(link).into())
        } else if let Some(secret) = link.secret() {
            Ok(Files::secret(secret).into())
        } else {
            Err(link)
        }
    }
}

/// A file or folder of the node (`volumes[].hostPath`).
///
/// ```
/// use infra_sdk::resource::{DaemonSet, pod::HostPath, prelude::*};
///
/// let logs = HostPath::new("/var/log").kind("Directory".parse()?).read_only();
/// let agent = DaemonSet::new("agent".parse()?).image("agent:1".parse()?).volume("/logs".parse()?, logs);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct HostPath {
    pub(crate) path: String,
    pub(crate) kind: Option<HostPathType>,
    options: MountOptions,
}

impl HostPath {
    /// A path on the node.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            kind: None,
            options: MountOptions::default(),
        }
    }

    /// What must be there (`hostPath.type`). Default: it is not looked at.
    pub fn kind(mut self, kind: HostPathType) -> Self {
        self.kind = Some(kind);
        self
    }
}

mounting!(HostPath, HostPath);

/// The files of an image (`volumes[].image`), for reading alone.
///
/// ```
/// use infra_sdk::resource::{Deployment, pod::ImageVolume, prelude::*};
///
/// let models = ImageVolume::new("registry.example/models:7".parse()?);
/// let app = Deployment::new("app".parse()?).image("app:1".parse()?).volume("/models".parse()?, models);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct ImageVolume {
    pub(crate) image: ImageRef,
    pub(crate) pull_policy: Option<ImagePullPolicy>,
    options: MountOptions,
}

impl ImageVolume {
    /// The files of this image.
    pub fn new(image: ImageRef) -> Self {
        Self {
            image,
            pull_policy: None,
            options: MountOptions::default(),
        }
    }

    /// When the node fetches it (`image.pullPolicy`). Default: `IfNotPresent`; `Always` for the tag
    /// `latest`.
    pub fn pull_policy(mut self, policy: ImagePullPolicy) -> Self {
        self.pull_policy = Some(policy);
        self
    }
}

mounting!(ImageVolume, Image);

word_type! {
    /// What a path on the node must be (`hostPath.type`).
    HostPathType, "a type of host path" {
        /// A folder, made where there is none.
        DirectoryOrCreate = "DirectoryOrCreate",
        /// A folder.
        Directory = "Directory",
        /// A file, made where there is none.
        FileOrCreate = "FileOrCreate",
        /// A file.
        File = "File",
        /// A Unix socket.
        Socket = "Socket",
        /// A character device.
        CharDevice = "CharDevice",
        /// A block device.
        BlockDevice = "BlockDevice",
    }
}
