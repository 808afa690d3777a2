//! Environment variables, and where their values come from.

use crate::resource::Link;
use crate::types::{DataKey, Quantity};
use k8s_openapi::api::core::v1::{
    ConfigMapEnvSource, ConfigMapKeySelector, EnvFromSource, EnvVar, EnvVarSource,
    ObjectFieldSelector, ResourceFieldSelector, SecretEnvSource, SecretKeySelector,
};

/// Where a variable's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// A text (`value`).
    Text(String),
    /// A key of a config map or secret (`valueFrom.configMapKeyRef`, `secretKeyRef`).
    Key(KeyRef),
    /// A field of the pod (`valueFrom.fieldRef`).
    Field(FieldRef),
    /// A request or limit of a container (`valueFrom.resourceFieldRef`).
    Resource(ResourceRef),
}

/// One key of a config map or secret.
///
/// ```
/// use infra_sdk::resource::{Deployment, Existing, pod::KeyRef, prelude::*};
///
/// let keys = Existing::new("secret", "keys".parse()?)?;
/// let app = Deployment::new("app".parse()?)
///     .image("app:1".parse()?)
///     .env("TOKEN".parse()?, KeyRef::secret(&keys, "TOKEN".parse()?).optional());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRef {
    pub(crate) source: Link,
    pub(crate) secret: bool,
    pub(crate) key: DataKey,
    pub(crate) optional: bool,
}

impl KeyRef {
    /// A key of a config map.
    pub fn config_map(config_map: impl Into<Link>, key: DataKey) -> Self {
        Self {
            source: config_map.into(),
            secret: false,
            key,
            optional: false,
        }
    }

    /// A key of a secret.
    pub fn secret(secret: impl Into<Link>, key: DataKey) -> Self {
        Self {
            secret: true,
            ..Self::config_map(secret, key)
        }
    }

    /// The container starts without the variable where the object or its key is missing
    /// (`optional`). Default: it does not start.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    fn env_source(&self) -> EnvVarSource {
        let (name, key) = (self.source.name().to_owned(), self.key.to_string());
        let optional = self.optional.then_some(true);
        if self.secret {
            EnvVarSource {
                secret_key_ref: Some(SecretKeySelector {
                    name,
                    key,
                    optional,
                }),
                ..EnvVarSource::default()
            }
        } else {
            EnvVarSource {
                config_map_key_ref: Some(ConfigMapKeySelector {
                    name,
                    key,
                    optional,
                }),
                ..EnvVarSource::default()
            }
        }
    }
}

word_type! {
    /// A field of the pod that a variable or a file can have as its value.
    FieldRef, "a field of the pod" {
        /// The pod's name.
        Name = "metadata.name",
        /// Its namespace.
        Namespace = "metadata.namespace",
        /// Its uid.
        Uid = "metadata.uid",
        /// All of its labels (files only).
        Labels = "metadata.labels",
        /// All of its annotations (files only).
        Annotations = "metadata.annotations",
        /// The name of its node (variables only).
        NodeName = "spec.nodeName",
        /// The name of its service account (variables only).
        ServiceAccount = "spec.serviceAccountName",
        /// The address of its node (variables only).
        HostIp = "status.hostIP",
        /// The addresses of its node (variables only).
        HostIps = "status.hostIPs",
        /// Its address (variables only).
        PodIp = "status.podIP",
        /// Its addresses (variables only).
        PodIps = "status.podIPs",
    }
}

impl FieldRef {
    pub(crate) fn selector(self) -> ObjectFieldSelector {
        ObjectFieldSelector {
            api_version: None,
            field_path: self.as_str().to_owned(),
        }
    }
}

/// A request or limit of a container: `requests.cpu`, `limits.memory`.
///
/// ```
/// use infra_sdk::resource::{Deployment, pod::ResourceRef, prelude::*};
///
/// let app = Deployment::new("app".parse()?)
///     .image("app:1".parse()?)
///     .env("MEMORY_MIB".parse()?, ResourceRef::limit("memory").divisor("1Mi".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceRef {
    pub(crate) resource: String,
    pub(crate) container: Option<String>,
    pub(crate) divisor: Option<Quantity>,
}

impl ResourceRef {
    /// A limit (`limits.…`) of the same container.
    pub fn limit(resource: impl std::fmt::Display) -> Self {
        Self::new(format!("limits.{resource}"))
    }

    /// A request (`requests.…`) of the same container.
    pub fn request(resource: impl std::fmt::Display) -> Self {
        Self::new(format!("requests.{resource}"))
    }

