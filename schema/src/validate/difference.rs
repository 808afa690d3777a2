//! The difference of two claims, as a server tells it: a unified difference of its inner forms.
//!
//! The inner form has a claim's fields under the names and in the order of the server's source, and
//! all of them; the lines are compared as `difflib` does.

use std::fmt::Write;
use std::ops::Range;

use serde_json::{Map, Value};

use super::look::field;

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// What differs between the `spec` of two claims.
pub(super) fn of_claims(old: &Value, new: &Value) -> String {
    let (old, new) = (claim(old), claim(new));
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    unified(&old, &new)
}

fn claim(spec: &Value) -> String {
    let get = |name: &str| spec.get(name).cloned().unwrap_or(Value::Null);
    // A text of its own is there even when it is empty.
    let name = Value::from(super::look::text(spec, "volumeName"));
    let fields = [
        ("AccessModes", get("accessModes")),
        ("Selector", get("selector")),
        (
            "Resources",
            inner(
                &spec["resources"],
                &[("Limits", "limits"), ("Requests", "requests")],
            ),
        ),
        ("VolumeName", name),
        ("StorageClassName", get("storageClassName")),
        ("VolumeMode", get("volumeMode")),
        ("DataSource", source(spec, "dataSource", false)),
        ("DataSourceRef", source(spec, "dataSourceRef", true)),
        (
            "VolumeAttributesClassName",
            get("volumeAttributesClassName"),
        ),
    ];
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!(" \"{name}\": {}", written(value)))
        .collect();
    format!("{{\n{}\n}}", fields.join(",\n"))
}

