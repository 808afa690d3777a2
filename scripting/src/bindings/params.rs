//! Parameters of more than one form: anything that can be mounted, referred to, or set.

use crate::table::{Call, Mismatch, Param, Scalar, Type, Value};
use infra_sdk::analysis::CheckId;
use infra_sdk::object::{Ref, SecretText};
use infra_sdk::resource::pod::{
    ClaimMount, ClaimTemplate, Container, ContainerPort, Csi, DnsPolicy, DownwardApi, EmptyDir,
    EnvFrom, EnvValue, FieldRef, Files, Hook, HostPath, HostPathType, ImagePullPolicy, ImageVolume,
    KeyRef, MountPropagation, Nfs, Probe, Projected, RecursiveReadOnly, ResizePolicy, ResourceRef,
    RestartPolicy, SeccompProfile, TaintEffect, Volume,
};
use infra_sdk::resource::{
    ApiServer, BackendProtocol, ClaimRetention, ConcurrencyPolicy, Convention, FailureAction,
    HttpMethod, Link, ListenerProtocol, MeshBalancer, MeshTls, MtlsMode, NginxSize, Peer,
    PodSecurity, PreemptionPolicy, QuotaScope, ReclaimPolicy, ServicePort, ServiceType, Target,
    VolumeBindingMode,
};
use infra_sdk::resource::{RightTo, UserRole};
use infra_sdk::types::{
    AccessMode, AlertLabel, Alphabet, Amount, Cidr, DataKey, DnsLabel, DriverName, Duration,
    EnvName, FieldName, FileMode, HostName, ImageRef, LabelKey, LabelValue, MountPath, Name, Port,
    PortName, PortRef, Priority, Promql, Protocol, Provisioner, Quantity, Reason, Schedule,
    Seconds, ServerName, Share, TimeZone,
};
use infra_sdk::types::{ApiResource, RoleName, UrlPath, UrlVerb, Verb};
use rhai::Dynamic;
use std::{borrow::Cow, net::IpAddr, str::FromStr};

crate::table::parsed_params! {
    Name, "string", "a name such as `app-1`";
    DnsLabel, "string", "a name such as `app-1`";
    LabelKey, "string", "a label's key such as `app` or `example.com/team`";
    LabelValue, "string", "a label's value such as `web`";
    Alphabet, "string", "characters such as `0-9a-f`";
    DataKey, "string", "a key such as `app.conf`";
    EnvName, "string", "the name of an environment variable such as `LOG_LEVEL`";
    ImageRef, "string", "an image such as `registry.example/app:1.4.2`";
    MountPath, "string", "a path such as `/var/lib/app`";
    PortName, "string", "the name of a port such as `http`";
    Protocol, "string", "`TCP`, `UDP` or `SCTP`";
    FieldName, "string", "the path of a field such as `spec.replicas`";
    HostName, "string", "a host name such as `app.example.com`";
    ServerName, "string", "a host such as `db.example.com`";
    Cidr, "string", "a range of addresses such as `10.0.0.0/8`";
    FileMode, "string", "permissions such as `\"0644\"`";
    AccessMode, "string", "an access mode such as `ReadWriteOnce`";
    IpAddr, "string", "an IP address such as `10.0.0.1`";
    Convention, "string", "the name of a default such as `non_root`";
    CheckId, "string", "the id of a check such as `privileged`";
    Reason, "string", "a reason, in words";
    ServiceType, "string", "a type of service such as `LoadBalancer`";
    ImagePullPolicy, "string", "`Always`, `IfNotPresent` or `Never`";
    ResizePolicy, "string", "`NotRequired` or `RestartContainer`";
    RestartPolicy, "string", "`Always`, `OnFailure` or `Never`";
    DnsPolicy, "string", "a DNS policy such as `ClusterFirst`";
    HostPathType, "string", "a type of host path such as `Directory`";
    MountPropagation, "string", "`None`, `HostToContainer` or `Bidirectional`";
    RecursiveReadOnly, "string", "`Disabled`, `IfPossible` or `Enabled`";
    TaintEffect, "string", "`NoSchedule`, `PreferNoSchedule` or `NoExecute`";
    Schedule, "string", "a schedule such as `*/5 * * * *`";
    TimeZone, "string", "a time zone such as `Europe/Berlin`";
    PodSecurity, "string", "`privileged`, `baseline` or `restricted`";
    ClaimRetention, "string", "`Retain` or `Delete`";
    ReclaimPolicy, "string", "`Retain` or `Delete`";
    VolumeBindingMode, "string", "`Immediate` or `WaitForFirstConsumer`";
    PreemptionPolicy, "string", "`PreemptLowerPriority` or `Never`";
    QuotaScope, "string", "the scope of a quota such as `BestEffort`";
    Provisioner, "string", "the name of a provisioner such as `ebs.csi.aws.com`";
    DriverName, "string", "the name of a driver such as `ebs.csi.aws.com`";
    ConcurrencyPolicy, "string", "`Allow`, `Forbid` or `Replace`";
    FailureAction, "string", "`FailJob`, `Ignore` or `Count`";
    BackendProtocol, "string", "a protocol such as `HTTPS`";
    ListenerProtocol, "string", "`HTTP`, `HTTPS`, `TLS`, `TCP` or `UDP`";
    HttpMethod, "string", "a method such as `GET`";
    NginxSize, "string", "a size such as `50m`";
    MtlsMode, "string", "`STRICT`, `PERMISSIVE` or `DISABLE`";
    MeshTls, "string", "a mode of TLS such as `ISTIO_MUTUAL`";
    MeshBalancer, "string", "a way to balance such as `ROUND_ROBIN`";
    Promql, "string", "an expression of Prometheus such as `up == 0`";
    AlertLabel, "string", "the name of a label such as `severity`";
    Verb, "string", "a verb such as `get`, `list` or `*`";
    UrlVerb, "string", "a verb such as `get`";
    UrlPath, "string", "a path such as `/metrics`";
    RoleName, "string", "a name such as `reader`";
    ApiResource, "string", "a resource such as `pods`, `pods/log` or `deployments.apps`";
    UserRole, "string", "`admin`, `edit` or `view`";
    FieldRef, "string", "a field of the pod such as `metadata.name`";
}

