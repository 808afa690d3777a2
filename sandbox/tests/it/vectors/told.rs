//! Answers as text: whole, each as what changed since the one before.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// What was asked and answered.
pub(super) struct Told {
    namespace: String,
    /// The lines of each object as it was last seen.
    seen: BTreeMap<String, Vec<String>>,
    /// Names for what is made anew each time, by object and field, in the order in which they came.
    made: BTreeMap<String, Vec<String>>,
    text: String,
}

impl Told {
    pub(super) fn new(namespace: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            seen: BTreeMap::new(),
            made: BTreeMap::new(),
            text: String::new(),
        }
    }

    pub(super) fn text(&self) -> String {
        self.text.replace(&self.namespace, "<namespace>")
    }

    /// Tells one answer.
    pub(super) fn tell(&mut self, title: &str, code: u16, body: &Value) {
        let gap = if self.text.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.text, "{gap}## {title}: {code}");
        let mut lines = Vec::new();
        if body["kind"] == "Status" {
            flatten("", body, &mut lines);
            for line in lines {
                let _ = writeln!(self.text, "  {line}");
            }
            return;
        }
        let mut body = body.clone();
        let object = &format!("{}/{}", body["kind"], body["metadata"]["name"]);
        let managers = body["metadata"]
            .as_object_mut()
            .and_then(|metadata| metadata.remove("managedFields"));
        flatten("", &self.masked(object, body), &mut lines);
        let entries = managers.as_ref().and_then(Value::as_array);
        let mut managers: Vec<String> = entries.into_iter().flatten().map(manager).collect();
        managers.sort();
        lines.extend(managers);
        let before = self.seen.insert(object.to_owned(), lines.clone());
        let before = before.unwrap_or_default();
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        let now: Vec<&str> = lines.iter().map(String::as_str).collect();
        for change in similar::TextDiff::from_slices(&before, &now).iter_all_changes() {
            let line = change.value();
            let sign = match change.tag() {
                similar::ChangeTag::Equal => continue,
                similar::ChangeTag::Delete => '-',
                similar::ChangeTag::Insert => '+',
            };
            let _ = writeln!(self.text, "{sign} {line}");
        }
    }

    /// The object with names for what is made anew each time: the first, second, … that was seen.
    fn masked(&mut self, object: &str, mut body: Value) -> Value {
        for pointer in [
            "/metadata/resourceVersion",
            "/metadata/uid",
            "/metadata/creationTimestamp",
            "/spec/clusterIP",
            "/spec/clusterIPs/0",
        ] {
            let Some(value) = body.pointer_mut(pointer) else {
                continue;
            };
            let made = self.made.entry(format!("{object} {pointer}")).or_default();
            let text = value.to_string();
            let index = made.iter().position(|made| *made == text);
            let index = index.unwrap_or_else(|| {
                made.push(text);
                made.len() - 1
            });
            *value = Value::String(format!("<{}>", index + 1));
        }
        body
    }
}

/// One line for an entry of `managedFields`, without its time but for whether it has one.
fn manager(entry: &Value) -> String {
    let text = |field: &str| entry[field].as_str();
    let parts: Vec<&str> = ["operation", "apiVersion", "subresource"]
        .into_iter()
        .filter_map(text)
        .chain(entry["time"].is_null().then_some("no time"))
        .collect();
    let name = text("manager").unwrap_or_default();
    format!("{name} ({}) owns {}", parts.join(", "), entry["fieldsV1"])
}

/// A line for each leaf.
fn flatten(path: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                flatten(&format!("{path}{dot}{name}"), value, lines);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                flatten(&format!("{path}[{index}]"), value, lines);
            }
        }
        leaf => lines.push(format!("{path}: {leaf}")),
    }
}

fn path(name: &str) -> PathBuf {
    let home = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/vectors/recorded");
    PathBuf::from(home).join(format!("{name}.txt"))
}

/// Compares what was told with what a server answered.
pub(super) fn compare(name: &str, told: &str) {
    let recorded = std::fs::read_to_string(path(name)).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(recorded.as_str(), told);
    let differs = diff.unified_diff().header("recorded", "told").to_string();
    assert!(differs.is_empty(), "{name}:\n{differs}");
}

/// Records what a server answered.
pub(super) fn record(name: &str, told: &str) {
    std::fs::write(path(name), told).expect("the recordings can be written");
}
