//! YAML with the places of its values, for files that people write for us.

use super::{YamlError, error, options};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::fmt;

/// A value of a YAML text, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// The line, from one.
    pub line: u32,
    /// The column, from one.
    pub column: u32,
    /// The value.
    pub value: LocatedValue,
}

/// What stands at a place of a YAML text.
#[derive(Clone, Debug, PartialEq)]
pub enum LocatedValue {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Located>),
    /// A map, in the order of the text.
    Map(Vec<(LocatedKey, Located)>),
}

/// A key of a map, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedKey {
    /// The line, from one.
    pub line: u32,
    /// The column, from one.
    pub column: u32,
    /// The key.
    pub name: String,
}

/// The only document of a text, with the places of its values; `None` where it holds nothing. JSON is
/// YAML too.
///
/// # Errors
/// A text that is not one document of YAML, or a key that stands twice in a map.
pub fn located(text: &str) -> Result<Option<Located>, YamlError> {
    let documents: Vec<Spanned<LocatedValue>> =
        serde_saphyr::from_multiple_with_options(text, options()).map_err(|found| error(&found))?;
    let mut documents = documents.into_iter().map(place);
    let first = documents.next();
    match documents.next() {
        Some(second) => Err(YamlError {
            at: Some((second.line, second.column)),
            message: "only one document may stand here".to_owned(),
        }),
        None => Ok(first.filter(|document| document.value != LocatedValue::Null)),
    }
}

/// The documents of a text with the places of their values, as [`documents`](super::documents) has
/// them: those that hold nothing are passed over, and a `List` is as many as it has items.
///
/// # Errors
/// A text that is not YAML, or a key that stands twice in a map.
pub fn located_documents(text: &str) -> Result<Vec<Located>, YamlError> {
    let documents: Vec<Spanned<LocatedValue>> =
        serde_saphyr::from_multiple_with_options(text, options()).map_err(|found| error(&found))?;
    let documents = documents.into_iter().map(place);
    Ok(documents
        .filter(|document| document.value != LocatedValue::Null)
        .flat_map(items)
        .collect())
}

/// The items of a list of objects, else the document itself.
fn items(mut document: Located) -> Vec<Located> {
    if let LocatedValue::Map(entries) = &mut document.value {
        let is_list = entries.iter().any(|(key, kind)| {
            key.name == "kind"
                && matches!(&kind.value, LocatedValue::Text(kind) if kind.ends_with("List"))
        });
        let list = entries
            .iter_mut()
            .find(|(key, _)| is_list && key.name == "items");
        if let Some((
            _,
            Located {
                value: LocatedValue::List(items),
                ..
            },
        )) = list
        {
            return std::mem::take(items);
        }
    }
    vec![document]
}

impl Located {
    /// Where the field at a path (`spec.containers[0].image`) stands: its key, or the nearest key
    /// above it that is there.
    pub fn place_of(&self, path: &str) -> (u32, u32) {
        let mut place = (self.line, self.column);
        let (mut at, mut rest) = (self, path.trim_start_matches('.'));
        while !rest.is_empty() {
            let Some((found, next, left)) = at.step(rest) else {
                break;
            };
            place = found;
            (at, rest) = (next, left.trim_start_matches('.'));
        }
        place
    }

    /// One step of a path: where it leads, and what is left of it.
    fn step<'a, 'p>(&'a self, path: &'p str) -> Option<((u32, u32), &'a Self, &'p str)> {
        match &self.value {
            LocatedValue::Map(entries) => {
                let bracketed = path.strip_prefix('[').and_then(|path| path.split_once(']'));
                let fits = |name: &str| match bracketed {
                    Some((key, rest)) => (key == name).then_some(rest),
                    // A key may hold dots.
                    None => path
                        .strip_prefix(name)
                        .filter(|rest| rest.is_empty() || rest.starts_with(['.', '['])),
                };
                let found = entries
                    .iter()
                    .filter_map(|(key, value)| Some((key, value, fits(&key.name)?)));
                let (key, value, rest) = found.max_by_key(|(key, ..)| key.name.len())?;
                Some(((key.line, key.column), value, rest))
            }
            LocatedValue::List(items) => match path.strip_prefix('[') {
                Some(inside) => {
                    let (index, rest) = inside.split_once(']')?;
                    let item = items.get(index.parse::<usize>().ok()?)?;
                    Some(((item.line, item.column), item, rest))
                }
                // Without an index, the first that has it.
                None => items.iter().find_map(|item| item.step(path)),
            },
            _ => None,
        }
    }
}

