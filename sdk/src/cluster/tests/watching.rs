//! One LIST, then WATCHes that go on where the last one ended.

use super::script::{Answer, Scripted, config_maps, scripted};
use crate::cluster::{Selector, WatchEvent};
use futures::StreamExt as _;
use serde_json::{Value, json};

fn item(name: &str, version: &str) -> Value {
    json!({"metadata": {"name": name, "namespace": "n", "resourceVersion": version}})
}

fn list(version: &str, items: &[Value]) -> Answer {
    Answer::ok(json!({"metadata": {"resourceVersion": version}, "items": items}))
}

fn watch(events: &[(&str, Value)]) -> Answer {
    let lines: Vec<String> = events
        .iter()
        .map(|(kind, object)| json!({"type": kind, "object": object}).to_string() + "\n")
        .collect();
    Answer::ok(lines.concat())
}

/// The next events as words, and then the names in the store.
async fn told(scripted: &Scripted, count: usize) -> (Vec<String>, Vec<String>) {
    let mut watched = scripted
        .cluster
        .watch(&config_maps(), Some("n"), &Selector::all());
    let name = |object: &Value| object["metadata"]["name"].as_str().unwrap().to_owned();
    let mut told = Vec::new();
    while told.len() < count {
        told.push(match watched.next().await.unwrap().unwrap() {
            WatchEvent::Listed => "listed".to_owned(),
            WatchEvent::Changed(object) => format!("changed {}", name(&object)),
            WatchEvent::Gone(object) => format!("gone {}", name(&object)),
            WatchEvent::Interrupted(error) => format!("interrupted {}", error.code),
        });
    }
    let names = watched.objects().map(|object| name(object)).collect();
    (told, names)
}

fn asked(scripted: &Scripted) -> Vec<String> {
    let asked = scripted.asked.lock().unwrap();
    let version = |line: &String| {
        let from = line.split_once("resourceVersion=");
        match from {
            Some((_, version)) => format!("watch {version}"),
            None => "list".to_owned(),
        }
    };
    asked.iter().map(version).collect()
}

#[tokio::test]
async fn a_watch_that_the_server_ended_goes_on_from_where_it_was() {
    let scripted = scripted([
        list("5", &[item("a", "3")]),
        watch(&[("ADDED", item("b", "6")), ("BOOKMARK", item("", "9"))]),
        watch(&[("MODIFIED", item("a", "11")), ("DELETED", item("b", "12"))]),
    ]);
    let (told, names) = told(&scripted, 5).await;
    assert_eq!(
        told,
        ["changed a", "listed", "changed b", "changed a", "gone b"]
    );
    assert_eq!(names, ["a"]);
    assert_eq!(asked(&scripted), ["list", "watch 5", "watch 9"]);
}

#[tokio::test]
async fn a_version_that_is_too_old_lists_again_and_tells_the_difference() {
    let expired = json!({"kind": "Status", "code": 410, "reason": "Expired"});
    let scripted = scripted([
        list("5", &[item("a", "3"), item("b", "4")]),
        watch(&[("ERROR", expired)]),
        list("20", &[item("b", "4"), item("c", "18")]),
    ]);
    let (told, names) = told(&scripted, 6).await;
    assert_eq!(
        told,
        [
            "changed a",
            "changed b",
            "listed",
            "gone a",
            "changed c",
            "listed"
        ]
    );
    assert_eq!(names, ["b", "c"]);
}

#[tokio::test]
async fn a_server_that_is_away_for_a_moment_interrupts_and_is_asked_again() {
    let away = || Answer(503, None, String::new());
    let scripted = scripted([
        list("5", &[]),
        away(),
        away(),
        watch(&[("ADDED", item("a", "6"))]),
    ]);
    let (told, _) = told(&scripted, 4).await;
    assert_eq!(
        told,
        ["listed", "interrupted 503", "interrupted 503", "changed a"]
    );
    let slept = scripted.clock.slept.lock().unwrap().clone();
    assert!(slept.len() == 2 && slept[0] < slept[1], "{slept:?}");
}

#[tokio::test]
async fn no_permission_ends_it() {
    let scripted = scripted([Answer(
        403,
        None,
        json!({"reason": "Forbidden"}).to_string(),
    )]);
    let mut watched = scripted
        .cluster
        .watch(&config_maps(), None, &Selector::all());
    assert!(watched.next().await.unwrap().unwrap_err().is_forbidden());
    assert!(watched.next().await.is_none());
}
