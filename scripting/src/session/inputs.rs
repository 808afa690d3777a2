//! `param(name, default)`: the settings of a script, from `--set` and from files of parameters.

use super::host::Host;
use super::param_given::{Misfit, Misread};
use super::param_value::ParamValue;
use crate::diagnostic::{Diagnostic, Source, Sources, Span};
use infra_sdk::analysis::looks_secret;
use infra_sdk::types::yaml::{Located, LocatedKey, LocatedValue, located};
use std::sync::{Mutex, PoisonError, RwLock};

/// A parameter that a script asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its default; `None` when it is required.
    pub default: Option<ParamValue>,
    /// What it was: the setting, else the default. `None` where the script was only read.
    pub value: Option<ParamValue>,
}

/// Why a parameter has no value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ParamError {
    /// It is required and not set.
    Missing,
    /// `--set` gave what is called as a secret is, or looks like one.
    Secret(String),
    /// `--set` gave something else.
    Mistyped {
        name: String,
        given: String,
        expected: &'static str,
    },
    /// `--set` names a key that the parameter has not.
    NoKey {
        name: String,
        key: String,
        known: Vec<String>,
    },
    /// A file gave something else, and where it stands there.
    Misfit(Box<(Misfit, Span)>),
}

/// A value that was given for a parameter.
#[derive(Debug)]
struct Given {
    name: String,
    value: GivenValue,
}

#[derive(Debug)]
enum GivenValue {
    /// By `--set`.
    Text(String),
    /// By a file, and where its name stands there.
    File {
        source: Source,
        key: Span,
        value: Located,
    },
}

/// The settings of a run, and the parameters that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    /// In the order in which they count, the last one most.
    given: RwLock<Vec<Given>>,
    asked: Mutex<Vec<Parameter>>,
    /// Those that stand in the scripts that were read.
    written: Mutex<Vec<Parameter>>,
}

impl Parameters {
    /// What the host gives: the files in their order, then `--set`.
    pub(crate) fn new(host: &Host, sources: &Sources) -> Result<Self, Vec<Diagnostic>> {
        let mut given = Vec::new();
        for file in &host.parameter_files {
            given.extend(of_file(sources.add(&file.name, &file.text))?);
        }
        given.extend(host.settings.iter().map(Given::text));
        Ok(Self {
            given: RwLock::new(given),
            ..Self::default()
        })
    }

    /// Gives these values from now on, in the place of those of `--set`.
    pub(crate) fn set(&self, settings: &[(String, String)]) {
        let mut given = self.given.write().unwrap_or_else(PoisonError::into_inner);
        given.retain(|one| !matches!(one.value, GivenValue::Text(_)));
        given.extend(settings.iter().map(Given::text));
    }

    /// Forgets which parameters were asked for: a script is read again.
    pub(crate) fn forget_asked(&self) {
        for known in [&self.asked, &self.written] {
            known.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// The value of a parameter: what was given last counts, maps are changed by each in turn.
    pub(crate) fn ask(
        &self,
        name: &str,
        default: Option<ParamValue>,
    ) -> Result<ParamValue, ParamError> {
        let value = self.value(name, default.as_ref());
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.iter().all(|known| known.name != name) {
            asked.push(Parameter {
                name: name.to_owned(),
                default,
                value: value.as_ref().ok().cloned(),
            });
        }
        value
    }

    fn value(&self, name: &str, default: Option<&ParamValue>) -> Result<ParamValue, ParamError> {
        // A parameter without a default is a text.
        let text = ParamValue::Text(String::new());
        let mut value: Option<ParamValue> = None;
        let given = self.given.read().unwrap_or_else(PoisonError::into_inner);
        for one in given.iter() {
            let Some(path) = one.path_in(name, default) else {
                continue;
            };
            let before = value.as_ref().or(default).unwrap_or(&text);
            value = Some(match &one.value {
                GivenValue::Text(given) if looks_secret(&one.name, given) => {
                    return Err(ParamError::Secret(one.name.clone()));
                }
                GivenValue::Text(given) => {
                    before
                        .read_at(&path, given)
                        .map_err(|misread| match misread {
                            Misread::NoKey { key, known } => ParamError::NoKey {
                                name: one.name.clone(),
                                key,
                                known,
                            },
                            Misread::Mistyped(expected) => ParamError::Mistyped {
                                name: one.name.clone(),
                                given: given.clone(),
                                expected,
                            },
                        })?
                }
                GivenValue::File { source, value, .. } => {
                    before.changed(value).map_err(|misfit| {
                        let at = token(source, misfit.at);
                        ParamError::Misfit(Box::new((misfit, at)))
                    })?
                }
            });
        }
        value
            .or_else(|| default.cloned())
            .ok_or(ParamError::Missing)
    }

    /// The parameters that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<Parameter> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes the parameters that stand in a script, also where it never asks for them.
    pub(crate) fn note(&self, parameters: Vec<Parameter>) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        for parameter in parameters {
            if written.iter().all(|known| known.name != parameter.name) {
                written.push(parameter);
            }
        }
    }

    /// All that stand in the scripts that were read or that were asked for, with their values.
    pub(crate) fn known(&self) -> Vec<Parameter> {
        let mut known = self
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for parameter in self.asked() {
            match known.iter_mut().find(|one| one.name == parameter.name) {
                Some(one) => *one = parameter,
                None => known.push(parameter),
            }
        }
        known
    }

    /// The names that were given and that no parameter has, with their places in files.
    pub(crate) fn unknown(&self) -> Vec<(String, Option<Span>)> {
        let known = self.known();
        let given = self.given.read().unwrap_or_else(PoisonError::into_inner);
        given
            .iter()
            .filter(|given| {
                let is_for = |known: &Parameter| {
                    given.path_in(&known.name, known.default.as_ref()).is_some()
                };
                !known.iter().any(is_for)
            })
            .map(|given| match &given.value {
                GivenValue::Text(_) => (given.name.clone(), None),
                GivenValue::File { key, .. } => (given.name.clone(), Some(key.clone())),
            })
            .collect()
    }
}

impl Given {
    /// What `--set` gives.
    fn text((name, value): &(String, String)) -> Self {
        Self {
            name: name.clone(),
            value: GivenValue::Text(value.clone()),
        }
    }