fn place(found: Spanned<LocatedValue>) -> Located {
    let (line, column) = numbers(&found);
    Located {
        line,
        column,
        value: found.value,
    }
}

fn numbers<T>(found: &Spanned<T>) -> (u32, u32) {
    let one = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    (one(found.referenced.line()), one(found.referenced.column()))
}

impl<'de> Deserialize<'de> for LocatedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = LocatedValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Null)
    }

    fn visit_none<E>(self) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<LocatedValue, E> {
        Ok(i64::try_from(number).map_or(LocatedValue::Float(number as f64), LocatedValue::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<LocatedValue, E> {
        Ok(LocatedValue::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<LocatedValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<LocatedValue>>()? {
            list.push(place(item));
        }
        Ok(LocatedValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<LocatedValue, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<String>>()? {
            let (line, column) = numbers(&key);
            let key = LocatedKey {
                line,
                column,
                name: key.value,
            };
            map.push((key, place(entries.next_value()?)));
        }
        Ok(LocatedValue::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every value with its place, one a line.
    fn shown(text: &str) -> Vec<String> {
        fn walk(path: &str, at: &Located, lines: &mut Vec<String>) {
            let place = format!("{}:{}", at.line, at.column);
            match &at.value {
                LocatedValue::List(items) => {
                    for (index, item) in items.iter().enumerate() {
                        walk(&format!("{path}[{index}]"), item, lines);
                    }
                }
                LocatedValue::Map(entries) => {
                    for (key, value) in entries {
                        let key = format!("{path}.{}@{}:{}", key.name, key.line, key.column);
                        walk(&key, value, lines);
                    }
                }
                scalar => lines.push(format!("{path} {place} {scalar:?}")),
            }
        }
        let mut lines = Vec::new();
        if let Some(document) = located(text).expect(text) {
            walk("", &document, &mut lines);
        }
        lines
    }

    #[test]
    fn a_path_leads_to_its_key_or_near_it() {
        let text = "---\n# nothing\n---\nkind: List\nitems:\n- kind: A\n  metadata:\n    annotations:\n      a.b/c.d: x\n- kind: B\n  spec:\n    containers:\n    - name: a\n    - name: b\n      image: c\n";
        let documents = located_documents(text).expect("documents");
        assert_eq!(documents.len(), 2);
        for (index, path, expected) in [
            (0, "", (6, 3)),
            (0, "kind", (6, 3)),
            (0, "metadata.annotations[a.b/c.d]", (9, 7)),
            (0, "metadata.annotations.a.b/c.d", (9, 7)),
            (0, "metadata.labels", (7, 3)),
            (1, "spec.containers[1].image", (15, 7)),
            (1, "spec.containers.image", (15, 7)),
            (1, "spec.containers[1].resources.limits", (14, 7)),
            (1, "spec.replicas", (11, 3)),
        ] {
            assert_eq!(documents[index].place_of(path), expected, "{path}");
        }
    }

    #[test]
    fn every_value_has_its_place() {
        assert_eq!(
            shown("# sizes\nreplicas: 3\nweb:\n  cpu: '1'\n  hosts: [a, ~]\nshare: 0.5\n"),
            [
                ".replicas@2:1 2:11 Int(3)",
                ".web@3:1.cpu@4:3 4:8 Text(\"1\")",
                ".web@3:1.hosts@5:3[0] 5:11 Text(\"a\")",
                ".web@3:1.hosts@5:3[1] 5:14 Null",
                ".share@6:1 6:8 Float(0.5)",
            ]
        );
        assert_eq!(
            shown("{\n  \"a\": {\"b\": true}\n}\n"),
            [".a@2:3.b@2:9 2:14 Bool(true)"]
        );
        assert_eq!(shown("# nothing\n"), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_document_is_said_with_its_place() {
        for (text, expected) in [
            ("a: 1\na: 2\n", "f:2:1 the key `a` stands twice"),
            (
                "a: 1\n---\nb: 2\n",
                "f:3:1 only one document may stand here",
            ),
        ] {
            let error = located(text).expect_err(text);
            let said = format!("{} {}", error.place("f"), error.message);
            assert_eq!(said, expected, "{text}");
        }
    }
}
