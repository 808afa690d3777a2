//! One claim: finds or makes its volume, grows it, and lets it go when nobody uses it any more.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::effect::{Action, Decision, Event, status_action};
use super::super::json::{annotation, at, flag, has, items, set, set_key, strings, text};
use super::super::meta::{has_finalizer, is_terminating, name, namespace, uid, without_finalizer};
use super::super::pod::{POD, is_finished};
use super::super::scheduler::{SELECTED_NODE, bytes, claim_names};
use super::super::seam::{Cluster, Writer};
use super::reclaim::in_phase;
use super::{CLAIM_PROTECTION, CLASS, COMPONENT, VOLUME, VOLUME_PROTECTION};

/// The access modes that a storage class can give, separated by commas; all where it is missing.
const ACCESS_MODES: &str = "sandbox.infra.dev/access-modes";

pub(super) fn look(claim: &Value, cluster: &mut dyn Cluster) -> Option<Timestamp> {
    let decision = if is_terminating(claim) {
        release(claim, cluster)
    } else if text(claim, "spec.volumeName").is_empty() {
        let class = text(claim, "spec.storageClassName");
        let class = (!class.is_empty())
            .then(|| cluster.get(CLASS, "", class))
            .flatten();
        let volumes = cluster.list(VOLUME, "");
        seek(claim, class.as_deref(), &volumes, cluster.now())
    } else {
        let volume = cluster.get(VOLUME, "", text(claim, "spec.volumeName"));
        let class = cluster.get(CLASS, "", text(claim, "spec.storageClassName"));
        hold(claim, volume.as_deref(), class.as_deref(), cluster.now())
    };
    decision.perform(cluster, Writer::ControllerManager, COMPONENT)
}

/// Lets a deleted claim go once no pod uses it.
fn release(claim: &Value, cluster: &dyn Cluster) -> Decision {
    let mut decision = Decision::default();
    let uses = |pod: &Arc<Value>| {
        !is_finished(pod) && claim_names(pod).iter().any(|used| used == name(claim))
    };
    let used = cluster.list(POD, namespace(claim)).iter().any(uses);
    if !used && has_finalizer(claim, CLAIM_PROTECTION) {
        decision.push(Action::Update(without_finalizer(claim, CLAIM_PROTECTION)));
    }
    decision
}

/// Binds a claim to a volume that is there, or to one made for it, or says why not.
fn seek(claim: &Value, class: Option<&Value>, volumes: &[Arc<Value>], now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    let waits = |decision: &mut Decision, event: Event| {
        decision.event(event);
        if text(claim, "status.phase") != "Pending" {
            let mut status = claim["status"].clone();
            set(&mut status, "phase", "Pending");
            decision.actions.extend(status_action(claim, status));
        }
    };
    let late =
        class.is_some_and(|class| text(class, "volumeBindingMode") == "WaitForFirstConsumer");
    let chosen = annotation(claim, SELECTED_NODE).is_some();
    let reserved = volumes.iter().find(|volume| is_reserved(volume, claim));
    if late && !chosen && reserved.is_none() {
        let message = "waiting for first consumer to be created before binding";
        waits(
            &mut decision,
            Event::normal(claim, "WaitForFirstConsumer", message),
        );
        return decision;
    }
    let wanted = reserved.or_else(|| best_match(claim, volumes));
    if let Some(volume) = wanted {
        let mut bound = Value::clone(volume);
        set(&mut bound, "spec.claimRef", reference(claim));
        set_key(
            &mut bound,
            "metadata.annotations",
            "pv.kubernetes.io/bound-by-controller",
            "yes",
        );
        bind(claim, &bound, None, now, &mut decision);
        return decision;
    }
    let class_name = text(claim, "spec.storageClassName");
    if class_name.is_empty() {
        let message = "no persistent volumes available for this claim and no storage class is set";
        waits(
            &mut decision,
            Event::normal(claim, "FailedBinding", message),
        );
        return decision;
    }
    let Some(class) = class else {
        let message = format!("storageclass.storage.k8s.io \"{class_name}\" not found");
        waits(
            &mut decision,
            Event::warning(claim, "ProvisioningFailed", message),
        );
        return decision;
    };
    let provisioner = text(class, "provisioner");
    if provisioner == "kubernetes.io/no-provisioner" {
        let message = "no persistent volumes available for this claim and the storage class does not make any";
        waits(
            &mut decision,
            Event::normal(claim, "FailedBinding", message),
        );
        return decision;
    }
    let message = format!(
        "Waiting for a volume to be created either by the external provisioner '{provisioner}' or \
         manually by the system administrator. If volume creation is delayed, please verify that \
         the provisioner is running and correctly registered."
    );
    decision.event(Event::normal(claim, "ExternalProvisioning", message));
    if let Some(problem) = unsupported(claim, class) {
        let message =
            format!("failed to provision volume with StorageClass \"{class_name}\": {problem}");
        let failed = Event::warning(claim, "ProvisioningFailed", message);
        waits(&mut decision, failed.by(provisioner));
        return decision;
    }
    let volume = provision(claim, class);
    let message = format!(
        "External provisioner is provisioning volume for claim \"{}/{}\"",
        namespace(claim),
        name(claim)
    );
    decision.event(Event::normal(claim, "Provisioning", message).by(provisioner));
    decision.push(Action::Create(volume.clone()));
    let message = format!("Successfully provisioned volume {}", name(&volume));
    decision.event(Event::normal(claim, "ProvisioningSucceeded", message).by(provisioner));
    bind(claim, &volume, Some(provisioner), now, &mut decision);
    decision
}

