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
        match fields {
            serde_json::Value::Object(map) if !map.is_empty() => {
                for (key, inner) in map {
                    self.set_within(&format!("{field}.{key}"), inner, location);
                }
            }
            serde_json::Value::Array(list) if list.iter().any(serde_json::Value::is_object) => {
                for item in list {
                    self.set_within(field, item, location);
                }
            }
            _ => self.set(field, location.clone()),
        }
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
