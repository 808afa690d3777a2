//! The setters of a container, for every builder that has one.

use super::{
    ContainerPort, ContainerSettings, EnvFrom, EnvValue, Hook, ImagePullPolicy, Probe,
    ResizePolicy, SeccompProfile, SecuritySettings, Volume,
};
use crate::types::{EnvName, ImageRef, MountPath, Quantity};

/// What has a container: a workload (its main one), or a container of its own.
///
/// The security settings that pods have too (user, group, seccomp…) are the pod's on a workload, so
/// that they hold for all of its containers.
pub trait HasContainer: Sized {
    /// The container that the setters change.
    #[doc(hidden)]
    fn container_mut(&mut self) -> &mut ContainerSettings;

    /// The security settings that they change: the pod's, or the container's own.
    #[doc(hidden)]
    fn security_mut(&mut self) -> &mut SecuritySettings;

    /// The image (`containers[].image`), with a tag or digest: without one it is `latest`, and
    /// nobody knows what will run.
    #[must_use]
    fn image(mut self, image: ImageRef) -> Self {
        self.container_mut().image = Some(image);
        self
    }

    /// When the node fetches the image (`imagePullPolicy`). Default: `IfNotPresent`; `Always` for
    /// the tag `latest`.
    #[must_use]
    fn image_pull_policy(mut self, policy: ImagePullPolicy) -> Self {
        self.container_mut().image_pull_policy = Some(policy);
        self
    }

    /// What runs (`command`), without a shell. Default: the image's entry point.
    #[must_use]
    fn command<S: Into<String>>(mut self, command: impl IntoIterator<Item = S>) -> Self {
        self.container_mut().command = Some(command.into_iter().map(Into::into).collect());
        self
    }

