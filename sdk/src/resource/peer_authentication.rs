//! Whether pods of the mesh must speak mutual TLS.

use super::{Custom, CustomKind, Link, RelationKind};
use crate::environment::{Graph, Problem};
use crate::types::Name;
use serde_json::{Value, json};

/// Whether pods of the mesh must speak mutual TLS (`PeerAuthentication` of Istio,
/// `security.istio.io/v1`), for a namespace or for the pods of a workload.
///
/// ```
/// use infra_sdk::resource::{MtlsMode, PeerAuthentication};
///
/// let strict = PeerAuthentication::new("default".parse()?).mtls(MtlsMode::Strict);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PeerAuthentication {
    custom: Custom,
    workload: Option<Link>,
}

word_type! {
    /// Whether pods must speak mutual TLS (`mtls.mode`).
    MtlsMode, "a mode of mutual TLS" {
        /// They must.
        Strict = "STRICT",
        /// They may.
        Permissive = "PERMISSIVE",
        /// They do not.
        Disable = "DISABLE",
    }
}

impl PeerAuthentication {
    /// For every pod of the namespace, until it says which.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            custom: Custom::new("security.istio.io/v1", "PeerAuthentication", name),
            workload: None,
        }
    }

    /// Whether they must speak mutual TLS (`spec.mtls.mode`).
    pub fn mtls(mut self, mode: MtlsMode) -> Self {
        self.custom.set("spec.mtls.mode", mode.as_str());
        self
    }

    /// Only for the pods of a workload (`spec.selector`).
    pub fn of(mut self, workload: impl Into<Link>) -> Self {
        let workload = workload.into();
        let kind = RelationKind::Selects;
        self.custom.relate(workload.clone(), kind, "selector");
        self.workload = Some(workload);
        self
    }
}

impl CustomKind for PeerAuthentication {
    custom!();

    fn found(&self, graph: &Graph) -> Value {
        let Some(workload) = &self.workload else {
            return json!({});
        };
        let pods = graph.pods(workload.reference());
        let labels = pods.map(|pods| &pods.selector);
        json!({ "spec": { "selector": { "matchLabels": labels } } })
    }

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        let at = self.custom.at("selector");
        if let Some(workload) = &self.workload {
            let what = self.custom.in_words();
            problems.extend(workload.must_have_pods(graph, &what, at));
        }
        let spec = &self.custom.lowered(graph, &Value::Null)["spec"];
        if spec["mtls"].is_null() && spec["portLevelMtls"].is_null() {
            let help = "set `.mtls(\"STRICT\")`";
            problems.push(
                self.custom
                    .problem("mtls", "says nothing of mutual TLS", help),
            );
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::HasContainer;
    use crate::resource::testing::{lower, p, problems};
    use crate::resource::{ConfigMap, Deployment};

    #[test]
    fn a_namespace_or_a_workload() {
        let all = PeerAuthentication::new(p("default")).mtls(MtlsMode::Strict);
        assert_eq!(
            lower(&[&all])[0]["spec"],
            json!({ "mtls": { "mode": "STRICT" } })
        );
        let app = Deployment::new(p("app")).image(p("app:1"));
        let one = PeerAuthentication::new(p("app"))
            .mtls(MtlsMode::Permissive)
            .of(&app);
        assert_eq!(
            lower(&[&one, &app])[0]["spec"],
            json!({
                "mtls": { "mode": "PERMISSIVE" },
                "selector": { "matchLabels": { "app.kubernetes.io/name": "app" } },
            })
        );
        let settings = ConfigMap::new(p("settings"));
        let wrong = PeerAuthentication::new(p("app")).of(&settings);
        assert_eq!(
            problems(&[&wrong, &settings]),
            [
                "peer authentication `app` is made for config map `settings`, which has no pods",
                "peer authentication `app` says nothing of mutual TLS",
            ]
        );
    }
}
