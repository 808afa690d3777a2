//! Defaults of the remaining groups. Kinds have one name in all of them.

use serde_json::{Value, json};

use super::edit::{Fields, has, items, made, object, set, set_text, text, within};

const RBAC: &str = "rbac.authorization.k8s.io";

pub(super) fn defaults(kind: &str, value: &mut Value) {
    match kind {
        "HorizontalPodAutoscaler" => autoscaler(value),
        "RoleBinding" | "ClusterRoleBinding" => binding(value),
        "Role" | "ClusterRole" => {
            // Go prints the list although it is not there.
            if let Some(role) = value.as_object_mut() {
                role.entry("rules").or_insert(Value::Null);
            }
        }
        "StorageClass" => {
            let Some(class) = value.as_object_mut() else {
                return;
            };
            set_text(class, "reclaimPolicy", "Delete");
            set_text(class, "volumeBindingMode", "Immediate");
        }
        "CSIDriver" => {
            if let Some(spec) = within(value, &["spec"]) {
                csi_driver(spec);
            }
        }
        "PriorityClass" => {
            if let Some(class) = value.as_object_mut() {
                set(class, "preemptionPolicy", "PreemptLowerPriority");
            }
        }
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => {
            let Some(configuration) = value.as_object_mut() else {
                return;
            };
            for webhook in items(configuration, "webhooks") {
                if kind == "MutatingWebhookConfiguration" {
                    set(webhook, "reinvocationPolicy", "Never");
                }
                self::webhook(webhook);
            }
        }
        "ValidatingAdmissionPolicy" | "MutatingAdmissionPolicy" => {
            let Some(spec) = within(value, &["spec"]) else {
                return;
            };
            set(spec, "failurePolicy", "Fail");
            if let Some(resources) = object(spec, "matchConstraints") {
                match_resources(resources);
            }
        }
        "ValidatingAdmissionPolicyBinding" | "MutatingAdmissionPolicyBinding" => {
            if let Some(resources) = within(value, &["spec", "matchResources"]) {
                match_resources(resources);
            }
        }
        "CustomResourceDefinition" => definition(value),
        "APIService" => {
            if let Some(service) = within(value, &["spec", "service"]) {
                set(service, "port", 443);
            }
        }
        _ => {}
    }
}

fn autoscaler(value: &mut Value) {
    let v2 = value.get("apiVersion").and_then(Value::as_str) != Some("autoscaling/v1");
    if v2 && let Some(status) = within(value, &["status"]) {
        // Go prints the list although it is not there.
        status.entry("currentMetrics").or_insert(Value::Null);
    }
    let Some(spec) = within(value, &["spec"]) else {
        return;
    };
    set(spec, "minReplicas", 1);
    if !v2 {
        return;
    }
    if !has(spec, "metrics") {
        spec.insert(
            "metrics".to_owned(),
            json!([{"type": "Resource", "resource": {"name": "cpu",
                "target": {"type": "Utilization", "averageUtilization": 80}}}]),
        );
    }
    let Some(behavior) = object(spec, "behavior") else {
        return;
    };
    let percent = json!({"type": "Percent", "value": 100, "periodSeconds": 15});
    if let Some(up) = made(behavior, "scaleUp") {
        set(up, "stabilizationWindowSeconds", 0);
        set(up, "selectPolicy", "Max");
        let pods = json!({"type": "Pods", "value": 4, "periodSeconds": 15});
        set(up, "policies", json!([pods, percent]));
    }
    if let Some(down) = made(behavior, "scaleDown") {
        set(down, "selectPolicy", "Max");
        set(down, "policies", json!([percent]));
    }
}

fn binding(value: &mut Value) {
    let Some(binding) = value.as_object_mut() else {
        return;
    };
    if let Some(role) = made(binding, "roleRef") {
        set_text(role, "apiGroup", RBAC);
    }
    for subject in items(binding, "subjects") {
        if matches!(text(subject, "kind"), "User" | "Group") {
            set_text(subject, "apiGroup", RBAC);
        }
    }
}

fn csi_driver(spec: &mut Fields) {
    set(spec, "attachRequired", true);
    set(spec, "podInfoOnMount", false);
    set(spec, "storageCapacity", false);
    set(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
    set(spec, "volumeLifecycleModes", json!(["Persistent"]));
    set(spec, "requiresRepublish", false);
    set(spec, "seLinuxMount", false);
}

fn webhook(webhook: &mut Fields) {
    set(webhook, "failurePolicy", "Fail");
    set(webhook, "matchPolicy", "Equivalent");
    set(webhook, "namespaceSelector", json!({}));
    set(webhook, "objectSelector", json!({}));
    set(webhook, "timeoutSeconds", 10);
    items(webhook, "rules").for_each(|rule| set(rule, "scope", "*"));
    let service = object(webhook, "clientConfig").and_then(|config| object(config, "service"));
    if let Some(service) = service {
        set(service, "port", 443);
    }
}

fn match_resources(resources: &mut Fields) {
    set(resources, "matchPolicy", "Equivalent");
    set(resources, "namespaceSelector", json!({}));
    set(resources, "objectSelector", json!({}));
    for list in ["resourceRules", "excludeResourceRules"] {
        items(resources, list).for_each(|rule| set(rule, "scope", "*"));
    }
}

fn items_of<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.into_iter().flatten()
}

fn definition(value: &mut Value) {
    let stored = items_of(value, "/spec/versions").find(|version| version["storage"] == true);
    let stored = stored.map(|version| json!([version["name"]]));
    if let Some(status) = within(value, &["status"]) {
        status.entry("conditions").or_insert(Value::Null);
        let is_empty = |list: &Value| list.as_array().is_none_or(Vec::is_empty);
        if status.get("storedVersions").is_none_or(is_empty) {
            status.insert("storedVersions".into(), stored.unwrap_or_default());
        }
    }
    let Some(spec) = within(value, &["spec"]) else {
        return;
    };
    if let Some(names) = object(spec, "names")
        && !text(names, "kind").is_empty()
    {
        let kind = text(names, "kind").to_owned();
        set_text(names, "singular", &kind.to_lowercase());
        set_text(names, "listKind", &format!("{kind}List"));
    }
    if let Some(conversion) = made(spec, "conversion") {
        set_text(conversion, "strategy", "None");
        let service = object(conversion, "webhook")
            .and_then(|webhook| object(webhook, "clientConfig"))
            .and_then(|config| object(config, "service"));
        if let Some(service) = service {
            set(service, "port", 443);
        }
    }
}
