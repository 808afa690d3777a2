//! What an update may not change.

use serde_json::Value;

use super::Violation;
use super::look::{field, items, text};
use super::path::{Found, Path};
use super::storage::requested;
use super::{batch, difference, inner, meta};
use crate::crd;
use crate::kind::Kind;
use crate::quantity::Quantity;

const IMMUTABLE: &str = "field is immutable";

/// Fields that cannot change once the object is there: group, kind, path, and the server's words
/// where they are its own. Source: `Validate…Update` in `pkg/apis/*/validation/validation.go`,
/// Kubernetes 1.36.
const FIELDS: &[(&str, &str, &str, &str)] = &[
    ("", "PersistentVolume", "spec.volumeMode", IMMUTABLE),
    ("", "Secret", "type", IMMUTABLE),
    (
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        "spec.group",
        IMMUTABLE,
    ),
    (
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        "spec.names.plural",
        IMMUTABLE,
    ),
    ("apps", "ControllerRevision", "data", IMMUTABLE),
    ("apps", "DaemonSet", "spec.selector", IMMUTABLE),
    ("apps", "Deployment", "spec.selector", IMMUTABLE),
    ("apps", "ReplicaSet", "spec.selector", IMMUTABLE),
    ("batch", "Job", "spec.backoffLimitPerIndex", IMMUTABLE),
    ("batch", "Job", "spec.completionMode", IMMUTABLE),
    ("batch", "Job", "spec.managedBy", IMMUTABLE),
    ("batch", "Job", "spec.podFailurePolicy", IMMUTABLE),
    ("batch", "Job", "spec.selector", IMMUTABLE),
    ("batch", "Job", "spec.successPolicy", IMMUTABLE),
    (
        "discovery.k8s.io",
        "EndpointSlice",
        "addressType",
        IMMUTABLE,
    ),
    (
        "networking.k8s.io",
        "IngressClass",
        "spec.controller",
        IMMUTABLE,
    ),
    ("node.k8s.io", "RuntimeClass", "handler", IMMUTABLE),
    (
        "rbac.authorization.k8s.io",
        "ClusterRoleBinding",
        "roleRef",
        "cannot change roleRef",
    ),
    (
        "rbac.authorization.k8s.io",
        "RoleBinding",
        "roleRef",
        "cannot change roleRef",
    ),
    (
        "scheduling.k8s.io",
        "PriorityClass",
        "preemptionPolicy",
        IMMUTABLE,
    ),
    (
        "storage.k8s.io",
        "CSIDriver",
        "spec.attachRequired",
        IMMUTABLE,
    ),
    (
        "storage.k8s.io",
        "CSIDriver",
        "spec.volumeLifecycleModes",
        IMMUTABLE,
    ),
    ("storage.k8s.io", "StorageClass", "parameters", IMMUTABLE),
    ("storage.k8s.io", "StorageClass", "provisioner", IMMUTABLE),
    ("storage.k8s.io", "StorageClass", "reclaimPolicy", IMMUTABLE),
    (
        "storage.k8s.io",
        "StorageClass",
        "volumeBindingMode",
        IMMUTABLE,
    ),
];

/// As [`FIELDS`], where the server says `Forbidden` and repeats no value.
const FORBIDDEN: &[(&str, &str, &str, &str)] = &[
    (
        "scheduling.k8s.io",
        "PriorityClass",
        "value",
        "may not be changed in an update.",
    ),
    (
        "storage.k8s.io",
        "VolumeAttributesClass",
        "driverName",
        "updates to driverName are forbidden.",
    ),
    (
        "storage.k8s.io",
        "VolumeAttributesClass",
        "parameters",
        "updates to parameters are forbidden.",
    ),
];

/// Fields of a stateful set's `spec` that may change.
const STATEFUL_SET: &[&str] = &[
    "minReadySeconds",
    "ordinals",
    "persistentVolumeClaimRetentionPolicy",
    "replicas",
    "revisionHistoryLimit",
    "template",
    "updateStrategy",
];

