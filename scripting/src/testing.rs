//! A small resource for tests of the language itself.

use crate::diagnostic::Diagnostic;
use crate::session::{Host, Script, Session};
use crate::table::{Fields, Table, parsed_params, resources, row};
use infra_sdk::environment::Graph;
use infra_sdk::object::{Object, Origin, Ref};
use infra_sdk::resource::Resource;
use serde_json::json;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub(crate) struct Widget {
    name: String,
    replicas: i32,
    labels: Vec<(String, String)>,
    origin: Origin,
}

impl Resource for Widget {
    fn reference(&self) -> Ref {
        Ref::new("", "Widget", &self.name)
    }

    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn origin_mut(&mut self) -> &mut Origin {
        &mut self.origin
    }

    fn lower(&self, _graph: &Graph) -> Vec<Object> {
        let labels: serde_json::Map<_, _> = self
            .labels
            .iter()
            .map(|(key, value)| (key.clone(), value.clone().into()))
            .collect();
        vec![Object::new(
            json!({
                "apiVersion": "v1", "kind": "Widget",
                "metadata": { "name": self.name, "labels": labels },
                "spec": { "replicas": self.replicas },
            }),
            self.origin.clone(),
        )]
    }
}

resources!(Widget = "widget");

/// A text of three letters.
#[derive(Clone, Debug)]
pub(crate) struct Three(String);

impl std::str::FromStr for Three {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == 3 {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "`{text}` is not a three: expected three letters, such as `abc`"
            ))
        }
    }
}

parsed_params! {
    Three, "string", "a string of three letters";
}

pub(crate) fn widgets() -> Arc<Table> {
    Arc::new(Table::new(vec![
        row("widget", &["name"], |name: String| Widget {
            name,
            replicas: 1,
            labels: Vec::new(),
            origin: Origin::default(),
        }),
        row(
            "count",
            &["self", "count"],
            |mut this: Widget, count: i32| {
                this.replicas = count;
                this
            },
        )
        .maps("spec.replicas")
        .property(),
        row(
            "three",
            &["self", "three"],
            |mut this: Widget, three: Three| {
                this.name = three.0;
                this
            },
        ),
        row(
            "tags",
            &["self", "tags"],
            |mut this: Widget, tags: Fields<String>| {
                this.labels = tags.0;
                this
            },
        )
        .maps("metadata.labels"),
    ]))
}

pub(crate) fn host() -> Host {
    let mut host = Host::new(env!("CARGO_MANIFEST_DIR"));
    host.tables.push(widgets());
    host
}

pub(crate) fn load(text: &str) -> Result<Script, Vec<Diagnostic>> {
    Session::new(host()).load_text("test.rhai", text)
}

/// The objects of a script's environments, in order of the resources.
pub(crate) fn objects(script: &Script) -> Vec<serde_json::Value> {
    script
        .environments()
        .iter()
        .flat_map(|environment| environment.resources().to_vec())
        .flat_map(|resource| resource.lower(&Graph::default()))
        .map(|object| object.value)
        .collect()
}
