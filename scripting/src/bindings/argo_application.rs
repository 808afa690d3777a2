//! `argo_application(name)`.

use super::custom::custom_rows;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::ArgoApplication;
use infra_sdk::types::{DnsLabel, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("argo_application", &["name"], |name: Name| {
            ArgoApplication::new(name)
        })
        .doc(
            "Argo CD keeps objects of the cluster as a Git repository says (`Application` of \
             Argo CD). It is in Argo CD's own namespace, `argocd`, unless it says another.",
        )
        .example(
            r#"argo_application("shop")
    .repo_url("https://git.example/shop/deploy.git")
    .path("production")
    .destination("shop").automated().prune().self_heal()"#,
        ),
        row(
            "repo_url",
            &["self", "url"],
            |this: ArgoApplication, url: String| this.repo_url(url),
        )
        .doc("The repository (`spec.source.repoURL`).")
        .maps("spec.source.repoURL")
        .property()
        .example(
            r#"argo_application("shop").repo_url("https://git.example/shop.git")
    .path("production")"#,
        ),
        row(
            "path",
            &["self", "path"],
            |this: ArgoApplication, path: String| this.path(path),
        )
        .doc("The folder of the repository (`spec.source.path`).")
        .maps("spec.source.path")
        .property()
        .example(
            r#"argo_application("shop").repo_url("https://git.example/shop.git")
    .path("production")"#,
        ),
        row(
            "target_revision",
            &["self", "revision"],
            |this: ArgoApplication, revision: String| this.target_revision(revision),
        )
        .doc("The branch, tag or commit (`spec.source.targetRevision`). Default: `HEAD`.")
        .maps("spec.source.targetRevision")
        .property()
        .example(
            r#"argo_application("shop").repo_url("https://git.example/shop.git")
    .path("production").target_revision("v1.4.2")"#,
        ),
        row(
            "project",
            &["self", "name"],
            |this: ArgoApplication, name: Name| this.project(name),
        )
        .doc("The project, which says what is allowed (`spec.project`). Default: `default`.")
        .maps("spec.project")
        .property()
        .example(
            r#"argo_application("shop").repo_url("https://git.example/shop.git")
    .path("production").project("shop")"#,
        ),
        row(
            "destination",
            &["self", "namespace"],
            |this: ArgoApplication, namespace: DnsLabel| this.destination(namespace),
        )
        .doc("The namespace of the objects that name none (`spec.destination.namespace`).")
        .maps("spec.destination.namespace")
        .property()
        .example(
            r#"argo_application("shop").repo_url("https://git.example/shop.git")
    .path("production").destination("shop")"#,
        ),
        row(
            "server",
            &["self", "url"],
            |this: ArgoApplication, url: String| this.server(url),
        )
        .doc(
            "The cluster, by the address of its API server (`spec.destination.server`). \
             Default: the one that Argo CD runs in.",
        )
        .maps("spec.destination.server")
        .property()
        .example(
            r#"argo_application("shop").repo_url("https://git.example/shop.git")
    .path("production").server("https://10.0.0.1")"#,
        ),
        row("automated", &["self"], |this: ArgoApplication| {
            this.automated()
        })
        .doc(
            "Changes are applied by themselves (`spec.syncPolicy.automated`). Default: when \
             somebody asks.",
        )
        .maps("spec.syncPolicy.automated")
        .example(
            r#"argo_application("shop").repo_url("https://git.example/shop.git")
    .path("production").automated()"#,
        ),
        row("prune", &["self"], |this: ArgoApplication| this.prune())
            .doc(
                "What is no longer in the repository is deleted by itself \
             (`spec.syncPolicy.automated.prune`).",
            )
            .maps("spec.syncPolicy.automated.prune")
            .example(
                r#"argo_application("shop").repo_url("https://git.example/shop.git")
    .path("production").prune()"#,
            ),
        row("self_heal", &["self"], |this: ArgoApplication| {
            this.self_heal()
        })
        .doc(
            "What others change in the cluster is changed back by itself \
             (`spec.syncPolicy.automated.selfHeal`).",
        )
        .maps("spec.syncPolicy.automated.selfHeal")
        .example(
            r#"argo_application("shop").repo_url("https://git.example/shop.git")
    .path("production").self_heal()"#,
        ),
        row(
            "sync_option",
            &["self", "option"],
            |this: ArgoApplication, option: OneOrMany<String>| {
                option.set(this, ArgoApplication::sync_option)
            },
        )
        .doc(
            "An option of applying (`spec.syncPolicy.syncOptions[]`), such as \
             `CreateNamespace=true`. One, or an array of them.",
        )
        .maps("spec.syncPolicy.syncOptions")
        .example(
            r#"argo_application("shop").repo_url("https://git.example/shop.git")
    .path("production")
    .sync_option("ServerSideApply=true")"#,
        ),
    ];
    rows.extend(custom_rows::<ArgoApplication>(
        r#"argo_application("shop").repo_url("https://git.example/shop.git").path("production")
    .spec(#{ revisionHistoryLimit: 3 })"#,
    ));
    rows
}

crate::table::resources!(ArgoApplication = "argo_application");
