//! ResourceQuota: a namespace has no more than its quotas say.

use super::Attempt;
use super::usage::{Amounts, containers, of_pod};
use crate::controller::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};
use crate::error::Status;
use crate::world::World;
use crate::write::{self, Write};
use infra_schema::kind::Kind;
use infra_schema::quantity::Quantity;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

const QUOTA: GroupKind<'static> = GroupKind::new("", "ResourceQuota");

const DEFINITION: GroupKind<'static> =
    GroupKind::new("apiextensions.k8s.io", "CustomResourceDefinition");

/// Kinds whose number a quota can bound by their plural alone.
const COUNTED: [(&str, &str); 7] = [
    ("ConfigMap", "configmaps"),
    ("PersistentVolumeClaim", "persistentvolumeclaims"),
    ("Pod", "pods"),
    ("ReplicationController", "replicationcontrollers"),
    ("ResourceQuota", "resourcequotas"),
    ("Secret", "secrets"),
    ("Service", "services"),
];

/// What one object uses of every resource that quotas know.
fn usage(group: &str, kind: &str, plural: &str, object: &Value) -> Amounts {
    let mut used = Amounts::default();
    let one = Quantity::from(1);
    let qualified = if group.is_empty() {
        plural.to_owned()
    } else {
        format!("{plural}.{group}")
    };
    if group.is_empty() && kind == "Pod" && is_over(object) {
        // A pod that has ended uses nothing; it still counts among the objects.
        used.add("count/pods", one);
        return used;
    }
    used.add(&format!("count/{qualified}"), one);
    if !group.is_empty() {
        return used;
    }
    if let Some((_, name)) = COUNTED.iter().find(|(known, _)| *known == kind) {
        used.add(name, one);
    }
    match kind {
        "Pod" => add_pod(&mut used, object),
        "Service" => add_service(&mut used, object),
        "PersistentVolumeClaim" => add_claim(&mut used, object),
        _ => {}
    }
    used
}

fn is_over(pod: &Value) -> bool {
    matches!(
        pod["status"]["phase"].as_str(),
        Some("Succeeded" | "Failed")
    )
}

fn add_pod(used: &mut Amounts, pod: &Value) {
    for (name, amount) in of_pod(pod, "requests").iter() {
        used.add(&format!("requests.{name}"), *amount);
        if matches!(name, "cpu" | "memory" | "ephemeral-storage") {
            used.add(name, *amount);
        }
    }
    for (name, amount) in of_pod(pod, "limits").iter() {
        used.add(&format!("limits.{name}"), *amount);
    }
}

fn add_service(used: &mut Amounts, service: &Value) {
    let ports = service["spec"]["ports"].as_array().map_or(0, Vec::len) as i64;
    match service["spec"]["type"].as_str() {
        Some("NodePort") => used.add("services.nodeports", ports.into()),
        Some("LoadBalancer") => {
            used.add("services.loadbalancers", 1.into());
            if service["spec"]["allocateLoadBalancerNodePorts"] != false {
                used.add("services.nodeports", ports.into());
            }
        }
        _ => {}
    }
}

fn add_claim(used: &mut Amounts, claim: &Value) {
    let class = claim["spec"]["storageClassName"]
        .as_str()
        .unwrap_or_default();
    let of_class = |what: &str| format!("{class}.storageclass.storage.k8s.io/{what}");
    if !class.is_empty() {
        used.add(&of_class("persistentvolumeclaims"), 1.into());
    }
    if let Some(storage) = Amounts::of(&claim["spec"]["resources"]["requests"]).get("storage") {
        used.add("requests.storage", *storage);
        if !class.is_empty() {
            used.add(&of_class("requests.storage"), *storage);
        }
    }
}

/// Whether a quota with scopes is about this object: only pods have any.
fn covers(quota: &Value, kind: &str, object: &Value) -> bool {
    let plain = quota["spec"]["scopes"].as_array().into_iter().flatten();
    let plain = plain.map(|scope| json!({"scopeName": scope, "operator": "Exists"}));
    let selected = quota["spec"]["scopeSelector"]["matchExpressions"].as_array();
    let scopes: Vec<Value> = plain
        .chain(selected.into_iter().flatten().cloned())
        .collect();
    if scopes.is_empty() {
        return true;
    }
    kind == "Pod" && scopes.iter().all(|scope| in_scope(scope, object))
}

