//! Where an object and its fields came from.

use std::{fmt, sync::Arc};

/// A place in a script or in Rust source. Lines and columns count from one; columns are characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
    /// What is meant inside the value that is given there, as a path: `schedule.hours[0]`.
    pub inside: Option<Arc<str>>,
}

/// As it is shown: `a.rhai:3:5`.
impl serde::Serialize for Location {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Where a resource was made, and where each of its fields was set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Where the constructor was called.
    pub made: Option<Location>,
    fields: Vec<(String, Location)>,
}

impl Origin {
    /// The caller in Rust.
    #[track_caller]
    pub fn caller() -> Self {
        let caller = std::panic::Location::caller();
        Self::at(Location {
            file: caller.file().into(),
            line: caller.line(),
            column: caller.column(),
            inside: None,
        })
    }

    /// Made at `location`.
    pub fn at(location: Location) -> Self {
        Self {
            made: Some(location),
            fields: Vec::new(),
        }
    }

    /// Notes that `field` was set at `location`. `field` is a path without indices that ends the
    /// path in the object: `containers.image` stands for `spec.template.spec.containers[0].image`.
    pub fn set(&mut self, field: &str, location: Location) {
        self.fields.retain(|(known, _)| known != field);
        self.fields.push((field.to_owned(), location));
    }

    /// Notes that every field of a map that is merged into `field` was set at `location`.
    pub fn set_within(&mut self, field: &str, fields: &serde_json::Value, location: &Location) {
        self.note(field, "", fields, location);
    }

    /// `inside` is the path from the map on.
    fn note(&mut self, field: &str, inside: &str, value: &serde_json::Value, location: &Location) {
        match value {
            serde_json::Value::Object(map) if !map.is_empty() => {
                let dot = if inside.is_empty() { "" } else { "." };
                for (key, value) in map {
                    let inside = format!("{inside}{dot}{key}");
                    self.note(&format!("{field}.{key}"), &inside, value, location);
                }
            }
            serde_json::Value::Array(list) if list.iter().any(serde_json::Value::is_object) => {
                for item in list {
                    self.note(field, inside, item, location);
                }
            }
            _ => {
                let inside = (!inside.is_empty()).then(|| inside.into());
                let location = location.clone();
                self.set(field, Location { inside, ..location });
            }
        }
    }

    /// Where the field at `path` was set, as [`Self::of_field`]; and where it stands inside a value
    /// that was given there, where in that: a key of a map, an element of a list. What nobody set has
    /// the place of what was given beside it.
    pub fn place(&self, path: &str) -> Option<Location> {
        let segments = segments(path);
        let names: Vec<&str> = segments.iter().map(|segment| segment.name).collect();
        let at = |location: &Location, inside: &str| {
            let inside = inside.trim_start_matches('.');
            Location {
                inside: (!inside.is_empty()).then(|| inside.into()),
                ..location.clone()
            }
        };
        let run = |field: &str| -> Vec<String> { field.split('.').map(str::to_owned).collect() };
        let noted = self.fields.iter().filter_map(|(field, location)| {
            let run = run(field);
            let mut windows = names.windows(run.len());
            let start = windows.position(|window| window == run.as_slice())?;
            let end = start + run.len();
            // Of what was given as part of a map, the map's own fields are inside.
            let given = location
                .inside
                .as_deref()
                .map_or(0, |inside| inside.split('.').count());
            let inside = match given {
                0 => &path[segments[end - 1].end..],
                given => &path[segments[end.saturating_sub(given)].start..],
            };
            Some((field.len(), at(location, inside)))
        });
        if let Some((_, found)) = noted.max_by_key(|(length, _)| *length) {
            return Some(found);
        }
        for length in (1..names.len()).rev() {
            let beside = self.fields.iter().rev().find_map(|(field, location)| {
                let given = location.inside.as_deref()?.split('.').count();
                let run = run(field);
                let base = run
                    .len()
                    .checked_sub(given)
                    .filter(|base| *base <= length)?;
                let same = run.len() >= length && run[..length] == names[..length];
                same.then(|| at(location, &path[segments[base].start..]))
            });
            if beside.is_some() {
                return beside;
            }
        }
        let found = self.of_field(path)?;
        let made = self
            .made
            .as_ref()
            .is_some_and(|made| std::ptr::eq(made, found));
        // Where nothing is noted, the whole object may have been given where it was made.
        Some(if made { at(found, path) } else { found.clone() })
    }

