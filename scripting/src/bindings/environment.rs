//! `environment(name, [resources])`.

use crate::table::{Call, Here, Mismatch, OneOrMany, Param, Row, ScriptType, Type, row};
use infra_sdk::environment::Environment;
use infra_sdk::resource::Resource;
use rhai::Dynamic;
use std::{borrow::Cow, sync::Arc};

impl ScriptType for Environment {
    const NAME: &'static str = "environment";
}

/// Anything that an environment can hold.
pub(super) struct AnyResource(pub(super) Arc<dyn Resource>);

impl Param for AnyResource {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed("resource"),
            entry: None,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a resource")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        call.resource(&value).map(Self).ok_or_else(Mismatch::form)
    }
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            "environment",
            &["name", "resources"],
            |name: String, resources: OneOrMany<AnyResource>, here: Here| {
                resources.0.into_iter().fold(
                    Environment::new(name).made_at(here.0),
                    |environment, one| environment.add_shared(one.0),
                )
            },
        )
        .doc(
            "A named, complete desired state: the unit of plan, apply, prune, history and \
             lock. Arrays in the array are flattened, `()` is left out. Its default \
             namespace bears its name.",
        )
        .example(r#"environment("shop", [config_map("settings")])"#),
        row(
            "namespace",
            &["self", "name"],
            |this: Environment, name: String| this.namespace(name),
        )
        .doc(
            "The default namespace: where objects are that say no other. Default: the \
             environment's name.",
        )
        .maps("metadata.namespace"),
        row(
            "existing_namespace",
            &["self"],
            Environment::existing_namespace,
        )
        .doc("The default namespace is there already: it is neither made nor pruned."),
        row(
            "label",
            &["self", "key", "value"],
            |this: Environment, key: String, value: String| this.label(key, value),
        )
        .doc("A label of every object that does not set it itself."),
        row(
            "labels",
            &["self", "labels"],
            |this: Environment, labels: crate::table::Fields<String>| this.labels(labels.0),
        )
        .doc("Labels of every object that does not set them itself."),
        row("deny_by_default", &["self"], Environment::deny_by_default).doc(
            "No traffic in the default namespace but what relations allow: a network policy \
             that selects every pod and allows nothing, and one of its own for every \
             workload.",
        ),
        row(
            "ingress_namespace",
            &["self", "name"],
            |this: Environment, name: String| this.ingress_namespace(name),
        )
        .doc(
            "The namespace of the ingress controller, from which a workload behind an \
             ingress is reached. Default: `ingress-nginx`.",
        ),
    ]
}
