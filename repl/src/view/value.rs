//! Values of a session.

use super::table::{cut, table};
use crate::ui::Look;
use infra_scripting::session::{Shown, ShownResource};
use infra_sdk::types::yaml;
use serde_json::Value as Json;
use std::fmt::Write;

/// What stands for the value of a Secret.
const HIDDEN: &str = "(secret)";

/// A value, with a newline at its end; nothing for `()`.
pub(crate) fn shown(look: Look, value: &Shown) -> String {
    match value {
        Shown::Nothing => String::new(),
        Shown::Plain(Json::String(text)) if text.contains('\n') => {
            format!("{}\n", text.trim_end_matches('\n'))
        }
        Shown::List(items) if !items.is_empty() => list(look, items),
        Shown::Map(entries) if !entries.is_empty() => map(look, entries),
        Shown::Resource(resource) => self::resource(look, resource),
        Shown::Environment {
            name,
            namespace,
            resources,
        } => {
            let mut text = format!(
                "environment {} for the namespace {namespace}\n",
                look.strong(name)
            );
            for resource in resources {
                let _ = writeln!(text, "  {resource}");
            }
            text
        }
        other => format!("{}\n", short(other)),
    }
}

/// A value as YAML, where it has such a form: a builder as its objects.
pub(crate) fn as_yaml(value: &Shown) -> Option<String> {
    if let Shown::Resource(resource) = value {
        let documents: Vec<String> = resource.objects.iter().map(yaml::to_string).collect();
        return (!documents.is_empty()).then(|| documents.join("---\n"));
    }
    masked(value).data().map(|data| yaml::to_string(&data))
}

/// A value on one line.
fn short(value: &Shown) -> String {
    match value {
        Shown::Nothing => "()".to_owned(),
        Shown::Plain(value) => value.to_string(),
        Shown::List(items) => {
            let items: Vec<String> = items.iter().map(short).collect();
            format!("[{}]", items.join(", "))
        }
        Shown::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, item)| format!("{key}: {}", short(item)))
                .collect();
            format!("#{{{}}}", entries.join(", "))
        }
        Shown::Resource(resource) => resource.reference.clone(),
        Shown::Environment { name, .. } => format!("environment {name}"),
        Shown::Secret(token) => token.clone(),
        Shown::Other { word, text } if text == word || text.is_empty() => word.replace('_', " "),
        Shown::Function(text) | Shown::Other { text, .. } => text.clone(),
    }
}

/// A value as a cell of a table: a text without quotes.
fn cell(value: &Shown) -> String {
    match value {
        Shown::Plain(Json::String(text)) => text.clone(),
        Shown::Nothing => String::new(),
        other => short(other),
    }
}

fn list(look: Look, items: &[Shown]) -> String {
    let maps: Option<Vec<&[(String, Shown)]>> = items
        .iter()
        .map(|item| match item {
            Shown::Map(entries) => Some(entries.as_slice()),
            _ => None,
        })
        .collect();
    if let Some(maps) = maps {
        return rows(look, &maps);
    }
    let line = short(&Shown::List(items.to_vec()));
    if line.chars().count() <= look.width
        && items.iter().all(|item| matches!(item, Shown::Plain(_)))
    {
        return format!("{line}\n");
    }
    let lines = items.iter().map(|item| cut(&cell(item), look.width) + "\n");
    lines.collect()
}

/// Maps as rows: a column for each key; for objects of a cluster what names them.
fn rows(look: Look, maps: &[&[(String, Shown)]]) -> String {
    if maps.iter().all(|map| is_object(map)) {
        let columns = ["kind", "namespace", "name"];
        let heading: Vec<String> = columns.map(str::to_owned).to_vec();
        let name = |map: &[(String, Shown)], key: &str| at(map, &["metadata", key]);
        let rows: Vec<Vec<String>> = maps
            .iter()
            .map(|map| {
                vec![
                    at(map, &["kind"]),
                    name(map, "namespace"),
                    name(map, "name"),
                ]
            })
            .collect();
        return table(look, &heading, &rows);
    }
    let mut heading: Vec<String> = Vec::new();
    for (key, _) in maps.iter().copied().flatten() {
        if !heading.contains(key) {
            heading.push(key.clone());
        }
    }
    let row = |map: &&[(String, Shown)]| {
        let cells = heading.iter().map(|key| at(map, &[key]));
        cells.collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = maps.iter().map(row).collect();
    table(look, &heading, &rows)
}

/// A map as rows of its keys and values.
fn map(look: Look, entries: &[(String, Shown)]) -> String {
    let Shown::Map(entries) = masked(&Shown::Map(entries.to_vec())) else {
        return String::new();
    };
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|(key, value)| vec![key.clone(), cell(value)])
        .collect();
    table(look, &[String::new(), String::new()], &rows)
}

