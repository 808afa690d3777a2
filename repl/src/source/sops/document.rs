//! What a file of SOPS holds: a tree of values, most of them encrypted, and how to open them.

use infra_sdk::types::yaml::{LocatedValue, located};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Yaml,
    Json,
    Env,
}

impl Format {
    /// By the end of a file's name, as SOPS does.
    pub(super) fn of(path: &str) -> Self {
        let end = path.rsplit('.').next().unwrap_or_default();
        match end {
            "json" => Self::Json,
            "env" => Self::Env,
            _ => Self::Yaml,
        }
    }
}

/// A file of SOPS.
#[derive(Debug)]
pub(super) struct Document {
    tree: Node,
    /// The key of all values, encrypted for each of these age keys.
    pub(super) age: Vec<Sealed>,
    /// The encrypted hash of all values.
    pub(super) mac: String,
    /// When it was written, which the hash is bound to.
    pub(super) modified: String,
    /// Values in clear are not hashed.
    pub(super) mac_only_encrypted: bool,
}

/// The key of all values for an age key.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) recipient: String,
    pub(super) enc: String,
}

/// A value of the tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// One step from the top to a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Key(String),
    Item(usize),
}

/// A value that was asked for.
pub(super) struct Found<'d> {
    pub(super) node: &'d Node,
    pub(super) steps: Vec<Step>,
    /// The keys above it, as its encryption is bound to them.
    pub(super) path: String,
}

impl Document {
    /// Reads a file; `None` where SOPS did not write it.
    pub(super) fn parse(text: &str, format: Format) -> Result<Option<Self>, String> {
        let (tree, metadata) = match format {
            Format::Env => env(text),
            Format::Json => split(serde_json::from_str(text).map_err(|error| error.to_string())?),
            Format::Yaml => {
                let found = located(text).map_err(|error| error.to_string())?;
                split(found.map_or(Node::Null, |found| found.value.into()))
            }
        };
        let text = |name: &str| match metadata.get(name) {
            Some(Node::Text(text)) => text.clone(),
            _ => String::new(),
        };
        if text("mac").is_empty() {
            return Ok(None);
        }
        let only = metadata.get("mac_only_encrypted");
        Ok(Some(Self {
            age: sealed(&metadata),
            mac: text("mac"),
            modified: text("lastmodified"),
            mac_only_encrypted: matches!(only, Some(Node::Bool(true)))
                || matches!(only, Some(Node::Text(text)) if text == "true"),
            tree,
        }))
    }

    /// Finds a value by the keys above it and its own, with dots between them; else the names that
    /// are there, where one was not found.
    pub(super) fn find(&self, key: &str) -> Result<Found<'_>, Vec<String>> {
        let mut steps = Vec::new();
        let node = self.tree.find(key, &mut steps)?;
        if let Node::List(_) | Node::Map(_) | Node::Null = node {
            return Err(node.names(&format!("{key}.")));
        }
        let keys = steps.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Item(_) => None,
        });
        let path = keys.fold(String::new(), |path, key| path + key + ":");
        Ok(Found { node, steps, path })
    }

    /// Every value in the order of the file, with the keys above it.
    pub(super) fn values(&self) -> Vec<(String, &Node)> {
        let mut values = Vec::new();
        self.tree.values("", &mut values);
        values
    }
}

