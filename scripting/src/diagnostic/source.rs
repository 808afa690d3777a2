//! The texts of the scripts that were read, and places in them.

use super::lexer::{Lexeme, LexemeKind, lex};
use infra_sdk::object::Location;
use std::sync::{Arc, Mutex, PoisonError};

/// A place in a script, with its line, so that it can be shown without the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// The line, from one.
    pub line: u32,
    /// The first column in characters, from one.
    pub column: u32,
    /// How many characters of the line.
    pub length: u32,
    /// The whole line, without its end.
    pub text: String,
}

/// One script.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name, as the user would write it.
    pub name: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
}

/// Every script that a session has read, by name.
#[derive(Debug, Default)]
pub struct Sources(Mutex<Vec<Source>>);

impl Sources {
    /// Keeps a script's text; one that was read again replaces the old text.
    pub fn add(&self, name: &str, text: &str) -> Source {
        let source = Source {
            name: name.into(),
            text: text.into(),
        };
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.retain(|known| *known.name != *name);
        sources.push(source.clone());
        source
    }

    /// The script whose name without `.rhai` ends with this path.
    pub(super) fn ending(&self, path: &str) -> Option<Source> {
        let sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |name: &str| {
            let before = name.trim_end_matches(".rhai").strip_suffix(path);
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        sources.iter().find(|known| is_it(&known.name)).cloned()
    }

    /// The script of that name.
    pub fn get(&self, name: &str) -> Option<Source> {
        let sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.iter().find(|known| *known.name == *name).cloned()
    }

    /// The name as it is kept, so that places share it.
    pub fn name(&self, name: &str) -> Arc<str> {
        self.get(name)
            .map_or_else(|| name.into(), |source| source.name)
    }

    /// The place, as long as the word or literal that stands there; the key that is meant inside it,
    /// where it is written out. `None` when the file is unknown.
    pub fn span(&self, location: &Location) -> Option<Span> {
        let source = self.get(&location.file)?;
        let (line, column) = (location.line, location.column);
        let inside = location.inside.as_deref();
        let inside = inside.and_then(|path| super::literal::inside(&source, line, column, path));
        Some(inside.unwrap_or_else(|| source.word(line, column)))
    }
}

impl Source {
    fn line(&self, line: u32) -> &str {
        self.text
            .split('\n')
            .nth(line.saturating_sub(1) as usize)
            .unwrap_or_default()
            .trim_end_matches('\r')
    }

    /// A place of a given length.
    pub fn span(&self, line: u32, column: u32, length: u32) -> Span {
        let text = self.line(line).to_owned();
        let columns = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let column = column.clamp(1, columns.saturating_add(1));
        Span {
            file: self.name.clone(),
            line,
            column,
            length: length.clamp(1, (columns + 1).saturating_sub(column).max(1)),
            text,
        }
    }

    /// The word, literal or symbol that starts at (or holds) a place.
    pub fn word(&self, line: u32, column: u32) -> Span {
        let lexemes = lex(&self.text);
        match lexeme_at(&lexemes, line, column) {
            Some(lexeme) if lexeme.line == line => {
                let first = lexeme.text.lines().next().unwrap_or_default();
                self.span(line, lexeme.column, count(first))
            }
            _ => self.span(line, column, 1),
        }
    }

    /// From the start of one lexeme to the end of another, as far as the first's line goes.
    pub(super) fn between(&self, first: &Lexeme<'_>, last: &Lexeme<'_>) -> Span {
        let text = &self.text[first.start..last.end()];
        let line = text.lines().next().unwrap_or_default();
        self.span(first.line, first.column, count(line))
    }

    /// The argument of a call (or the value of an assignment) whose name stands at a place: the
    /// `index`th after the receiver, and in it the value under `path` as far as literals go.
    pub fn argument(&self, line: u32, column: u32, index: usize, path: &[String]) -> Option<Span> {
        let found = self.inside_argument(line, column, index, path);
        found.map(|(span, _)| span)
    }

