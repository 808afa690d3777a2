//! One container.

use super::security::{Privileges, SecuritySettings};
use super::{ContainerPort, EnvFrom, EnvValue, HasContainer, Hook, Probe, Volume};
use crate::types::{DnsLabel, EnvName, ImageRef, MountPath, Quantity};
use std::collections::BTreeMap;

/// What one container has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainerSettings {
    pub(crate) name: Option<DnsLabel>,
    pub(crate) image: Option<ImageRef>,
    pub(crate) image_pull_policy: Option<ImagePullPolicy>,
    pub(crate) command: Option<Vec<String>>,
    pub(crate) args: Option<Vec<String>>,
    pub(crate) working_dir: Option<String>,
    pub(crate) env: Vec<(EnvName, EnvValue)>,
    pub(crate) env_from: Vec<EnvFrom>,
    pub(crate) ports: Vec<ContainerPort>,
    pub(crate) requests: BTreeMap<String, Quantity>,
    pub(crate) limits: BTreeMap<String, Quantity>,
    pub(crate) liveness_probe: Option<Probe>,
    pub(crate) readiness_probe: Option<Probe>,
    pub(crate) startup_probe: Option<Probe>,
    pub(crate) post_start: Option<Hook>,
    pub(crate) pre_stop: Option<Hook>,
    pub(crate) volumes: Vec<(MountPath, Volume)>,
    pub(crate) devices: Vec<(MountPath, Volume)>,
    pub(crate) resize_policy: Vec<(String, ResizePolicy)>,
    pub(crate) privileges: Privileges,
    pub(crate) termination_message_policy: Option<String>,
    pub(crate) stdin: Option<bool>,
    pub(crate) tty: Option<bool>,
}

impl ContainerSettings {
    /// What is mounted, as files or as a device.
    pub(crate) fn all_volumes(&self) -> impl Iterator<Item = &(MountPath, Volume)> {
        self.volumes.iter().chain(&self.devices)
    }

    /// The three probes that are set, with their names.
    pub(crate) fn probes(&self) -> impl Iterator<Item = (&'static str, &Probe)> {
        [
            ("liveness", &self.liveness_probe),
            ("readiness", &self.readiness_probe),
            ("startup", &self.startup_probe),
        ]
        .into_iter()
        .filter_map(|(name, probe)| probe.as_ref().map(|probe| (name, probe)))
    }
}

word_type! {
    /// When a node fetches an image (`imagePullPolicy`).
    ImagePullPolicy, "an image pull policy" {
        /// At every start: what Kubernetes does for the tag `latest`.
        Always = "Always",
        /// When the node does not have it: what Kubernetes does for every other tag.
        IfNotPresent = "IfNotPresent",
        /// Never: the node must have it.
        Never = "Never",
    }
}

word_type! {
    /// What happens to a container whose resources change while it runs (`resizePolicy`).
    ResizePolicy, "a resize policy" {
        /// It runs on.
        NotRequired = "NotRequired",
        /// It is started again.
        RestartContainer = "RestartContainer",
    }
}

/// A container beside the main one: an init container, a sidecar, a second container.
///
/// ```
/// use infra_sdk::resource::pod::Container;
/// use infra_sdk::resource::prelude::*;
///
/// let migrate = Container::new("migrate".parse()?)
///     .image("registry.example/app:1.4.2".parse()?)
///     .command(["npx", "prisma", "migrate", "deploy"]);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Container {
    pub(crate) settings: ContainerSettings,
    pub(crate) security: SecuritySettings,
}

impl Container {
    /// A container of that name (`containers[].name`).
    pub fn new(name: DnsLabel) -> Self {
        Self {
            settings: ContainerSettings {
                name: Some(name),
                ..ContainerSettings::default()
            },
            security: SecuritySettings::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.settings.name.as_ref().map_or("", DnsLabel::as_str)
    }
}

impl HasContainer for Container {
    fn container_mut(&mut self) -> &mut ContainerSettings {
        &mut self.settings
    }

    fn security_mut(&mut self) -> &mut SecuritySettings {
        &mut self.security
    }
}
