//! Where pods stand in the kinds that make them.

use crate::object::Object;
use serde_json::{Map, Value};

/// The pods that an object makes, or is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pods<'a> {
    /// The pod's `metadata`.
    pub(crate) metadata: &'a Value,
    /// The pod's `spec`.
    pub(crate) spec: &'a Value,
    /// The path of `spec` in the object.
    pub(crate) path: &'static str,
}

impl<'a> Pods<'a> {
    /// The pods of `object`, if it is of a kind that Kubernetes makes pods from.
    pub(crate) fn of(object: &'a Object) -> Option<Self> {
        let value = &object.value;
        let (pod, path) = match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("", "Pod") => (value, "spec"),
            ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
            | ("batch", "Job")
            | ("", "ReplicationController") => (&value["spec"]["template"], "spec.template.spec"),
            ("batch", "CronJob") => (
                &value["spec"]["jobTemplate"]["spec"]["template"],
                "spec.jobTemplate.spec.template.spec",
            ),
            _ => return None,
        };
        Some(Self {
            metadata: &pod["metadata"],
            spec: &pod["spec"],
            path,
        })
    }

    /// Their labels.
    pub(crate) fn labels(&self) -> Option<&'a Map<String, Value>> {
        self.metadata["labels"].as_object()
    }

    /// All their containers, with the name of the list that each stands in.
    pub(crate) fn containers(&self) -> impl Iterator<Item = (&'static str, &'a Value)> + use<'a> {
        let spec = self.spec;
        ["initContainers", "containers"]
            .into_iter()
            .flat_map(move |list| {
                spec[list]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(move |one| (list, one))
            })
    }

    /// The declared ports that stay open: those of containers, and of init containers that keep
    /// running beside them.
    pub(crate) fn ports(&self) -> impl Iterator<Item = Port<'a>> + use<'a> {
        self.containers()
            .filter(|(list, container)| {
                *list == "containers" || container["restartPolicy"] == "Always"
            })
            .flat_map(|(_, container)| container["ports"].as_array().into_iter().flatten())
            .filter_map(|port| {
                Some(Port {
                    name: port["name"].as_str(),
                    number: u16::try_from(port["containerPort"].as_u64()?).ok()?,
                    protocol: port["protocol"].as_str().unwrap_or("TCP"),
                })
            })
    }
}

/// A declared port of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Port<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) number: u16,
    pub(crate) protocol: &'a str,
}

impl Port<'_> {
    /// Whether `wanted`, a number or a name, with this protocol, is this port.
    pub(crate) fn is(&self, wanted: &Value, protocol: &str) -> bool {
        self.protocol == protocol
            && match wanted {
                Value::String(name) => self.name == Some(name.as_str()),
                number => number.as_u64() == Some(u64::from(self.number)),
            }
    }
}
