//! Volumes: what can be mounted, and how.

use super::super::params::{AnyLink, FieldValue};
use crate::table::{Row, ScriptType, row};
use infra_sdk::resource::StorageClassLink;
use infra_sdk::resource::pod::{
    ClaimMount, ClaimTemplate, Csi, DownwardApi, EmptyDir, Files, HostPath, HostPathType, KeyRef,
    Mounting, Nfs, Projected, ResourceRef, Volume,
};
use infra_sdk::types::{AccessMode, DataKey, DnsLabel, FileMode, ImageRef, Quantity, Seconds};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("image_volume", &["image"], |image: ImageRef| {
            Volume::image(image)
        })
        .doc("The files of an image (`volumes[].image`), read-only."),
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
        .property(),
        row(
            "access_mode",
            &["self", "mode"],
            |this: ClaimTemplate, mode: AccessMode| this.access_mode(mode),
        )
        .doc("How it may be mounted (`spec.accessModes[]`). Default: `ReadWriteOnce`.")
        .maps("spec.accessModes"),
        row("ephemeral", &["self"], |this: ClaimTemplate| {
            this.ephemeral()
        })
        .doc(
            "It lives as long as its pod (`volumes[].ephemeral`), and any workload can have \
             it. Default: it outlives the pod, and only a stateful set can have it.",
        )
        .maps("volumes.ephemeral"),
        row("empty_dir", &[], EmptyDir::new)
            .doc("A folder on the node's disk.")
            .example(
                r#"deployment("app").image("a:1")
    .volume("/tmp", empty_dir().memory().size_limit("64Mi"))"#,
            ),
        row("memory", &["self"], |this: EmptyDir| this.memory())
            .doc("In memory (`emptyDir.medium: Memory`); it counts as the container's memory.")
            .maps("emptyDir.medium"),
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
        .property(),
        row(
            "nfs",
            &["server", "path"],
            |server: String, path: String| Nfs::new(server, path),
        )
        .doc("A folder that a server exports."),
        row("csi", &["driver"], |driver: String| Csi::new(driver))
            .doc("A volume of a driver, such as `secrets-store.csi.k8s.io`."),
        row("fs_type", &["self", "name"], |this: Csi, name: String| {
            this.fs_type(name)
        })
        .doc("The file system (`csi.fsType`). Default: the driver's.")
        .maps("csi.fsType")
        .property(),
        row(
            "attribute",
            &["self", "key", "value"],
            |this: Csi, key: String, value: String| this.attribute(key, value),
        )
        .doc("A setting of the driver (`csi.volumeAttributes`).")
        .maps("csi.volumeAttributes"),
        row(
            "secret",
            &["self", "secret"],
            |this: Csi, secret: AnyLink| this.secret(secret.0),
        )
        .doc("The secret that the driver is given (`csi.nodePublishSecretRef`).")
        .maps("csi.nodePublishSecretRef")
        .property(),
        row("claim_mount", &["claim"], |claim: AnyLink| {
            ClaimMount::new(claim.0)
        })
        .doc("A claim of the environment, or one that is there already."),
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
        .doc("What must be there (`hostPath.type`). Default: it is not looked at.")
        .maps("hostPath.type")
        .property(),
        row(
            "item",
            &["self", "key", "path"],
            |this: Files, key: DataKey, path: String| this.item(key, path),
        )
        .doc(
            "Only this key, as a file of that path (`items[]`), and others named the same \
             way. Default: every key, as a file of its name.",
        )
        .maps("items"),
        row("mode", &["self", "mode"], |this: Files, mode: FileMode| {
            this.mode(mode)
        })
        .doc("The permissions of the files (`defaultMode`). Default: `0644`.")
        .maps("defaultMode")
        .property(),
        row("optional", &["self"], |this: Files| this.optional())
            .doc("The pod starts with an empty folder where the object is missing (`optional`).")
            .maps("optional"),
        row("projected", &[], Projected::new)
            .doc("A folder without files.")
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
        .property(),
        row(
            "key",
            &["self", "key", "path"],
            |this: Projected, key: KeyRef, path: String| this.key(key, path),
        )
        .doc("One key as a file of that path."),
        row(
            "downward_api",
            &["self", "fields"],
            |this: Projected, fields: DownwardApi| this.downward_api(fields),
        )
        .doc("Fields of the pod (`sources[].downwardAPI`).")
        .maps("sources.downwardAPI")
        .property(),
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
        .maps("sources.serviceAccountToken"),
        row(
            "mode",
            &["self", "mode"],
            |this: Projected, mode: FileMode| this.mode(mode),
        )
        .doc("The permissions of the files (`defaultMode`). Default: `0644`.")
        .maps("defaultMode")
        .property(),
        row("downward_api", &[], DownwardApi::new).doc("A folder without files."),
        row(
            "field",
            &["self", "path", "field"],
            |this: DownwardApi, path: String, field: FieldValue| this.field(path, field.0),
        )
        .doc("A field of the pod as a file of that path (`items[].fieldRef`).")
        .maps("items.fieldRef"),
        row(
            "resource",
            &["self", "path", "resource"],
            |this: DownwardApi, path: String, resource: ResourceRef| this.resource(path, resource),
        )
        .doc(
            "A request or limit as a file of that path (`items[].resourceFieldRef`); it \
             must name its container.",
        )
        .maps("items.resourceFieldRef"),
    ];
    rows.extend(mounting_rows::<Volume>());
    rows.extend(mounting_rows::<ClaimTemplate>());
    rows.extend(mounting_rows::<ClaimMount>());
    rows.extend(mounting_rows::<EmptyDir>());
    rows.extend(mounting_rows::<Files>());
    rows.extend(mounting_rows::<HostPath>());
    rows.extend(mounting_rows::<Projected>());
    rows.extend(mounting_rows::<DownwardApi>());
    rows.extend(mounting_rows::<Nfs>());
    rows.extend(mounting_rows::<Csi>());
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
        .property(),
        row("read_only", &["self"], |this: M| this.read_only())
            .doc("Mounted for reading alone (`volumeMounts[].readOnly`). Default: no.")
            .maps("volumeMounts.readOnly"),
        row("sub_path", &["self", "path"], |this: M, path: String| {
            this.sub_path(path)
        })
        .doc(
            "Only this path of the volume (`volumeMounts[].subPath`). A file mounted this \
             way does not follow changes of its config map or secret. Default: the whole \
             volume.",
        )
        .maps("volumeMounts.subPath")
        .property(),
        row("host_to_container", &["self"], |this: M| {
            this.host_to_container()
        })
        .doc(
            "Sees what the node mounts in it later (`volumeMounts[].mountPropagation: \
             HostToContainer`).",
        )
        .maps("volumeMounts.mountPropagation"),
    ]
}
