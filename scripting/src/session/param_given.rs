//! What a text (`--set`) or a file gives in the place of a parameter's default.

use super::ParamValue;
use infra_sdk::types::yaml::{Located, LocatedValue};
use std::collections::BTreeMap;

/// Why a value cannot be a parameter's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// The line and column of the value that does not fit.
    pub(crate) at: (u32, u32),
    /// The keys and indices that lead to it.
    pub(crate) path: Vec<String>,
    /// What is expected there, in words that follow "must be".
    pub(crate) expected: &'static str,
    /// What stands there.
    pub(crate) given: &'static str,
    /// What to do.
    pub(crate) help: Option<&'static str>,
}

/// Why a text cannot be a parameter's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misread {
    /// There is no such key; these there are.
    NoKey { key: String, known: Vec<String> },
    /// It is no value of that type: what was expected, in words that follow "must be".
    Mistyped(&'static str),
}

impl ParamValue {
    /// What is expected where a value like this one stands, in words that follow "must be".
    fn expected(&self) -> &'static str {
        match self {
            Self::Unit => "a value",
            Self::Bool(_) => "`true` or `false`",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    /// Reads what `--set` gives as a value like this one; else what was expected.
    pub(crate) fn read(&self, text: &str) -> Result<Self, &'static str> {
        match self {
            Self::Bool(_) => match text {
                "true" | "yes" | "1" => Ok(Self::Bool(true)),
                "false" | "no" | "0" => Ok(Self::Bool(false)),
                _ => Err(self.expected()),
            },
            Self::Int(_) => text.parse().map(Self::Int).map_err(|_| self.expected()),
            Self::Float(_) => text.parse().map(Self::Float).map_err(|_| self.expected()),
            Self::Array(_) => self.written(text).ok_or("a list such as `[a, b]`"),
            Self::Map(_) => self.written(text).ok_or("a map such as `{a: 1, b: 2}`"),
            Self::Text(_) | Self::Unit => Ok(Self::Text(text.to_owned())),
        }
    }

    /// This one with what `--set` gives in the place of the value under some keys. A map that is empty
    /// takes any key.
    pub(crate) fn read_at(&self, path: &[&str], text: &str) -> Result<Self, Misread> {
        let Some((key, rest)) = path.split_first() else {
            return self.read(text).map_err(Misread::Mistyped);
        };
        let no_key = |known: Vec<String>| Misread::NoKey {
            key: (*key).to_owned(),
            known,
        };
        let Self::Map(entries) = self else {
            return Err(no_key(Vec::new()));
        };
        let anything = Self::Text(String::new());
        let place = match entries.get(*key) {
            Some(value) => value,
            None if entries.is_empty() && rest.is_empty() => &anything,
            None => return Err(no_key(entries.keys().cloned().collect())),
        };
        let mut changed = entries.clone();
        changed.insert((*key).to_owned(), place.read_at(rest, text)?);
        Ok(Self::Map(changed))
    }

    /// A list or map as it stands in one line of YAML.
    fn written(&self, text: &str) -> Option<Self> {
        let found = infra_sdk::types::yaml::located(text).ok()??;
        self.changed(&found).ok()
    }

    /// This default with what was given in its place: a map changes a map key by key, anything else
    /// replaces it.
    pub(crate) fn changed(&self, given: &Located) -> Result<Self, Misfit> {
        self.check(given, true)?;
        let mut value = self.clone();
        value.merge(Self::of(given));
        Ok(value)
    }

