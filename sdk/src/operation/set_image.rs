//! Changing the image of a container.

use super::{Found, OperationError, Target, WORKLOADS, Written, find, written};
use crate::cluster::{Cluster, PatchForm};
use crate::environment::listed;
use serde_json::{Value, json};

/// Changes the image of a workload's container: of the one that is named, else of its only one.
pub async fn set_image(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    image: &str,
    container: Option<&str>,
    dry_run: bool,
) -> Result<Written, OperationError> {
    let found = find(cluster, target, namespace, WORKLOADS).await?;
    let change = change(&found, image, container)?;
    written::patch(cluster, &found, &change, PatchForm::Strategic, dry_run).await
}

/// Where the pod's specification stands in an object.
pub(super) fn pod_spec(found: &Found) -> Option<&'static [&'static str]> {
    match (found.id.group.as_str(), found.id.kind.as_str()) {
        ("", "Pod") => Some(&["spec"]),
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") | ("batch", "Job") => {
            Some(&["spec", "template", "spec"])
        }
        ("batch", "CronJob") => Some(&["spec", "jobTemplate", "spec", "template", "spec"]),
        _ => None,
    }
}

fn change(found: &Found, image: &str, wanted: Option<&str>) -> Result<Value, OperationError> {
    let id = &found.id;
    let Some(path) = pod_spec(found) else {
        return Err(OperationError::unfit(format!("{id} has no containers")));
    };
    let spec = path.iter().fold(&found.object, |value, key| &value[*key]);
    let names = |list: &str| -> Vec<&str> {
        let containers = spec[list].as_array().into_iter().flatten();
        containers.filter_map(|one| one["name"].as_str()).collect()
    };
    let (main, init) = (names("containers"), names("initContainers"));
    let all = || listed(main.iter().chain(&init).copied());
    let (list, name) = match (wanted, main.as_slice()) {
        (Some(name), _) if main.contains(&name) => ("containers", name),
        (Some(name), _) if init.contains(&name) => ("initContainers", name),
        (Some(name), _) => {
            let problem = format!("{id} has no container `{name}`");
            return Err(OperationError::unfit_but(
                problem,
                format!("it has {}", all()),
            ));
        }
        (None, [only]) => ("containers", *only),
        (None, _) => {
            return Err(OperationError::unfit_but(
                format!("{id} has several containers"),
                format!("name one with the option `container`: {}", all()),
            ));
        }
    };
    let containers = json!({ list: [{ "name": name, "image": image }] });
    Ok(path
        .iter()
        .rev()
        .fold(containers, |inner, key| json!({ *key: inner })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::kinds;
    use crate::object::ObjectId;

    fn found(group: &str, kind: &str, containers: &[&str]) -> Found {
        let containers: Vec<Value> = containers
            .iter()
            .map(|name| json!({ "name": name }))
            .collect();
        let pod = json!({"containers": containers, "initContainers": [{"name": "wait"}]});
        let spec = match kind {
            "CronJob" => json!({"jobTemplate": {"spec": {"template": {"spec": pod}}}}),
            _ => json!({"template": {"spec": pod}}),
        };
        let object = json!({"apiVersion": format!("{group}/v1"), "kind": kind,
            "metadata": {"name": "app", "namespace": "shop"}, "spec": spec});
        Found {
            served: kinds::builtin(group, kind),
            id: ObjectId::of(&object),
            object,
        }
    }

    #[test]
    fn the_container_that_is_named_or_the_only_one() {
        let one = || found("apps", "Deployment", &["app"]);
        let two = || found("apps", "StatefulSet", &["app", "proxy"]);
        for (found, wanted, expected) in [
            (one(), None, Ok("/spec/template/spec/containers/0/name=app")),
            (
                one(),
                Some("wait"),
                Ok("/spec/template/spec/initContainers/0/name=wait"),
            ),
            (
                two(),
                Some("proxy"),
                Ok("/spec/template/spec/containers/0/name=proxy"),
            ),
            (
                two(),
                None,
                Err("statefulset/app in shop has several containers"),
            ),
            (
                one(),
                Some("ap"),
                Err("deployment/app in shop has no container `ap`"),
            ),
            (
                found("batch", "CronJob", &["app"]),
                None,
                Ok("/spec/jobTemplate/spec/template/spec/containers/0/name=app"),
            ),
        ] {
            match (change(&found, "a:2", wanted), expected) {
                (Ok(change), Ok(expected)) => {
                    let (path, name) = expected.split_once('=').unwrap();
                    assert_eq!(change.pointer(path).unwrap(), name);
                }
                (Err(error), Err(expected)) => assert_eq!(error.to_string(), expected),
                (found, expected) => panic!("{found:?} instead of {expected:?}"),
            }
        }
    }
}
