//! What stands at an end before a sequence begins, and what is taken away after it.

use super::end::End;
use super::kind::{NAMESPACE, WIDGET, sample};
use super::operation::{Operation, Verb};
use serde_json::{Value, json};
use std::time::Duration;

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// How often a server is asked again until a definition is in force or gone, how long in between, and how
/// often in a row it may stay as it is: one whose names are not accepted never comes into force, one
/// with a finalizer does not go.
const TRIES: usize = 1_200;
const PAUSE: Duration = Duration::from_millis(25);
const STILL: usize = 30;

/// What keeps a definition that is being deleted until its objects are gone.
const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// A text with the namespace's real name.
pub(crate) fn real(text: &str, space: &str) -> String {
    text.replace(NAMESPACE, space)
}

/// Makes the namespace, with the service account that a controller would make, and the definition of
/// the custom kind if it is asked for. Tells the version from which watches begin.
pub(crate) async fn make(end: &End, space: &str, operations: &[Operation]) -> String {
    let must = async |path: &str, body: &Value| {
        let (path, body) = (real(path, space), real(&body.to_string(), space));
        let raw = end
            .send("POST", &path, "application/json", body.into_bytes())
            .await;
        assert!(raw.code == 201, "{path}: {} {}", raw.code, raw.text);
    };
    let namespace = json!({"metadata": {"name": NAMESPACE}});
    must("/api/v1/namespaces", &namespace).await;
    let account = json!({"metadata": {"name": "default"}});
    let path = format!("/api/v1/namespaces/{NAMESPACE}/serviceaccounts");
    must(&path, &account).await;
    if operations.iter().any(|one| sample(&one.kind).is_custom()) {
        must(DEFINITIONS, &WIDGET).await;
        settled(end, space, "widgets").await;
    }
    let path = format!("/api/v1/namespaces/{space}/configmaps");
    let (_, list) = end.get(&path).await;
    let version = list["metadata"]["resourceVersion"].as_str();
    version.unwrap_or_default().to_owned()
}

/// Takes away what would burden a server for good: definitions, and services with their addresses and
/// ports.
pub(crate) async fn clear(end: &End, space: &str, operations: &[Operation]) {
    let mut paths = Vec::new();
    if operations.iter().any(|one| one.kind == "Service") {
        let all = Operation::new(Verb::DeleteCollection, "Service", "");
        paths.push(real(&all.path(), space));
    }
    if operations.iter().any(|one| sample(&one.kind).is_custom()) {
        let_go(end, space).await;
        paths.push(definition(space, "widgets"));
    }
    if operations
        .iter()
        .any(|one| one.kind == "CustomResourceDefinition")
    {
        paths.push(definition(space, "gadgets"));
    }
    for path in paths {
        let _ = end.send("DELETE", &path, "", Vec::new()).await;
    }
}

/// Takes the finalizers from custom objects. A server waits for the last object of a definition that
/// goes, up to a minute, and for five definitions at a time: the others stay, and with them their test.
async fn let_go(end: &End, space: &str) {
    let path = format!("/apis/{space}.example.com/v1/namespaces/{space}/widgets");
    let (_, list) = end.get(&path).await;
    for item in list["items"].as_array().into_iter().flatten() {
        if let Some(name) = item["metadata"]["name"].as_str()
            && item["metadata"]["finalizers"].is_array()
        {
            let nothing = json!({"metadata": {"finalizers": null}}).to_string();
            let path = format!("{path}/{name}");
            let kind = "application/merge-patch+json";
            let _ = end.send("PATCH", &path, kind, nothing.into_bytes()).await;
        }
    }
}

fn domain(plural: &str) -> &'static str {
    if plural == "widgets" {
        "example.com"
    } else {
        "example.org"
    }
}

fn definition(space: &str, plural: &str) -> String {
    format!("{DEFINITIONS}/{plural}.{space}.{}", domain(plural))
}

/// Waits until a definition is in force, or gone. In a sandbox it is at once.
pub(crate) async fn settled(end: &End, space: &str, plural: &str) {
    let path = definition(space, plural);
    let (mut version, mut still) = (Value::Null, 0);
    for _ in 0..TRIES {
        let (code, definition) = end.get(&path).await;
        let (spec, status) = (&definition["spec"], &definition["status"]);
        let is_going = definition["metadata"]["deletionTimestamp"].is_string();
        let is_established = |one: &Value| one["type"] == "Established" && one["status"] == "True";
        let mut conditions = status["conditions"].as_array().into_iter().flatten();
        let is_ready =
            !is_going && status["acceptedNames"] == spec["names"] && conditions.any(is_established);
        if code == 404 || (is_ready && is_served(end, space, plural).await) {
            return;
        }
        // However long it takes: the server lets go of what it deletes.
        let now = &definition["metadata"]["resourceVersion"];
        let is_still = !(is_ready || is_going && is_held(&definition)) && *now == version;
        still = if is_still { still + 1 } else { 0 };
        if still > STILL {
            return;
        }
        version = now.clone();
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether a definition is kept until its objects are gone, which it is from its deletion on.
pub(crate) fn is_held(definition: &Value) -> bool {
    let finalizers = definition["metadata"]["finalizers"].as_array();
    finalizers.is_some_and(|all| all.iter().any(|one| one == CLEANUP))
}

/// Whether the custom kind is served; that of the definitions that are compared is never asked for.
async fn is_served(end: &End, space: &str, plural: &str) -> bool {
    if plural != "widgets" {
        return true;
    }
    let group = format!("{space}.{}", domain(plural));
    let path = format!("/apis/{group}/v1/namespaces/{space}/{plural}?limit=1");
    end.get(&path).await.0 == 200
}