    /// The keys that it is given for in a parameter, if it is that one's: none for the parameter
    /// itself, and in `--set sizes.web.cpu=2` two of the map `sizes`.
    fn path_in(&self, name: &str, default: Option<&ParamValue>) -> Option<Vec<&str>> {
        if self.name == name {
            return Some(Vec::new());
        }
        let is_map = matches!(default, Some(ParamValue::Map(_)));
        let typed = matches!(self.value, GivenValue::Text(_));
        let rest = self.name.strip_prefix(name)?.strip_prefix('.')?;
        (is_map && typed).then(|| rest.split('.').collect())
    }
}

/// What a file gives: a map of names and values.
fn of_file(source: Source) -> Result<Vec<Given>, Vec<Diagnostic>> {
    let document = located(&source.text).map_err(|error| {
        let at = error.at.map(|at| token(&source, at));
        let place = match at {
            Some(_) => String::new(),
            None => format!(" in `{}`", source.name),
        };
        vec![Diagnostic::new(format!("{}{place}", error.message)).at(at)]
    })?;
    let Some(document) = document else {
        return Ok(Vec::new());
    };
    let LocatedValue::Map(entries) = document.value else {
        let at = token(&source, (document.line, document.column));
        return Err(vec![
            Diagnostic::new("a file of parameters is a map of their names and values")
                .at(Some(at))
                .help("write `NAME: VALUE` on each line"),
        ]);
    };
    let given = entries.into_iter().map(|(key, value)| {
        let span = token(&source, (key.line, key.column));
        let LocatedKey { name, .. } = key;
        let value = GivenValue::File {
            source: source.clone(),
            key: span,
            value,
        };
        Given { name, value }
    });
    Ok(given.collect())
}

/// The word or quoted text at a place of a YAML file.
fn token(source: &Source, (line, column): (u32, u32)) -> Span {
    let whole = source.span(line, column, u32::MAX);
    let mut rest = whole.text.chars().skip(whole.column as usize - 1);
    let quote = rest.next().filter(|first| matches!(first, '"' | '\''));
    let length = if let Some(quote) = quote {
        rest.take_while(|next| *next != quote).count() + 2
    } else {
        let ends = |next: &char| !next.is_whitespace() && !matches!(next, ',' | ']' | '}' | ':');
        rest.take_while(ends).count() + 1
    };
    source.span(line, column, u32::try_from(length).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::host::ParameterFile;
    use super::*;

    fn parameters(files: &[&str], settings: &[(&str, &str)]) -> Parameters {
        let mut host = Host::new(".");
        for (index, text) in files.iter().enumerate() {
            host.parameter_files.push(ParameterFile {
                name: format!("{index}.yaml"),
                text: (*text).to_owned(),
            });
        }
        for (name, value) in settings {
            host = host.set(*name, *value);
        }
        Parameters::new(&host, &Sources::default()).expect("readable files")
    }

    #[test]
    fn what_is_given_last_counts_and_maps_are_changed_by_each() {
        let map = |entries: &[(&str, i64)]| {
            ParamValue::Map(
                entries
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), ParamValue::Int(*value)))
                    .collect(),
            )
        };
        let given = parameters(
            &["n: 1\nsizes: {a: 5}\n", "n: 2\nsizes: {b: 6}\n"],
            &[("n", "3"), ("sizes", "{c: 7}"), ("sizes.d", "8")],
        );
        assert_eq!(
            given.ask("n", Some(ParamValue::Int(0))),
            Ok(ParamValue::Int(3))
        );
        assert_eq!(
            given.ask(
                "sizes",
                Some(map(&[("a", 1), ("b", 1), ("c", 1), ("d", 1)]))
            ),
            Ok(map(&[("a", 5), ("b", 6), ("c", 7), ("d", 8)]))
        );
        assert_eq!(given.ask("absent", None), Err(ParamError::Missing));
        assert_eq!(
            given.ask("absent", Some(ParamValue::Bool(true))),
            Ok(ParamValue::Bool(true))
        );
    }

    #[test]
    fn a_name_that_nobody_has_is_known_with_its_place() {
        let given = parameters(&["used: 1\n'other name': 2\n"], &[("more", "1")]);
        let _ = given.ask("used", Some(ParamValue::Int(0)));
        let unknown = given.unknown();
        let shown: Vec<_> = unknown
            .iter()
            .map(|(name, at)| {
                let at = at.as_ref();
                (name.as_str(), at.map(|at| (at.line, at.column, at.length)))
            })
            .collect();
        assert_eq!(shown, [("other name", Some((2, 1, 12))), ("more", None)]);
        given.note(vec![Parameter {
            name: "more".to_owned(),
            default: None,
            value: None,
        }]);
        assert_eq!(given.unknown().len(), 1);
    }
}