/// Fields under their inner names.
fn inner(value: &Value, names: &[(&str, &str)]) -> Value {
    let fields = names.iter().map(|(inner, name)| {
        let value = value.get(name).cloned().unwrap_or(Value::Null);
        ((*inner).to_owned(), value)
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

fn source(spec: &Value, name: &str, namespaced: bool) -> Value {
    let Some(source) = field(spec, name) else {
        return Value::Null;
    };
    let names = [
        ("APIGroup", "apiGroup"),
        ("Kind", "kind"),
        ("Name", "name"),
        ("Namespace", "namespace"),
    ];
    inner(source, &names[..if namespaced { 4 } else { 3 }])
}

/// A value on lines of its own, one space deeper for each level, below the first.
fn written(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::new();
    for (at, line) in text.lines().enumerate() {
        if at == 0 {
            out.push_str(line);
            continue;
        }
        let content = line.trim_start();
        // Two spaces a level become one, and the whole stands one level deeper.
        let depth = (line.len() - content.len()) / 2 + 1;
        let _ = write!(out, "\n{}{content}", " ".repeat(depth));
    }
    out
}

/// A run of lines that both have.
struct Same {
    old: usize,
    new: usize,
    length: usize,
}

/// The longest run of lines that both have; of several the first.
fn longest(old: &[&str], new: &[&str]) -> Same {
    let mut best = Same {
        old: 0,
        new: 0,
        length: 0,
    };
    for from in 0..old.len() {
        for to in 0..new.len() {
            let pairs = old[from..].iter().zip(&new[to..]);
            let length = pairs.take_while(|(old, new)| old == new).count();
            if length > best.length {
                best = Same {
                    old: from,
                    new: to,
                    length,
                };
            }
        }
    }
    best
}

/// The runs that both have, from first to last.
fn runs(old: &[&str], new: &[&str], at: (usize, usize), out: &mut Vec<Same>) {
    let found = longest(old, new);
    if found.length == 0 {
        return;
    }
    runs(&old[..found.old], &new[..found.new], at, out);
    let (old_end, new_end) = (found.old + found.length, found.new + found.length);
    out.push(Same {
        old: at.0 + found.old,
        new: at.1 + found.new,
        length: found.length,
    });
    runs(
        &old[old_end..],
        &new[new_end..],
        (at.0 + old_end, at.1 + new_end),
        out,
    );
}

/// A place where lines were replaced: which of the old, by which of the new.
#[derive(Clone)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let mut same = Vec::new();
    runs(old, new, (0, 0), &mut same);
    same.push(Same {
        old: old.len(),
        new: new.len(),
        length: 0,
    });
    let mut out = Vec::new();
    let (mut from, mut to) = (0, 0);
    for run in same {
        if from < run.old || to < run.new {
            out.push(Change {
                old: from..run.old,
                new: to..run.new,
            });
        }
        (from, to) = (run.old + run.length, run.new + run.length);
    }
    out
}

fn unified(old: &[&str], new: &[&str]) -> String {
    let mut hunks: Vec<Vec<Change>> = Vec::new();
    for change in changes(old, new) {
        let near = |hunk: &Vec<Change>| {
            hunk.last()
                .is_some_and(|last| change.old.start - last.old.end <= 2 * CONTEXT)
        };
        match hunks.last_mut() {
            Some(hunk) if near(hunk) => hunk.push(change),
            _ => hunks.push(vec![change]),
        }
    }
    let mut out = String::new();
    for hunk in hunks {
        write_hunk(&hunk, old, new, &mut out);
    }
    out
}

fn write_hunk(hunk: &[Change], old: &[&str], new: &[&str], out: &mut String) {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else {
        return;
    };
    let before = first.old.start.min(first.new.start).min(CONTEXT);
    let after = (old.len() - last.old.end)
        .min(new.len() - last.new.end)
        .min(CONTEXT);
    let range = |start: usize, end: usize| match end - start {
        1 => (start + 1).to_string(),
        0 => format!("{start},0"),
        length => format!("{},{length}", start + 1),
    };
    let removed = range(first.old.start - before, last.old.end + after);
    let added = range(first.new.start - before, last.new.end + after);
    let _ = writeln!(out, "@@ -{removed} +{added} @@");
    let mut at = first.old.start - before;
    let mut say = |sign: char, lines: &[&str]| {
        for line in lines {
            let _ = writeln!(out, "{sign}{line}");
        }
    };
    for change in hunk {
        say(' ', &old[at..change.old.start]);
        say('-', &old[change.old.clone()]);
        say('+', &new[change.new.clone()]);
        at = change.old.end;
    }
    say(' ', &old[at..last.old.end + after]);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_shown_in_their_inner_form() {
        let spec = |mode: &str, class: &str| {
            json!({
                "accessModes": [mode], "resources": {"requests": {"storage": "1Gi"}},
                "storageClassName": class, "volumeMode": "Filesystem", "volumeName": "disk",
            })
        };
        let told = of_claims(
            &spec("ReadWriteOnce", "fast-ssd"),
            &spec("ReadWriteMany", "fast"),
        );
        let expected = r#"@@ -1,6 +1,6 @@
 {
  "AccessModes": [
-  "ReadWriteOnce"
+  "ReadWriteMany"
  ],
  "Selector": null,
  "Resources": {
@@ -10,7 +10,7 @@
   }
  },
  "VolumeName": "disk",
- "StorageClassName": "fast-ssd",
+ "StorageClassName": "fast",
  "VolumeMode": "Filesystem",
  "DataSource": null,
  "DataSourceRef": null,
"#;
        assert_eq!(told, expected);
    }

    #[test]
    fn changes_are_gathered_in_hunks() {
        for (old, new, expected) in [
            ("a", "a", ""),
            ("a", "b", "@@ -1 +1 @@\n-a\n+b\n"),
            ("a b", "a", "@@ -1,2 +1 @@\n a\n-b\n"),
            ("", "a", "@@ -0,0 +1 @@\n+a\n"),
            (
                "1 2 3 4 5 6 7 8",
                "x 2 3 4 5 6 7 y",
                "@@ -1,8 +1,8 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+y\n",
            ),
        ] {
            let lines = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
            assert_eq!(unified(&lines(old), &lines(new)), expected, "{old} {new}");
        }
    }
}