    /// Where the field at `path` (as the API server names it, `spec.template.spec.containers[0].image`)
    /// was set, else where the object was made.
    ///
    /// The longest noted path that stands in `path` as a run of whole segments wins; where none does,
    /// a noted path that ends with `path`, so that `rules` finds what was noted as `spec.rules`.
    pub fn of_field(&self, path: &str) -> Option<&Location> {
        let plain = without_indices(path);
        let within = self
            .fields
            .iter()
            .filter(|(field, _)| has_run(&plain, field));
        let ending = || {
            let mut fields = self.fields.iter();
            fields.find(|(field, _)| {
                let rest = field.strip_suffix(plain.as_str());
                !plain.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            })
        };
        within
            .max_by_key(|(field, _)| field.len())
            .or_else(ending)
            .map(|(_, location)| location)
            .or(self.made.as_ref())
    }
}

fn without_indices(path: &str) -> String {
    let mut depth = 0_u32;
    path.trim_start_matches('.')
        .chars()
        .filter(|c| match c {
            '[' => {
                depth += 1;
                false
            }
            ']' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

/// A name of a path, and where it stands; indices stand between one and the next.
struct Segment<'a> {
    name: &'a str,
    start: usize,
    end: usize,
}

fn segments(path: &str) -> Vec<Segment<'_>> {
    let mut found = Vec::new();
    let (mut depth, mut start, mut end) = (0_u32, 0, None);
    for (at, c) in path.char_indices().chain([(path.len(), '.')]) {
        match c {
            '[' => {
                depth += 1;
                end = end.or(Some(at));
            }
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 || at == path.len() => {
                let end = end.take().unwrap_or(at);
                if end > start {
                    found.push(Segment {
                        name: &path[start..end],
                        start,
                        end,
                    });
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn has_run(path: &str, run: &str) -> bool {
    let path: Vec<&str> = path.split('.').collect();
    let run: Vec<&str> = run.split('.').collect();
    path.windows(run.len()).any(|window| window == run)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32) -> Location {
        Location {
            file: "a.rhai".into(),
            line,
            column: 1,
            inside: None,
        }
    }

    #[test]
    fn what_is_left_of_a_path_is_inside_the_value() {
        let mut origin = Origin::at(at(1));
        origin.set("spec", at(2));
        origin.set("containers.env", at(3));
        origin.set_within(
            "data",
            &serde_json::json!({ "rules": [{ "name": "a", "for": "5m" }], "a.b/c": 1, "on": { "x": 1 } }),
            &at(4),
        );
        for (path, line, inside) in [
            ("data.rules[1].for", 4, Some("rules[1].for")),
            ("data.rules[1].on", 4, Some("rules[1].on")),
            ("data.a.b/c", 4, Some("a.b/c")),
            ("data.on.x", 4, Some("on.x")),
            ("data.off", 4, Some("off")),
            ("spec.replicas", 2, Some("replicas")),
            (
                ".spec.rules[0].http[name=\"a.b\"]",
                2,
                Some("rules[0].http[name=\"a.b\"]"),
            ),
            ("spec", 2, None),
            ("template.containers[1].env[2].name", 3, Some("[2].name")),
            ("metadata.name", 1, Some("metadata.name")),
            ("a[b", 1, Some("a[b")),
            ("", 1, None),
        ] {
            let place = origin.place(path).expect(path);
            assert_eq!(
                (place.line, place.inside.as_deref()),
                (line, inside),
                "{path}"
            );
        }
    }

    #[test]
    fn the_longest_noted_run_of_segments_wins() {
        let mut origin = Origin::at(at(1));
        origin.set("containers.image", at(2));
        origin.set("replicas", at(3));
        origin.set("spec.rules", at(4));
        for (path, line) in [
            ("spec.template.spec.containers[0].image", 2),
            (".spec.template.spec.containers[name=\"a.b\"].image", 2),
            ("spec.replicas", 3),
            ("spec.minReplicas", 1),
            ("spec.selector", 1),
            ("rules", 4),
            ("les", 1),
            ("", 1),
        ] {
            assert_eq!(origin.of_field(path), Some(&at(line)), "{path}");
        }
    }
}
