//! Helpers of the tests of builders.

use super::Resource;
use crate::environment::{Environment, Graph};
use infra_schema::canonical::canonical;
use infra_schema::default::defaults;
use infra_schema::kind::Kind;
use infra_schema::validate::{decode_error, unknown_fields, validate};
use serde_json::Value;
use std::{fmt::Debug, str::FromStr};

/// A parsed value, which the test knows to be right.
pub(super) fn p<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect(text)
}

/// What the first resource becomes in the environment `shop`, among the others: objects that an API
/// server would take as they are.
pub(super) fn lower(resources: &[&dyn CloneResource]) -> Vec<Value> {
    let graph = graph(resources);
    let objects = resources[0].as_resource().lower(&graph);
    let values: Vec<Value> = objects.into_iter().map(|object| object.value).collect();
    values.iter().for_each(assert_taken);
    values
}

fn assert_taken(value: &Value) {
    let text = |field: &str| value[field].as_str().expect("an object").to_owned();
    let Some(kind) = Kind::find_api(&text("apiVersion"), &text("kind")) else {
        return;
    };
    let ty = kind.ty();
    assert_eq!(unknown_fields(&ty, value), [""; 0], "{value:#}");
    assert_eq!(decode_error(kind, value), None, "{value:#}");
    assert_eq!(canonical(&ty, value.clone()), *value);
    let mut complete = value.clone();
    defaults(kind, &mut complete);
    let violations = validate(kind, &complete);
    assert!(violations.is_empty(), "{violations:#?}\n{value:#}");
}

/// The problems of the first resource among the others.
pub(super) fn problems(resources: &[&dyn CloneResource]) -> Vec<String> {
    let problems = resources[0].as_resource().check(&graph(resources));
    problems
        .into_iter()
        .map(|problem| problem.message)
        .collect()
}

pub(super) fn graph(resources: &[&dyn CloneResource]) -> Graph {
    let environment = Environment::new("shop");
    let environment = resources.iter().fold(environment, |environment, resource| {
        environment.add_shared(resource.shared())
    });
    Graph::of(&environment)
}

/// A resource that can be put into an environment and still be used.
pub(super) trait CloneResource {
    fn as_resource(&self) -> &dyn Resource;
    fn shared(&self) -> std::sync::Arc<dyn Resource>;
}

impl<R: Resource + Clone + 'static> CloneResource for R {
    fn as_resource(&self) -> &dyn Resource {
        self
    }

    fn shared(&self) -> std::sync::Arc<dyn Resource> {
        std::sync::Arc::new(self.clone())
    }
}
