//! Which defaults of the product the objects have already. One that each of them has stays on, and
//! what it sets is left out; the others are turned off for all.

use super::kind;
use super::pod::{fields, items};
use super::setters::get;
use super::wanted::Wanted;
use infra_sdk::resource::Convention;
use infra_sdk::types::label_value_of;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The defaults that are on, and the objects that come with others because of them.
#[derive(Debug, Default)]
pub(super) struct Conventions {
    pub(super) on: BTreeSet<Convention>,
    pub(super) brought: BTreeSet<usize>,
}

const STANDARD: [&str; 4] = [
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/managed-by",
];

/// What defaults are looked for in: the objects, the environment's name, and defaults that are known
/// not to hold.
pub(super) struct Search<'a> {
    pub(super) objects: &'a [Wanted],
    pub(super) environment: &'a str,
    pub(super) off: &'a BTreeSet<Convention>,
}

impl Search<'_> {
    /// The defaults that hold.
    pub(super) fn conventions(&self) -> Conventions {
        let mut found = Conventions::default();
        for convention in Convention::ALL {
            let mut verdicts = self
                .objects
                .iter()
                .filter_map(|object| self.holds(*convention, object));
            if !self.off.contains(convention) && verdicts.all(|holds| holds) {
                found.on.insert(*convention);
            }
        }
        let mut brought = |kind: &str, convention: Convention| {
            if found.on.contains(&convention) {
                let all = self.objects.iter().enumerate();
                let of_workload = all.filter(|(_, object)| {
                    object.id.kind == kind && self.comes_with(convention, object)
                });
                found.brought.extend(of_workload.map(|(index, _)| index));
            }
        };
        brought("ServiceAccount", Convention::ServiceAccount);
        brought("PodDisruptionBudget", Convention::DisruptionBudget);
        found
    }

    /// Whether an object has what a default would give it; `None` where it gives it nothing, or where
    /// the object says something of its own.
    fn holds(&self, convention: Convention, object: &Wanted) -> Option<bool> {
        if convention == Convention::StandardLabels {
            kind::of(object.word())?;
            let labels = &object.value["metadata"]["labels"];
            return Some(
                STANDARD
                    .iter()
                    .all(|key| labels[*key] == self.standard(object, key)),
            );
        }
        let pod = object.pod()?;
        let security = &pod["securityContext"];
        let containers = || {
            items(&pod["containers"])
                .iter()
                .chain(items(&pod["initContainers"]))
        };
        let plain = |container: &&Value| container["securityContext"]["privileged"] != true;
        let many = self.many(object);
        match convention {
            Convention::StandardLabels => None,
            Convention::PodLabel => {
                let job = matches!(object.id.kind.as_str(), "Job" | "CronJob");
                job.then(|| is_labelled(object))
            }
            Convention::NonRoot => match &security["runAsNonRoot"] {
                Value::Null => Some(false),
                said => (said == true).then_some(true),
            },
            Convention::NoPrivilegeEscalation => Some(
                containers()
                    .filter(plain)
                    .all(|one| one["securityContext"]["allowPrivilegeEscalation"].is_boolean()),
            ),
            Convention::DroppedCapabilities => Some(
                containers()
                    .filter(plain)
                    .all(|one| one["securityContext"]["capabilities"]["drop"].is_array()),
            ),
            Convention::Seccomp => Some(!security["seccompProfile"].is_null()),
            Convention::ServiceAccount => match pod["serviceAccountName"].as_str() {
                None => Some(false),
                Some(name) if name == object.id.name => {
                    let account = self.objects.iter().find(|other| {
                        other.id.kind == "ServiceAccount"
                            && other.id.name == name
                            && other.id.namespace == object.id.namespace
                    });
                    Some(account.is_some_and(|one| self.comes_with(convention, one)))
                }
                Some(_) => None,
            },
            Convention::NoToken => match &pod["automountServiceAccountToken"] {
                Value::Null => (pod["serviceAccountName"].is_null()
                    || pod["serviceAccountName"] == object.id.name)
                    .then_some(false),
                said => (said == false).then_some(true),
            },
            Convention::HostNetworkDns => {
                (pod["hostNetwork"] == true && pod["dnsPolicy"].is_null()).then_some(false)
            }
            Convention::FsGroup => {
                let claims = items(&pod["volumes"]).iter().any(|volume| {
                    ["persistentVolumeClaim", "ephemeral", "csi"]
                        .iter()
                        .any(|kind| volume[*kind].is_object())
                });
                let claims = claims || object.value["spec"]["volumeClaimTemplates"].is_array();
                (claims && security["runAsUser"].is_number()).then(|| {
                    security["fsGroup"].is_number()
                        && security["fsGroupChangePolicy"] == "OnRootMismatch"
                })
            }
            Convention::Requests => Some(containers().all(|one| {
                ["cpu", "memory"].iter().all(|resource| {
                    ["requests", "limits"]
                        .iter()
                        .any(|field| !one["resources"][*field][*resource].is_null())
                })
            })),
            Convention::ZeroDowntime => {
                let rolls = object.id.kind == "Deployment"
                    && object.value["spec"]["strategy"]["type"] != "Recreate";
                let said = get(&object.value, "spec.strategy.rollingUpdate.maxUnavailable");
                (rolls && many).then(|| !said.is_null())
            }
            Convention::DisruptionBudget => many.then(|| {
                self.objects.iter().any(|other| {
                    other.id.kind == "PodDisruptionBudget"
                        && other.id.namespace == object.id.namespace
                        && other.value["spec"]["selector"] == object.value["spec"]["selector"]
                })
            }),
            Convention::RestartOnChange => {
                let job = matches!(object.id.kind.as_str(), "Job" | "CronJob");
                (!job && reads(pod)).then(|| checksums(object).next().is_some())
            }
            Convention::Spread => {
                many.then(|| !items(&pod["topologySpreadConstraints"]).is_empty())
            }
        }
    }

    fn standard(&self, object: &Wanted, key: &str) -> Value {
        match key {
            "app.kubernetes.io/managed-by" => "infra".into(),
            "app.kubernetes.io/name" => label_value_of(&object.id.name).into(),
            _ => label_value_of(self.environment).into(),
        }
    }

    /// Whether a workload always has more than one pod.
    fn many(&self, object: &Wanted) -> bool {
        let replicated = matches!(object.word(), ("apps/v1", "Deployment" | "StatefulSet"));
        let scaler = autoscaler(self.objects, object);
        let least = match scaler {
            Some(scaler) => scaler.value["spec"]["minReplicas"].as_i64(),
            None => object.value["spec"]["replicas"].as_i64(),
        };
        replicated && least.unwrap_or(1) > 1
    }

    /// Whether an account or a disruption budget is what a workload of its name would bring along.
    fn comes_with(&self, convention: Convention, object: &Wanted) -> bool {
        let workload = self.objects.iter().find(|other| {
            other.id.name == object.id.name
                && other.id.namespace == object.id.namespace
                && other.pod().is_some()
        });
        let Some(workload) = workload else {
            return false;
        };
        let mut said = object.value.clone();
        for key in STANDARD {
            if let Some(labels) = said["metadata"]["labels"].as_object_mut()
                && labels.get(key) == Some(&self.standard(object, key))
            {
                labels.remove(key);
            }
        }
        if convention == Convention::DisruptionBudget
            && let Some(labels) = said["metadata"]["labels"].as_object_mut()
        {
            // It is labelled as its workload is.
            labels
                .retain(|key, value| workload.value["metadata"]["labels"].get(key) != Some(value));
        }
        let extra = fields(&said["metadata"]["labels"]).next().is_some()
            || fields(&said["metadata"]["annotations"]).next().is_some();
        if extra {
            return false;
        }
        if convention == Convention::ServiceAccount {
            let known = [
                "apiVersion",
                "kind",
                "metadata",
                "automountServiceAccountToken",
            ];
            return said["automountServiceAccountToken"] == false
                && fields(&said).all(|(key, _)| known.contains(&key.as_str()));
        }
        let spec = json!({
            "maxUnavailable": 1,
            "selector": workload.value["spec"]["selector"],
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        });
        said["spec"] == spec
    }

    /// An object without what the defaults that are on bring.
    pub(super) fn relieved(&self, on: &BTreeSet<Convention>, object: &Wanted) -> Value {
        let mut value = object.value.clone();
        if on.contains(&Convention::StandardLabels) && kind::of(object.word()).is_some() {
            for path in LABELS {
                if let Some(labels) = value.pointer_mut(path).and_then(Value::as_object_mut) {
                    labels.retain(|key, value| {
                        !STANDARD.contains(&key.as_str()) || *value != self.standard(object, key)
                    });
                }
            }
        }
        let template = match object.id.kind.as_str() {
            "CronJob" => "/spec/jobTemplate/spec/template",
            _ => "/spec/template",
        };
        if object.pod().is_some()
            && let Some(template) = value.pointer_mut(template)
        {
            relieve(on, &object.id.name, template);
        }
        if on.contains(&Convention::ZeroDowntime) && self.many(object) {
            take(
                &mut value,
                "/spec/strategy/rollingUpdate",
                "maxUnavailable",
                &json!(0),
            );
        }
        value
    }
}

