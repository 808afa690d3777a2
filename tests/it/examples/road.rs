//! Every example goes from nothing to ready, to unchanged, to destroyed.

use super::example::{Example, options, text};
use crate::support::{Infra, needs};
use serde_json::Value;
use std::collections::BTreeSet;

fn walk(name: &str, set: &[&str]) {
    let example = Example::named(name);
    // All that it brings into being by a name of its own.
    let set: Vec<String> = set.iter().map(ToString::to_string).collect();
    let objects = example.objects(None, &set);
    let namespaces: BTreeSet<&str> = objects
        .0
        .iter()
        .filter(|object| object["kind"] == "Namespace")
        .map(|object| text(&object["metadata"]["name"]))
        .collect();
    let namespaces: Vec<String> = namespaces.into_iter().map(str::to_owned).collect();
    let infra = Infra::alone(&namespaces).with_copy_of(&format!("examples/{name}"));
    let script = format!("{}{}", example.arguments(), options(&set));
    infra
        .run(&format!("plan {script} --exit-code"))
        .ends_with(3);
    infra.run(&format!("run {script} --yes")).ends_with(0);
    let again = infra.run(&format!("plan {script} --exit-code"));
    again.ends_with(0);
    infra.run(&format!("status {script}")).ends_with(0);
    // A volume that is kept holds what its claim wrote, and no other takes it.
    let volumes: Vec<&Value> = (objects.0.iter())
        .filter(|object| object["kind"] == "PersistentVolume")
        .collect();
    let taken = |claim: &Value| {
        let volume = &claim["spec"]["volumeName"];
        volumes.iter().any(|one| one["metadata"]["name"] == *volume)
    };
    let kept = (objects.0.iter())
        .filter(|object| taken(object) || volumes.contains(object))
        .map(|object| {
            let kind = text(&object["kind"]).to_lowercase();
            format!(" --delete {kind}/{}", text(&object["metadata"]["name"]))
        });
    let kept: String = kept.collect();
    infra
        .run(&format!("destroy {script} --yes{kept}"))
        .ends_with(0);
}

macro_rules! roads {
    ($($test:ident: $name:literal $(with $set:literal)*),+ $(,)?) => {
        $(
            #[test]
            fn $test() {
                needs!(Nodes, Whole);
                walk($name, &[$($set),*]);
            }
        )+

        #[test]
        fn every_example_is_walked() {
            let all: Vec<String> = Example::all().into_iter().map(|example| example.name).collect();
            // The exchange has a test of its own, step by step.
            let expected: BTreeSet<&str> = ["apricode-exchange", $($name),+].into();
            assert_eq!(all.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);
        }
    };
}

roads! {
    cryptopulse: "cryptopulse",
    infra_recommendations: "infra-recommendations",
    mrm_ai_platform: "mrm-ai-platform",
    vibebox: "vibebox" with "mesh=true" with "gitops=true" with "gateway_class=envoy",
}
