//! `autoscaler(workload)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::pod::items;
use crate::import::setters::{get, time};
use serde_json::Value;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let spec = subject.spec();
    let target = &spec["scaleTargetRef"];
    let api_version = target["apiVersion"].as_str().unwrap_or_default();
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let name = target["name"].as_str()?;
    let workload = subject
        .context
        .link(group, target["kind"].as_str()?, subject.home, name);
    let mut code = call("autoscaler", [workload]);
    if name != subject.name() {
        code = code.then("name", [text(subject.name())]);
    }
    let least = match &spec["minReplicas"] {
        Value::Null => Code::Int(1),
        least => json(least),
    };
    code = code.then("replicas", [least, json(&spec["maxReplicas"])]);
    for metric in items(&spec["metrics"]) {
        code = self::metric(subject, code, metric)?;
    }
    for (field, setter) in [("scaleUp", "scale_up"), ("scaleDown", "scale_down")] {
        if let Some(rules) = rules(&spec["behavior"][field]) {
            code = code.then(setter, [rules]);
        }
    }
    Some(code)
}

fn metric(subject: &Subject<'_>, code: Code, metric: &Value) -> Option<Code> {
    Some(match metric["type"].as_str()? {
        "Resource" => {
            let resource = &metric["resource"];
            let name = resource["name"].as_str()?;
            let percent = &resource["target"]["averageUtilization"];
            match name {
                "cpu" if percent.is_number() => code.then("cpu", [json(percent)]),
                "memory" if percent.is_number() => code.then("memory", [json(percent)]),
                _ => code.then("resource", [text(name), target(&resource["target"])?]),
            }
        }
        "ContainerResource" => {
            let of = &metric["containerResource"];
            let arguments = [
                json(&of["container"]),
                json(&of["name"]),
                target(&of["target"])?,
            ];
            code.then("container_resource", arguments)
        }
        "Pods" => {
            let of = &metric["pods"];
            let average = json(&of["target"]["averageValue"]);
            code.then("pods", [json(&of["metric"]["name"]), average])
        }
        "Object" => {
            let of = &metric["object"];
            let object = &of["describedObject"];
            let api_version = object["apiVersion"].as_str().unwrap_or_default();
            let group = api_version.split_once('/').map_or("", |(group, _)| group);
            let (kind, name) = (object["kind"].as_str()?, object["name"].as_str()?);
            let link = subject.context.link(group, kind, subject.home, name);
            code.then(
                "object",
                [link, json(&of["metric"]["name"]), target(&of["target"])?],
            )
        }
        "External" => {
            let of = &metric["external"];
            let labels = match get(of, "metric.selector.matchLabels") {
                Value::Null => Code::Map(Vec::new()),
                labels => json(labels),
            };
            code.then(
                "external",
                [json(&of["metric"]["name"]), labels, target(&of["target"])?],
            )
        }
        _ => return None,
    })
}

fn target(target: &Value) -> Option<Code> {
    Some(match target["type"].as_str()? {
        "Utilization" => call("utilization", [json(&target["averageUtilization"])]),
        "AverageValue" => call("average", [json(&target["averageValue"])]),
        "Value" => call("total", [json(&target["value"])]),
        _ => return None,
    })
}

fn rules(rules: &Value) -> Option<Code> {
    rules.as_object()?;
    let mut fields: Vec<(String, Code)> = Vec::new();
    let policy = |one: &Value| -> Option<Vec<(String, Code)>> {
        let word = match one["type"].as_str()? {
            "Percent" => "percent",
            "Pods" => "pods",
            _ => return None,
        };
        let period = time(one["periodSeconds"].as_i64()?);
        Some(vec![
            (word.to_owned(), json(&one["value"])),
            ("period".to_owned(), period),
        ])
    };
    match items(&rules["policies"]) {
        [] => {}
        [one] => fields.extend(policy(one)?),
        several => {
            let several: Option<Vec<Code>> = several
                .iter()
                .map(|one| policy(one).map(Code::Map))
                .collect();
            fields.push(("policies".to_owned(), Code::Array(several?)));
        }
    }
    if let Some(seconds) = rules["stabilizationWindowSeconds"].as_i64() {
        fields.push(("stabilization".to_owned(), time(seconds)));
    }
    for (field, key) in [
        ("selectPolicy", "select_policy"),
        ("tolerance", "tolerance"),
    ] {
        if rules[field].is_string() {
            fields.push((key.to_owned(), json(&rules[field])));
        }
    }
    (!fields.is_empty()).then_some(Code::Map(fields))
}