const LABELS: [&str; 3] = [
    "/metadata/labels",
    "/spec/template/metadata/labels",
    "/spec/jobTemplate/spec/template/metadata/labels",
];

fn relieve(on: &BTreeSet<Convention>, name: &str, template: &mut Value) {
    let has = |convention| on.contains(&convention);
    let rules = [
        (
            Convention::NonRoot,
            "/spec/securityContext",
            "runAsNonRoot",
            json!(true),
        ),
        (
            Convention::Seccomp,
            "/spec/securityContext",
            "seccompProfile",
            json!({ "type": "RuntimeDefault" }),
        ),
        (
            Convention::NoToken,
            "/spec",
            "automountServiceAccountToken",
            json!(false),
        ),
        (
            Convention::ServiceAccount,
            "/spec",
            "serviceAccountName",
            json!(name),
        ),
        (
            Convention::HostNetworkDns,
            "/spec",
            "dnsPolicy",
            json!("ClusterFirstWithHostNet"),
        ),
    ];
    for (convention, path, field, value) in rules {
        if has(convention) {
            take(template, path, field, &value);
        }
    }
    if has(Convention::FsGroup) {
        let security = &mut template["spec"]["securityContext"];
        let group = match &security["runAsGroup"] {
            Value::Null => security["runAsUser"].clone(),
            group => group.clone(),
        };
        if security["fsGroupChangePolicy"] == "OnRootMismatch" && security["fsGroup"] == group {
            take(security, "", "fsGroup", &group);
        }
        if security.is_null()
            && let Some(spec) = template["spec"].as_object_mut()
        {
            spec.remove("securityContext");
        }
    }
    if has(Convention::Spread) && is_default_spread(&template["spec"]["topologySpreadConstraints"])
    {
        let spread = template["spec"]["topologySpreadConstraints"].clone();
        take(template, "/spec", "topologySpreadConstraints", &spread);
    }
    for list in ["containers", "initContainers"] {
        let containers = template["spec"].get_mut(list).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            if has(Convention::Requests) {
                let requests = json!({ "cpu": "100m", "memory": "128Mi" });
                take(container, "/resources", "requests", &requests);
            }
            if has(Convention::NoPrivilegeEscalation) {
                take(
                    container,
                    "/securityContext",
                    "allowPrivilegeEscalation",
                    &json!(false),
                );
            }
            if has(Convention::DroppedCapabilities) {
                take(
                    container,
                    "/securityContext/capabilities",
                    "drop",
                    &json!(["ALL"]),
                );
            }
        }
    }
    if has(Convention::RestartOnChange)
        && let Some(annotations) = template
            .pointer_mut("/metadata/annotations")
            .and_then(Value::as_object_mut)
    {
        annotations.retain(|key, _| !is_checksum(key));
    }
}