/// Types that are written as a whole number or as text.
macro_rules! number_or_text {
    ($($type:ty, $name:literal, $expected:literal;)+) => {$(
        impl Param for $type {
            fn ty() -> Type {
                Type { name: Cow::Borrowed($name), entry: None }
            }

            fn expected() -> Cow<'static, str> {
                Cow::Borrowed($expected)
            }

            fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
                match value.as_int() {
                    Ok(number) => Self::try_from(number)
                        .map_err(|error| Mismatch::sentence(error.to_string())),
                    Err(_) => crate::table::parsed(&value),
                }
            }
        }
    )+};
}

number_or_text! {
    Port, "int", "the number of a port";
    PortRef, "int or string", "a port's number or name";
    Priority, "int", "a whole number";
    Seconds, "string", "a time such as `30s`, `5m` or `1h30m`";
    Duration, "string", "a time such as `30s`, `5m` or `30d`";
    Amount, "int or string", "a number or a share such as `25%`";
    Share, "int or string", "a percentage such as `20%`";
    Quantity, "string", "a quantity such as `500m` or `4Gi`";
}

impl Param for SeccompProfile {
    fn ty() -> Type {
        named("string")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("`RuntimeDefault`, `Unconfined` or the path of a profile on the node")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        String::from_value(value, call).map(|text| Self::from(text.as_str()))
    }
}

pub(super) fn named(name: &'static str) -> Type {
    Type {
        name: Cow::Borrowed(name),
        entry: None,
    }
}

/// Whether a value is this script type, taken out of it.
fn is<T: Clone + Send + Sync + 'static>(value: &Dynamic) -> Option<T> {
    value.read_lock::<Value<T>>().map(|held| held.get().clone())
}

/// A map whose keys have a form of their own.
pub(crate) struct Keyed<K, V>(pub(crate) Vec<(K, V)>);

