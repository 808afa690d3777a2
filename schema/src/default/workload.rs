//! Defaults of the `apps` group.

use serde_json::{Value, json};

use super::edit::{Fields, items, made, object, set, set_text, text, within};
use super::pod::{claim, template};

pub(super) fn defaults(kind: &str, object: &mut Value) {
    let Some(spec) = within(object, &["spec"]) else {
        return;
    };
    match kind {
        "Deployment" => deployment(spec),
        "StatefulSet" => stateful_set(spec),
        "DaemonSet" => daemon_set(spec),
        "ReplicaSet" => {
            set(spec, "replicas", 1);
            template(spec);
        }
        _ => {}
    }
}

fn deployment(spec: &mut Fields) {
    set(spec, "replicas", 1);
    set(spec, "revisionHistoryLimit", 10);
    set(spec, "progressDeadlineSeconds", 600);
    if let Some(strategy) = made(spec, "strategy") {
        set_text(strategy, "type", "RollingUpdate");
        if text(strategy, "type") == "RollingUpdate"
            && let Some(rolling) = made(strategy, "rollingUpdate")
        {
            set(rolling, "maxUnavailable", "25%");
            set(rolling, "maxSurge", "25%");
        }
        rolling_zeros(strategy);
    }
    template(spec);
}

fn stateful_set(spec: &mut Fields) {
    set(spec, "replicas", 1);
    set(spec, "revisionHistoryLimit", 10);
    set_text(spec, "podManagementPolicy", "OrderedReady");
    if let Some(strategy) = made(spec, "updateStrategy") {
        if text(strategy, "type").is_empty() {
            set_text(strategy, "type", "RollingUpdate");
            set(strategy, "rollingUpdate", json!({}));
        }
        if let Some(rolling) = object(strategy, "rollingUpdate") {
            set(rolling, "partition", 0);
        }
    }
    if let Some(retention) = made(spec, "persistentVolumeClaimRetentionPolicy") {
        set_text(retention, "whenDeleted", "Retain");
        set_text(retention, "whenScaled", "Retain");
    }
    for template in items(spec, "volumeClaimTemplates") {
        set_text(template, "apiVersion", "v1");
        set_text(template, "kind", "PersistentVolumeClaim");
        claim(template);
    }
    template(spec);
}

fn daemon_set(spec: &mut Fields) {
    set(spec, "revisionHistoryLimit", 10);
    if let Some(strategy) = made(spec, "updateStrategy") {
        set_text(strategy, "type", "RollingUpdate");
        if text(strategy, "type") == "RollingUpdate"
            && let Some(rolling) = made(strategy, "rollingUpdate")
        {
            set(rolling, "maxUnavailable", 1);
            set(rolling, "maxSurge", 0);
        }
        rolling_zeros(strategy);
    }
    template(spec);
}

/// Go has no pointers here: under whatever type it stands, a rolling update has both numbers.
fn rolling_zeros(strategy: &mut Fields) {
    if let Some(rolling) = object(strategy, "rollingUpdate") {
        set(rolling, "maxUnavailable", 0);
        set(rolling, "maxSurge", 0);
    }
}