/// Writes both sides of a binding.
fn bind(
    claim: &Value,
    volume: &Value,
    provisioner: Option<&str>,
    now: Timestamp,
    decision: &mut Decision,
) {
    if provisioner.is_none() {
        decision.push(Action::Update(volume.clone()));
    }
    let status = in_phase(&volume["status"], "Bound", now);
    decision.actions.extend(status_action(volume, status));
    let mut bound = claim.clone();
    set(&mut bound, "spec.volumeName", name(volume));
    for key in [
        "pv.kubernetes.io/bind-completed",
        "pv.kubernetes.io/bound-by-controller",
    ] {
        set_key(&mut bound, "metadata.annotations", key, "yes");
    }
    if let Some(provisioner) = provisioner {
        for key in [
            "volume.beta.kubernetes.io/storage-provisioner",
            "volume.kubernetes.io/storage-provisioner",
        ] {
            set_key(&mut bound, "metadata.annotations", key, provisioner);
        }
    }
    if !has_finalizer(&bound, CLAIM_PROTECTION) {
        bound = super::super::meta::with_finalizer(&bound, CLAIM_PROTECTION);
    }
    decision.push(Action::Update(bound.clone()));
    let status = json!({
        "phase": "Bound",
        "accessModes": at(volume, "spec.accessModes").clone(),
        "capacity": at(volume, "spec.capacity").clone(),
    });
    decision.actions.extend(status_action(&bound, status));
}

/// What a claim that has its volume needs: the phase where it is missing, more room, or the news
/// that the volume is gone.
fn hold(claim: &Value, volume: Option<&Value>, class: Option<&Value>, now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    let Some(volume) = volume else {
        let mut status = claim["status"].clone();
        if text(&status, "phase") == "Bound" {
            set(&mut status, "phase", "Lost");
            decision.actions.extend(status_action(claim, status));
            let message = "Bound claim has lost its PersistentVolume. Data on the volume is lost!";
            decision.event(Event::warning(claim, "ClaimLost", message));
        }
        return decision;
    };
    if text(claim, "status.phase") != "Bound" {
        if is_reserved(volume, claim) {
            let mut bound = volume.clone();
            set(&mut bound, "spec.claimRef", reference(claim));
            bind(claim, &bound, None, now, &mut decision);
        } else if has(volume, "spec.claimRef") {
            let message = format!(
                "volume \"{}\" already bound to a different claim.",
                name(volume)
            );
            decision.event(Event::warning(claim, "FailedBinding", message));
        } else if let Some(problem) = mismatch(claim, volume) {
            let message = format!(
                "Cannot bind to requested volume \"{}\": {problem}",
                name(volume)
            );
            decision.event(Event::warning(claim, "VolumeMismatch", message));
        } else {
            let mut bound = volume.clone();
            set(&mut bound, "spec.claimRef", reference(claim));
            bind(claim, &bound, None, now, &mut decision);
        }
        return decision;
    }
    let asked = at(claim, "spec.resources.requests.storage");
    let has_now = at(claim, "status.capacity.storage");
    let grows = bytes(asked) > bytes(has_now);
    if grows && class.is_some_and(|class| flag(class, "allowVolumeExpansion")) {
        let message = "waiting for an external controller to expand this PVC";
        decision.event(Event::normal(claim, "ExternalExpanding", message).by("volume_expand"));
        let mut larger = volume.clone();
        set(&mut larger, "spec.capacity.storage", asked.clone());
        decision.push(Action::Update(larger));
        let mut status = claim["status"].clone();
        set(&mut status, "capacity.storage", asked.clone());
        decision.actions.extend(status_action(claim, status));
        let message = "MountVolume.NodeExpandVolume succeeded for volume";
        let message = format!("{message} \"{}\"", name(volume));
        let done = Event::normal(claim, "FileSystemResizeSuccessful", message);
        decision.event(done.by("kubelet"));
    }
    decision
}

