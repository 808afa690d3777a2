//! Behaviour over time: what the controllers do, beside what those of a real control plane do.
//!
//! A scenario is a program of steps. Its pods are taken by no scheduler and no kubelet: the scenario
//! plays these itself (see [`by_hand`]), so that each end meets the same causes, in the same order. Only
//! the pods of `life-…` are taken by a real scheduler, and by kwok's nodes.
//! Everything that happens in its namespace is watched, and told step by step as text. The texts that
//! a real control plane gave lie in `recorded/`: a plain `cargo test` compares the sandbox with them,
//! and under `tests/control-plane/run` a second test holds that they still are what a real one does.
//! What still differs on the sandbox lies in `differs/`, line by line, and is named in the README: a
//! line that no longer differs fails too. With `INFRA_TEST_RECORD=1` each test writes its own folder
//! anew; `INFRA_TEST_SCENARIO=NAME` plays one scenario alone.
//!
//! # What is compared, and what is free
//!
//! Two controllers work at the same time, and each may see several changes at once. What they do is
//! therefore an order only in part. These are the laws that a text keeps:
//!
//! - **Steps**: all of a step comes before all of the next.
//! - **An object**: each of its fields goes through its states in order. Repeats are folded, and of a
//!   counter the turning points are kept (`0 → 3`, whether or not it was seen at 1 and 2; `3 → 0 → 3`).
//!   How the fields of one object interleave is free, for a write may carry one change or several.
//! - **Events**: all that were told, and how many alike, without their order between objects. How
//!   often a warning was told depends on how often something was tried, and is free.
//! - **The end**: whole objects, with the field managers of all their fields.
//!
//! Names, uids, times and addresses that are made anew each time are masked (see [`names`]). Pods of
//! one set that went through the same states are told as one, with their number. What is free beyond
//! that stands in [`free`], with the reason.

mod by_hand;
mod deed;
mod end;
mod facet;
mod fold;
mod free;
mod names;
mod observe;
mod recorded;
mod scenario;
mod stage;
mod tell;

use crate::control_plane::{self, Controllers};
use end::End;
use scenario::{SCENARIOS, Scenario};
use stage::Stage;

/// Plays one scenario: what was told, and whether it came to its end.
async fn play(end: &End, scenario: &Scenario) -> (String, Result<(), String>) {
    // What is recorded anew must not wait for what was recorded before.
    let expected = if control_plane::is_recording() {
        String::new()
    } else {
        recorded::read(scenario.name)
    };
    match Stage::open(end, scenario.name, scenario.kinds, expected).await {
        Ok(mut stage) => {
            let result = (scenario.play)(&mut stage).await;
            (stage.close().await, result)
        }
        Err(message) => (String::new(), Err(message)),
    }
}

/// The scenarios that are asked for: all, unless one is named.
fn chosen() -> Vec<&'static Scenario> {
    let only = std::env::var("INFRA_TEST_SCENARIO").ok();
    let chosen: Vec<_> = SCENARIOS
        .iter()
        .filter(|scenario| only.as_ref().is_none_or(|name| scenario.name == name))
        .collect();
    assert!(!chosen.is_empty(), "there is no scenario {only:?}");
    chosen
}

/// Fails with all that is wrong, if anything is.
fn report(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_sandbox_behaves_as_a_control_plane_was_recorded() {
    let record = control_plane::is_recording();
    let mut wrong = Vec::new();
    for scenario in chosen() {
        let name = scenario.name;
        let (told, result) = play(&End::sandbox(), scenario).await;
        let mut differs = recorded::difference(&recorded::read(name), &told);
        if let Err(message) = result {
            differs.push_str(&message);
            differs.push('\n');
        }
        if record {
            recorded::note_differences(name, &differs);
            continue;
        }
        let known = recorded::known_differences(name);
        if known != differs {
            let what = recorded::difference(&known, &differs);
            wrong.push(format!(
                "== {name}: what differs from the recording is not what is known to differ:\n{what}"
            ));
        }
    }
    report(wrong);
}

#[test]
fn the_readme_names_the_scenarios_and_those_that_still_differ() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).expect("the README");
    let (scenarios, differing) = readme
        .split_once("is not named here:\n")
        .expect("the README tells of behaviour over time");
    let differing = differing.split("\n## ").next().unwrap_or_default();
    for scenario in SCENARIOS {
        let name = scenario.name;
        let short = name.split_once('-').map_or(name, |(_, end)| end);
        let is_told = [name.to_owned(), format!("-{short}")]
            .iter()
            .any(|name| scenarios.contains(&format!("`{name}`")));
        assert!(is_told, "the README does not name the scenario `{name}`");
        let differs = !recorded::known_differences(name).is_empty();
        let named = differing.contains(&format!("`{name}`"));
        assert_eq!(named, differs, "`{name}` differs: {differs}");
    }
}

#[tokio::test]
async fn a_control_plane_still_behaves_as_recorded() {
    let test = "what a control plane does over time";
    let Some(client) = control_plane::client(test, Controllers::On).await else {
        return;
    };
    let record = control_plane::is_recording();
    let end = End::ControlPlane(client);
    let all = chosen().into_iter().map(async |scenario| {
        let name = scenario.name;
        let (told, result) = play(&end, scenario).await;
        if record && result.is_ok() {
            recorded::write(name, &told);
            return None;
        }
        let differs = recorded::difference(&recorded::read(name), &told);
        let message = result.err().unwrap_or_default();
        (!differs.is_empty() || !message.is_empty())
            .then(|| format!("== {name}: `-` is recorded, `+` was seen:\n{differs}{message}"))
    });
    let wrong = futures::future::join_all(all).await;
    report(wrong.into_iter().flatten().collect());
}
