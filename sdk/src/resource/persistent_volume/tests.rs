use super::*;
use crate::resource::pod::{ClaimTemplate, HasContainer};
use crate::resource::testing::{lower, p, problems};
use crate::resource::{Convention, Described, StatefulSet, StorageClass};
use serde_json::json;

fn disk() -> PersistentVolume {
    PersistentVolume::new(p("disk"), p("100Gi")).csi(p("ebs.csi.aws.com"), "vol-0abc")
}

#[test]
fn a_volume_and_the_claim_that_takes_it_name_each_other() {
    let fast = StorageClass::new(p("fast"), p("ebs.csi.aws.com"));
    let disk = disk()
        .storage_class((&fast).into())
        .without(Convention::StandardLabels);
    let claim = || VolumeClaim::new(p("data"), p("50Gi"));
    let taken = disk.clone().claim((&claim()).into());
    for (volume, claim) in [
        (&disk, claim().volume((&disk).into())),
        (&disk, claim().volume(p("disk"))),
        (&taken, claim()),
        (&disk.clone().claim(p("data")), claim()),
        (&taken, claim().volume((&disk).into())),
    ] {
        assert_eq!(
            lower(&[volume, &claim, &fast]),
            [json!({
                "apiVersion": "v1", "kind": "PersistentVolume", "metadata": { "name": "disk" },
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "capacity": { "storage": "100Gi" },
                    "claimRef": {
                        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
                        "name": "data", "namespace": "shop",
                    },
                    "csi": { "driver": "ebs.csi.aws.com", "volumeHandle": "vol-0abc" },
                    "persistentVolumeReclaimPolicy": "Retain",
                    "storageClassName": "fast",
                },
            })]
        );
        let spec = &lower(&[&claim, volume, &fast])[0]["spec"];
        assert_eq!(spec["volumeName"], "disk");
        assert_eq!(spec["storageClassName"], "fast");
        assert!(problems(&[volume, &claim, &fast]).is_empty());
    }
}

#[test]
fn a_claim_is_as_its_volume_is_where_it_says_nothing() {
    let files = PersistentVolume::new(p("files"), p("500Gi"))
        .nfs("files.example", "/exports")
        .read_only()
        .access_mode(AccessMode::ReadOnlyMany);
    let claim = VolumeClaim::new(p("data"), p("500Gi")).volume((&files).into());
    let spec = &lower(&[&claim, &files])[0]["spec"];
    // Without a class, not of the default one.
    assert_eq!(spec["storageClassName"], "");
    assert_eq!(spec["accessModes"], json!(["ReadOnlyMany"]));
    let volume = &lower(&[&files, &claim])[0]["spec"];
    assert_eq!(
        volume["nfs"],
        json!({ "server": "files.example", "path": "/exports", "readOnly": true })
    );
    // Of a volume that others own nothing is known.
    let claim = VolumeClaim::new(p("data"), p("1Gi")).volume(p("theirs"));
    let spec = &lower(&[&claim])[0]["spec"];
    assert_eq!(spec["volumeName"], "theirs");
    assert_eq!(spec.get("storageClassName"), None);
}

#[test]
fn a_volume_for_a_pod_of_a_stateful_set_comes_before_it() {
    let disk = disk()
        .claim(p("data-db-0"))
        .volume_attributes_class(p("quick"));
    let db = StatefulSet::new(p("db"))
        .image(p("postgres:17"))
        .volume(p("/data"), ClaimTemplate::new(p("data"), p("10Gi")));
    assert!(problems(&[&disk, &db]).is_empty());
    let environment = crate::environment::Environment::new("shop")
        .add(db)
        .add(disk);
    let rendered = environment.render().expect("no problems");
    let position = |kind: &str| {
        let mut objects = rendered.objects.iter();
        objects.position(|object| object.id.kind == kind)
    };
    assert!(position("PersistentVolume") < position("StatefulSet"));
    assert!(
        rendered
            .edges
            .iter()
            .any(|edge| Some(edge.before) == position("PersistentVolume")
                && Some(edge.after) == position("StatefulSet"))
    );
}