impl<K, V> Param for Keyed<K, V>
where
    K: FromStr,
    K::Err: std::fmt::Display,
    V: Param,
{
    fn ty() -> Type {
        crate::table::Fields::<V>::ty()
    }

    fn expected() -> Cow<'static, str> {
        crate::table::Fields::<V>::expected()
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        let fields = crate::table::Fields::<V>::from_value(value, call)?;
        fields
            .0
            .into_iter()
            .map(|(key, value)| match key.parse() {
                Ok(parsed) => Ok((parsed, value)),
                Err(error) => Err(Mismatch {
                    key: true,
                    ..Mismatch::sentence(K::Err::to_string(&error)).inside(key)
                }),
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// Values of a map as texts.
pub(crate) fn texts<K>(fields: Vec<(K, Scalar)>) -> impl Iterator<Item = (K, String)> {
    fields.into_iter().map(|(key, value)| (key, value.0))
}

/// The words of a command; numbers count as their texts.
pub(crate) fn words(words: Vec<Scalar>) -> impl Iterator<Item = String> {
    words.into_iter().map(|word| word.0)
}

/// Parameters that read several script types: what each is made of, in order.
macro_rules! any_of {
    ($($(#[$doc:meta])* $any:ident($inner:ty), $name:literal, $expected:literal, $read:expr;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $any(pub(crate) $inner);

        impl Param for $any {
            fn ty() -> Type {
                named($name)
            }

            fn expected() -> Cow<'static, str> {
                Cow::Borrowed($expected)
            }

            fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
                let read: fn(Dynamic, &Call<'_, '_>) -> Result<$inner, Mismatch> = $read;
                read(value, call).map(Self)
            }
        }
    )+};
}

any_of! {
    /// A resource of the environment, or one that exists.
    AnyLink(Link), "resource", "a resource",
        |value, call| link(&value, call).ok_or_else(Mismatch::form);

    /// What a workload can talk to.
    AnyTarget(Target), "resource or internet", "a resource, `internet(…)` or `api_server()`",
        |value, call| {
            let target = is::<Target>(&value);
            let target = target.or_else(|| is::<ApiServer>(&value).map(Target::from));
            match target {
                Some(target) => Ok(target),
                None => link(&value, call).map(Target::from).ok_or_else(Mismatch::form),
            }
        };

    /// With whom traffic is allowed.
    AnyPeer(Peer), "workload or peer",
        "a workload, `pods_with(…)`, `namespaces_with(…)` or `addresses(…)`",
        |value, call| match is::<Peer>(&value) {
            Some(peer) => Ok(peer),
            None => link(&value, call).map(Peer::from).ok_or_else(Mismatch::form),
        };

    /// What a right is a right to.
    AnyRight(RightTo), "string or resource",
        "a resource such as `pods` or `deployments.apps`, or an object of the environment",
        |value, call| match link(&value, call) {
            Some(link) => Ok(link.into()),
            None => ApiResource::from_value(value, call).map(RightTo::from),
        };

    /// The value of an environment variable.
    AnyEnv(EnvValue), "string, key or field",
        "a string, a number, a key (`settings.key(\"A\")`), or a field of the pod",
        env_value;

    /// A store of External Secrets: one that is described, or one of the namespace by its name.
    AnyStore(Link), "secret_store or string", "a secret store, or the name of one",
        |value, call| named_or_link(value, call, "external-secrets.io", "SecretStore");

    /// An issuer of cert-manager: one that is described, or one of the namespace by its name.
    AnyIssuer(Link), "issuer or string", "an issuer, or the name of one",
        |value, call| named_or_link(value, call, "cert-manager.io", "Issuer");

    /// A secret: one that is described, what one is made of, or one by its name.
    AnySecret(Link), "secret or string", "the name of a secret, a secret, or what a secret is made of",
        |value, call| named_or_link(value, call, "", "Secret");

    /// A service, or a workload that has one: one that is described, or a service by its name.
    AnyService(Link), "resource or string", "a service, or its name",
        |value, call| named_or_link(value, call, "", "Service");

    /// The name of a secret: of one that is described, or that comes with a certificate.
    AnySecretName(Name), "secret or string",
        "the name of a secret, a secret, or what a secret is made of",
        |value, call| match link(&value, call) {
            Some(link) => {
                let secret = link.secret().ok_or_else(Mismatch::form)?;
                secret.name().parse().map_err(|_| Mismatch::form())
            }
            None => Name::from_value(value, call),
        };

    /// A source of environment variables.
    AnyEnvFrom(EnvFrom), "config map or secret",
        "a config map, a secret, or what a secret is made of",
        |value, call| match is::<EnvFrom>(&value) {
            Some(source) => Ok(source),
            None => link(&value, call)
                .and_then(|link| EnvFrom::try_from(link).ok())
                .ok_or_else(Mismatch::form),
        };

    /// Something that can be mounted.
    AnyVolume(Volume), "volume",
        "a claim, a config map, a secret, or a volume such as `empty_dir()`",
        volume;

    /// A port of a container.
    AnyPort(ContainerPort), "int or container_port", "the number of a port",
        |value, call| match is::<ContainerPort>(&value) {
            Some(port) => Ok(port),
            None => Port::from_value(value, call).map(ContainerPort::from),
        };

    /// A port of a service.
    AnyServicePort(ServicePort), "int or service_port", "the number of a port",
        |value, call| match is::<ServicePort>(&value) {
            Some(port) => Ok(port),
            None => Port::from_value(value, call).map(ServicePort::new),
        };

    /// What runs around a container's life.
    AnyHook(Hook), "hook", "`exec(…)`, `http_get(…)` or a time such as `5s`",
        |value, call| match is::<Probe>(&value) {
            Some(probe) => Hook::try_from(probe).map_err(|_| Mismatch::form()),
            None => Seconds::from_value(value, call).map(Hook::sleep),
        };

    /// The content of a file below the project root.
    FileContent(Vec<u8>), "string", "the path of a file",
        |value, call| {
            let path = String::from_value(value, call)?;
            call.file(&path).map_err(Mismatch::sentence)
        };
}

pub(super) fn link(value: &Dynamic, call: &Call<'_, '_>) -> Option<Link> {
    call.resource(value)
        .map(|resource| Link::from(resource.as_ref()))
}

/// A resource, or the name of one of a kind.
fn named_or_link(
    value: Dynamic,
    call: &Call<'_, '_>,
    group: &str,
    kind: &str,
) -> Result<Link, Mismatch> {
    match link(&value, call) {
        Some(link) => Ok(link),
        None => {
            Name::from_value(value, call).map(|name| Link::to(Ref::new(group, kind, name.as_str())))
        }
    }
}

fn env_value(value: Dynamic, call: &Call<'_, '_>) -> Result<EnvValue, Mismatch> {
    if let Some(key) = is::<KeyRef>(&value) {
        return Ok(key.into());
    }
    if let Some(field) = is::<FieldValue>(&value) {
        return Ok(field.0.into());
    }
    if let Some(resource) = is::<ResourceRef>(&value) {
        return Ok(resource.into());
    }
    if is::<SecretText>(&value).is_some() {
        return Err(crate::table::secret_here());
    }
    Scalar::from_value(value, call).map(|text| text.0.into())
}

fn volume(value: Dynamic, call: &Call<'_, '_>) -> Result<Volume, Mismatch> {
    macro_rules! first {
        ($($type:ty),+) => {
            $(if let Some(found) = is::<$type>(&value) {
                return Ok(found.into());
            })+
        };
    }
    first!(
        ClaimTemplate,
        ClaimMount,
        EmptyDir,
        Files,
        HostPath,
        Projected,
        DownwardApi,
        Nfs,
        Csi,
        ImageVolume
    );
    link(&value, call)
        .and_then(|link| Volume::try_from(link).ok())
        .ok_or_else(Mismatch::form)
}

/// A field of the pod as a value, for environment variables and files.
#[derive(Clone, Debug)]
pub(crate) struct FieldValue(pub(crate) FieldRef);

crate::table::values! {
    FieldValue = "field",
    Target = "target",
    EnvFrom = "env_source",
    KeyRef = "key",
    ResourceRef = "resource_field",
    ClaimTemplate = "claim",
    ClaimMount = "claim_mount",
    EmptyDir = "empty_dir",
    Files = "files",
    HostPath = "host_path",
    Projected = "projected",
    DownwardApi = "downward_api",
    Nfs = "nfs",
    Csi = "csi",
    ImageVolume = "image_volume",
    ContainerPort = "container_port",
    ServicePort = "service_port",
    Hook = "hook",
    Probe = "probe",
    Container = "container",
}