    fn new(resource: String) -> Self {
        Self {
            resource,
            container: None,
            divisor: None,
        }
    }

    /// Another container of the pod (`containerName`). Default: the one that has the variable.
    #[must_use]
    pub fn container(mut self, name: crate::types::DnsLabel) -> Self {
        self.container = Some(name.into());
        self
    }

    /// The unit in which the value is given (`divisor`), rounded up. Default: `1`.
    #[must_use]
    pub fn divisor(mut self, divisor: Quantity) -> Self {
        self.divisor = Some(divisor);
        self
    }

    pub(crate) fn selector(&self) -> ResourceFieldSelector {
        ResourceFieldSelector {
            container_name: self.container.clone(),
            divisor: self.divisor.as_ref().map(Quantity::wire),
            resource: self.resource.clone(),
        }
    }
}

impl EnvValue {
    pub(crate) fn lower(&self, name: &str) -> EnvVar {
        let source = |source| EnvVar {
            name: name.to_owned(),
            value: None,
            value_from: Some(source),
        };
        match self {
            Self::Text(text) => EnvVar {
                name: name.to_owned(),
                value: Some(text.clone()),
                value_from: None,
            },
            Self::Key(key) => source(key.env_source()),
            Self::Field(field) => source(EnvVarSource {
                field_ref: Some(field.selector()),
                ..EnvVarSource::default()
            }),
            Self::Resource(resource) => source(EnvVarSource {
                resource_field_ref: Some(resource.selector()),
                ..EnvVarSource::default()
            }),
        }
    }
}

impl From<&str> for EnvValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for EnvValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<KeyRef> for EnvValue {
    fn from(key: KeyRef) -> Self {
        Self::Key(key)
    }
}

impl From<FieldRef> for EnvValue {
    fn from(field: FieldRef) -> Self {
        Self::Field(field)
    }
}

impl From<ResourceRef> for EnvValue {
    fn from(resource: ResourceRef) -> Self {
        Self::Resource(resource)
    }
}

/// Every key of a config map or secret as a variable (`envFrom`).
///
/// ```
/// use infra_sdk::resource::{ConfigMap, Deployment, pod::EnvFrom, prelude::*};
///
/// let settings = ConfigMap::new("settings".parse()?).value("MODE".parse()?, "production");
/// let app = Deployment::new("app".parse()?)
///     .image("app:1".parse()?)
///     .env_from(EnvFrom::config_map(&settings).prefix("APP_"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvFrom {
    pub(crate) source: Link,
    pub(crate) secret: bool,
    pub(crate) prefix: Option<String>,
    pub(crate) optional: bool,
}

impl EnvFrom {
    /// All keys of a config map.
    pub fn config_map(config_map: impl Into<Link>) -> Self {
        Self {
            source: config_map.into(),
            secret: false,
            prefix: None,
            optional: false,
        }
    }

    /// All keys of a secret.
    pub fn secret(secret: impl Into<Link>) -> Self {
        Self {
            secret: true,
            ..Self::config_map(secret)
        }
    }

    /// What stands before every key (`prefix`).
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// The container starts where the object is missing (`optional`). Default: it does not.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(crate) fn lower(&self) -> EnvFromSource {
        let (name, optional) = (self.source.name().to_owned(), self.optional.then_some(true));
        let (config_map_ref, secret_ref) = if self.secret {
            (None, Some(SecretEnvSource { name, optional }))
        } else {
            (Some(ConfigMapEnvSource { name, optional }), None)
        };
        EnvFromSource {
            config_map_ref,
            prefix: self.prefix.clone(),
            secret_ref,
        }
    }
}

/// A config map, a secret, or what a controller makes a secret of, by its link; anything else is
/// given back.
impl TryFrom<Link> for EnvFrom {
    type Error = Link;

    fn try_from(link: Link) -> Result<Self, Link> {
        if link.is("", "ConfigMap") {
            Ok(Self::config_map(link))
        } else if let Some(secret) = link.secret() {
            Ok(Self::secret(secret))
        } else {
            Err(link)
        }
    }
}

impl From<&crate::resource::ConfigMap> for EnvFrom {
    fn from(config_map: &crate::resource::ConfigMap) -> Self {
        Self::config_map(config_map)
    }
}

impl From<&crate::resource::Secret> for EnvFrom {
    fn from(secret: &crate::resource::Secret) -> Self {
        Self::secret(secret)
    }
}