/// Everything that keeps a server from replacing `old` by `new`, both with their defaults filled
/// in, apart from what [`super::validate`] says of `new` alone.
pub fn validate_update(kind: &Kind, old: &Value, new: &Value) -> Vec<Violation> {
    let mut found = Found::new();
    identity(old, new, &mut found);
    metadata(kind, &new["metadata"], &mut found);
    if !kind.ty().is_builtin() {
        found.extend(crd::check_update(&kind.ty(), old, new));
        return found;
    }
    let of =
        |row: &&(&str, &str, &'static str, &'static str)| row.0 == kind.group && row.1 == kind.kind;
    for (_, _, path, message) in FIELDS.iter().filter(of) {
        if let Some(value) = changed(old, new, path) {
            let shown = inner::shown(path, &value);
            Path::ROOT
                .field(path)
                .invalid_text(&mut found, &shown, message);
        }
    }
    for (_, _, path, message) in FORBIDDEN.iter().filter(of) {
        if changed(old, new, path).is_some() {
            found.push(Violation::forbidden(path, message));
        }
    }
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "ConfigMap" | "Secret") => frozen(old, new, &mut found),
        ("", "PersistentVolumeClaim") => claim(old, new, &mut found),
        ("", "PersistentVolume") => volume(old, new, &mut found),
        ("", "Pod") => pod(old, new, &mut found),
        ("", "Service") => service(old, new, &mut found),
        ("", "ResourceQuota") => quota(old, new, &mut found),
        ("apiextensions.k8s.io", _) => definition(old, new, &mut found),
        ("apps", "StatefulSet") => stateful_set(old, new, &mut found),
        ("batch", "Job") if old["spec"] != new["spec"] => {
            job(old, new, &mut found);
            batch::generated(new, &mut found);
            // The whole is judged by the update too.
            let path = Path::ROOT.field("spec");
            batch::job(&new["spec"], &path, &mut found);
            // New jobs get their selector from the server: only a change can be without one.
            for _ in 0..2 {
                batch::selected(&new["spec"], &path, &mut found);
            }
        }
        _ => {}
    }
    found
}

/// The new value of a field, when it changes.
fn changed(old: &Value, new: &Value, path: &str) -> Option<Value> {
    let get = |object: &Value| {
        path.split('.')
            .try_fold(object, |value, name| field(value, name))
            .cloned()
    };
    let (before, after) = (get(old), get(new));
    (before != after).then(|| after.unwrap_or(Value::Null))
}

/// Kinds whose update judges the whole new object as well.
const JUDGED_WHOLE: &[&str] = &[
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "Job",
    "LimitRange",
    "Namespace",
    "PersistentVolumeClaim",
    "Pod",
    "Role",
    "RoleBinding",
    "Secret",
    "ServiceAccount",
    "StatefulSet",
];

/// What is wrong with metadata is judged, and told, at each of the steps of an update: by two that
/// all kinds share, by that of the kind, and by that of whole objects. The last is not of this module.
fn metadata(kind: &Kind, metadata: &Value, found: &mut Found) {
    if !kind.ty().is_builtin() || kind.group == "apiextensions.k8s.io" {
        return;
    }
    let whole = JUDGED_WHOLE.contains(&kind.kind.as_ref());
    let path = Path::ROOT.field("metadata");
    if whole {
        meta::finalizers(metadata, &path, found);
    }
    let times = match kind.kind.as_ref() {
        "PodDisruptionBudget" => 1,
        _ if whole => 3,
        _ => 2,
    };
    for _ in 0..times {
        meta::labels(metadata, "labels", &path, found);
        meta::annotations(metadata, &path, found);
        meta::owners(metadata, &path, found);
    }
}

fn identity(old: &Value, new: &Value, found: &mut Found) {
    for name in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
    ] {
        let path = format!("metadata.{name}");
        // What a writer leaves out is filled in from what is there.
        if let Some(value) = changed(old, new, &path).filter(|value| !value.is_null()) {
            found.push(Violation::invalid(&path, &value, IMMUTABLE));
        }
    }
}

/// Config maps and secrets that call themselves immutable.
fn frozen(old: &Value, new: &Value, found: &mut Found) {
    if old["immutable"] != true {
        return;
    }
    let detail = "field is immutable when `immutable` is set";
    if new["immutable"] != true {
        Path::ROOT.field("immutable").forbidden(found, detail);
    }
    for name in ["data", "binaryData"] {
        if changed(old, new, name).is_some() {
            Path::ROOT.field(name).forbidden(found, detail);
        }
    }
}

/// An object's fields but for some.
fn without(object: &Value, names: &[&str]) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|name, _| !names.contains(&name.as_str()));
    }
    object
}

