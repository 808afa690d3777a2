//! Deletions that spread, or do not.

use super::super::json::text;
use super::super::meta::namespace;
use super::super::seam::Propagation;
use super::super::testing::Lab;
use super::deployment::deployment;

fn ready() -> Lab {
    let mut lab = Lab::full();
    lab.create(deployment("app"));
    lab.pass(30);
    assert_eq!(lab.all("Pod").len(), 3);
    lab
}

#[test]
fn in_the_background_the_owner_goes_first() {
    let mut lab = ready();
    lab.delete("Deployment", "app", Propagation::Background);
    assert!(lab.find("Deployment", "app").is_none());
    assert!(lab.all("ReplicaSet").is_empty());
    assert_eq!(lab.all("Pod").len(), 3, "pods stop gracefully");
    lab.pass(10);
    assert!(lab.all("Pod").is_empty());
    assert!(lab.events("Killing")[0].starts_with("Stopping container app"));
}

#[test]
fn in_the_foreground_the_owner_goes_last() {
    let mut lab = ready();
    lab.delete("Deployment", "app", Propagation::Foreground);
    assert!(lab.find("Deployment", "app").is_some());
    lab.pass(10);
    assert!(lab.find("Deployment", "app").is_none());
    assert!(lab.all("ReplicaSet").is_empty() && lab.all("Pod").is_empty());
}

#[test]
fn orphans_stay() {
    let mut lab = ready();
    lab.delete("Deployment", "app", Propagation::Orphan);
    lab.pass(10);
    assert!(lab.find("Deployment", "app").is_none());
    assert_eq!(lab.all("ReplicaSet").len(), 1);
    assert_eq!(lab.all("Pod").len(), 3);
}

#[test]
fn a_namespace_takes_all_with_it() {
    let mut lab = ready();
    lab.delete("Namespace", "shop", Propagation::Background);
    lab.pass(60);
    assert!(lab.find("Namespace", "shop").is_none());
    for kind in [
        "Deployment",
        "ReplicaSet",
        "Pod",
        "ConfigMap",
        "ServiceAccount",
    ] {
        let left = lab
            .all(kind)
            .into_iter()
            .find(|object| namespace(object) == "shop");
        assert!(
            left.is_none(),
            "{kind} {}",
            left.map_or(String::new(), |o| text(&o, "metadata.name").into())
        );
    }
}