#[test]
fn the_other_sources() {
    let local = PersistentVolume::new(p("local"), p("1Ti"))
        .local("/mnt/disk1")
        .fs_type("xfs")
        .node(p("node-1"))
        .node_affinity(p("topology.kubernetes.io/zone"), [p("a")])
        .reclaim_policy(ReclaimPolicy::Delete)
        .mount_option("noatime")
        .block();
    let spec = &lower(&[&local])[0]["spec"];
    assert_eq!(
        spec["local"],
        json!({ "path": "/mnt/disk1", "fsType": "xfs" })
    );
    assert_eq!(
        spec["nodeAffinity"],
        json!({ "required": { "nodeSelectorTerms": [{ "matchExpressions": [
            { "key": "kubernetes.io/hostname", "operator": "In", "values": ["node-1"] },
            { "key": "topology.kubernetes.io/zone", "operator": "In", "values": ["a"] },
        ] }] } })
    );
    assert_eq!(
        (
            &spec["persistentVolumeReclaimPolicy"],
            &spec["volumeMode"],
            &spec["mountOptions"]
        ),
        (&json!("Delete"), &json!("Block"), &json!(["noatime"]))
    );
    let host = PersistentVolume::new(p("host"), p("1Gi"))
        .host_path("/var/data")
        .kind(HostPathType::DirectoryOrCreate);
    assert_eq!(
        lower(&[&host])[0]["spec"]["hostPath"],
        json!({ "path": "/var/data", "type": "DirectoryOrCreate" })
    );
    let keys = crate::resource::Secret::new(p("keys"));
    let secret = disk()
        .attribute("encrypted", "true")
        .node_stage_secret(&keys)
        .node_publish_secret(&keys);
    let csi = &lower(&[&secret, &keys])[0]["spec"]["csi"];
    let reference = json!({ "name": "keys", "namespace": "shop" });
    assert_eq!(csi["nodeStageSecretRef"], reference);
    assert_eq!(csi["nodePublishSecretRef"], reference);
    assert_eq!(csi["volumeAttributes"], json!({ "encrypted": "true" }));
}

#[test]
fn what_no_claim_could_have_is_a_problem() {
    let bare = PersistentVolume::new(p("disk"), p("100Gi"));
    let claim = |size: &str| VolumeClaim::new(p("data"), p(size)).volume(p("disk"));
    let other = VolumeClaim::new(p("other"), p("1Gi")).volume(p("disk"));
    let none = VolumeClaim::new(p("unrelated"), p("1Gi"));
    for (volume, claim, expected) in [
        (
            bare.clone(),
            none.clone(),
            "persistent volume `disk` does not say where it is",
        ),
        (
            bare.clone().local("/mnt"),
            none.clone(),
            "persistent volume `disk` is on a node, and does not say on which",
        ),
        (
            bare.clone().nfs("s", "/p").fs_type("ext4"),
            none.clone(),
            "persistent volume `disk` has a file system, which its source does not know",
        ),
        (
            bare.clone().nfs("s", "/p").attribute("a", "b"),
            none.clone(),
            "persistent volume `disk` has settings of a driver, which its source does not know",
        ),
        (
            bare.clone().host_path("/p").read_only(),
            none,
            "persistent volume `disk` has `read_only`, which its source does not know",
        ),
        (
            disk(),
            claim("101Gi"),
            "persistent volume `disk` cannot be had by claim `data`, which asks for 101Gi, and it has 100Gi",
        ),
        (
            disk(),
            claim("1Gi").storage_class(p("fast")),
            "persistent volume `disk` cannot be had by claim `data`, which names the class `fast`, and it has no class",
        ),
        (
            disk(),
            claim("1Gi").access_mode(AccessMode::ReadWriteMany),
            "persistent volume `disk` cannot be had by claim `data`, which asks for `ReadWriteMany`, and it has `ReadWriteOnce`",
        ),
        (
            disk().claim(p("data")),
            other,
            "persistent volume `disk` is taken by claims `data` and `other`",
        ),
    ] {
        assert_eq!(problems(&[&volume, &claim]), [expected]);
    }
}
