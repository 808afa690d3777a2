//! What builders of custom kinds share: kinds that a definition on the cluster brings, and an
//! operator acts on.

use super::{Convention, Facts, Link, Meta, Relation, RelationKind, Resource, Target, words_of};
use crate::environment::{Graph, Problem};
use crate::object::{Location, Object, Origin, Ref};
use crate::types::Name;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The part of a builder that every custom kind has: its kind, its name and the like, the fields
/// that setters set, and the resources that it names.
///
/// A builder has one and implements [`CustomKind`]; it is then a [`Resource`] and
/// [`Described`](super::Described). Fields are JSON, under the paths that the API gives them: these
/// kinds are not Kubernetes' own, and their definitions change with their operators.
#[derive(Clone, Debug)]
#[must_use]
pub struct Custom {
    pub(crate) meta: Meta,
    api_version: Cow<'static, str>,
    kind: Cow<'static, str>,
    /// Its namespace, where it says no other: that of its operator, which is there already.
    home: Option<&'static str>,
    /// What messages call it, where its kind says too little.
    words: Option<&'static str>,
    fields: Value,
    said: Vec<Value>,
    links: Vec<(Link, RelationKind, &'static str)>,
}

impl Custom {
    /// An object of a kind, without fields.
    #[track_caller]
    pub fn new(
        api_version: impl Into<Cow<'static, str>>,
        kind: impl Into<Cow<'static, str>>,
        name: Name,
    ) -> Self {
        Self::with(Meta::new(name), api_version, kind)
    }

    /// An object that is named as the resource that it is made for, and is in its namespace.
    #[track_caller]
    pub(crate) fn like(
        other: &Link,
        api_version: impl Into<Cow<'static, str>>,
        kind: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::with(Meta::like(other), api_version, kind)
    }

    fn with(
        meta: Meta,
        api_version: impl Into<Cow<'static, str>>,
        kind: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            meta,
            api_version: api_version.into(),
            kind: kind.into(),
            home: None,
            words: None,
            fields: json!({}),
            said: Vec::new(),
            links: Vec::new(),
        }
    }

    /// It is in the namespace of its operator, unless it says another, and messages call it by the
    /// operator's name.
    pub(crate) fn at_home_in(&mut self, namespace: &'static str, words: &'static str) {
        self.home = Some(namespace);
        self.words = Some(words);
    }

    /// Sets a field by its path: `spec.target.name`.
    pub(crate) fn set(&mut self, path: &str, value: impl Into<Value>) {
        *field(&mut self.fields, path) = value.into();
    }

    /// Adds an item to a list by its path.
    pub(crate) fn push(&mut self, path: &str, item: impl Into<Value>) {
        let list = field(&mut self.fields, path);
        match list {
            Value::Array(items) => items.push(item.into()),
            other => *other = Value::Array(vec![item.into()]),
        }
    }

    /// Merges fields into those that setters set.
    pub(crate) fn merge(&mut self, fields: &Value) {
        super::patch::merge(&mut self.fields, fields);
    }

    /// A field that setters set; `null` where none did.
    pub(crate) fn get(&self, path: &str) -> &Value {
        path.split('.').fold(&self.fields, |value, key| &value[key])
    }

    /// Notes that a field names another resource.
    pub(crate) fn relate(&mut self, to: impl Into<Link>, kind: RelationKind, field: &'static str) {
        self.links.push((to.into(), kind, field));
    }

    /// Notes that a field names another resource, which comes before.
    pub(crate) fn uses(&mut self, to: impl Into<Link>, field: &'static str) {
        let kind = RelationKind::Uses {
            key: None,
            optional: false,
        };
        self.relate(to, kind, field);
    }

    /// Its namespace, where it says one or its operator has one.
    pub(crate) fn namespace(&self) -> Option<&str> {
        let own = self.meta.namespace.as_ref();
        own.map(crate::types::DnsLabel::as_str).or(self.home)
    }

    /// Where a field was set.
    pub(crate) fn at(&self, field: &str) -> Option<&Location> {
        self.meta.origin.of_field(field)
    }

