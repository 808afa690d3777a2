//! Environments of plain objects: what a resource needs to be for its environment.

mod builders;
mod checks;
mod checksums;
mod gateways;
mod limits;
mod order;
mod policies;

use super::{Environment, Graph, Problems, Rendered};
use crate::object::{Location, Object, ObjectId, Origin, Ref};
use crate::resource::{Facts, PodFacts, Relation, RelationKind, Resource, ServiceFacts, Target};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A resource that is its objects.
#[derive(Clone, Debug)]
struct Plain {
    origin: Origin,
    objects: Vec<Value>,
    facts: Facts,
    relations: Vec<(Target, RelationKind, u32)>,
}

impl Resource for Plain {
    fn reference(&self) -> Ref {
        let id = ObjectId::of(&self.objects[0]);
        let reference = Ref::new(id.group, id.kind, id.name);
        match id.namespace {
            Some(namespace) => reference.namespace(namespace),
            None => reference,
        }
    }

    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn origin_mut(&mut self) -> &mut Origin {
        &mut self.origin
    }

    fn facts(&self) -> Facts {
        self.facts.clone()
    }

    fn relations(&self) -> Vec<Relation> {
        let relations = self.relations.iter().map(|(to, kind, line)| Relation {
            from: self.reference(),
            to: to.clone(),
            kind: kind.clone(),
            at: Some(at(*line)),
        });
        relations.collect()
    }

    fn lower(&self, _graph: &Graph) -> Vec<Object> {
        if self.facts.existing {
            return Vec::new();
        }
        let object = |value: &Value| Object::new(value.clone(), self.origin.clone());
        self.objects.iter().map(object).collect()
    }
}

impl Plain {
    fn relate(mut self, to: Target, kind: RelationKind, line: u32) -> Self {
        self.relations.push((to, kind, line));
        self
    }

    fn connects(self, to: &Self, line: u32) -> Self {
        self.relate(
            Target::Resource(to.reference()),
            RelationKind::Connects,
            line,
        )
    }

    fn set(mut self, pointer: &str, value: Value) -> Self {
        *self.objects[0].pointer_mut(pointer).unwrap() = value;
        self
    }

    fn existing(mut self) -> Self {
        self.facts.existing = true;
        self
    }
}

fn at(line: u32) -> Location {
    Location {
        file: "a.rhai".into(),
        line,
        column: 1,
        inside: None,
    }
}

fn plain(line: u32, value: Value) -> Plain {
    Plain {
        origin: Origin::at(at(line)),
        objects: vec![value],
        facts: Facts::default(),
        relations: Vec::new(),
    }
}

fn simple(line: u32, api_version: &str, kind: &str, name: &str) -> Plain {
    plain(
        line,
        json!({ "apiVersion": api_version, "kind": kind, "metadata": { "name": name } }),
    )
}

fn config(line: u32, name: &str) -> Plain {
    plain(
        line,
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name }, "data": { "HOST": "db" } }),
    )
}

/// A workload with one container, `main`, and one port.
fn workload(line: u32, kind: &str, name: &str, port: u16) -> Plain {
    let mut plain = plain(
        line,
        json!({
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": { "name": name },
            "spec": {
                "replicas": 1,
                "selector": { "matchLabels": { "app": name } },
                "template": {
                    "metadata": { "labels": { "app": name, "tier": "x" } },
                    "spec": {
                        "volumes": [],
                        "containers": [{
                            "name": "main",
                            "ports": [{ "name": "main", "containerPort": port }],
                            "envFrom": [], "env": [], "volumeMounts": [],
                        }],
                    },
                },
            },
        }),
    );
    let app = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    plain.facts.pods = Some(PodFacts {
        selector: BTreeMap::from([app("app", name)]),
        labels: BTreeMap::from([app("app", name), app("tier", "x")]),
        ..PodFacts::default()
    });
    plain
}

fn service(line: u32, name: &str, workload: &Plain, port: Value) -> Plain {
    let app = workload.reference();
    let mut plain = plain(
        line,
        json!({
            "apiVersion": "v1", "kind": "Service", "metadata": { "name": name },
            "spec": { "selector": { "app": app.name }, "ports": [{ "name": "main", "port": 80, "targetPort": port }] },
        }),
    );
    plain.facts.service = Some(ServiceFacts {
        workload: Some(app.clone()),
        ..ServiceFacts::default()
    });
    plain.relate(Target::Resource(app), RelationKind::Selects, line)
}

const CONTAINER: &str = "/spec/template/spec/containers/0";

fn field(name: &str) -> String {
    format!("{CONTAINER}/{name}")
}

fn environment(resources: impl IntoIterator<Item = Plain>) -> Environment {
    resources
        .into_iter()
        .fold(Environment::new("shop"), Environment::add)
}

fn rendered(environment: &Environment) -> Rendered {
    environment
        .render()
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn names(rendered: &Rendered) -> Vec<String> {
    rendered
        .objects
        .iter()
        .map(|object| object.id.short())
        .collect()
}

/// Every problem as a line: where, what, help.
fn problems(environment: &Environment) -> Vec<String> {
    let Err(Problems(problems)) = environment.render() else {
        return Vec::new();
    };
    let line = |problem: &super::Problem| {
        let at = problem.at.as_ref().map_or(0, |at| at.line);
        let help = problem
            .help
            .as_ref()
            .map(|help| format!(" | {help}"))
            .unwrap_or_default();
        format!("{at}: {}{help}", problem.message)
    };
    problems.iter().map(line).collect()
}