    /// The arguments (`args`). Default: the image's, unless a command is set.
    #[must_use]
    fn args<S: Into<String>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.container_mut().args = Some(args.into_iter().map(Into::into).collect());
        self
    }

    /// The folder in which it runs (`workingDir`). Default: the image's.
    #[must_use]
    fn working_dir(mut self, path: impl Into<String>) -> Self {
        self.container_mut().working_dir = Some(path.into());
        self
    }

    /// An environment variable (`env[]`): a text, a key of a config map or secret, a field of the
    /// pod, or a request or limit. Replaces one of the same name.
    #[must_use]
    fn env(mut self, name: EnvName, value: impl Into<EnvValue>) -> Self {
        let env = &mut self.container_mut().env;
        let value = value.into();
        match env.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => env.push((name, value)),
        }
        self
    }

    /// All keys of a config map or secret as environment variables (`envFrom[]`), after those that
    /// are there; a later one wins, and [`env`](Self::env) wins over all.
    #[must_use]
    fn env_from(mut self, source: impl Into<EnvFrom>) -> Self {
        self.container_mut().env_from.push(source.into());
        self
    }

    /// A port that it listens on (`ports[]`). A service made from the workload serves it.
    #[must_use]
    fn port(mut self, port: impl Into<ContainerPort>) -> Self {
        self.container_mut().ports.push(port.into());
        self
    }

    /// How much of a resource is set aside for it (`resources.requests`): `cpu`, `memory`,
    /// `ephemeral-storage`, or a device's name. Default: 100m CPU and 128Mi memory, where there is
    /// no limit either.
    #[must_use]
    fn request(mut self, resource: impl Into<String>, quantity: Quantity) -> Self {
        let requests = &mut self.container_mut().requests;
        requests.insert(resource.into(), quantity);
        self
    }

    /// Several requests (`resources.requests`).
    #[must_use]
    fn requests<K: Into<String>>(self, requests: impl IntoIterator<Item = (K, Quantity)>) -> Self {
        requests
            .into_iter()
            .fold(self, |this, (key, quantity)| this.request(key, quantity))
    }

    /// How much of a resource it may use (`resources.limits`): more CPU is not given, more memory
    /// ends it. Default: no limit.
    #[must_use]
    fn limit(mut self, resource: impl Into<String>, quantity: Quantity) -> Self {
        let limits = &mut self.container_mut().limits;
        limits.insert(resource.into(), quantity);
        self
    }

    /// Several limits (`resources.limits`).
    #[must_use]
    fn limits<K: Into<String>>(self, limits: impl IntoIterator<Item = (K, Quantity)>) -> Self {
        limits
            .into_iter()
            .fold(self, |this, (key, quantity)| this.limit(key, quantity))
    }

    /// Restarted when this fails (`livenessProbe`).
    #[must_use]
    fn liveness_probe(mut self, probe: Probe) -> Self {
        self.container_mut().liveness_probe = Some(probe);
        self
    }

    /// Sent no requests while this fails (`readinessProbe`).
    #[must_use]
    fn readiness_probe(mut self, probe: Probe) -> Self {
        self.container_mut().readiness_probe = Some(probe);
        self
    }

    /// The other probes wait until this succeeds (`startupProbe`).
    #[must_use]
    fn startup_probe(mut self, probe: Probe) -> Self {
        self.container_mut().startup_probe = Some(probe);
        self
    }

    /// What runs right after its start (`lifecycle.postStart`).
    #[must_use]
    fn post_start(mut self, hook: Hook) -> Self {
        self.container_mut().post_start = Some(hook);
        self
    }

    /// What runs before it is told to stop (`lifecycle.preStop`), within the grace period.
    #[must_use]
    fn pre_stop(mut self, hook: Hook) -> Self {
        self.container_mut().pre_stop = Some(hook);
        self
    }

    /// Mounts a volume at a path (`volumeMounts[]`, and the pod's `volumes[]` or the stateful set's
    /// `volumeClaimTemplates[]`). The same volume in several containers is one.
    #[must_use]
    fn volume(mut self, path: MountPath, volume: impl Into<Volume>) -> Self {
        let volumes = &mut self.container_mut().volumes;
        volumes.push((path, volume.into()));
        self
    }

    /// Gives it a volume as a block device of a path (`volumeDevices[]`): the claim must be `block`.
    #[must_use]
    fn device(mut self, path: MountPath, volume: impl Into<Volume>) -> Self {
        let devices = &mut self.container_mut().devices;
        devices.push((path, volume.into()));
        self
    }

    /// What happens to it when this resource changes while it runs (`resizePolicy[]`): `cpu` or
    /// `memory`. Default: it runs on.
    #[must_use]
    fn resize_policy(mut self, resource: impl Into<String>, policy: ResizePolicy) -> Self {
        let policies = &mut self.container_mut().resize_policy;
        policies.push((resource.into(), policy));
        self
    }

    /// The numeric id of the user that it runs as (`securityContext.runAsUser`). Default: the
    /// image's. 0 is root, and turns `runAsNonRoot` off.
    #[must_use]
    fn run_as_user(mut self, id: u32) -> Self {
        self.security_mut().run_as_user = Some(id.into());
        self
    }

    /// The numeric id of the group that it runs as (`securityContext.runAsGroup`).
    #[must_use]
    fn run_as_group(mut self, id: u32) -> Self {
        self.security_mut().run_as_group = Some(id.into());
        self
    }

    /// Whether it is refused as root (`securityContext.runAsNonRoot`). Default: yes.
    #[must_use]
    fn run_as_non_root(mut self, yes: bool) -> Self {
        self.security_mut().run_as_non_root = Some(yes);
        self
    }

    /// Which system calls it may make (`securityContext.seccompProfile`). Default:
    /// `RuntimeDefault`.
    #[must_use]
    fn seccomp_profile(mut self, profile: impl Into<SeccompProfile>) -> Self {
        self.security_mut().seccomp = Some(profile.into());
        self
    }

    /// The `AppArmor` profile loaded on the node that confines it
    /// (`securityContext.appArmorProfile`, type `Localhost`).
    #[must_use]
    fn app_armor_profile(mut self, name: impl Into<String>) -> Self {
        self.security_mut().app_armor = Some(k8s_openapi::api::core::v1::AppArmorProfile {
            localhost_profile: Some(name.into()),
            type_: "Localhost".to_owned(),
        });
        self
    }

    /// Its `SELinux` level, such as `s0:c123,c456` (`securityContext.seLinuxOptions.level`).
    #[must_use]
    fn se_linux_level(mut self, level: impl Into<String>) -> Self {
        let options = &mut self.security_mut().se_linux;
        options.get_or_insert_default().level = Some(level.into());
        self
    }

    /// Whether it may do all that the node's root may (`securityContext.privileged`); it is then not
    /// refused as root either. Default: no.
    #[must_use]
    fn privileged(mut self, yes: bool) -> Self {
        self.container_mut().privileges.privileged = Some(yes);
        self
    }

    /// Whether it may gain more rights than its parent has
    /// (`securityContext.allowPrivilegeEscalation`). Default: no.
    #[must_use]
    fn allow_privilege_escalation(mut self, yes: bool) -> Self {
        let privileges = &mut self.container_mut().privileges;
        privileges.allow_privilege_escalation = Some(yes);
        self
    }

    /// Whether its own file system is read-only (`securityContext.readOnlyRootFilesystem`).
    /// Default: no, because most images write somewhere; mount an `empty_dir` there and say yes.
    #[must_use]
    fn read_only_root_filesystem(mut self, yes: bool) -> Self {
        let privileges = &mut self.container_mut().privileges;
        privileges.read_only_root_filesystem = Some(yes);
        self
    }

    /// A Linux capability that it has (`securityContext.capabilities.add`), such as
    /// `NET_BIND_SERVICE`.
    #[must_use]
    fn add_capability(mut self, name: impl Into<String>) -> Self {
        let privileges = &mut self.container_mut().privileges;
        privileges.add_capabilities.push(name.into());
        self
    }

    /// A Linux capability that it has not (`securityContext.capabilities.drop`). Default: `ALL`.
    #[must_use]
    fn drop_capability(mut self, name: impl Into<String>) -> Self {
        let privileges = &mut self.container_mut().privileges;
        privileges.drop_capabilities.push(name.into());
        self
    }

    /// What its end is explained with (`terminationMessagePolicy`): the end of its log when it fails
    /// and wrote no message. Default: the message file alone.
    #[must_use]
    fn log_as_termination_message(mut self) -> Self {
        self.container_mut().termination_message_policy = Some("FallbackToLogsOnError".to_owned());
        self
    }

    /// Whether its standard input is kept open (`stdin`). Default: no.
    #[must_use]
    fn stdin(mut self, yes: bool) -> Self {
        self.container_mut().stdin = Some(yes);
        self
    }

    /// Whether it gets a terminal (`tty`). Default: no.
    #[must_use]
    fn tty(mut self, yes: bool) -> Self {
        self.container_mut().tty = Some(yes);
        self
    }
}
