//! Config maps and secrets as files.

use super::volume::{MountOptions, Mounting, Volume, VolumeSource};
use crate::resource::Link;
use crate::types::{DataKey, FileMode};

/// The keys of a config map or secret as files.
///
/// ```
/// use infra_sdk::resource::{ConfigMap, Deployment, pod::Files, prelude::*};
///
/// let settings = ConfigMap::new("settings".parse()?).value("app.conf".parse()?, "mode = production");
/// let files = Files::config_map(&settings).item("app.conf".parse()?, "conf.d/app.conf");
/// let app = Deployment::new("app".parse()?).image("app:1".parse()?).volume("/etc/app".parse()?, files);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Files {
    pub(crate) source: Link,
    pub(crate) secret: bool,
    pub(crate) items: Vec<Item>,
    pub(crate) mode: Option<FileMode>,
    pub(crate) optional: bool,
    options: MountOptions,
}

/// A key as a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) key: DataKey,
    pub(crate) path: String,
    pub(crate) mode: Option<FileMode>,
}

impl Files {
    /// The keys of a config map.
    pub fn config_map(config_map: impl Into<Link>) -> Self {
        Self {
            source: config_map.into(),
            secret: false,
            items: Vec::new(),
            mode: None,
            optional: false,
            options: MountOptions::default(),
        }
    }

    /// The keys of a secret.
    pub fn secret(secret: impl Into<Link>) -> Self {
        Self {
            secret: true,
            ..Self::config_map(secret)
        }
    }

    /// Only this key, as a file of that path (`items[]`), and others named the same way. Default:
    /// every key, as a file of its name.
    pub fn item(mut self, key: DataKey, path: impl Into<String>) -> Self {
        self.add(key, path.into(), None);
        self
    }

    /// The same with permissions of its own (`items[].mode`).
    pub fn item_with_mode(mut self, key: DataKey, path: impl Into<String>, mode: FileMode) -> Self {
        self.add(key, path.into(), Some(mode));
        self
    }

    fn add(&mut self, key: DataKey, path: String, mode: Option<FileMode>) {
        self.items.push(Item { key, path, mode });
    }

    /// The permissions of the files (`defaultMode`). Default: `0644`.
    pub fn mode(mut self, mode: FileMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The pod starts with an empty folder where the object is missing (`optional`).
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

mounting!(Files, Files);

impl From<&crate::resource::ConfigMap> for Volume {
    fn from(config_map: &crate::resource::ConfigMap) -> Self {
        Files::config_map(config_map).into()
    }
}

impl From<&crate::resource::Secret> for Volume {
    fn from(secret: &crate::resource::Secret) -> Self {
        Files::secret(secret).into()
    }
}
