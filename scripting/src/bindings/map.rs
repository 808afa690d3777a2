//! `base.merge(changes)`: maps with deep changes, for what differs between variants.

use crate::table::{Call, DEPTH, Fault, Mismatch, Output, Param, Row, Type, row, too_deep};
use rhai::Dynamic;
use std::borrow::Cow;

/// A map of anything: secrets and builders too.
struct AnyMap(rhai::Map);

fn map_type() -> Type {
    Type {
        name: Cow::Borrowed("map"),
        entry: None,
    }
}

impl Param for AnyMap {
    fn ty() -> Type {
        map_type()
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a map such as `#{ key: value }`")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        value
            .try_cast_result::<rhai::Map>()
            .map(Self)
            .map_err(|_| Mismatch::form())
    }
}

impl Output for AnyMap {
    fn ty() -> Type {
        map_type()
    }

    fn give(self, _call: &Call<'_, '_>) -> Result<Dynamic, Fault> {
        Ok(Dynamic::from_map(self.0))
    }
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            "merge",
            &["self", "changes"],
            |mut base: AnyMap, changes: AnyMap| {
                merge(&mut base.0, changes.0, DEPTH).map_err(|found| Fault::Argument(0, found))?;
                Ok::<_, Fault>(base)
            },
        )
        .doc(
            "The map with changes: maps in it are changed key by key, however deep; arrays \
             and all other values are replaced; `()` takes a key away. The map itself stays \
             as it is.",
        )
        .example(
            r#"let base = #{ web: #{ cpu: "500m", memory: "1Gi" }, hosts: ["shop.example"] };
let staging = base
    .merge(#{ web: #{ cpu: "100m" }, hosts: ["staging.example"] });"#,
        ),
    ]
}

fn merge(base: &mut rhai::Map, changes: rhai::Map, levels: usize) -> Result<(), Mismatch> {
    let inside = levels.checked_sub(1).ok_or_else(too_deep)?;
    for (key, change) in changes {
        let change = change.flatten();
        if change.is_unit() {
            base.remove(&key);
            continue;
        }
        let change = match change.try_cast_result::<rhai::Map>() {
            Ok(map) => {
                let mut nested = base
                    .remove(&key)
                    .and_then(|value| value.flatten().try_cast::<rhai::Map>())
                    .unwrap_or_default();
                merge(&mut nested, map, inside)?;
                Dynamic::from_map(nested)
            }
            Err(other) => other,
        };
        base.insert(key, change);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::session::{Host, Session};
    use serde_json::{Value, json};

    /// The `data` of the config map that a script's only environment has.
    fn merged(text: &str) -> Value {
        let text = format!(
            r#"let merged = {text};
environment("e", [object(#{{ apiVersion: "example.com/v1", kind: "Widget", metadata: #{{ name: "w" }}, data: merged }})])"#
        );
        let script = Session::new(Host::new("."))
            .load_text("merge.rhai", &text)
            .unwrap_or_else(|errors| panic!("{text}\n{}", errors[0]));
        let rendered = script.environments()[0].render().expect("right");
        let widget = rendered.objects.iter().find(|one| one.id.kind == "Widget");
        widget.expect("the object").value["data"].clone()
    }

    #[test]
    fn maps_deeply_and_all_else_at_once() {
        for (text, expected) in [
            ("#{}.merge(#{})", json!({})),
            (
                "#{ a: 1, b: 2 }.merge(#{ b: 3 })",
                json!({ "a": 1, "b": 3 }),
            ),
            ("merge(#{ a: 1 }, #{ b: 3 })", json!({ "a": 1, "b": 3 })),
            (
                "#{ a: #{ b: #{ c: 1, d: 2 } } }.merge(#{ a: #{ b: #{ d: 3 } } })",
                json!({ "a": { "b": { "c": 1, "d": 3 } } }),
            ),
            (
                "#{ a: [1, 2], b: [3] }.merge(#{ a: [4] })",
                json!({ "a": [4], "b": [3] }),
            ),
            (
                "#{ a: 1, b: #{ c: 1, d: 1 } }.merge(#{ a: (), b: #{ c: (), e: () } })",
                json!({ "b": { "d": 1 } }),
            ),
            // What is no map gives way to one, and the other way round.
            (
                "#{ a: 1, b: #{ c: 1 } }.merge(#{ a: #{ x: (), y: 1 }, b: 2 })",
                json!({ "a": { "y": 1 }, "b": 2 }),
            ),
            (
                "{ let base = #{ a: 1 }; let more = base.merge(#{ a: 2 }); #{ base: base, more: more } }",
                json!({ "base": { "a": 1 }, "more": { "a": 2 } }),
            ),
            (
                "#{ a: 1 }.merge(#{ b: 2 }).merge(#{ c: 3 })",
                json!({ "a": 1, "b": 2, "c": 3 }),
            ),
        ] {
            assert_eq!(merged(text), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_in_it_stays_one() {
        let text = r#"
            const BASE = #{ db: #{ user: "app", password: secret_env("PASSWORD") } };
            let values = BASE.merge(#{ db: #{ user: "staging" } }).db;
            environment("e", [secret("db").values(values)])
        "#;
        let script = Session::new(Host::new("."))
            .load_text("merge.rhai", text)
            .unwrap_or_else(|errors| panic!("{}", errors[0]));
        let rendered = script.environments()[0].render().expect("right");
        let secret = rendered.objects.iter().find(|one| one.id.kind == "Secret");
        let secrets = &secret.expect("the secret").secrets;
        assert_eq!(
            format!("{:?}", secrets["password"].parts()),
            "[(secret: env PASSWORD)]"
        );
        // A text beside a secret is one too.
        assert!(secrets.contains_key("user"));
    }

    #[test]
    fn a_change_that_nobody_takes_is_an_error() {
        let text = "let base = #{ a: 1 };\nbase.merge(#{ a: 2 });\nenvironment(\"e\", [])";
        let errors = Session::new(Host::new("."))
            .load_text("merge.rhai", text)
            .map(|_| ())
            .expect_err("thrown away");
        let said = errors[0].to_string();
        assert!(
            said.contains("the result of `merge` is thrown away"),
            "{said}"
        );
        assert!(said.contains("keep it: `base = base.merge(…)`"), "{said}");
    }

    #[test]
    fn maps_in_maps_without_an_end_are_refused() {
        let text = "let deep = #{};\nfor i in 0..400 { deep = #{ a: deep }; }\nlet x = deep.merge(deep);\nenvironment(\"e\", [])";
        let errors = Session::new(Host::new("."))
            .load_text("merge.rhai", text)
            .map(|_| ())
            .expect_err("too deep");
        assert!(errors[0].message.contains("levels deep"), "{}", errors[0]);
    }
}