fn claim(old: &Value, new: &Value, found: &mut Found) {
    let path = Path::ROOT.field("spec");
    let (before, mut after) = (&old["spec"], new["spec"].clone());
    // Binding and the default class fill in what was open.
    let mut free = Vec::new();
    if text(before, "volumeName").is_empty() {
        free.push("/volumeName");
    }
    if field(before, "storageClassName").is_none() {
        free.push("/storageClassName");
    }
    if new["status"]["phase"] == "Bound" {
        free.extend(["/resources/requests/storage", "/volumeAttributesClassName"]);
    }
    let mut before = before.clone();
    for pointer in free {
        let (from, to) = match pointer {
            "/volumeName" => (&new["spec"], &mut before),
            _ => (&old["spec"], &mut after),
        };
        take(from, to, pointer);
    }
    // A source without a namespace is the same under both names.
    if field(&after, "dataSourceRef").is_none()
        && let Some(source) = field(&after, "dataSource").cloned()
    {
        after["dataSourceRef"] = source;
    }
    if before != after {
        let detail = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
        let detail = format!("{detail}\n{}", difference::of_claims(&before, &after));
        path.forbidden(found, &detail);
    }
    let shrinks = requested(new) < requested(old);
    let capacity = new.pointer("/status/capacity/storage");
    let capacity = capacity.and_then(|size| Quantity::parse(size.as_str()?).ok());
    if shrinks && requested(new).unwrap_or(Quantity::ZERO) <= capacity.unwrap_or(Quantity::ZERO) {
        let path = path.field("resources");
        let path = path.field("requests");
        path.field("storage")
            .forbidden(found, "field can not be less than status.capacity");
    }
    if let Some(mode) = changed(old, new, "spec.volumeMode") {
        Path::ROOT
            .field("volumeMode")
            .invalid(found, &mode, IMMUTABLE);
    }
    if field(&old["status"], "currentVolumeAttributesClassName").is_some() {
        let gone = match changed(old, new, "spec.volumeAttributesClassName") {
            Some(Value::Null) => "nil",
            Some(class) if class == "" => "empty string",
            _ => return,
        };
        let detail = format!(
            "update to {gone} is forbidden when status.currentVolumeAttributesClassName is not nil"
        );
        path.field("volumeAttributesClassName")
            .forbidden(found, &detail);
    }
}

/// Makes a field what it is in another object.
fn take(from: &Value, to: &mut Value, pointer: &str) {
    let Some((above, name)) = pointer.rsplit_once('/') else {
        return;
    };
    let Some(fields) = to.pointer_mut(above).and_then(Value::as_object_mut) else {
        return;
    };
    match from.pointer(pointer) {
        Some(value) => fields.insert(name.to_owned(), value.clone()),
        None => fields.remove(name),
    };
}

/// Fields of a volume's `spec` that are not its source.
const VOLUME: &[&str] = &[
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
];

fn volume(old: &Value, new: &Value, found: &mut Found) {
    if without(&old["spec"], VOLUME) != without(&new["spec"], VOLUME) {
        let detail = "spec.persistentvolumesource is immutable after creation";
        Path::ROOT
            .field("spec")
            .field("persistentvolumesource")
            .forbidden(found, detail);
    }
}

fn pod(old: &Value, new: &Value, found: &mut Found) {
    let path = Path::ROOT.field("spec");
    for list in ["containers", "initContainers"] {
        if items(&old["spec"], list).len() != items(&new["spec"], list).len() {
            path.field(list)
                .forbidden(found, "pod updates may not add or remove containers");
            return;
        }
    }
    let fixed = |pod: &Value| {
        let free = [
            "activeDeadlineSeconds",
            "ephemeralContainers",
            "schedulingGates",
            "tolerations",
        ];
        let mut spec = without(&pod["spec"], &free);
        for list in ["containers", "initContainers"] {
            let items = spec.get_mut(list).and_then(Value::as_array_mut);
            items
                .into_iter()
                .flatten()
                .for_each(|item| *item = without(item, &["image"]));
        }
        spec
    };
    // Tolerations may become more, and the time that they give may change.
    let timeless = |toleration: &Value| without(toleration, &["tolerationSeconds"]);
    let now: Vec<Value> = items(&new["spec"], "tolerations")
        .iter()
        .map(timeless)
        .collect();
    let had = items(&old["spec"], "tolerations");
    if !had
        .iter()
        .all(|toleration| now.contains(&timeless(toleration)))
    {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        path.field("tolerations").forbidden(found, detail);
    }
    let had = items(&old["spec"], "schedulingGates");
    let gates = items(&new["spec"], "schedulingGates");
    for (at, gate) in gates.iter().enumerate() {
        let named = |other: &Value| other["name"] == gate["name"];
        // Of several of one name the last is told.
        if !had.iter().any(named) && !gates[at + 1..].iter().any(named) {
            let name = text(gate, "name");
            let detail =
                format!("only deletion is allowed, but found new scheduling gate '{name}'");
            let path = path.field("schedulingGates");
            path.index(at).field("name").forbidden(found, &detail);
        }
    }
    if fixed(old) != fixed(new) {
        let detail = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
        path.forbidden(found, detail);
    }
}

