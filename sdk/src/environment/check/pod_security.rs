//! Pods that take more of their node than their namespace lets them: each of them would be refused.

use super::{problem, suggest::listed};
use crate::environment::{Problem, index::namespace, pods::Pods, refs::items, view::View};
use serde_json::Value;

/// Kinds of volumes that the standard `restricted` takes.
const RESTRICTED: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for (position, object) in view.objects.iter().enumerate() {
        let Some(pods) = view.pods(position) else {
            continue;
        };
        let home = namespace(object);
        let Some(standard) = standard(view, home) else {
            continue;
        };
        for (field, words) in taken(&pods, standard) {
            problems.push(problem(
                format!(
                    "`{}` {words}, which the namespace `{home}` refuses (pod security `{standard}`)",
                    object.id.short()
                ),
                view.at(position, &format!("{}.{field}", pods.path), None),
                format!(
                    "let it with `namespace(\"{home}\").pod_security(\"privileged\")`, or run it in a namespace of its own"
                ),
            ));
        }
    }
}

/// What a namespace that is described here holds its pods to, unless that is nothing.
fn standard<'a>(view: &View<'a>, home: &str) -> Option<&'a str> {
    let namespace = view.index.get(("", "Namespace", "", home))?;
    let labels = &view.objects[namespace].value["metadata"]["labels"];
    let standard = labels["pod-security.kubernetes.io/enforce"].as_str()?;
    ["baseline", "restricted"]
        .contains(&standard)
        .then_some(standard)
}

/// What pods take that a standard forbids, with the field that says so.
fn taken(pods: &Pods<'_>, standard: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let volumes = items(&pods.spec["volumes"]).iter();
    let paths: Vec<&str> = volumes
        .clone()
        .filter_map(|volume| volume["hostPath"]["path"].as_str())
        .collect();
    if !paths.is_empty() {
        found.push((
            "containers.volumeMounts",
            format!("mounts {} of its node", listed(paths.into_iter())),
        ));
    }
    let others: Vec<&str> = volumes
        .filter_map(|volume| kind_of(volume))
        .filter(|kind| *kind != "hostPath" && !RESTRICTED.contains(kind))
        .collect();
    if standard == "restricted" && !others.is_empty() {
        let kinds = listed(others.into_iter());
        found.push((
            "containers.volumeMounts",
            format!("mounts volumes of the kind {kinds}"),
        ));
    }
    for (field, words) in [
        ("hostNetwork", "uses the network of its node"),
        ("hostPID", "sees the processes of its node"),
        ("hostIPC", "shares the memory of its node's processes"),
    ] {
        if pods.spec[field] == true {
            found.push((field, words.to_owned()));
        }
    }
    for (_, container) in pods.containers() {
        let name = container["name"].as_str().unwrap_or_default();
        if container["securityContext"]["privileged"] == true {
            found.push((
                "containers.securityContext.privileged",
                format!("has a privileged container (`{name}`)"),
            ));
        }
        let opens = |port: &Value| port["hostPort"].as_u64().is_some_and(|port| port != 0);
        if items(&container["ports"]).iter().any(opens) && pods.spec["hostNetwork"] != true {
            found.push((
                "containers.ports",
                format!("opens a port of its node (container `{name}`)"),
            ));
        }
    }
    found
}

/// The key that says what a volume is.
fn kind_of(volume: &Value) -> Option<&str> {
    let mut keys = volume.as_object()?.keys();
    keys.find(|key| *key != "name").map(String::as_str)
}
