//! Volumes: what can be mounted, and how.

use super::super::params::{AnyLink, FieldValue};
use crate::table::{OneOrMany, Row, Scalar, ScriptType, row};
use infra_sdk::resource::StorageClassLink;
use infra_sdk::resource::pod::{
    ClaimMount, ClaimTemplate, Csi, DownwardApi, EmptyDir, Files, HostPath, HostPathType,
    ImagePullPolicy, ImageVolume, KeyRef, MountPropagation, Mounting, Nfs, Projected,
    RecursiveReadOnly, ResourceRef,
};
use infra_sdk::types::{
    AccessMode, DataKey, DnsLabel, DriverName, FileMode, ImageRef, Name, Quantity, Seconds,
};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("image_volume", &["image"], |image: ImageRef| {
            ImageVolume::new(image)
        })
        .doc("The files of an image (`volumes[].image`), for reading alone.")
        .example(
            r#"deployment("app").image("a:1")
    .volume("/models", image_volume("registry.example/models:7"))"#,
        ),
        row(
            "pull_policy",
            &["self", "policy"],
            |this: ImageVolume, policy: ImagePullPolicy| this.pull_policy(policy),
        )
        .doc(
            "When the node fetches it (`image.pullPolicy`). Default: `IfNotPresent`; `Always` \
             for the tag `latest`.",
        )
        .maps("image.pullPolicy")
        .property()
        .example(r#"image_volume("registry.example/models:7").pull_policy("Always")"#),
        row(
            "claim",
            &["name", "size"],
            |name: DnsLabel, size: Quantity| ClaimTemplate::new(name, size),
        )
        .doc("A claim of a name and a size (`spec.resources.requests.storage`).")
        .example(
            r#"stateful_set("db").image("postgres:17")
    .volume("/data", claim("data", "10Gi").storage_class("fast"))"#,
        ),
        row(
            "storage_class",
            &["self", "class"],
            |this: ClaimTemplate, class: StorageClassLink| this.storage_class(class),
        )
        .doc(
            "The storage class (`spec.storageClassName`), by value or by name; `\"\"` for none: \
             only a volume without a class is taken. Default: the cluster's default class.",
        )
        .maps("spec.storageClassName")
        .property()
        .example(
            r#"stateful_set("db").image("db:1").port(5432)
    .volume("/data", claim("data", "10Gi").storage_class("fast-ssd"))"#,
        ),
        row(
            "volume_attributes_class",
            &["self", "name"],
            |this: ClaimTemplate, name: Name| this.volume_attributes_class(name),
        )
        .doc("The class of attributes, such as speed (`spec.volumeAttributesClassName`).")
        .maps("spec.volumeAttributesClassName")
        .property()
        .example(r#"claim("data", "10Gi").volume_attributes_class("gold")"#),
        row(
            "access_mode",
            &["self", "mode"],
            |this: ClaimTemplate, mode: OneOrMany<AccessMode>| {
                mode.set(this, ClaimTemplate::access_mode)
            },
        )
        .doc(
            "How it may be mounted (`spec.accessModes[]`). One, or an array of them. Default: \
             `ReadWriteOnce`.",
        )
        .maps("spec.accessModes")
        .example(r#"claim("data", "10Gi").access_mode("ReadWriteOncePod")"#),
        row("ephemeral", &["self"], |this: ClaimTemplate| {
            this.ephemeral()
        })
        .doc(
            "It lives as long as its pod (`volumes[].ephemeral`), and any workload can have \
             it. Default: it outlives the pod, and only a stateful set can have it.",
        )
        .maps("volumes.ephemeral")
        .example(
            r#"deployment("encoder").image("a:1")
    .volume("/scratch", claim("scratch", "200Gi").storage_class("fast-ssd").ephemeral())"#,
        ),
        row("empty_dir", &[], EmptyDir::new)
            .doc("A folder on the node's disk.")
            .example(
                r#"deployment("app").image("a:1")
    .volume("/tmp", empty_dir().memory().size_limit("64Mi"))"#,
            ),
        row("memory", &["self"], |this: EmptyDir| this.memory())
            .doc("In memory (`emptyDir.medium: Memory`); it counts as the container's memory.")
            .maps("emptyDir.medium")
            .example(r#"deployment("app").image("a:1").volume("/tmp", empty_dir().memory())"#),
        row(
            "size_limit",
            &["self", "size"],
            |this: EmptyDir, size: Quantity| this.size_limit(size),
        )
        .doc(
            "How large it may become before the pod is evicted (`emptyDir.sizeLimit`). \
             Default: no limit.",
        )
        .maps("emptyDir.sizeLimit")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .volume("/tmp", empty_dir().size_limit("64Mi"))"#,
        ),
        row(
            "nfs",
            &["server", "path"],
            |server: String, path: String| Nfs::new(server, path),
        )
        .doc("A folder that a server exports (`volumes[].nfs`).")
        .example(
            r#"deployment("app").image("a:1")
    .volume("/shared", nfs("files.example", "/exports"))"#,
        ),
        row("csi", &["driver"], |driver: DriverName| Csi::new(driver))
            .doc(
                "A volume that a driver makes for the pod alone (`volumes[].csi`), such as \
                 `secrets-store.csi.k8s.io`.",
            )
            .example(
                r#"let keys = csi("secrets-store.csi.k8s.io")
    .attribute("secretProviderClass", "app");
deployment("app").image("a:1").volume("/secrets", keys.read_only())"#,
            ),
        row("fs_type", &["self", "name"], |this: Csi, name: String| {
            this.fs_type(name)
        })
        .doc("The file system (`csi.fsType`). Default: the driver's.")
        .maps("csi.fsType")
        .property()
        .example(r#"csi("inline.csi.example.com").fs_type("ext4")"#),
        row(
            "attribute",
            &["self", "key", "value"],
            |this: Csi, key: String, value: Scalar| this.attribute(key, value.0),
        )
        .doc("A setting of the driver (`csi.volumeAttributes`).")
        .maps("csi.volumeAttributes")
        .example(
            r#"csi("csi.cert-manager.io").attribute("csi.cert-manager.io/issuer-name", "ca")"#,
        ),
        row(
            "secret",
            &["self", "secret"],
            |this: Csi, secret: AnyLink| this.secret(secret.0),
        )
        .doc("The secret that the driver is given (`csi.nodePublishSecretRef`).")
        .maps("csi.nodePublishSecretRef")
        .property()
        .example(r#"csi("inline.csi.example.com").secret(existing("secret", "driver-keys"))"#),
        row("claim_mount", &["claim"], |claim: AnyLink| {
            ClaimMount::new(claim.0)
        })
        .doc("A claim of the environment, or one that is there already.")
        .example(
            r#"deployment("app").image("a:1")
    .volume("/data", claim_mount(existing("volume_claim", "data")).read_only())"#,
        ),
        row("host_path", &["path"], |path: String| HostPath::new(path))
            .doc("A path on the node.")
            .example(
                r#"deployment("app").image("a:1")
    .volume("/host/log", host_path("/var/log").read_only())"#,
            ),
        row(
            "type",
            &["self", "kind"],
            |this: HostPath, kind: HostPathType| this.kind(kind),
        )
        .doc(
            "What must be there (`hostPath.type`): `Directory`, `DirectoryOrCreate`, `File`, \
             `FileOrCreate`, `Socket`, `CharDevice`, `BlockDevice`. Default: it is not looked at.",
        )
        .maps("hostPath.type")
        .property()
        .example(
            r#"deployment("builds").image("a:1")
    .volume("/var/run/docker.sock", host_path("/var/run/docker.sock").type("Socket"))"#,
        ),
        row(
            "item",
            &["self", "key", "path"],
            |this: Files, key: DataKey, path: String| this.item(key, path),
        )
        .doc(
            "Only this key, as a file of that path (`items[]`), and others named the same \
             way. Default: every key, as a file of its name.",
        )
        .maps("items")
        .example(r#"config_map("app").files().item("app.conf", "conf.d/app.conf")"#),
        row(
            "item",
            &["self", "key", "path", "mode"],
            |this: Files, key: DataKey, path: String, mode: FileMode| {
                this.item_with_mode(key, path, mode)
            },
        )
        .doc("The same with permissions of its own (`items[].mode`).")
        .maps("items")
        .example(r#"secret("keys").files().item("id_ed25519", "id_ed25519", "0400")"#),
        row("mode", &["self", "mode"], |this: Files, mode: FileMode| {
            this.mode(mode)
        })
        .doc("The permissions of the files (`defaultMode`). Default: `0644`.")
        .maps("defaultMode")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .volume("/keys", secret("keys").value("a", "b").files().mode("0400"))"#,
        ),
        row("optional", &["self"], |this: Files| this.optional())
            .doc("The pod starts with an empty folder where the object is missing (`optional`).")
            .maps("optional")
            .example(r#"config_map("extra").files().optional()"#),
        row("projected", &[], Projected::new)
            .doc(
                "Files of several sources in one folder (`volumes[].projected`): of config maps \
                 and secrets, fields of the pod, tokens.",
            )
            .example(
                r#"deployment("app").image("a:1")
    .volume("/all", projected().files(config_map("a").files()).mode("0400"))"#,
            ),
        row(
            "files",
            &["self", "files"],
            |this: Projected, files: Files| this.files(files),
        )
        .doc(
            "The keys of a config map or secret (`sources[].configMap`, \
             `sources[].secret`).",
        )
        .maps("sources.configMap")
        .property()
        .example(
            r#"projected().files(config_map("app").files())
    .files(secret("keys").files().item("tls.key", "tls/key", "0400"))"#,
        ),
        row(
            "key",
            &["self", "key", "path"],
            |this: Projected, key: KeyRef, path: String| this.key(key, path),
        )
        .doc("One key as a file of that path.")
        .maps("sources")
        .example(r#"projected().key(existing("secret", "keys").key("TOKEN"), "token")"#),
        row(
            "downward_api",
            &["self", "fields"],
            |this: Projected, fields: DownwardApi| this.downward_api(fields),
        )
        .doc("Fields of the pod (`sources[].downwardAPI`).")
        .maps("sources.downwardAPI")
        .property()
        .example(
            r#"let fields = downward_api().field("labels", field("metadata.labels"));
projected().downward_api(fields)"#,
        ),
        row(
            "token",
            &["self", "path", "audience", "expiration"],
            |this: Projected,
             path: String,
             audience: Option<String>,
             expiration: Option<Seconds>| this.token(path, audience, expiration),
        )
        .doc(
            "A token of the pod's service account for an audience \
             (`sources[].serviceAccountToken`), renewed before it expires. Default \
             audience: the API server.",
        )
        .maps("sources.serviceAccountToken")
        .example(r#"projected().token("vault-token", "vault", "1h")"#),
        row(
            "mode",
            &["self", "mode"],
            |this: Projected, mode: FileMode| this.mode(mode),
        )
        .doc("The permissions of the files (`defaultMode`). Default: `0644`.")
        .maps("defaultMode")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .volume("/all", projected().files(config_map("a").files()).mode("0400"))"#,
        ),
        row("downward_api", &[], DownwardApi::new)
            .doc("Fields of the pod as files (`volumes[].downwardAPI`).")
            .example(
                r#"deployment("app").image("a:1").volume("/etc/pod",
    downward_api().field("labels", field("metadata.labels")).mode("0400"))"#,
            ),
        row(
            "mode",
            &["self", "mode"],
            |this: DownwardApi, mode: FileMode| this.mode(mode),
        )
        .doc(
            "The permissions of the files (`defaultMode`), where it is a volume of its own. \
             Default: `0644`.",
        )
        .maps("defaultMode")
        .property()
        .example(r#"downward_api().field("name", field("metadata.name")).mode("0400")"#),
        row(
            "field",
            &["self", "path", "field"],
            |this: DownwardApi, path: String, field: FieldValue| this.field(path, field.0),
        )
        .doc("A field of the pod as a file of that path (`items[].fieldRef`).")
        .maps("items.fieldRef")
        .example(r#"downward_api().field("labels", field("metadata.labels"))"#),
        row(
            "resource",
            &["self", "path", "resource"],
            |this: DownwardApi, path: String, resource: ResourceRef| this.resource(path, resource),
        )
        .doc(
            "A request or limit as a file of that path (`items[].resourceFieldRef`); it \
             must name its container.",
        )
        .maps("items.resourceFieldRef")
        .example(r#"downward_api().resource("memory", limit_of("memory").container("app"))"#),
    ];
    rows.extend(mounting_rows::<ClaimTemplate>());
    rows.extend(mounting_rows::<ClaimMount>());
    rows.extend(mounting_rows::<EmptyDir>());
    rows.extend(mounting_rows::<Files>());
    rows.extend(mounting_rows::<HostPath>());
    rows.extend(mounting_rows::<Projected>());
    rows.extend(mounting_rows::<DownwardApi>());
    rows.extend(mounting_rows::<Nfs>());
    rows.extend(mounting_rows::<Csi>());
    rows.extend(mounting_rows::<ImageVolume>());
    rows
}

/// How something is mounted.
fn mounting_rows<M: Mounting + ScriptType>() -> Vec<Row> {
    vec![
        row("name", &["self", "name"], |this: M, name: DnsLabel| {
            this.name(name)
        })
        .doc(
            "The volume's name in the pod (`volumes[].name`). Default: that of the object, \
             else made from the path. Volumes of one name are one.",
        )
        .maps("volumes.name")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .volume("/tmp", empty_dir().name("scratch"))"#,
        ),
        row("read_only", &["self"], |this: M| this.read_only())
            .doc("Mounted for reading alone (`volumeMounts[].readOnly`). Default: no.")
            .maps("volumeMounts.readOnly")
            .example(
                r#"deployment("app").image("a:1")
    .volume("/logs", host_path("/var/log").read_only())"#,
            ),
        row("sub_path", &["self", "path"], |this: M, path: String| {
            this.sub_path(path)
        })
        .doc(
            "Only this path of the volume (`volumeMounts[].subPath`). A file mounted this \
             way does not follow changes of its config map or secret. Default: the whole \
             volume.",
        )
        .maps("volumeMounts.subPath")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .volume("/data/app", volume_claim("shared", "10Gi").mount().sub_path("app"))"#,
        ),
        row(
            "sub_path_expr",
            &["self", "path"],
            |this: M, path: String| this.sub_path_expr(path),
        )
        .doc(
            "The same with variables of the container in it, such as `$(POD_NAME)` \
             (`volumeMounts[].subPathExpr`).",
        )
        .maps("volumeMounts.subPathExpr")
        .property()
        .example(
            r#"let logs = volume_claim("logs", "10Gi").mount()
    .sub_path_expr("$(POD)");
deployment("app").image("a:1").env("POD", field("metadata.name"))
    .volume("/logs", logs)"#,
        ),
        row(
            "recursive_read_only",
            &["self", "word"],
            |this: M, word: RecursiveReadOnly| this.recursive_read_only(word),
        )
        .doc(
            "Whether what is mounted below it is for reading alone too, where it is itself \
             (`volumeMounts[].recursiveReadOnly`): `Disabled`, `IfPossible` or `Enabled`. \
             Default: `Disabled`.",
        )
        .maps("volumeMounts.recursiveReadOnly")
        .property()
        .example(
            r#"let host = host_path("/srv").read_only()
    .recursive_read_only("IfPossible");
deployment("app").image("a:1").volume("/host", host)"#,
        ),
        row(
            "mount_propagation",
            &["self", "propagation"],
            |this: M, propagation: MountPropagation| this.mount_propagation(propagation),
        )
        .doc(
            "Whether what is mounted in it later, on the node or in the container, is seen by the \
             other (`volumeMounts[].mountPropagation`): `None`, `HostToContainer` or \
             `Bidirectional`, the last for privileged containers alone. Default: `None`.",
        )
        .maps("volumeMounts.mountPropagation")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .volume("/host", host_path("/srv").mount_propagation("HostToContainer"))"#,
        ),
    ]
}
