//! What a container has: for every workload's main container, and for containers of their own.

use super::super::params::{AnyEnv, AnyEnvFrom, AnyHook, AnyPort, AnyVolume, Keyed, words};
use super::security::security_rows;
use crate::table::{Fields, OneOrMany, Row, Scalar, ScriptType, row};
use infra_sdk::resource::pod::{Container, HasContainer, ImagePullPolicy, Probe, ResizePolicy};
use infra_sdk::types::{DnsLabel, EnvName, ImageRef, MountPath, Port, PortName, Quantity};

/// The setters of everything that has a container.
pub(crate) fn container_rows<W: HasContainer + ScriptType>() -> Vec<Row> {
    let mut rows = vec![
        row("image", &["self", "image"], |this: W, image: ImageRef| {
            this.image(image)
        })
        .doc(
            "The image (`containers[].image`), with a tag or digest: without one it is \
             `latest`, and nobody knows what will run.",
        )
        .maps("containers.image")
        .property()
        .example(r#"deployment("app").image("registry.example/app:1.4.2")"#),
        row(
            "image_pull_policy",
            &["self", "policy"],
            |this: W, policy: ImagePullPolicy| this.image_pull_policy(policy),
        )
        .doc(
            "When the node fetches the image (`imagePullPolicy`). Default: `IfNotPresent`; \
             `Always` for the tag `latest`.",
        )
        .maps("containers.imagePullPolicy")
        .property()
        .example(r#"deployment("app").image("a:1").image_pull_policy("Always")"#),
        row(
            "command",
            &["self", "command"],
            |this: W, command: OneOrMany<Scalar>| this.command(words(command.0)),
        )
        .doc("What runs (`command`), without a shell. Default: the image's entry point.")
        .maps("containers.command")
        .property()
        .example(r#"deployment("app").image("a:1").command(["serve", "--port", "3000"])"#),
        row(
            "args",
            &["self", "args"],
            |this: W, args: OneOrMany<Scalar>| this.args(words(args.0)),
        )
        .doc("The arguments (`args`). Default: the image's, unless a command is set.")
        .maps("containers.args")
        .property()
        .example(r#"deployment("app").image("a:1").args(["--port", "3000"])"#),
        row("working_dir", &["self", "path"], |this: W, path: String| {
            this.working_dir(path)
        })
        .doc("The folder in which it runs (`workingDir`). Default: the image's.")
        .maps("containers.workingDir")
        .property()
        .example(r#"deployment("app").image("a:1").working_dir("/srv/app")"#),
        row(
            "env",
            &["self", "variables"],
            |this: W, variables: Keyed<EnvName, AnyEnv>| {
                variables
                    .0
                    .into_iter()
                    .fold(this, |this, (name, value)| this.env(name, value.0))
            },
        )
        .doc(
            "Environment variables (`env[]`) from a map: texts, numbers, keys of config maps and \
             secrets, fields of the pod.",
        )
        .maps("containers.env")
        .example(r#"deployment("app").image("a:1").env(#{ LOG_LEVEL: "info", PORT: 3000 })"#),
        row(
            "env",
            &["self", "name", "value"],
            |this: W, name: EnvName, value: AnyEnv| this.env(name, value.0),
        )
        .doc(
            "An environment variable (`env[]`): a text, a key of a config map or secret, a \
             field of the pod, or a request or limit. Replaces one of the same name.",
        )
        .maps("containers.env")
        .example(r#"deployment("app").image("a:1").env("MODE", "production")"#),
        row(
            "env_from",
            &["self", "source"],
            |this: W, source: OneOrMany<AnyEnvFrom>| {
                source.set(this, |this, one| this.env_from(one.0))
            },
        )
        .doc(
            "All keys of a config map or secret as environment variables (`envFrom[]`), \
             after those that are there; a later one wins, and `env` wins over all. One, or \
             an array of them.",
        )
        .maps("containers.envFrom")
        .example(
            r#"deployment("app").image("a:1")
    .env_from(config_map("settings").value("MODE", "production"))"#,
        ),
        row(
            "port",
            &["self", "name", "port"],
            |this: W, name: PortName, port: Port| this.port((name, port)),
        )
        .doc(
            "A port that it listens on, with its name (`ports[]`). A service made from the \
             workload serves it.",
        )
        .maps("containers.ports")
        .example(r#"deployment("app").image("a:1").port("http", 3000)"#),
        row("port", &["self", "port"], |this: W, port: AnyPort| {
            this.port(port.0)
        })
        .doc(
            "A port that it listens on (`ports[]`). A service made from the workload serves \
             it.",
        )
        .maps("containers.ports")
        .example(r#"deployment("app").image("a:1").port(3000)"#),
        row(
            "request",
            &["self", "resource", "quantity"],
            |this: W, resource: String, quantity: Quantity| this.request(resource, quantity),
        )
        .doc(
            "How much of a resource is set aside for it (`resources.requests`): `cpu`, \
             `memory`, `ephemeral-storage`, or a device's name. Default: 100m CPU and 128Mi \
             memory, where there is no limit either.",
        )
        .maps("containers.resources.requests")
        .example(r#"deployment("app").image("a:1").request("memory", "512Mi")"#),
        row(
            "requests",
            &["self", "requests"],
            |this: W, requests: Fields<Quantity>| this.requests(requests.0),
        )
        .doc("Several requests (`resources.requests`).")
        .maps("containers.resources.requests")
        .property()
        .example(
            r#"container("a").image("a:1").requests(#{ cpu: "500m", memory: "1Gi" })
    .limits(#{ memory: "2Gi" })"#,
        ),
        row(
            "limit",
            &["self", "resource", "quantity"],
            |this: W, resource: String, quantity: Quantity| this.limit(resource, quantity),
        )
        .doc(
            "How much of a resource it may use (`resources.limits`): more CPU is not given, \
             more memory ends it. Default: no limit.",
        )
        .maps("containers.resources.limits")
        .example(r#"deployment("app").image("a:1").limit("memory", "1Gi")"#),
        row(
            "limits",
            &["self", "limits"],
            |this: W, limits: Fields<Quantity>| this.limits(limits.0),
        )
        .doc("Several limits (`resources.limits`).")
        .maps("containers.resources.limits")
        .property()
        .example(r#"deployment("app").image("a:1").limits(#{ cpu: "1", memory: "1Gi" })"#),
        row(
            "liveness_probe",
            &["self", "probe"],
            |this: W, probe: Probe| this.liveness_probe(probe),
        )
        .doc("Restarted when this fails (`livenessProbe`).")
        .maps("containers.livenessProbe")
        .property()
        .example(
            r#"deployment("app").image("a:1").port("http", 3000)
    .liveness_probe(http_get("/live", "http"))"#,
        ),
        row(
            "readiness_probe",
            &["self", "probe"],
            |this: W, probe: Probe| this.readiness_probe(probe),
        )
        .doc("Sent no requests while this fails (`readinessProbe`).")
        .maps("containers.readinessProbe")
        .property()
        .example(
            r#"deployment("app").image("a:1").port("http", 3000)
    .readiness_probe(http_get("/ready", "http"))"#,
        ),
        row(
            "startup_probe",
            &["self", "probe"],
            |this: W, probe: Probe| this.startup_probe(probe),
        )
        .doc("The other probes wait until this succeeds (`startupProbe`).")
        .maps("containers.startupProbe")
        .property()
        .example(
            r#"deployment("app").image("a:1").port("http", 3000)
    .startup_probe(http_get("/up", "http").period("3s").failure_threshold(30))"#,
        ),
        row("post_start", &["self", "hook"], |this: W, hook: AnyHook| {
            this.post_start(hook.0)
        })
        .doc("What runs right after its start (`lifecycle.postStart`); a time waits (`sleep`).")
        .maps("containers.lifecycle.postStart")
        .property()
        .example(r#"deployment("app").image("a:1").post_start(exec(["warm-up"]))"#),
        row("pre_stop", &["self", "hook"], |this: W, hook: AnyHook| {
            this.pre_stop(hook.0)
        })
        .doc(
            "What runs before it is told to stop (`lifecycle.preStop`), within the grace \
             period; a time such as `5s` waits (`sleep`).",
        )
        .maps("containers.lifecycle.preStop")
        .property()
        .example(
            r#"[
    deployment("app").image("a:1").pre_stop(exec(["drain", "--wait"])),
    deployment("web").image("a:1").pre_stop("5s"),
]"#,
        ),
        row(
            "volume",
            &["self", "path", "volume"],
            |this: W, path: MountPath, volume: AnyVolume| this.volume(path, volume.0),
        )
        .doc(
            "Mounts a volume at a path (`volumeMounts[]`, and the pod's `volumes[]` or the \
             stateful set's `volumeClaimTemplates[]`). The same volume in several \
             containers is one.",
        )
        .maps("containers.volumeMounts, volumes, volumeClaimTemplates")
        .example(r#"deployment("app").image("a:1").volume("/tmp", empty_dir())"#),
        row(
            "device",
            &["self", "path", "volume"],
            |this: W, path: MountPath, volume: AnyVolume| this.device(path, volume.0),
        )
        .doc(
            "Gives it a volume as a block device of a path (`volumeDevices[]`): the claim must be \
             `block`.",
        )
        .maps("containers.volumeDevices, volumes, volumeClaimTemplates")
        .example(
            r#"stateful_set("db").image("db:1").port(5432)
    .device("/dev/xvda", volume_claim("disk", "10Gi").block())"#,
        ),
        row(
            "resize_policy",
            &["self", "resource", "policy"],
            |this: W, resource: String, policy: ResizePolicy| this.resize_policy(resource, policy),
        )
        .doc(
            "What happens to it when this resource changes while it runs (`resizePolicy[]`): \
             `cpu` or `memory`. Default: it runs on.",
        )
        .maps("containers.resizePolicy")
        .example(
            r#"deployment("app").image("a:1")
    .resize_policy("memory", "RestartContainer")"#,
        ),
        row("log_as_termination_message", &["self"], |this: W| {
            this.log_as_termination_message()
        })
        .doc(
            "What its end is explained with (`terminationMessagePolicy`): the end of its \
             log when it fails and wrote no message. Default: the message file alone.",
        )
        .maps("containers.terminationMessagePolicy")
        .example(r#"deployment("app").image("a:1").log_as_termination_message()"#),
        row("stdin", &["self", "yes"], |this: W, yes: bool| {
            this.stdin(yes)
        })
        .doc("Whether its standard input is kept open (`stdin`). Default: no.")
        .maps("containers.stdin")
        .property()
        .example(r#"deployment("shell").image("a:1").stdin(true).tty(true)"#),
        row("tty", &["self", "yes"], |this: W, yes: bool| this.tty(yes))
            .doc("Whether it gets a terminal (`tty`). Default: no.")
            .maps("containers.tty")
            .property()
            .example(r#"deployment("shell").image("a:1").stdin(true).tty(true)"#),
    ];
    rows.extend(security_rows::<W>());
    rows
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("container", &["name"], |name: DnsLabel| {
            Container::new(name)
        })
        .doc("A container beside the main one: an init container, a sidecar, a second container.")
        .example(
            r#"let app = deployment("app").image("a:1")
    .init(container("migrate").image("a:1"));"#,
        ),
    ];
    rows.extend(container_rows::<Container>());
    rows
}
