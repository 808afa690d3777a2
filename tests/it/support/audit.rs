//! The requests that arrived at the control plane, as its audit log tells.

use super::Target;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Request {
    /// `get`, `list`, `watch`, `patch`, …
    pub(crate) verb: String,
    /// What it concerned: `shop/deployments`, `namespaces`, or the path where it concerned no object.
    pub(crate) what: String,
    /// Nothing was to be changed.
    pub(crate) dry_run: bool,
    /// When it came, in the log's own notation, which sorts.
    pub(crate) came: String,
    /// When its answer ended; nothing while it goes on.
    pub(crate) ended: Option<String>,
}

/// The requests of a user, in the order in which they came; namespaces bear the test's names. It is
/// read once the log has a request to the address `last`, too.
pub(super) fn requests(user: &str, prefix: &str, last: &str) -> Vec<Request> {
    let end = Instant::now() + Duration::from_mins(1);
    let log = loop {
        let log = std::fs::read_to_string(Target::get().folder().join("audit.log")).unwrap();
        if log.contains(last) {
            break log;
        }
        assert!(Instant::now() < end, "the audit log stands still");
        std::thread::sleep(Duration::from_millis(20));
    };
    // A watch has a line when it begins and one when it ends.
    let mut found: BTreeMap<String, Request> = BTreeMap::new();
    for line in log.lines().filter(|line| line.contains(user)) {
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            continue; // The last line may just be written.
        };
        if event["user"]["username"] != user {
            continue;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let address = text(&event["requestURI"]);
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        let about = &event["objectRef"];
        let what = match (about["namespace"].as_str(), about["resource"].as_str()) {
            (_, None) => path.to_owned(),
            (Some(namespace), Some(resource)) if resource != "namespaces" => {
                format!("{}/{resource}", namespace.trim_start_matches(prefix))
            }
            (_, Some(resource)) => resource.to_owned(),
        };
        let came = text(&event["requestReceivedTimestamp"]);
        let ended = event["stage"] == "ResponseComplete";
        let request = found.entry(text(&event["auditID"])).or_insert(Request {
            verb: text(&event["verb"]),
            what,
            dry_run: query.contains("dryRun=All"),
            came,
            ended: None,
        });
        if ended {
            request.ended = Some(text(&event["stageTimestamp"]));
        }
    }
    let mut found: Vec<Request> = found.into_values().collect();
    found.sort_by(|one, other| one.came.cmp(&other.came));
    found
}
