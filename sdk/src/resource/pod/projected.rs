//! Files of several sources in one folder, and fields of the pod as files.

use super::volume::{MountOptions, Mounting, Volume, VolumeSource};
use super::{FieldRef, Files, KeyRef, ResourceRef};
use crate::types::{FileMode, Seconds};

/// Files of several sources in one folder (`volumes[].projected`).
///
/// ```
/// use infra_sdk::resource::{ConfigMap, Deployment, pod::{Files, Projected}, prelude::*};
///
/// let settings = ConfigMap::new("settings".parse()?).value("app.conf".parse()?, "mode = production");
/// let all = Projected::new()
///     .files(Files::config_map(&settings))
///     .token("vault-token", Some("vault".to_owned()), Some("1h".parse()?));
/// let app = Deployment::new("app".parse()?).image("app:1".parse()?).volume("/all".parse()?, all);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Projected {
    pub(crate) sources: Vec<Projection>,
    pub(crate) mode: Option<FileMode>,
    options: MountOptions,
}

/// One source of a projected volume.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Projection {
    Files(Files),
    DownwardApi(DownwardApi),
    Token {
        path: String,
        audience: Option<String>,
        expiration: Option<Seconds>,
    },
}

impl Projected {
    /// A folder without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// The keys of a config map or secret (`sources[].configMap`, `sources[].secret`).
    pub fn files(mut self, files: Files) -> Self {
        self.sources.push(Projection::Files(files));
        self
    }

    /// One key as a file of that path.
    pub fn key(self, key: KeyRef, path: impl Into<String>) -> Self {
        let files = if key.secret {
            Files::secret(key.source)
        } else {
            Files::config_map(key.source)
        };
        self.files(files.item(key.key, path))
    }

    /// Fields of the pod (`sources[].downwardAPI`).
    pub fn downward_api(mut self, fields: DownwardApi) -> Self {
        self.sources.push(Projection::DownwardApi(fields));
        self
    }

    /// A token of the pod's service account for an audience (`sources[].serviceAccountToken`),
    /// renewed before it expires. Default audience: the API server.
    pub fn token(
        mut self,
        path: impl Into<String>,
        audience: Option<String>,
        expiration: Option<Seconds>,
    ) -> Self {
        self.sources.push(Projection::Token {
            path: path.into(),
            audience,
            expiration,
        });
        self
    }

    /// The permissions of the files (`defaultMode`). Default: `0644`.
    pub fn mode(mut self, mode: FileMode) -> Self {
        self.mode = Some(mode);
        self
    }
}

mounting!(Projected, Projected);

/// Fields of the pod as files (`volumes[].downwardAPI`).
///
/// ```
/// use infra_sdk::resource::{Deployment, pod::DownwardApi, prelude::*};
///
/// let pod = DownwardApi::new().field("labels", "metadata.labels".parse()?);
/// let app = Deployment::new("app".parse()?).image("app:1".parse()?).volume("/etc/pod".parse()?, pod);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct DownwardApi {
    pub(crate) fields: Vec<(String, FieldRef)>,
    pub(crate) resources: Vec<(String, ResourceRef)>,
    pub(crate) mode: Option<FileMode>,
    options: MountOptions,
}

impl DownwardApi {
    /// A folder without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// A field of the pod as a file of that path (`items[].fieldRef`).
    pub fn field(mut self, path: impl Into<String>, field: FieldRef) -> Self {
        self.fields.push((path.into(), field));
        self
    }

    /// A request or limit as a file of that path (`items[].resourceFieldRef`); it must name its
    /// container.
    pub fn resource(mut self, path: impl Into<String>, resource: ResourceRef) -> Self {
        self.resources.push((path.into(), resource));
        self
    }

    /// The permissions of the files (`defaultMode`), where it is a volume of its own. Default:
    /// `0644`.
    pub fn mode(mut self, mode: FileMode) -> Self {
        self.mode = Some(mode);
        self
    }
}

mounting!(DownwardApi, DownwardApi);
