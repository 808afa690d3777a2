//! What every builder has: namespace, labels, annotations, order, patches.

use super::params::{AnyLink, Keyed, texts};
use crate::table::{Here, Json, OneOrMany, Row, Scalar, ScriptType, row};
use infra_sdk::analysis::CheckId;
use infra_sdk::resource::{Convention, Described};
use infra_sdk::types::{DnsLabel, FieldName, LabelKey, LabelValue, Name, Reason};

/// The setters of every builder.
pub(crate) fn described_rows<W: Described + ScriptType>() -> Vec<Row> {
    vec![
        row(
            "namespace",
            &["self", "namespace"],
            |this: W, namespace: DnsLabel| this.namespace(namespace),
        )
        .doc("The namespace (`metadata.namespace`). Default: the environment's.")
        .maps("metadata.namespace")
        .property()
        .example(r#"config_map("settings").namespace("tools")"#),
        row(
            "label",
            &["self", "key", "value"],
            |this: W, key: LabelKey, value: LabelValue| this.label(key, value),
        )
        .doc("Adds a label (`metadata.labels`), or replaces the one under its key.")
        .maps("metadata.labels")
        .example(r#"config_map("settings").label("team", "checkout")"#),
        row(
            "labels",
            &["self", "labels"],
            |this: W, labels: Keyed<LabelKey, LabelValue>| this.labels(labels.0),
        )
        .doc(
            "Adds labels (`metadata.labels`). A workload's labels stand on its pods too; \
             one named `app` becomes its selector, which cannot change later.",
        )
        .maps("metadata.labels")
        .example(
            r#"deployment("app").image("a:1")
    .labels(#{ app: "app", team: "checkout" })"#,
        ),
        row(
            "annotation",
            &["self", "key", "value"],
            |this: W, key: LabelKey, value: String| this.annotation(key, value),
        )
        .doc(
            "Adds an annotation (`metadata.annotations`), or replaces the one under its \
             key.",
        )
        .maps("metadata.annotations")
        .example(r#"config_map("settings").annotation("example.com/owner", "checkout")"#),
        row(
            "annotations",
            &["self", "annotations"],
            |this: W, annotations: Keyed<LabelKey, Scalar>| this.annotations(texts(annotations.0)),
        )
        .doc("Adds annotations (`metadata.annotations`).")
        .maps("metadata.annotations")
        .example(
            r#"config_map("settings")
    .annotations(#{ "example.com/owner": "checkout", "example.com/tier": 1 })"#,
        ),
        row(
            "after",
            &["self", "other"],
            |this: W, other: OneOrMany<AnyLink>| other.set(this, |this, one| this.after(one.0)),
        )
        .doc(
            "Comes after another resource, which must be ready before this one is applied. \
             One, or an array of them.",
        )
        .maps("after")
        .example(
            r#"let db = stateful_set("db").image("db:1").port(5432);
deployment("app").image("a:1").after(db)"#,
        ),
        row(
            "without",
            &["self", "convention"],
            |this: W, convention: OneOrMany<Convention>| convention.set(this, W::without),
        )
        .doc(
            "Turns a default of the product off. What it would have set is then left to \
             Kubernetes. One, or an array of them.",
        )
        .example(r#"deployment("legacy").image("a:1").without(["non_root", "seccomp"])"#),
        row(
            "accept",
            &["self", "check", "reason"],
            |this: W, check: CheckId, reason: Reason, here: Here| {
                this.accept_at(Some(here.0), check, reason)
            },
        )
        .doc(
            "Accepts what a check of `infra check` finds in the objects that this becomes, \
             with a reason. An acceptance that there is nothing for is found too.",
        )
        .example(
            r#"daemon_set("builder").image("docker:29.1-dind").privileged(true)
    .accept("privileged", "docker in docker needs the devices of its node")"#,
        ),
        row(
            "takes",
            &["self", "field"],
            |this: W, field: OneOrMany<FieldName>| field.set(this, W::takes),
        )
        .doc(
            "Sets a field whoever else sets it: it is taken from other field managers, \
             controllers too. One, or an array of them; a field means all that stands in it.",
        )
        .example(
            r#"deployment("app").image("a:1").replicas(3)
    .takes("spec.replicas")"#,
        ),
        row(
            "yields",
            &["self", "field"],
            |this: W, field: OneOrMany<FieldName>| field.set(this, W::yields),
        )
        .doc(
            "Leaves a field to another field manager that sets it, and never fights for it; \
             as long as nobody else sets it, it is set here. One, or an array of them.",
        )
        .example(
            r#"deployment("app").image("a:1").replicas(3)
    .yields(["spec.replicas", "spec.template.spec.containers[name=app].image"])"#,
        ),
        row(
            "shares",
            &["self", "field"],
            |this: W, field: OneOrMany<FieldName>| field.set(this, W::shares),
        )
        .doc(
            "Sets a field together with another field manager, to the same value; where the \
             values differ the plan is refused. One, or an array of them.",
        )
        .example(
            r#"config_map("settings").value("MODE", "production")
    .shares("data.MODE")"#,
        ),
        row("unscaled", &["self"], |this: W| this.unscaled())
            .doc(
                "Stays as it is when its environment is `.scaled(…)`, and so do its \
             autoscaler and its disruption budget.",
            )
            .example(
                r#"let gateway = deployment("gateway").image("a:1").replicas(2)
    .unscaled();
environment("staging", [gateway]).scaled("20%")"#,
            ),
        row("patch", &["self", "patch"], |this: W, patch: Json| {
            this.patch(patch.0)
        })
        .doc(
            "Patches the object that this becomes, last of all: maps are merged, lists \
             whose items have a name (containers, volumes, environment variables, ports) \
             item by item, `null` removes.",
        )
        .example(
            r#"deployment("app").image("a:1")
    .patch(#{ spec: #{ template: #{ spec: #{ preemptionPolicy: "Never" } } } })"#,
        ),
    ]
}

/// The setter of a name of its own, for what is named after another resource where it has none.
pub(crate) fn own_name<W: ScriptType>(
    set: fn(W, Name) -> W,
    doc: &'static str,
    example: &'static str,
) -> Row {
    row("name", &["self", "name"], move |this: W, name: Name| {
        set(this, name)
    })
    .doc(doc)
    .maps("metadata.name")
    .property()
    .example(example)
}