fn in_scope(scope: &Value, pod: &Value) -> bool {
    let limited = pod["spec"]["activeDeadlineSeconds"].is_number();
    let resources = |part: &str| {
        containers(pod).any(|container| {
            container["resources"][part]
                .as_object()
                .is_some_and(|map| !map.is_empty())
        })
    };
    let best_effort = !resources("requests") && !resources("limits");
    match scope["scopeName"].as_str() {
        Some("BestEffort") => best_effort,
        Some("NotBestEffort") => !best_effort,
        Some("Terminating") => limited,
        Some("NotTerminating") => !limited,
        Some("PriorityClass") => {
            let class = &pod["spec"]["priorityClassName"];
            let among = scope["values"]
                .as_array()
                .is_some_and(|values| values.contains(class));
            match scope["operator"].as_str() {
                Some("In") => among,
                Some("NotIn") => !among,
                Some("DoesNotExist") => class.is_null(),
                _ => !class.is_null(),
            }
        }
        _ => false,
    }
}

/// What these objects, all of a quota's namespace, use of what the quota bounds.
fn used<'a>(
    objects: impl Iterator<Item = &'a Arc<Value>>,
    plural: impl Fn(&str, &str) -> String,
    quota: &Value,
) -> Amounts {
    let hard = Amounts::of(&quota["spec"]["hard"]);
    let mut total = Amounts::default();
    for (name, _) in hard.iter() {
        total.add(name, Quantity::from(0));
    }
    for object in objects {
        let group = crate::store::group_of(object);
        let kind = object["kind"].as_str().unwrap_or_default();
        if covers(quota, kind, object) {
            let own = usage(group, kind, &plural(group, kind), object);
            total.add_all(&own.only(|name| hard.get(name).is_some()));
        }
    }
    total
}

/// The plural of a kind.
fn plural_of<'a>(
    get: impl Fn(&str, &str) -> Option<String> + 'a,
) -> impl Fn(&str, &str) -> String + 'a {
    move |group, kind| {
        let built_in = Kind::find_latest(group, kind).map(|kind| kind.plural.to_string());
        built_in.or_else(|| get(group, kind)).unwrap_or_default()
    }
}

/// What a write uses more of one quota.
struct Claim {
    quota: Arc<Value>,
    more: Amounts,
    used: Amounts,
    hard: Amounts,
}

/// What a write uses more of the quotas that cover it, as far as their status tells: before the
/// controller has looked at a quota, it bounds nothing.
fn claims(world: &World, attempt: &Attempt<'_>, object: &Value) -> Result<Vec<Claim>, Status> {
    let kind = attempt.kind;
    // Only what is new uses more, but for claims that grow and pods that are resized.
    let grows = attempt.is("", "PersistentVolumeClaim") || attempt.write.subresource == "resize";
    if !kind.namespaced || (attempt.old.is_some() && !grows) {
        return Ok(Vec::new());
    }
    let namespace = object["metadata"]["namespace"].as_str();
    let mut claims = Vec::new();
    for quota in world.objects.list("", "ResourceQuota", namespace) {
        if !covers(quota, &kind.kind, object) {
            continue;
        }
        let hard = Amounts::of(&quota["status"]["hard"]);
        if attempt.is("", "Pod")
            && let Some(missing) = missing(&hard, object)
        {
            let name = name_of(quota);
            let why = format!("failed quota: {name}: must specify {missing}");
            return Err(attempt.forbid(object, &why));
        }
        let measure = |object: &Value| {
            let own = usage(&kind.group, &kind.kind, &kind.plural, object);
            own.only(|name| hard.get(name).is_some())
        };
        let had = attempt.old.map(|old| measure(old)).unwrap_or_default();
        let mut more = Amounts::default();
        for (resource, amount) in measure(object).iter() {
            let delta = had.get(resource).map_or(*amount, |had| *amount - *had);
            if !delta.is_zero() && !delta.is_negative() {
                more.add(resource, delta);
            }
        }
        if !more.is_empty() {
            claims.push(Claim {
                quota: quota.clone(),
                more,
                used: Amounts::of(&quota["status"]["used"]),
                hard,
            });
        }
    }
    Ok(claims)
}

fn name_of(quota: &Value) -> &str {
    quota["metadata"]["name"].as_str().unwrap_or_default()
}