impl Node {
    fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, node)| node),
            _ => None,
        }
    }

    /// A key with a dot in it counts before the keys that it could be made of.
    fn find(&self, key: &str, steps: &mut Vec<Step>) -> Result<&Self, Vec<String>> {
        if let Self::List(items) = self {
            let (first, rest) = key.split_once('.').unwrap_or((key, ""));
            let index = first.parse::<usize>().ok();
            let found = index.and_then(|index| Some((index, items.get(index)?)));
            let (index, item) = found.ok_or_else(|| self.names(""))?;
            steps.push(Step::Item(index));
            return if rest.is_empty() {
                Ok(item)
            } else {
                item.find(rest, steps)
            };
        }
        if let Some(found) = self.get(key) {
            steps.push(Step::Key(key.to_owned()));
            return Ok(found);
        }
        for (dot, _) in key.match_indices('.') {
            if let Some(node) = self.get(&key[..dot]) {
                steps.push(Step::Key(key[..dot].to_owned()));
                let names = |names: Vec<String>| {
                    names
                        .into_iter()
                        .map(|name| format!("{}{name}", &key[..=dot]))
                        .collect()
                };
                return node.find(&key[dot + 1..], steps).map_err(names);
            }
        }
        Err(self.names(""))
    }

    fn names(&self, before: &str) -> Vec<String> {
        match self {
            Self::Map(entries) => entries
                .iter()
                .map(|(key, _)| format!("{before}{key}"))
                .collect(),
            Self::List(items) => (0..items.len())
                .map(|index| format!("{before}{index}"))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn values<'n>(&'n self, path: &str, values: &mut Vec<(String, &'n Self)>) {
        match self {
            Self::Map(entries) => {
                for (key, node) in entries {
                    node.values(&format!("{path}{key}:"), values);
                }
            }
            Self::List(items) => items.iter().for_each(|item| item.values(path, values)),
            Self::Null => {}
            value => values.push((path.to_owned(), value)),
        }
    }
}

/// A tree without what SOPS keeps in it, and that.
fn split(tree: Node) -> (Node, Node) {
    let Node::Map(mut entries) = tree else {
        return (tree, Node::Null);
    };
    let place = entries.iter().position(|(key, _)| key == "sops");
    let metadata = place.map_or(Node::Null, |place| entries.remove(place).1);
    (Node::Map(entries), metadata)
}

fn sealed(metadata: &Node) -> Vec<Sealed> {
    let text = |node: &Node, name: &str| match node.get(name) {
        Some(Node::Text(text)) => text.clone(),
        _ => String::new(),
    };
    match metadata.get("age") {
        Some(Node::List(items)) => items
            .iter()
            .map(|item| Sealed {
                recipient: text(item, "recipient"),
                enc: text(item, "enc"),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Lines `NAME=value`, where SOPS keeps its own under names that begin with `sops_`.
fn env(text: &str) -> (Node, Node) {
    let (mut tree, mut metadata) = (Vec::new(), Vec::new());
    let mut age: Vec<Vec<(String, Node)>> = Vec::new();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    for (name, value) in lines.filter_map(|line| line.split_once('=')) {
        let value = Node::Text(value.replace("\\n", "\n"));
        let Some(own) = name.strip_prefix("sops_") else {
            tree.push((name.to_owned(), value));
            continue;
        };
        match own
            .strip_prefix("age__list_")
            .and_then(|rest| rest.split_once("__map_"))
        {
            Some((index, field)) => {
                // As many as there are lines at most.
                let index = index.parse::<usize>().unwrap_or_default().min(text.len());
                while age.len() <= index.min(text.lines().count()) {
                    age.push(Vec::new());
                }
                if let Some(entry) = age.get_mut(index) {
                    entry.push((field.to_owned(), value));
                }
            }
            None => metadata.push((own.to_owned(), value)),
        }
    }
    let age = age.into_iter().map(Node::Map).collect();
    metadata.push(("age".to_owned(), Node::List(age)));
    (Node::Map(tree), Node::Map(metadata))
}

impl From<LocatedValue> for Node {
    fn from(value: LocatedValue) -> Self {
        match value {
            LocatedValue::Null => Self::Null,
            LocatedValue::Bool(truth) => Self::Bool(truth),
            LocatedValue::Int(number) => Self::Int(number),
            LocatedValue::Float(number) => Self::Float(number),
            LocatedValue::Text(text) => Self::Text(text),
            LocatedValue::List(items) => {
                Self::List(items.into_iter().map(|item| item.value.into()).collect())
            }
            LocatedValue::Map(entries) => {
                let entries = entries.into_iter();
                Self::Map(
                    entries
                        .map(|(key, value)| (key.name, value.value.into()))
                        .collect(),
                )
            }
        }
    }
}

/// From JSON, in the order of the text: the hash depends on it.
impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Nodes)
    }
}

struct Nodes;

impl<'de> Visitor<'de> for Nodes {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Node, E> {
        Ok(Node::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(i64::try_from(number).map_or(Node::Float(number as f64), Node::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Node::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_keys_and_a_missing_one_told_with_its_neighbours() {
        let text = "a:\n  b: x\n  c: [w, {d: z}]\ntls.key: k\nsops: {mac: m}\n";
        let document = Document::parse(text, Format::Yaml)
            .expect("YAML")
            .expect("of SOPS");
        let text = |text: &str| Node::Text(text.to_owned());
        for (key, expected) in [
            ("a.b", Ok((text("x"), "a:b:"))),
            ("a.c.0", Ok((text("w"), "a:c:"))),
            ("a.c.1.d", Ok((text("z"), "a:c:d:"))),
            ("tls.key", Ok((text("k"), "tls.key:"))),
            ("a.e", Err("a.b a.c")),
            ("a", Err("a.b a.c")),
            ("a.c", Err("a.c.0 a.c.1")),
            ("a.c.7", Err("a.c.0 a.c.1")),
            ("sops.mac", Err("a tls.key")),
        ] {
            let found = document
                .find(key)
                .map(|found| (found.node.clone(), found.path));
            let found = found.map_err(|names| names.join(" "));
            let expected = expected.map(|(node, path)| (node, path.to_owned()));
            assert_eq!(found, expected.map_err(str::to_owned), "{key}");
        }
    }

    #[test]
    fn what_sops_did_not_write_is_told_apart() {
        for (format, text, expected) in [
            (Format::Yaml, "a: b\n", Ok(false)),
            (Format::Yaml, "", Ok(false)),
            (Format::Yaml, "a: [\n", Err(())),
            (Format::Json, "{\n\t\"a\": 1\n}", Ok(false)),
            (Format::Json, "{", Err(())),
            (Format::Env, "A=b\n", Ok(false)),
            (
                Format::Env,
                "A=b\nsops_mac=m\nsops_age__list_9999999999__map_enc=x\n",
                Ok(true),
            ),
        ] {
            let found = Document::parse(text, format);
            assert_eq!(
                found.map(|found| found.is_some()).map_err(|_| ()),
                expected,
                "{text}"
            );
        }
    }
}
