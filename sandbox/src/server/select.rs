//! Label and field selectors as they stand in queries.

use super::labels::{self, Requirement};
use crate::error::Status;
use crate::kinds::Served;
use serde_json::Value;

/// Which objects a list or a watch is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<(String, bool, String)>,
}

impl Selector {
    /// Parses both selectors of a request on objects of a kind.
    pub(super) fn parse(kind: &Served, labels: &str, fields: &str) -> Result<Self, Status> {
        Ok(Self {
            labels: labels::parse(labels).map_err(Status::bad_request)?,
            fields: parse_fields(kind, fields)?,
        })
    }

    /// Whether it picks everything.
    pub(super) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether it can pick but one object of a namespace, by its name.
    pub(super) fn is_of_one_name(&self) -> bool {
        let is_name = |(path, equal, _): &(String, bool, String)| *equal && path == "metadata.name";
        self.fields.iter().any(is_name)
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

/// A kind with fields of its own refuses others in its own words.
fn unknown(kind: &Served, path: &str) -> String {
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("batch", "Job") => format!("field label {path:?} not supported for Job"),
        _ if kind.is_custom() || !selectable(kind).is_empty() => {
            format!("field label not supported: {path}")
        }
        _ => format!(
            "{path:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        ),
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
            return Err(Status::bad_request(unknown(kind, path)));
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
