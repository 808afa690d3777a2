//! Mounts of volumes that are not there.

use super::{
    problem,
    suggest::{did_you_mean, listed},
};
use crate::environment::{Problem, refs::items, view::View};

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for (position, object) in view.objects.iter().enumerate() {
        let Some(pods) = view.pods(position) else {
            continue;
        };
        let claims = match object.id.kind.as_str() {
            "StatefulSet" => items(&object.value["spec"]["volumeClaimTemplates"]),
            _ => &[],
        };
        let volumes = items(&pods.spec["volumes"])
            .iter()
            .filter_map(|volume| volume["name"].as_str());
        let names: Vec<&str> = claims
            .iter()
            .filter_map(|claim| claim["metadata"]["name"].as_str())
            .chain(volumes)
            .collect();
        for (list, container) in pods.containers() {
            for field in ["volumeMounts", "volumeDevices"] {
                for mount in items(&container[field]) {
                    let name = mount["name"].as_str().unwrap_or_default();
                    if names.contains(&name) {
                        continue;
                    }
                    let path = format!("{}.{list}.{field}", pods.path);
                    let known = || format!("its volumes are {}", listed(names.iter().copied()));
                    problems.push(problem(
                        format!(
                            "the container `{}` of `{}` mounts the volume `{name}`, which is not there",
                            container["name"].as_str().unwrap_or_default(),
                            object.id.short()
                        ),
                        view.at(position, &path, None),
                        did_you_mean(name, names.iter().copied(), known),
                    ));
                }
            }
        }
    }
}