    /// A problem of it, at the place of a field: "service monitor `app` `message`".
    pub(crate) fn problem(
        &self,
        field: &str,
        message: impl fmt::Display,
        help: impl Into<String>,
    ) -> Problem {
        Problem {
            message: format!("{} {message}", self.in_words()),
            at: self.at(field).cloned(),
            help: Some(help.into()),
        }
    }

    /// "service monitor `app`".
    pub(crate) fn in_words(&self) -> String {
        let words = self
            .words
            .map_or_else(|| words_of(&self.kind), str::to_owned);
        format!("{words} `{}`", self.meta.name)
    }

    fn reference(&self) -> Ref {
        let group = self.api_version.split_once('/');
        let group = group.map_or("", |(group, _)| group);
        let reference = Ref::new(group, self.kind.as_ref(), self.meta.name.as_str());
        match self.namespace() {
            Some(namespace) => reference.namespace(namespace),
            None => reference,
        }
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        for (link, kind, field) in &self.links {
            relations.add(link.target(), kind.clone(), self.at(field));
        }
        if let (None, Some(home)) = (&self.meta.namespace, self.home) {
            let home = Target::Existing(Ref::new("", "Namespace", home));
            let kind = RelationKind::Uses {
                key: None,
                optional: false,
            };
            relations.add(home, kind, self.at("metadata.namespace"));
        }
        relations.done()
    }

    /// The object before patches: what setters set, what is found out from other resources, what
    /// `spec` said.
    pub(crate) fn lowered(&self, graph: &Graph, found: &Value) -> Value {
        let mut metadata = json!(self.meta.cluster_meta(graph));
        // Without one, the environment gives the default one to kinds that have namespaces.
        if let Some(namespace) = self.namespace() {
            metadata["namespace"] = namespace.into();
        }
        let mut value = json!({
            "apiVersion": self.api_version,
            "kind": self.kind,
            "metadata": metadata,
        });
        super::patch::merge(&mut value, &self.fields);
        if found.is_object() {
            super::patch::merge(&mut value, found);
        }
        for fields in &self.said {
            super::patch::merge(&mut value, &json!({ "spec": fields }));
        }
        value
    }
}

/// The place of a field, whose maps are made on the way.
fn field<'a>(value: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.').fold(value, |value, key| {
        if !value.is_object() {
            *value = json!({});
        }
        &mut value[key]
    })
}

/// A builder of a custom kind: what it has of its own beside its [`Custom`] part.
pub trait CustomKind: Clone + fmt::Debug + Send + Sync + 'static {
    /// The part that every custom kind has.
    #[doc(hidden)]
    fn custom(&self) -> &Custom;

    /// The same, for setters.
    #[doc(hidden)]
    fn custom_mut(&mut self) -> &mut Custom;

    /// Fields that depend on other resources, as parts of the object.
    #[doc(hidden)]
    fn found(&self, _graph: &Graph) -> Value {
        json!({})
    }

    /// The definition of its kind, where it brings one along.
    #[doc(hidden)]
    fn brought(&self) -> Option<&Value> {
        None
    }

    /// What comes with the object, and is not patched with it.
    #[doc(hidden)]
    fn beside(&self, _graph: &Graph) -> Vec<Object> {
        Vec::new()
    }

    /// What is wrong with it.
    #[doc(hidden)]
    fn problems(&self, _graph: &Graph) -> Vec<Problem> {
        Vec::new()
    }

    /// What others may know of it.
    #[doc(hidden)]
    fn known(&self) -> Facts {
        Facts::default()
    }

    /// Fields of `spec`, merged deeply into what the other setters make, over which they win: maps
    /// key by key, lists whose items have a name item by item, `null` removes.
    #[must_use]
    fn spec(mut self, fields: Value) -> Self {
        self.custom_mut().said.push(fields);
        self
    }
}

impl<T: CustomKind> Resource for T {
    fn reference(&self) -> Ref {
        self.custom().reference()
    }

    fn origin(&self) -> &Origin {
        &self.custom().meta.origin
    }

    fn origin_mut(&mut self) -> &mut Origin {
        &mut self.custom_mut().meta.origin
    }

    fn facts(&self) -> Facts {
        self.known()
    }

    fn relations(&self) -> Vec<Relation> {
        self.custom().relations()
    }

    fn turned_off(&self) -> Vec<Convention> {
        self.custom().meta.without.iter().copied().collect()
    }