/// Refuses what would exceed a quota.
pub(super) fn check(world: &World, attempt: &Attempt<'_>, object: &Value) -> Result<(), Status> {
    for claim in claims(world, attempt, object)? {
        let mut sum = claim.used.clone();
        sum.add_all(&claim.more);
        let exceeds = |resource: &str| sum.get(resource) > claim.hard.get(resource);
        let requested = claim.more.only(exceeds);
        if !requested.is_empty() {
            let asked = |resource: &str| requested.get(resource).is_some();
            let why = format!(
                "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                name_of(&claim.quota),
                requested.print(),
                claim.used.only(asked).print(),
                claim.hard.only(asked).print()
            );
            return Err(attempt.forbid(object, &why));
        }
    }
    Ok(())
}

/// Notes on the quotas what a write that is about to be stored uses of them, as the server itself
/// does, so that the next write meets it.
pub(super) fn charge(
    world: &mut World,
    attempt: &Attempt<'_>,
    object: &Value,
) -> Result<(), Status> {
    for claim in claims(world, attempt, object)? {
        let mut used = claim.used;
        used.add_all(&claim.more);
        let mut quota = Value::clone(&claim.quota);
        quota["status"]["used"] = used.to_json();
        let write = Write::by("kube-apiserver").subresource("status");
        write::replace_any(world, &write, quota)?;
    }
    Ok(())
}

/// What a pod has to say because a quota bounds it: `requests.cpu for: app`.
fn missing(hard: &Amounts, pod: &Value) -> Option<String> {
    let mut texts = Vec::new();
    for (name, _) in hard.iter() {
        let (part, resource) = match name.split_once('.') {
            Some((part @ ("requests" | "limits"), resource)) => (part, resource),
            _ => ("requests", name),
        };
        if !matches!(resource, "cpu" | "memory") {
            continue;
        }
        let mut silent: Vec<&str> = containers(pod)
            .filter(|container| container["resources"][part][resource].is_null())
            .filter_map(|container| container["name"].as_str())
            .collect();
        silent.sort_unstable();
        if !silent.is_empty() {
            texts.push(format!("{name} for: {}", silent.join(",")));
        }
    }
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// Whether an object uses something else than before.
fn counts_otherwise(before: &Value, after: &Value) -> bool {
    let kind = after["kind"].as_str().unwrap_or_default();
    if !matches!(kind, "Pod" | "PersistentVolumeClaim" | "Service") {
        return false;
    }
    let deadline = |object: &Value| object["spec"]["activeDeadlineSeconds"].is_number();
    usage("", kind, "", before) != usage("", kind, "", after) || deadline(before) != deadline(after)
}

/// Keeps the status of quotas: what they bound, and what is used of it.
pub(crate) struct Quotas;

impl Controller for Quotas {
    fn name(&self) -> &'static str {
        "resourcequota-controller"
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        let object = change.object();
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        // What is new was noted when it came.
        let is_quota = object["kind"] == "ResourceQuota";
        let counts = match (&change.before, &change.after) {
            _ if namespace.is_empty() => false,
            (_, None) => true,
            (None, Some(_)) => is_quota,
            (Some(before), Some(after)) => is_quota || counts_otherwise(before, after),
        };
        if !counts {
            return Vec::new();
        }
        cluster
            .list(QUOTA, namespace)
            .iter()
            .map(|quota| Key::of(quota))
            .collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let quota = cluster.get(QUOTA, &key.namespace, &key.name)?;
        let objects: Vec<Arc<Value>> = cluster
            .kinds()
            .iter()
            .filter(|(_, _, namespaced)| *namespaced)
            .flat_map(|(group, kind, _)| cluster.list(GroupKind::new(group, kind), &key.namespace))
            .collect();
        let definitions = cluster.list(DEFINITION, "");
        let custom = |group: &str, kind: &str| {
            let found = definitions.iter().find(|definition| {
                let spec = &definition["spec"];
                spec["group"] == group && spec["names"]["kind"] == kind
            })?;
            found["spec"]["names"]["plural"].as_str().map(str::to_owned)
        };
        let used = used(objects.iter(), plural_of(custom), &quota).to_json();
        let status = json!({"hard": quota["spec"]["hard"], "used": used});
        if quota["status"] != status {
            let mut quota = Value::clone(&quota);
            quota["status"] = status;
            // Whoever wrote in between brings the quota back into the queue.
            let _ = cluster.update_subresource(Writer::ControllerManager, "status", quota);
        }
        None
    }
}