    /// Whether what was given is of this one's type, all the way down.
    fn check(&self, given: &Located, required: bool) -> Result<(), Misfit> {
        let fits = match (self, &given.value) {
            (_, LocatedValue::Null) => !required,
            (Self::Unit, _)
            | (Self::Bool(_), LocatedValue::Bool(_))
            | (Self::Int(_), LocatedValue::Int(_))
            | (Self::Float(_), LocatedValue::Int(_) | LocatedValue::Float(_))
            | (Self::Text(_), LocatedValue::Text(_)) => true,
            (Self::Array(defaults), LocatedValue::List(items)) => {
                let like = defaults.first().filter(|first| {
                    defaults
                        .iter()
                        .all(|other| other.type_name() == first.type_name())
                });
                if let Some(like) = like {
                    for (index, item) in items.iter().enumerate() {
                        like.check(item, true)
                            .map_err(|misfit| misfit.inside(index.to_string()))?;
                    }
                }
                true
            }
            (Self::Map(defaults), LocatedValue::Map(entries)) => {
                for (key, value) in entries {
                    // What is not there cannot be taken away: `{a:1}` is a key `a:1` without a value.
                    let (default, required) = match defaults.get(&key.name) {
                        Some(default) => (default, false),
                        None => (&Self::Unit, true),
                    };
                    default
                        .check(value, required)
                        .map_err(|misfit| misfit.inside(key.name.clone()))?;
                }
                true
            }
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let (given_words, help) = match (&given.value, self) {
            (LocatedValue::Null, _) => ("nothing", Some("leave it out, and the default counts")),
            (LocatedValue::Bool(_), Self::Text(_)) => ("a truth value", Some("put it in quotes")),
            (LocatedValue::Int(_) | LocatedValue::Float(_), Self::Text(_)) => {
                ("a number", Some("put it in quotes"))
            }
            (LocatedValue::Text(_), Self::Bool(_) | Self::Int(_) | Self::Float(_)) => {
                ("a string", Some("write it without quotes"))
            }
            (LocatedValue::Bool(_), _) => ("a truth value", None),
            (LocatedValue::Int(_) | LocatedValue::Float(_), _) => ("a number", None),
            (LocatedValue::Text(_), _) => ("a string", None),
            (LocatedValue::List(_), _) => ("a list", None),
            (LocatedValue::Map(_), _) => ("a map", None),
        };
        Err(Misfit {
            at: (given.line, given.column),
            path: Vec::new(),
            expected: self.expected(),
            given: given_words,
            help,
        })
    }

    fn of(given: &Located) -> Self {
        match &given.value {
            LocatedValue::Null => Self::Unit,
            LocatedValue::Bool(truth) => Self::Bool(*truth),
            LocatedValue::Int(number) => Self::Int(*number),
            LocatedValue::Float(number) => Self::Float(*number),
            LocatedValue::Text(text) => Self::Text(text.clone()),
            LocatedValue::List(items) => Self::Array(items.iter().map(Self::of).collect()),
            LocatedValue::Map(entries) => Self::Map(
                entries
                    .iter()
                    .map(|(key, value)| (key.name.clone(), Self::of(value)))
                    .collect(),
            ),
        }
    }

    /// Takes over what a later value says: keys of maps one by one, `()` removing them; all else is
    /// replaced. A whole number stands for a number where one was.
    fn merge(&mut self, changes: Self) {
        match (self, changes) {
            (Self::Map(map), Self::Map(changes)) => {
                for (key, change) in changes {
                    if change == Self::Unit {
                        map.remove(&key);
                    } else {
                        let place = map.entry(key).or_insert(Self::Unit);
                        place.merge(change);
                    }
                }
            }
            (place @ Self::Float(_), Self::Int(number)) => *place = Self::Float(number as f64),
            (place, Self::Map(changes)) => {
                *place = Self::Map(BTreeMap::new());
                place.merge(Self::Map(changes));
            }
            (place, other) => *place = other,
        }
    }
}

impl Misfit {
    fn inside(mut self, step: String) -> Self {
        self.path.insert(0, step);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infra_sdk::types::yaml::located;
    use serde_json::json;

    fn value(json: &serde_json::Value) -> ParamValue {
        match json {
            serde_json::Value::Null => ParamValue::Unit,
            serde_json::Value::Bool(truth) => ParamValue::Bool(*truth),
            serde_json::Value::Number(number) => number.as_i64().map_or_else(
                || ParamValue::Float(number.as_f64().unwrap_or_default()),
                ParamValue::Int,
            ),
            serde_json::Value::String(text) => ParamValue::Text(text.clone()),
            serde_json::Value::Array(items) => ParamValue::Array(items.iter().map(value).collect()),
            serde_json::Value::Object(map) => ParamValue::Map(
                map.iter()
                    .map(|(key, item)| (key.clone(), value(item)))
                    .collect(),
            ),
        }
    }

    #[test]
    fn a_file_changes_maps_deeply_and_replaces_the_rest() {
        for (default, given, expected) in [
            (json!(3), "5", json!(5)),
            (json!(0.5), "2", json!(2.0)),
            (json!("a"), "b", json!("b")),
            (json!(["a", "b"]), "[c]", json!(["c"])),
            (json!([]), "[1, b]", json!([1, "b"])),
            (
                json!({"web": {"cpu": "1", "memory": "1Gi"}, "on": true}),
                "{web: {cpu: '2', memory: ~, more: [1]}}",
                json!({"web": {"cpu": "2", "more": [1]}, "on": true}),
            ),
            (json!({}), "{a: {b: ~, c: 1}}", json!({"a": {"c": 1}})),
        ] {
            let given = located(given).expect("YAML").expect("a value");
            let changed = value(&default).changed(&given).expect("it fits");
            assert_eq!(changed, value(&expected), "{default}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_where_it_stands() {
        for (default, given, at, path, expected) in [
            (
                json!(3),
                "x: '5'",
                (1, 4),
                "",
                "a whole number, got a string",
            ),
            (json!("1"), "x: 1.10", (1, 4), "", "a string, got a number"),
            (
                json!(true),
                "x: [1]",
                (1, 4),
                "",
                "`true` or `false`, got a list",
            ),
            (
                json!(["a"]),
                "x: [b, 5]",
                (1, 8),
                "1",
                "a string, got a number",
            ),
            (
                json!({"web": {"cpu": "1"}}),
                "x:\n  web:\n    cpu: 2",
                (3, 10),
                "web.cpu",
                "a string, got a number",
            ),
            (json!({"a": 1}), "x: 5", (1, 4), "", "a map, got a number"),
            (json!(1), "x: ~", (1, 4), "", "a whole number, got nothing"),
        ] {
            let text = located(given).expect("YAML").expect("a value");
            let LocatedValue::Map(entries) = text.value else {
                panic!("a map");
            };
            let misfit = value(&default).changed(&entries[0].1).expect_err(given);
            assert_eq!(misfit.at, at, "{given}");
            assert_eq!(misfit.path.join("."), path, "{given}");
            let said = format!("{}, got {}", misfit.expected, misfit.given);
            assert_eq!(said, expected, "{given}");
        }
    }

    #[test]
    fn a_text_goes_to_the_key_that_is_named() {
        let default = json!({"web": {"cpu": "1", "replicas": 2}, "labels": {}});
        let no_key = |key: &str, known: &[&str]| {
            Err(Misread::NoKey {
                key: key.to_owned(),
                known: known.iter().map(|known| (*known).to_owned()).collect(),
            })
        };
        for (path, text, expected) in [
            (
                vec!["web", "replicas"],
                "5",
                Ok(json!({"web": {"cpu": "1", "replicas": 5}, "labels": {}})),
            ),
            (
                vec!["labels", "team"],
                "a",
                Ok(json!({"web": {"cpu": "1", "replicas": 2}, "labels": {"team": "a"}})),
            ),
            (
                vec!["web", "replicas"],
                "many",
                Err(Misread::Mistyped("a whole number")),
            ),
            (
                vec!["web", "cpus"],
                "5",
                no_key("cpus", &["cpu", "replicas"]),
            ),
            (vec!["wbe", "cpu"], "5", no_key("wbe", &["labels", "web"])),
            (vec!["web", "cpu", "x"], "5", no_key("x", &[])),
        ] {
            let found = value(&default).read_at(&path, text);
            assert_eq!(found, expected.map(|json| value(&json)), "{path:?}");
        }
    }

    #[test]
    fn a_text_has_the_type_of_the_default() {
        for (default, text, expected) in [
            (json!(3), "5", Ok(json!(5))),
            (json!(true), "no", Ok(json!(false))),
            (json!("b"), "5", Ok(json!("5"))),
            (json!(3), "many", Err("a whole number")),
            (json!(["a"]), "[b, c]", Ok(json!(["b", "c"]))),
            (json!(["a"]), "b,c", Err("a list such as `[a, b]`")),
            (
                json!({"a": 1, "b": 2}),
                "{a: 5}",
                Ok(json!({"a": 5, "b": 2})),
            ),
            (
                json!({"a": 1}),
                "{a:5}",
                Err("a map such as `{a: 1, b: 2}`"),
            ),
        ] {
            let found = value(&default).read(text);
            assert_eq!(found, expected.map(|json| value(&json)), "{text}");
        }
    }
}