    fn relieved(&self, conventions: &BTreeSet<Convention>) -> Option<Arc<dyn Resource>> {
        if conventions.is_subset(&self.custom().meta.without) {
            return None;
        }
        let mut relieved = self.clone();
        relieved.custom_mut().meta.without.extend(conventions);
        Some(Arc::new(relieved))
    }

    fn accepted(&self) -> Vec<crate::analysis::Acceptance> {
        self.custom().meta.accepted.clone()
    }

    fn decisions(&self) -> &[crate::object::Decision] {
        &self.custom().meta.decisions
    }

    fn definition(&self) -> Option<&Value> {
        self.brought()
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        self.problems(graph)
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let custom = self.custom();
        let value = custom.lowered(graph, &self.found(graph));
        let mut objects = vec![custom.meta.object(&value)];
        objects.extend(self.beside(graph));
        objects
    }
}

impl<T: CustomKind> super::Described for T {
    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.custom_mut().meta
    }
}

/// The two methods of [`CustomKind`] that every builder with a `custom` has.
macro_rules! custom {
    () => {
        fn custom(&self) -> &$crate::resource::Custom {
            &self.custom
        }

        fn custom_mut(&mut self) -> &mut $crate::resource::Custom {
            &mut self.custom
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Described;
    use crate::resource::testing::{lower, p};

    #[derive(Clone, Debug)]
    struct Widget {
        custom: Custom,
    }

    impl CustomKind for Widget {
        custom!();

        fn found(&self, graph: &Graph) -> Value {
            json!({ "spec": { "of": graph.environment(), "size": 1 } })
        }
    }

    fn widget() -> Widget {
        let custom = Custom::new("example.com/v1", "Widget", p("w"));
        Widget { custom }
    }

    #[test]
    fn fields_are_merged_and_what_spec_says_wins() {
        let mut one = widget();
        one.custom.set("spec.a.b", 1);
        one.custom.push("spec.list", json!({ "name": "x", "n": 1 }));
        one.custom.push("spec.list", json!({ "name": "y" }));
        let one = one
            .spec(json!({ "size": 2, "a": { "c": 3, "b": null } }))
            .spec(json!({ "list": [{ "name": "x", "m": 2 }], "a": { "c": 4 } }))
            .label(p("team"), p("shop"));
        let object = &lower(&[&one])[0];
        assert_eq!(
            object["spec"],
            json!({
                "a": { "c": 4 },
                "list": [{ "name": "x", "n": 1, "m": 2 }, { "name": "y" }],
                "of": "shop",
                "size": 2,
            })
        );
        assert_eq!(object["metadata"]["labels"]["team"], "shop");
        assert_eq!(object["metadata"]["namespace"], Value::Null);
    }

    #[test]
    fn the_namespace_of_an_operator_is_there_already_and_gives_way() {
        let mut one = widget();
        one.custom.at_home_in("widgets", "widget");
        assert_eq!(lower(&[&one])[0]["metadata"]["namespace"], "widgets");
        assert_eq!(
            one.relations()[0].to,
            Target::Existing(Ref::new("", "Namespace", "widgets"))
        );
        let one = one.namespace(p("other"));
        assert_eq!(lower(&[&one])[0]["metadata"]["namespace"], "other");
        assert_eq!(one.relations(), []);
        assert_eq!(one.reference().namespace.as_deref(), Some("other"));
    }

    #[test]
    fn fields_of_a_map_have_their_places() {
        let mut origin = Origin::default();
        let at = |line| Location {
            file: "a.rhai".into(),
            line,
            column: 1,
            inside: None,
        };
        origin.set("interval", at(1));
        origin.set_within(
            "spec",
            &json!({ "groups": [{ "name": "x", "rules": [{ "for": "5m" }] }], "sizes": [1], "empty": {} }),
            &at(2),
        );
        for (path, line) in [
            ("spec.groups[0].rules[1].for", Some(2)),
            ("spec.sizes[0]", Some(2)),
            ("spec.empty", Some(2)),
            ("spec.endpoints[0].interval", Some(1)),
            ("spec.other", None),
        ] {
            let found = origin.of_field(path).map(|at| at.line);
            assert_eq!(found, line, "{path}");
        }
    }
}