    /// The same, with how many steps of `path` led there.
    pub(super) fn inside_argument(
        &self,
        line: u32,
        column: u32,
        index: usize,
        path: &[String],
    ) -> Option<(Span, usize)> {
        let lexemes: Vec<Lexeme<'_>> = lex(&self.text)
            .into_iter()
            .filter(|lexeme| lexeme.kind != LexemeKind::Comment)
            .collect();
        let name = lexemes
            .iter()
            .position(|lexeme| lexeme.line == line && lexeme.column == column)?;
        let next = lexemes.get(name + 1)?;
        let mut items = if next.is("(") {
            items(&lexemes, name + 2)
        } else if next.is("=") {
            vec![(name + 2, statement_end(&lexemes, name + 2))]
        } else {
            return None;
        };
        let (mut first, mut last) = (index < items.len()).then(|| items.swap_remove(index))?;
        let mut steps = 0;
        for step in path {
            let inner = if is_merged(&lexemes, first, last) {
                // What was merged last counts most.
                merged(&lexemes, first, last).find_map(|map| entry(&lexemes, map, step))
            } else if lexemes[first].is("#{") {
                entry(&lexemes, first, step)
            } else if lexemes[first].is("[") {
                step.parse::<usize>()
                    .ok()
                    .and_then(|index| self::items(&lexemes, first + 1).get(index).copied())
            } else {
                None
            };
            let Some(inner) = inner else { break };
            (first, last) = inner;
            steps += 1;
        }
        let span = self.between(lexemes.get(first)?, lexemes.get(last)?);
        Some((span, steps))
    }

    /// The first key of that name in a map literal among a call's arguments.
    pub fn key(&self, line: u32, column: u32, index: usize, path: &[String]) -> Option<Span> {
        let (key, above) = path.split_last()?;
        let outer = self.argument(line, column, index, above)?;
        let lexemes = lex(&self.text);
        let start = lexemes
            .iter()
            .position(|lexeme| lexeme.line == outer.line && lexeme.column == outer.column)?;
        if !lexemes[start].is("#{") {
            return None;
        }
        let found = lexemes[start..]
            .windows(2)
            .find(|pair| plain(pair[0].text) == key && pair[1].is(":"))?;
        Some(self.between(&found[0], &found[0]))
    }
}

/// The value under a key of the map literal that starts there.
fn entry(lexemes: &[Lexeme<'_>], map: usize, key: &str) -> Option<(usize, usize)> {
    items(lexemes, map + 1)
        .into_iter()
        .find(|(start, _)| plain(lexemes[*start].text) == key)
        .map(|(start, end)| ((start + 2).min(end), end))
}

/// Where the map literals start of which `base.merge(changes)` is made, the last one first.
fn merged<'a>(
    lexemes: &'a [Lexeme<'_>],
    first: usize,
    last: usize,
) -> impl Iterator<Item = usize> + 'a {
    (first..=last).rev().filter(move |&index| {
        let changes = index >= first + 3
            && lexemes[index - 1].is("(")
            && lexemes[index - 2].text == "merge"
            && lexemes[index - 3].is(".");
        lexemes[index].is("#{") && (changes || index == first)
    })
}

/// Whether something is made by `merge`: a literal alone is not, whatever stands in it.
fn is_merged(lexemes: &[Lexeme<'_>], first: usize, last: usize) -> bool {
    let literal = lexemes[first].is("#{") && {
        let inner = items(lexemes, first + 1);
        inner.last().map_or(first, |(_, end)| *end) + 1 >= last
    };
    !literal && merged(lexemes, first, last).any(|index| index != first)
}

pub(super) fn plain(text: &str) -> &str {
    text.trim_matches('"')
}

fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

fn lexeme_at<'a, 'b>(lexemes: &'b [Lexeme<'a>], line: u32, column: u32) -> Option<&'b Lexeme<'a>> {
    let next = lexemes.partition_point(|lexeme| (lexeme.line, lexeme.column) <= (line, column));
    let lexeme = lexemes.get(next.checked_sub(1)?)?;
    let reaches = lexeme.line == line && column < lexeme.column + count(lexeme.text);
    reaches.then_some(lexeme)
}

