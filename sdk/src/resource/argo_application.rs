//! What Argo CD keeps as a Git repository says.

use super::{Custom, CustomKind};
use crate::environment::{Graph, Problem};
use crate::types::{DnsLabel, Name};
use serde_json::{Value, json};

/// Argo CD keeps objects of the cluster as a Git repository says (`Application` of Argo CD,
/// `argoproj.io/v1alpha1`).
///
/// It is in Argo CD's own namespace, `argocd`, unless it says another.
///
/// ```
/// use infra_sdk::resource::ArgoApplication;
///
/// let shop = ArgoApplication::new("shop".parse()?)
///     .repo_url("https://git.example/shop/deploy.git")
///     .path("production")
///     .destination("shop".parse()?)
///     .automated();
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ArgoApplication {
    custom: Custom,
}

impl ArgoApplication {
    /// An application of the project `default`, for the cluster that Argo CD runs in, from nowhere
    /// yet.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        let mut custom = Custom::new("argoproj.io/v1alpha1", "Application", name);
        custom.at_home_in("argocd", "argo application");
        custom.set("spec.project", "default");
        custom.set("spec.destination.server", "https://kubernetes.default.svc");
        Self { custom }
    }

    /// The repository (`spec.source.repoURL`).
    pub fn repo_url(mut self, url: impl Into<String>) -> Self {
        self.custom.set("spec.source.repoURL", url.into());
        self
    }

    /// The folder of the repository (`spec.source.path`).
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.custom.set("spec.source.path", path.into());
        self
    }

    /// The branch, tag or commit (`spec.source.targetRevision`). Default: `HEAD`.
    pub fn target_revision(mut self, revision: impl Into<String>) -> Self {
        self.custom
            .set("spec.source.targetRevision", revision.into());
        self
    }

    /// The project, which says what is allowed (`spec.project`). Default: `default`.
    pub fn project(mut self, name: Name) -> Self {
        self.custom.set("spec.project", name.as_str());
        self
    }

    /// The namespace of the objects that name none (`spec.destination.namespace`).
    pub fn destination(mut self, namespace: DnsLabel) -> Self {
        self.custom
            .set("spec.destination.namespace", namespace.as_str());
        self
    }

    /// The cluster, by the address of its API server (`spec.destination.server`). Default: the one
    /// that Argo CD runs in.
    pub fn server(mut self, url: impl Into<String>) -> Self {
        self.custom.set("spec.destination.server", url.into());
        self
    }

    /// Changes are applied by themselves (`spec.syncPolicy.automated`). Default: when somebody asks.
    pub fn automated(mut self) -> Self {
        if self.custom.get("spec.syncPolicy.automated").is_null() {
            self.custom.set("spec.syncPolicy.automated", json!({}));
        }
        self
    }

    /// What is no longer in the repository is deleted by itself
    /// (`spec.syncPolicy.automated.prune`).
    pub fn prune(mut self) -> Self {
        self.custom.set("spec.syncPolicy.automated.prune", true);
        self
    }

    /// What others change in the cluster is changed back by itself
    /// (`spec.syncPolicy.automated.selfHeal`).
    pub fn self_heal(mut self) -> Self {
        self.custom.set("spec.syncPolicy.automated.selfHeal", true);
        self
    }

    /// An option of applying (`spec.syncPolicy.syncOptions[]`), such as `CreateNamespace=true`.
    pub fn sync_option(mut self, option: impl Into<String>) -> Self {
        self.custom
            .push("spec.syncPolicy.syncOptions", option.into());
        self
    }
}

impl CustomKind for ArgoApplication {
    custom!();

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        let spec = &self.custom.lowered(graph, &Value::Null)["spec"];
        let mut problems = Vec::new();
        let source = &spec["source"];
        if source["repoURL"].is_null() && spec["sources"].is_null() {
            let message = "does not say which repository it is kept as";
            let help = "set `.repo_url(\"https://git.example/shop/deploy.git\")`";
            problems.push(self.custom.problem("repoURL", message, help));
        } else if source.is_object() && source["path"].is_null() && source["chart"].is_null() {
            let message = "does not say which folder of the repository it is kept as";
            let help = "set `.path(\"production\")`, or `.path(\".\")` for all of it";
            problems.push(self.custom.problem("path", message, help));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};

    #[test]
    fn a_repository_and_where_it_goes() {
        let app = ArgoApplication::new(p("mrm-api"))
            .repo_url("https://git.example/mrm/deploy.git")
            .path("production")
            .target_revision("main")
            .project(p("mrm"))
            .destination(p("mrm-production"))
            .server("https://10.0.0.1")
            .prune()
            .self_heal()
            .automated()
            .sync_option("CreateNamespace=true");
        let object = &lower(&[&app])[0];
        assert_eq!(object["kind"], "Application");
        assert_eq!(object["metadata"]["namespace"], "argocd");
        assert_eq!(
            object["spec"],
            json!({
                "project": "mrm",
                "source": {
                    "repoURL": "https://git.example/mrm/deploy.git",
                    "path": "production",
                    "targetRevision": "main",
                },
                "destination": { "server": "https://10.0.0.1", "namespace": "mrm-production" },
                "syncPolicy": {
                    "automated": { "prune": true, "selfHeal": true },
                    "syncOptions": ["CreateNamespace=true"],
                },
            })
        );
        assert_eq!(problems(&[&app]), [""; 0]);
        let plain = ArgoApplication::new(p("a"));
        assert_eq!(
            problems(&[&plain]),
            ["argo application `a` does not say which repository it is kept as"]
        );
        assert_eq!(
            problems(&[&plain.repo_url("https://git.example/a.git").automated()]),
            ["argo application `a` does not say which folder of the repository it is kept as"]
        );
        let chart = json!({ "source": { "repoURL": "https://charts.example", "chart": "redis" } });
        assert_eq!(
            problems(&[&ArgoApplication::new(p("a")).spec(chart)]),
            [""; 0]
        );
    }
}