fn resource(look: Look, resource: &ShownResource) -> String {
    let mut text = format!("{}\n", look.strong(&resource.reference));
    let others = resource.objects.iter().skip(1).map(|object| {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let kind = text(&object["kind"]).to_lowercase();
        format!("{kind}/{}", text(&object["metadata"]["name"]))
    });
    let others: Vec<String> = others.collect();
    if !others.is_empty() {
        let _ = writeln!(text, "  with {}", others.join(", "));
    }
    for problem in &resource.problems {
        let _ = writeln!(text, "  {} {problem}", look.change("alone:"));
    }
    if !resource.objects.is_empty() {
        let _ = writeln!(text, "  {}", look.dim("`:yaml` shows what becomes of it"));
    }
    text
}

/// Whether a map is an object of a cluster.
fn is_object(map: &[(String, Shown)]) -> bool {
    !at(map, &["kind"]).is_empty() && !at(map, &["metadata", "name"]).is_empty()
}

/// What stands at a path of a map, as a cell; empty where nothing does.
fn at(map: &[(String, Shown)], path: &[&str]) -> String {
    let Some((first, rest)) = path.split_first() else {
        return String::new();
    };
    match map.iter().find(|(key, _)| key == first) {
        Some((_, Shown::Map(inner))) if !rest.is_empty() => at(inner, rest),
        Some((_, value)) if rest.is_empty() => cell(value),
        _ => String::new(),
    }
}

/// A value without what Secrets hold.
fn masked(value: &Shown) -> Shown {
    match value {
        Shown::List(items) => Shown::List(items.iter().map(masked).collect()),
        Shown::Map(entries) => {
            let secret = at(entries, &["kind"]) == "Secret" && is_object(entries);
            let one = |(key, item): &(String, Shown)| {
                let hides = secret && (key == "data" || key == "stringData");
                let item = match item {
                    Shown::Map(values) if hides => Shown::Map(
                        values
                            .iter()
                            .map(|(key, _)| (key.clone(), Shown::Plain(HIDDEN.into())))
                            .collect(),
                    ),
                    item => masked(item),
                };
                (key.clone(), item)
            };
            Shown::Map(entries.iter().map(one).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: &Json) -> Shown {
        match value {
            Json::Null => Shown::Nothing,
            Json::Array(items) => Shown::List(items.iter().map(of).collect()),
            Json::Object(entries) => {
                let entries = entries.iter().map(|(key, item)| (key.clone(), of(item)));
                Shown::Map(entries.collect())
            }
            plain => Shown::Plain(plain.clone()),
        }
    }

    #[test]
    fn each_kind_of_value_has_its_look() {
        let look = Look {
            terminal: false,
            color: false,
            width: 40,
        };
        for (value, expected) in [
            (json!(null), ""),
            (json!(3), "3\n"),
            (json!("text"), "\"text\"\n"),
            (json!("two\nlines\n"), "two\nlines\n"),
            (json!([]), "[]\n"),
            (json!({}), "#{}\n"),
            (json!([1, "a", true]), "[1, \"a\", true]\n"),
            (json!({"a": 1, "long": [1, 2]}), "a     1\nlong  [1, 2]\n"),
            (
                json!([{"name": "a", "n": 1}, {"name": "b", "more": "x"}]),
                "n  name  more\n1  a\n   b     x\n",
            ),
            (
                json!([{"kind": "Pod", "metadata": {"name": "a", "namespace": "n"}}]),
                "kind  namespace  name\nPod   n          a\n",
            ),
        ] {
            assert_eq!(shown(look, &of(&value)), expected, "{value}");
        }
        let secret = Shown::Secret("(secret: env PASSWORD)".to_owned());
        assert_eq!(shown(look, &secret), "(secret: env PASSWORD)\n");
    }

    #[test]
    fn what_a_secret_holds_is_hidden() {
        let secret = json!({
            "kind": "Secret", "metadata": { "name": "a" }, "data": { "key": "c2VjcmV0" },
        });
        let look = Look {
            terminal: false,
            color: false,
            width: 80,
        };
        let list = of(&json!({ "items": [secret.clone()] }));
        for text in [
            shown(look, &of(&secret)),
            shown(look, &list),
            as_yaml(&of(&secret)).unwrap_or_default(),
            as_yaml(&list).unwrap_or_default(),
        ] {
            assert!(!text.contains("c2VjcmV0"), "{text}");
            assert!(text.contains(HIDDEN), "{text}");
        }
    }
}