fn opens(lexeme: &Lexeme<'_>) -> bool {
    ["(", "[", "{", "#{", "?["]
        .iter()
        .any(|symbol| lexeme.is(symbol))
}

fn closes(lexeme: &Lexeme<'_>) -> bool {
    [")", "]", "}"].iter().any(|symbol| lexeme.is(symbol))
}

/// First and last lexeme of each item of a list that starts at `from` and ends at its bracket.
pub(super) fn items(lexemes: &[Lexeme<'_>], from: usize) -> Vec<(usize, usize)> {
    let mut items = Vec::new();
    let mut depth = 0_u32;
    let mut start = from;
    for (index, lexeme) in lexemes.iter().enumerate().skip(from) {
        if depth == 0 && (lexeme.is(",") || closes(lexeme)) {
            if index > start {
                items.push((start, index - 1));
            }
            start = index + 1;
            if closes(lexeme) {
                break;
            }
        } else if opens(lexeme) {
            depth += 1;
        } else if closes(lexeme) {
            depth -= 1;
        }
    }
    items
}

pub(super) fn statement_end(lexemes: &[Lexeme<'_>], from: usize) -> usize {
    let mut depth = 0_u32;
    for (index, lexeme) in lexemes.iter().enumerate().skip(from) {
        if depth == 0 && (lexeme.is(";") || closes(lexeme)) {
            return index.saturating_sub(1).max(from);
        } else if opens(lexeme) {
            depth += 1;
        } else if closes(lexeme) {
            depth -= 1;
        }
    }
    lexemes.len().saturating_sub(1).max(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            name: "a.rhai".into(),
            text: text.into(),
        }
    }

    #[test]
    fn arguments_are_found_by_index_and_path() {
        let source = source(
            "d.limits(#{ cpu: \"x\", memory: f(1, 2) }, [1, 22])\n  .replicas(\n    33);\na.b = \"q\";\nd.limits(BASE.merge(#{ cpu: 1, memory: 2 }).merge(#{ cpu: \"y\" }));",
        );
        let path = |steps: &[&str]| {
            steps
                .iter()
                .map(|step| (*step).to_owned())
                .collect::<Vec<_>>()
        };
        for (line, column, index, steps, expected) in [
            (1, 3, 0, vec![], "#{ cpu: \"x\", memory: f(1, 2) }"),
            (1, 3, 0, vec!["cpu"], "\"x\""),
            (1, 3, 0, vec!["memory"], "f(1, 2)"),
            (1, 3, 1, vec!["1"], "22"),
            (2, 4, 0, vec![], "33"),
            (4, 3, 0, vec![], "\"q\""),
            (5, 3, 0, vec!["cpu"], "\"y\""),
            (5, 3, 0, vec!["memory"], "2"),
            (
                5,
                3,
                0,
                vec!["disk"],
                "BASE.merge(#{ cpu: 1, memory: 2 }).merge(#{ cpu: \"y\" })",
            ),
        ] {
            let span = source
                .argument(line, column, index, &path(&steps))
                .unwrap_or_else(|| panic!("{expected}"));
            let found: String = span
                .text
                .chars()
                .skip(span.column as usize - 1)
                .take(span.length as usize)
                .collect();
            assert_eq!(found, expected);
        }
        let key = source.key(1, 3, 0, &path(&["memory"])).expect("a key");
        assert_eq!((key.column, key.length), (23, 6));
        assert_eq!(source.argument(1, 3, 5, &[]), None);
    }

    #[test]
    fn a_span_never_leaves_its_line() {
        let source = source("ab\n\ncd");
        for (line, column) in [(1, 1), (1, 9), (2, 1), (3, 3), (9, 9), (0, 0)] {
            let span = source.word(line, column);
            let columns = span.text.chars().count() as u32;
            assert!(span.column <= columns + 1, "{span:?}");
            assert!(span.length >= 1);
        }
    }
}