fn take(value: &mut Value, path: &str, field: &str, expected: &Value) {
    if let Some(fields) = value.pointer_mut(path).and_then(Value::as_object_mut)
        && fields.get(field) == Some(expected)
    {
        fields.remove(field);
    }
}

fn is_default_spread(spread: &Value) -> bool {
    let keys: Vec<&str> = items(spread)
        .iter()
        .filter_map(|one| one["topologyKey"].as_str())
        .collect();
    keys == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
        && items(spread)
            .iter()
            .all(|one| one["whenUnsatisfiable"] == "ScheduleAnyway")
}

/// The annotation of a template that holds the checksum of what its pods read.
pub(super) fn is_checksum(key: &str) -> bool {
    key.starts_with("checksum/configmap.") || key.starts_with("checksum/secret.")
}

fn checksums(object: &Wanted) -> impl Iterator<Item = &String> {
    let annotations = get(&object.value, "spec.template.metadata.annotations");
    fields(annotations)
        .map(|(key, _)| key)
        .filter(|key| is_checksum(key))
}

/// Whether pods read config maps or secrets.
fn reads(pod: &Value) -> bool {
    let text = pod.to_string();
    ["configMap", "secretRef", "secretKeyRef", "\"secret\""]
        .iter()
        .any(|word| text.contains(word))
}

/// Whether the pods of a job can be found by a label.
fn is_labelled(object: &Wanted) -> bool {
    LABELS[1..].iter().any(|path| {
        object
            .value
            .pointer(path)
            .is_some_and(|labels| labels["app"].is_string() || labels[STANDARD[0]].is_string())
    })
}

/// The autoscaler of a workload.
pub(super) fn autoscaler<'a>(objects: &'a [Wanted], workload: &Wanted) -> Option<&'a Wanted> {
    let scalers = objects
        .iter()
        .filter(|other| other.id.kind == "HorizontalPodAutoscaler");
    let mut scalers = scalers.filter(|other| other.id.namespace == workload.id.namespace);
    scalers.find(|scaler| {
        let target = &scaler.value["spec"]["scaleTargetRef"];
        target["kind"] == workload.id.kind && target["name"] == workload.id.name
    })
}
