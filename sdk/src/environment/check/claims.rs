//! Claims for one node that many pods are to mount.

use super::{problem, scaling::most_pods};
use crate::environment::{Problem, index::namespace, view::View};

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for (position, references) in view.references.iter().enumerate() {
        if view.pods(position).is_none() {
            continue;
        }
        for reference in references
            .iter()
            .filter(|one| one.kind == "PersistentVolumeClaim")
        {
            let Some(modes) = modes(view, position, reference.name) else {
                continue;
            };
            let shared = modes
                .iter()
                .any(|mode| matches!(mode.as_str(), "ReadWriteMany" | "ReadOnlyMany"));
            let pods = most_pods(view, position);
            if shared || modes.is_empty() || pods <= 1 {
                continue;
            }
            let count = if pods == i64::MAX {
                "a pod on every node".to_owned()
            } else {
                format!("up to {pods} pods")
            };
            problems.push(problem(
                format!(
                    "`{}` mounts `persistentvolumeclaim/{}` ({}) in {count}: it can be written from one node only",
                    view.objects[position].id.short(),
                    reference.name,
                    modes.join(", ")
                ),
                view.at(position, &reference.path(), Some(reference.target())),
                "give the claim the access mode `ReadWriteMany` and a class for many writers, or run one pod".to_owned(),
            ));
        }
    }
}

/// The access modes of a claim that is made here.
fn modes(view: &View<'_>, position: usize, claim: &str) -> Option<Vec<String>> {
    let home = namespace(&view.objects[position]);
    let found = view.index.get(("", "PersistentVolumeClaim", home, claim))?;
    let modes = view.objects[found].value["spec"]["accessModes"].as_array()?;
    Some(
        modes
            .iter()
            .filter_map(|mode| mode.as_str().map(str::to_owned))
            .collect(),
    )
}
