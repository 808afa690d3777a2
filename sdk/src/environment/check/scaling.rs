//! Two autoscalers on one target.

use super::problem;
use crate::environment::{Problem, index::Key, view::View};
use std::collections::HashMap;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    let mut scaled: HashMap<Key<'_>, usize> = HashMap::new();
    for (position, object) in view.objects.iter().enumerate() {
        let scaler = matches!(
            (object.id.group.as_str(), object.id.kind.as_str()),
            ("autoscaling", "HorizontalPodAutoscaler") | ("keda.sh", "ScaledObject")
        );
        let target = view.references[position]
            .iter()
            .find(|one| one.path() == "spec.scaleTargetRef");
        let Some(target) = target.filter(|_| scaler) else {
            continue;
        };
        let Some(other) = scaled.insert(target.target(), position) else {
            continue;
        };
        problems.push(problem(
            format!(
                "`{}` and `{}` both set the replicas of `{}/{}`",
                view.objects[other].id.short(),
                object.id.short(),
                target.kind.to_lowercase(),
                target.name
            ),
            view.at(position, "spec.scaleTargetRef", Some(target.target())),
            "put all metrics into one autoscaler".to_owned(),
        ));
    }
}

/// How many pods of the workload at an index may run at once: by its autoscaler, else by itself.
pub(super) fn most_pods(view: &View<'_>, workload: usize) -> i64 {
    let object = &view.objects[workload];
    let home = object.id.namespace.as_deref().unwrap_or_default();
    let own = (
        object.id.group.as_str(),
        object.id.kind.as_str(),
        home,
        object.id.name.as_str(),
    );
    let bound = view
        .objects
        .iter()
        .enumerate()
        .find_map(|(position, scaler)| {
            let bound = scaler.value["spec"]["maxReplicas"].as_i64()?;
            let scales = view.references[position]
                .iter()
                .any(|one| one.path() == "spec.scaleTargetRef" && one.target() == own);
            scales.then_some(bound)
        });
    let spec = &object.value["spec"];
    match object.id.kind.as_str() {
        "Job" => spec["parallelism"].as_i64().unwrap_or(1),
        "CronJob" => spec["jobTemplate"]["spec"]["parallelism"]
            .as_i64()
            .unwrap_or(1),
        "Pod" => 1,
        // One on every node.
        "DaemonSet" => i64::MAX,
        _ => bound.unwrap_or_else(|| spec["replicas"].as_i64().unwrap_or(1)),
    }
}