fn quota(old: &Value, new: &Value, found: &mut Found) {
    let scopes = |quota: &Value| -> std::collections::BTreeSet<String> {
        let scopes = items(&quota["spec"], "scopes").iter();
        scopes.map(ToString::to_string).collect()
    };
    if scopes(old) != scopes(new) {
        let path = Path::ROOT.field("spec");
        path.field("scopes")
            .invalid(found, &new["spec"]["scopes"], IMMUTABLE);
    }
}

/// What its objects are stored by cannot change once a definition is in force.
fn definition(old: &Value, new: &Value, found: &mut Found) {
    let is_established =
        |condition: &Value| condition["type"] == "Established" && condition["status"] == "True";
    if !items(&old["status"], "conditions")
        .iter()
        .any(is_established)
    {
        return;
    }
    for path in ["spec.scope", "spec.names.kind"] {
        if let Some(value) = changed(old, new, path) {
            // A text of its own is there even when it is empty.
            let value = Value::from(value.as_str().unwrap_or_default());
            Path::ROOT.field(path).invalid(found, &value, IMMUTABLE);
        }
    }
}

fn service(old: &Value, new: &Value, found: &mut Found) {
    let external = |service: &Value| text(&service["spec"], "type") == "ExternalName";
    let (before, after) = (
        text(&old["spec"], "clusterIP"),
        text(&new["spec"], "clusterIP"),
    );
    // A writer that leaves the address out keeps it.
    if !external(old)
        && !external(new)
        && !before.is_empty()
        && !after.is_empty()
        && before != after
    {
        let path = Path::ROOT.field("spec");
        let path = path.field("clusterIPs");
        let shown = Value::Array(vec![Value::from(after)]);
        path.index(0)
            .invalid(found, &shown, "may not change once set");
    }
    let port = |service: &Value| {
        service["spec"]["healthCheckNodePort"]
            .as_i64()
            .unwrap_or_default()
    };
    if port(old) != 0 && port(new) != 0 && port(old) != port(new) {
        let path = Path::ROOT.field("spec");
        path.field("healthCheckNodePort")
            .invalid(found, &Value::from(port(new)), IMMUTABLE);
    }
}

fn stateful_set(old: &Value, new: &Value, found: &mut Found) {
    if without(&old["spec"], STATEFUL_SET) != without(&new["spec"], STATEFUL_SET) {
        let detail = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
        Path::ROOT.field("spec").forbidden(found, detail);
    }
}

/// A job's number of completions may change with its parallelism when it is indexed, and where its
/// pods run may change until it first starts.
fn job(old: &Value, new: &Value, found: &mut Found) {
    let path = Path::ROOT.field("spec");
    let (before, after) = (&old["spec"], &new["spec"]);
    if before.get("completions") != after.get("completions") {
        let path = path.field("completions");
        if text(after, "completionMode") != "Indexed" {
            path.invalid(found, &after["completions"], IMMUTABLE);
        } else if field(after, "completions").is_some_and(|all| *all != after["parallelism"]) {
            let detail = "can only be modified in tandem with spec.parallelism";
            path.invalid(found, &after["completions"], detail);
        }
    }
    let started = field(&old["status"], "startTime").is_some();
    let directives = |spec: &Value| {
        let directives = ["affinity", "nodeSelector", "schedulingGates", "tolerations"];
        let template = without(&spec["template"], &["metadata", "spec"]);
        (template, without(&spec["template"]["spec"], &directives))
    };
    let may_move = before["suspend"] == true && !started;
    let same = if may_move {
        directives(before) == directives(after)
    } else {
        before.get("template") == after.get("template")
    };
    if !same {
        path.field("template")
            .invalid(found, &after["template"], IMMUTABLE);
    }
}
