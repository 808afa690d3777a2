//! What JSON tells of an object that no builder made.

use crate::object::{Location, Ref, SecretText};
use crate::resource::link::Relations;
use crate::resource::{Facts, PodFacts, PortFact, RelationKind, ServiceFacts, Target};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Takes the content of a secret out of it, and leaves what stands for it. Bytes that are no text
/// stay: a secret text cannot hold them. What stands for a text is no base64, and stays too.
pub(in crate::resource) fn take_secrets(value: &mut Value) -> BTreeMap<String, SecretText> {
    let mut secrets = BTreeMap::new();
    if value["apiVersion"] != "v1" || value["kind"] != "Secret" {
        return secrets;
    }
    let Some(object) = value.as_object_mut() else {
        return secrets;
    };
    let mut data = match object.remove("data") {
        Some(Value::Object(data)) => data,
        _ => Map::new(),
    };
    for (key, value) in &mut data {
        let encoded = value.as_str().unwrap_or_default();
        let bytes = STANDARD.decode(encoded.split_whitespace().collect::<String>());
        if let Some(text) = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
            let text = SecretText::text(text);
            *value = text.token().into();
            secrets.insert(key.clone(), text);
        }
    }
    if let Some(Value::Object(texts)) = object.remove("stringData") {
        for (key, value) in texts {
            let text = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            let text = SecretText::text(text);
            data.insert(key.clone(), text.token().into());
            secrets.insert(key, text);
        }
    }
    if !data.is_empty() {
        object.insert("data".to_owned(), data.into());
    }
    secrets
}

/// What others may know of it.
pub(super) fn facts_of(value: &Value) -> Facts {
    let spec = &value["spec"];
    let api_version = value["apiVersion"].as_str().unwrap_or_default();
    let mut facts = Facts::default();
    match (api_version, value["kind"].as_str().unwrap_or_default()) {
        ("v1", "ConfigMap" | "Secret") => {
            let keys = ["data", "binaryData"].into_iter();
            let keys = keys.filter_map(|field| value[field].as_object());
            facts.keys = Some(keys.flat_map(|map| map.keys().cloned()).collect());
        }
        ("v1", "Service") => {
            facts.service = Some(ServiceFacts {
                workload: None,
                labels: texts(&value["metadata"]["labels"]),
                selector: texts(&spec["selector"]),
                ports: ports(&spec["ports"], "port"),
                headless: spec["clusterIP"] == "None",
            });
        }
        ("v1", "PersistentVolumeClaim") => {
            let modes = spec["accessModes"].as_array().into_iter().flatten();
            let modes = modes.filter_map(Value::as_str).map(str::to_owned);
            facts.access_modes = modes.collect();
        }
        ("v1", "Pod") => {
            let labels = texts(&value["metadata"]["labels"]);
            facts.pods = Some(pods(labels.clone(), labels, spec, spec));
        }
        ("apps/v1", _) => facts.pods = template(&spec["template"], spec),
        ("batch/v1", "Job") => facts.pods = template(&spec["template"], &Value::Null),
        ("batch/v1", "CronJob") => {
            let template_of = &spec["jobTemplate"]["spec"]["template"];
            facts.pods = template(template_of, &Value::Null);
        }
        _ => {}
    }
    facts
}

fn template(template: &Value, spec: &Value) -> Option<PodFacts> {
    template.is_object().then(|| {
        let labels = texts(&template["metadata"]["labels"]);
        let selector = texts(&spec["selector"]["matchLabels"]);
        let selector = if selector.is_empty() {
            labels.clone()
        } else {
            selector
        };
        pods(selector, labels, &template["spec"], spec)
    })
}

fn pods(
    selector: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
    pod: &Value,
    spec: &Value,
) -> PodFacts {
    let containers = pod["containers"].as_array().into_iter().flatten();
    PodFacts {
        selector,
        labels,
        ports: containers
            .flat_map(|container| ports(&container["ports"], "containerPort"))
            .collect(),
        account: pod["serviceAccountName"]
            .as_str()
            .map(|name| Ref::new("", "ServiceAccount", name)),
        own_account: false,
        replicas: spec["replicas"]
            .as_i64()
            .and_then(|count| i32::try_from(count).ok()),
        // It is as its author wrote it.
        restarts: false,
        service_name: spec["serviceName"].as_str().map(str::to_owned),
    }
}

fn ports(value: &Value, number: &str) -> Vec<PortFact> {
    let ports = value.as_array().into_iter().flatten();
    ports
        .filter_map(|port| {
            Some(PortFact {
                name: port["name"].as_str().map(str::to_owned),
                port: u16::try_from(port[number].as_u64()?).ok()?,
                protocol: port["protocol"].as_str().unwrap_or("TCP").to_owned(),
            })
        })
        .collect()
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    let pairs = value.as_object().into_iter().flatten();
    pairs
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// What other builders must know of it, before anything is lowered: that it scales.
pub(super) fn relations_of(value: &Value, relations: &mut Relations, at: Option<&Location>) {
    let spec = &value["spec"];
    if value["kind"] == "HorizontalPodAutoscaler" {
        let target = &spec["scaleTargetRef"];
        let api_version = target["apiVersion"].as_str().unwrap_or_default();
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        if let (Some(kind), Some(name)) = (target["kind"].as_str(), target["name"].as_str()) {
            let bound = |field: &str| {
                let bound = spec[field].as_i64().unwrap_or(1);
                i32::try_from(bound).unwrap_or(i32::MAX)
            };
            let mut to = Ref::new(group, kind, name);
            to.namespace = value["metadata"]["namespace"].as_str().map(str::to_owned);
            let kind = RelationKind::Scales {
                min: bound("minReplicas"),
                max: bound("maxReplicas"),
            };
            relations.add(Target::Resource(to), kind, at);
        }
    }
}
