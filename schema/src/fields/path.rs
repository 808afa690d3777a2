//! A path into an object.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use super::Literal;
use crate::table;

/// A field name: static where the tables know it.
pub type Name = Cow<'static, str>;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathElement {
    /// A field of a struct or a key of a map.
    Field(Name),
    /// An item of a keyed list: its key fields, sorted by name.
    Key(Vec<(Name, Literal)>),
    /// An item of a set.
    Value(Literal),
    /// An item of any other list.
    Index(usize),
}

impl PathElement {
    /// A field by name.
    pub fn field(name: &str) -> Self {
        Self::Field(name_of(name))
    }

    /// A list item by one key field.
    pub fn key(name: &str, value: &str) -> Self {
        Self::Key(vec![(name_of(name), Literal::from(value))])
    }
}

pub(crate) fn name_of(name: &str) -> Name {
    table::interned(name).map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed)
}

impl fmt::Display for PathElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Key(keys) => {
                f.write_str("[")?;
                for (at, (name, value)) in keys.iter().enumerate() {
                    let comma = if at == 0 { "" } else { "," };
                    write!(f, "{comma}{name}={value}")?;
                }
                f.write_str("]")
            }
            Self::Value(value) => write!(f, "[={value}]"),
            Self::Index(at) => write!(f, "[{at}]"),
        }
    }
}

/// A path from the root of an object, such as `.spec.template.spec.containers[name="app"].image`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldPath(pub Vec<PathElement>);

impl FieldPath {
    /// A path of fields alone.
    pub fn fields(names: &[&str]) -> Self {
        Self(names.iter().map(|name| PathElement::field(name)).collect())
    }

    /// Whether this path is `other` or lies below it.
    pub fn starts_with(&self, other: &FieldPath) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The value there, if there is one.
    pub fn get<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.0
            .iter()
            .try_fold(root, |value, element| match element {
                PathElement::Field(name) => value.get(name.as_ref()),
                PathElement::Index(at) => value.get(at),
                PathElement::Value(wanted) => value
                    .as_array()?
                    .iter()
                    .find(|item| Literal((*item).clone()) == *wanted),
                PathElement::Key(keys) => value.as_array()?.iter().find(|item| {
                    keys.iter()
                        .all(|(name, wanted)| match item.get(name.as_ref()) {
                            Some(value) => super::equal(value, &wanted.0),
                            // A key field that is missing has its schema's default: that is why it is in the
                            // path at all.
                            None => matches!(wanted.0.as_str(), Some("TCP" | "")),
                        })
                }),
            })
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|element| write!(f, "{element}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prints_as_the_server_does_and_finds_values() {
        let ports = PathElement::Key(vec![
            (name_of("containerPort"), Literal::from(80)),
            (name_of("protocol"), Literal::from("TCP")),
        ]);
        let path = FieldPath(vec![
            PathElement::field("ports"),
            ports,
            PathElement::field("name"),
        ]);
        assert_eq!(
            path.to_string(),
            r#".ports[containerPort=80,protocol="TCP"].name"#
        );
        let object =
            json!({"ports": [{"containerPort": 79}, {"containerPort": 80, "name": "http"}]});
        assert_eq!(path.get(&object), Some(&json!("http")));
        assert!(path.starts_with(&FieldPath::fields(&["ports"])));
        assert_eq!(
            PathElement::Value(Literal::from("x/1")).to_string(),
            r#"[="x/1"]"#
        );
    }
}