/// Whether a volume was set aside for a claim.
fn is_reserved(volume: &Value, claim: &Value) -> bool {
    let reference = at(volume, "spec.claimRef");
    let held = text(reference, "uid");
    text(reference, "name") == name(claim)
        && text(reference, "namespace") == namespace(claim)
        && (held.is_empty() || held == uid(claim))
}

/// Why a volume does not give what a claim asks for.
fn mismatch(claim: &Value, volume: &Value) -> Option<&'static str> {
    let asked = bytes(at(claim, "spec.resources.requests.storage")).unwrap_or(0);
    let mode = |object: &Value| match text(object, "spec.volumeMode") {
        "" => "Filesystem".to_owned(),
        mode => mode.to_owned(),
    };
    let offered = strings(volume, "spec.accessModes");
    let differs = |field: &str| text(volume, field) != text(claim, field);
    if is_terminating(volume) {
        Some("the volume is marked for deletion")
    } else if size(volume) < asked {
        Some("requested PV is too small")
    } else if differs("spec.storageClassName") {
        Some("storageClassName does not match")
    } else if differs("spec.volumeAttributesClassName") {
        Some("volumeAttributesClassName does not match")
    } else if mode(volume) != mode(claim) {
        Some("incompatible volumeMode")
    } else {
        let modes = strings(claim, "spec.accessModes");
        let lacks = modes.iter().any(|mode| !offered.contains(mode));
        lacks.then_some("incompatible accessMode")
    }
}

fn size(volume: &Value) -> i128 {
    bytes(at(volume, "spec.capacity.storage")).unwrap_or(0)
}

/// The smallest free volume that gives what a claim asks for.
fn best_match<'a>(claim: &Value, volumes: &'a [Arc<Value>]) -> Option<&'a Arc<Value>> {
    let selector = at(claim, "spec.selector");
    volumes
        .iter()
        .filter(|volume| {
            !has(volume, "spec.claimRef")
                && mismatch(claim, volume).is_none()
                && (selector.is_null()
                    || super::super::selector::selects(selector, at(volume, "metadata.labels")))
        })
        .min_by_key(|volume| (size(volume), name(volume).to_owned()))
}

/// Why a class cannot make a volume with the access modes of a claim.
fn unsupported(claim: &Value, class: &Value) -> Option<String> {
    let offered = annotation(class, ACCESS_MODES)?;
    let known: Vec<&str> = offered.split(',').map(str::trim).collect();
    let modes = strings(claim, "spec.accessModes");
    let missing = modes.into_iter().find(|mode| !known.contains(mode))?;
    Some(format!(
        "rpc error: code = InvalidArgument desc = Volume capabilities not supported: access mode \
         {missing}, supported are {}",
        known.join(", ")
    ))
}

fn provision(claim: &Value, class: &Value) -> Value {
    let volume_name = format!("pvc-{}", uid(claim));
    let policy = match text(class, "reclaimPolicy") {
        "" => "Delete",
        policy => policy,
    };
    let mut volume = json!({
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": volume_name,
            "annotations": {"pv.kubernetes.io/provisioned-by": text(class, "provisioner")},
            "finalizers": [VOLUME_PROTECTION],
        },
        "spec": {
            "accessModes": at(claim, "spec.accessModes").clone(),
            "capacity": {"storage": at(claim, "spec.resources.requests.storage").clone()},
            "claimRef": reference(claim),
            "csi": {"driver": text(class, "provisioner"), "volumeHandle": volume_name},
            "persistentVolumeReclaimPolicy": policy,
            "storageClassName": name(class),
            "volumeMode": match text(claim, "spec.volumeMode") { "" => "Filesystem", mode => mode },
        },
    });
    if !items(class, "mountOptions").is_empty() {
        volume["spec"]["mountOptions"] = at(class, "mountOptions").clone();
    }
    volume
}

fn reference(claim: &Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "name": name(claim),
        "namespace": namespace(claim),
        "uid": uid(claim),
        "resourceVersion": at(claim, "metadata.resourceVersion").clone(),
    })
}
