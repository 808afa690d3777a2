//! Label and field selectors as they stand in queries.

use crate::error::Status;
use crate::kinds::Served;
use serde_json::Value;

/// Which objects a list or a watch is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<(String, bool, String)>,
}

#[derive(Clone, Debug, PartialEq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl Selector {
    /// Parses both selectors of a request on objects of a kind.
    pub(super) fn parse(kind: &Served, labels: &str, fields: &str) -> Result<Self, Status> {
        let labels = parse_labels(labels)
            .map_err(|why| Status::bad_request(format!("unable to parse requirement: {why}")))?;
        Ok(Self {
            labels,
            fields: parse_fields(kind, fields)?,
        })
    }

    /// Whether it picks everything.
    pub(super) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Only the object with this name.
    pub(super) fn named(mut self, name: &str) -> Self {
        if !name.is_empty() {
            self.fields
                .push(("metadata.name".to_owned(), true, name.to_owned()));
        }
        self
    }

    /// Whether an object is picked.
    pub(super) fn picks(&self, object: &Value) -> bool {
        let labels = &object["metadata"]["labels"];
        self.labels
            .iter()
            .all(|requirement| requirement.holds(labels))
            && self
                .fields
                .iter()
                .all(|(path, equal, value)| (field(object, path) == *value) == *equal)
    }
}

impl Requirement {
    fn holds(&self, labels: &Value) -> bool {
        let found = labels.get(&self.key).and_then(Value::as_str);
        let number = || found.and_then(|found| found.parse::<i64>().ok());
        let among = |values: &[String], found: &str| values.iter().any(|value| value == found);
        match &self.test {
            Test::Exists => found.is_some(),
            Test::Absent => found.is_none(),
            Test::In(values) => found.is_some_and(|found| among(values, found)),
            Test::NotIn(values) => !found.is_some_and(|found| among(values, found)),
            Test::Above(bound) => number().is_some_and(|number| number > *bound),
            Test::Below(bound) => number().is_some_and(|number| number < *bound),
        }
    }
}

/// A field as selectors compare it: a text; what is not there is empty.
fn field(object: &Value, path: &str) -> String {
    let mut value = object;
    for name in path.split('.') {
        value = &value[name];
    }
    match (value, path) {
        (Value::String(text), _) => text.clone(),
        (Value::Null, "spec.hostNetwork" | "spec.unschedulable") => "false".to_owned(),
        (Value::Null, "status.successful") => "0".to_owned(),
        (Value::Null, _) => String::new(),
        (other, _) => other.to_string(),
    }
}

/// The fields, besides name and namespace, by which objects of a kind can be selected.
fn selectable(kind: &Served) -> &'static [&'static str] {
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Pod") => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        ("", "Event") => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        ("", "Namespace") => &["status.phase"],
        ("", "Secret") => &["type"],
        ("", "Node") => &["spec.unschedulable"],
        ("", "ReplicationController") | ("apps", "ReplicaSet") => &["status.replicas"],
        ("batch", "Job") => &["status.successful"],
        ("", "Service") => &["spec.clusterIP", "spec.type"],
        ("certificates.k8s.io", "CertificateSigningRequest") => &["spec.signerName"],
        _ => &[],
    }
}

fn parse_fields(kind: &Served, text: &str) -> Result<Vec<(String, bool, String)>, Status> {
    let mut fields = Vec::new();
    for term in text.split(',').filter(|term| !term.trim().is_empty()) {
        let (path, equal, value) = if let Some((path, value)) = term.split_once("!=") {
            (path, false, value)
        } else if let Some((path, value)) = term.split_once("==") {
            (path, true, value)
        } else if let Some((path, value)) = term.split_once('=') {
            (path, true, value)
        } else {
            let message = format!("invalid selector: '{text}'; can't understand '{term}'");
            return Err(Status::bad_request(message));
        };
        let path = path.trim();
        let custom = match kind {
            Served::BuiltIn(_) => [].as_slice(),
            Served::Custom(custom) => &custom.version.selectable_fields,
        };
        let known = matches!(path, "metadata.name" | "metadata.namespace")
            || selectable(kind).contains(&path)
            || custom
                .iter()
                .any(|field| field.trim_start_matches('.') == path);
        if !known {
            return Err(Status::bad_request(format!(
                "field label not supported: {path}"
            )));
        }
        let path = if path == "source" {
            "source.component"
        } else {
            path
        };
        fields.push((path.to_owned(), equal, value.trim().to_owned()));
    }
    Ok(fields)
}

/// Splits at commas that are not within parentheses.
fn terms(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut terms) = (0_i32, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                terms.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    terms.push(text[start..].trim());
    terms
}

fn parse_labels(text: &str) -> Result<Vec<Requirement>, String> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    terms(text).into_iter().map(parse_label).collect()
}

fn parse_label(term: &str) -> Result<Requirement, String> {
    let requirement = |key: &str, test: Test| {
        let key = key.trim();
        let valid = !key.is_empty()
            && key
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "-_./".contains(letter));
        if valid {
            Ok(Requirement {
                key: key.to_owned(),
                test,
            })
        } else {
            Err(format!("found '{key}' in '{term}', expected: a label key"))
        }
    };
    let one = |value: &str| vec![value.trim().to_owned()];
    let bound = |value: &str| {
        let number = value.trim().parse();
        number.map_err(|_| format!("'{}' in '{term}' is not an integer", value.trim()))
    };
    if let Some(key) = term.strip_prefix('!') {
        return requirement(key, Test::Absent);
    }
    if let Some((key, value)) = term.split_once("!=") {
        return requirement(key, Test::NotIn(one(value)));
    }
    if let Some((key, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        return requirement(key, Test::In(one(value)));
    }
    if let Some((key, value)) = term.split_once('>') {
        return requirement(key, Test::Above(bound(value)?));
    }
    if let Some((key, value)) = term.split_once('<') {
        return requirement(key, Test::Below(bound(value)?));
    }
    let Some((head, values)) = term.split_once('(') else {
        return requirement(term, Test::Exists);
    };
    let values = values
        .strip_suffix(')')
        .ok_or_else(|| format!("'{term}' lacks a ')'"))?;
    let values = values
        .split(',')
        .map(|value| value.trim().to_owned())
        .collect();
    match head.trim().rsplit_once(char::is_whitespace) {
        Some((key, "in")) => requirement(key, Test::In(values)),
        Some((key, "notin")) => requirement(key, Test::NotIn(values)),
        _ => Err(format!(
            "found '{}' in '{term}', expected: in, notin",
            head.trim()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn label_selectors_pick_what_the_servers_do() {
        let labels = json!({"app": "web", "tier": "front", "size": "10"});
        for (text, picked) in [
            ("", true),
            ("app", true),
            ("!app", false),
            ("!other", true),
            ("app=web", true),
            ("app==web,tier=front", true),
            ("app!=web", false),
            ("other!=web", true),
            ("app in (web, api)", true),
            ("app notin (web,api),tier", false),
            ("other notin (x)", true),
            ("size>5,size<11", true),
            ("size>10", false),
        ] {
            let requirements = parse_labels(text).expect(text);
            let all = requirements
                .iter()
                .all(|requirement| requirement.holds(&labels));
            assert_eq!(all, picked, "{text}");
        }
        for text in ["app in web", "app in (web", "=x", "a b", "size>x"] {
            assert!(parse_labels(text).is_err(), "{text}");
        }
    }
}
