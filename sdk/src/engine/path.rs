//! Paths as the API server writes them in conflicts and causes:
//! `.spec.template.spec.containers[name="app"].ports[containerPort=80,protocol="TCP"].name`.

use serde_json::Value;

/// What picks an item of a list.
#[derive(Clone, Debug, PartialEq)]
enum Pick {
    Index(usize),
    Keys(Vec<(String, Value)>),
    Item(Value),
}

/// Removes the field at `path`; nothing when it is not there. Whether it was.
pub(crate) fn remove(value: &mut Value, path: &str) -> bool {
    match value {
        Value::Object(fields) => {
            let name = path.strip_prefix('.').unwrap_or(path);
            // Names may hold dots (labels, keys of a config map): the longest that is there counts.
            let ends = name.match_indices(['.', '[']).map(|(index, _)| index);
            let ends: Vec<usize> = ends.chain([name.len()]).filter(|end| *end > 0).collect();
            for end in ends.into_iter().rev() {
                let (key, rest) = name.split_at(end);
                if rest.is_empty() {
                    if fields.remove(key).is_some() {
                        return true;
                    }
                } else if let Some(inner) = fields.get_mut(key) {
                    return remove(inner, rest);
                }
            }
            false
        }
        Value::Array(items) => {
            let Some((pick, rest)) = path.strip_prefix('[').and_then(|inner| {
                let end = closing(inner)?;
                Some((bracket(&inner[..end])?, &inner[end + 1..]))
            }) else {
                return false;
            };
            match position(items, &pick) {
                Some(index) if rest.is_empty() => {
                    items.remove(index);
                    true
                }
                Some(index) => remove(&mut items[index], rest),
                None => false,
            }
        }
        _ => false,
    }
}

fn position(items: &[Value], pick: &Pick) -> Option<usize> {
    match pick {
        Pick::Index(index) => (*index < items.len()).then_some(*index),
        Pick::Item(wanted) => items.iter().position(|item| item == wanted),
        Pick::Keys(keys) => items.iter().position(|item| {
            keys.iter().all(|(key, value)| match item.get(key) {
                Some(found) => found == value,
                // A key with a default need not stand in what we send.
                None => key == "protocol" && value == "TCP",
            })
        }),
    }
}

/// The index of the `]` that ends a bracket, quotes respected.
fn closing(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (index, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some(index),
            _ => {}
        }
    }
    None
}

fn bracket(text: &str) -> Option<Pick> {
    if let Some(item) = text.strip_prefix('=') {
        return serde_json::from_str(item).ok().map(Pick::Item);
    }
    if let Ok(index) = text.parse() {
        return Some(Pick::Index(index));
    }
    let mut keys = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let mut values = serde_json::Deserializer::from_str(after).into_iter::<Value>();
        let value = values.next()?.ok()?;
        let used = values.byte_offset();
        keys.push((key.to_owned(), value));
        rest = after[used..].trim_start_matches(',');
    }
    Some(Pick::Keys(keys))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_removed_by_the_api_servers_paths() {
        let object = || {
            json!({"labels": {"app": "a", "app.kubernetes.io/name": "b"}, "spec": {
                "replicas": 3,
                "containers": [
                    {"name": "a", "image": "x", "ports": [{"containerPort": 80, "name": "http"}]},
                    {"name": "b]", "image": "y"},
                ],
                "finalizers": ["x/1", "x/2"],
            }})
        };
        for (path, pointer) in [
            (".spec.replicas", "/spec/replicas"),
            (
                r#".spec.containers[name="a"].image"#,
                "/spec/containers/0/image",
            ),
            (
                r#".spec.containers[name="b]"].image"#,
                "/spec/containers/1/image",
            ),
            (
                r#".spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].name"#,
                "/spec/containers/0/ports/0/name",
            ),
            (".spec.containers[1]", "/spec/containers/1"),
            (r#".spec.finalizers[="x/2"]"#, "/spec/finalizers/1"),
            (
                ".labels.app.kubernetes.io/name",
                "/labels/app.kubernetes.io~1name",
            ),
        ] {
            let mut value = object();
            assert!(value.pointer(pointer).is_some(), "{path}");
            assert!(remove(&mut value, path), "{path}");
            assert!(value.pointer(pointer).is_none(), "{path}: {value}");
        }
        let mut value = object();
        assert!(!remove(&mut value, ".spec.nothing.here[0]"));
        assert_eq!(value, object());
    }
}
