//! What may stand at the cursor: from the table by the type of what stands before a dot, and from what
//! the session has defined. Nothing is evaluated.

use super::super::files::plain;
use super::{Inner, Interactive, NameKind};
use crate::diagnostic::{Lexeme, LexemeKind, lex};
use crate::table::{Row, Vocabulary};
use std::collections::BTreeMap;
use std::path::Path;

/// Something that may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is written.
    pub text: String,
    /// How it is listed: with its signature, or its type.
    pub shown: String,
}

/// The words of the grammar that a line may begin an expression or a statement with.
const KEYWORDS: [&str; 14] = [
    "let", "const", "fn", "if", "for", "while", "loop", "import", "switch", "try", "throw",
    "return", "true", "false",
];

impl Interactive {
    /// What may stand at a byte of a text: where that begins, and what it may be, in the order of the
    /// names.
    pub fn complete(&self, text: &str, at: usize) -> (usize, Vec<Candidate>) {
        let Some(before) = text.get(..at) else {
            return (at, Vec::new());
        };
        self.inner().complete(before)
    }
}

impl Inner {
    fn complete(&self, before: &str) -> (usize, Vec<Candidate>) {
        let lexemes: Vec<Lexeme<'_>> = lex(before)
            .into_iter()
            .filter(|lexeme| lexeme.kind != LexemeKind::Comment || lexeme.end() == before.len())
            .collect();
        let at = before.len();
        let (word, above) = match lexemes.split_last() {
            Some((last, _)) if last.kind == LexemeKind::Comment => return (at, Vec::new()),
            Some((last, above)) if last.open => {
                let start = last.start + 1;
                return (start, self.files(above, &before[start..]));
            }
            Some((last, above)) if last.kind == LexemeKind::Word && last.end() == at => {
                (last.text, above)
            }
            Some((last, _)) if last.kind == LexemeKind::Number && last.end() == at => {
                return (at, Vec::new());
            }
            _ => ("", lexemes.as_slice()),
        };
        let mut found = match above.split_last() {
            Some((dot, receiver)) if dot.is(".") || dot.is("?.") => {
                let ty = self.type_before(receiver);
                ty.map_or_else(Vec::new, |ty| self.methods(&ty))
            }
            None if before.trim_start().starts_with('.') => Vec::new(),
            _ => self.words(word),
        };
        found.retain(|candidate| candidate.text.starts_with(word));
        found.sort_by(|a, b| a.text.cmp(&b.text));
        found.dedup_by(|a, b| a.text == b.text);
        (at - word.len(), found)
    }

    /// The methods of a type, each once.
    fn methods(&self, ty: &str) -> Vec<Candidate> {
        self.state.vocabulary.methods_of(ty).map(called).collect()
    }

    /// Functions, what the session has defined, and keywords.
    fn words(&self, word: &str) -> Vec<Candidate> {
        let rows = self.state.vocabulary.rows();
        let mut found: Vec<Candidate> = rows
            .filter(|row| row.receiver.is_none() && row.name.starts_with(word))
            .map(called)
            .collect();
        found.extend(self.names().into_iter().map(|name| match &name.kind {
            NameKind::Variable(ty) | NameKind::Constant(ty) => Candidate {
                shown: format!("{}: {ty}", name.name),
                text: name.name,
            },
            NameKind::Function(parameters) => Candidate {
                shown: format!("{}({})", name.name, parameters.join(", ")),
                text: call_of(&name.name, parameters.len()),
            },
            NameKind::Module => Candidate {
                text: format!("{}::", name.name),
                shown: format!("{}::", name.name),
            },
        }));
        // Only where something of it is there: nobody looks for them in an empty line.
        let keywords = KEYWORDS.iter().filter(|_| !word.is_empty());
        found.extend(keywords.map(|keyword| Candidate {
            text: (*keyword).to_owned(),
            shown: (*keyword).to_owned(),
        }));
        found
    }

    /// The type of the value that these lexemes end with, as far as the table and the session know.
    fn type_before(&self, lexemes: &[Lexeme<'_>]) -> Option<String> {
        let chain = chain(lexemes);
        let vocabulary = &self.state.vocabulary;
        let mut links = chain.into_iter();
        let mut ty = match links.next() {
            // A line that begins with a dot.
            None => self.variable(super::line::LAST),
            Some(Link::Word(name)) => self.variable(name),
            Some(Link::Call(name, count)) => result(vocabulary, vocabulary.functions(name), count),
            Some(Link::Text) => Some("string".to_owned()),
        }?;
        for link in links {
            let Link::Call(name, count) = link else {
                return None;
            };
            ty = result(vocabulary, vocabulary.methods(&ty, name), count)?;
        }
        Some(ty)
    }

    fn variable(&self, name: &str) -> Option<String> {
        let value = self.scope.get(name)?;
        let known = self.state.vocabulary.type_name(value.type_id());
        Some(
            known
                .unwrap_or(match value.type_name() {
                    "i64" => "int",
                    other => other,
                })
                .to_owned(),
        )
    }

    /// Files of the project, in a string that is a path: the first argument of a function that takes
    /// one, or an import's.
    fn files(&self, above: &[Lexeme<'_>], typed: &str) -> Vec<Candidate> {
        let takes_path = |name: &str| {
            let mut rows = self.state.vocabulary.functions(name);
            rows.any(|row| {
                row.arguments
                    .first()
                    .is_some_and(|first| first.name == "path")
            })
        };
        let import = above.last().is_some_and(|last| last.text == "import");
        let path = match above {
            [.., name, open] => open.is("(") && takes_path(name.text),
            _ => false,
        };
        if !import && !path {
            return Vec::new();
        }
        let (folder, begun) = typed
            .rsplit_once('/')
            .map_or(("", typed), |(folder, begun)| (folder, begun));
        let below = plain(Path::new(folder));
        if below.is_absolute() || folder.contains("..") {
            return Vec::new();
        }
        let Ok(entries) = std::fs::read_dir(self.state.root.join(&below)) else {
            return Vec::new();
        };
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if !name.starts_with(begun) || name.starts_with('.') {
                continue;
            }
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let name = match (is_folder, import) {
                (true, _) => format!("{name}/"),
                (false, false) => name,
                (false, true) => match name.strip_suffix(".rhai") {
                    Some(name) => name.to_owned(),
                    None => continue,
                },
            };
            let text = match folder {
                "" => name.clone(),
                folder => format!("{folder}/{name}"),
            };
            found.insert(text, name);
        }
        let candidates = found.into_iter();
        candidates
            .map(|(text, shown)| Candidate { text, shown })
            .collect()
    }
}

/// A row as a candidate: its name up to where the first argument goes.
fn called(row: &Row) -> Candidate {
    Candidate {
        text: call_of(row.name, row.arguments.len()),
        shown: row.signature(),
    }
}

fn call_of(name: &str, arguments: usize) -> String {
    match arguments {
        0 => format!("{name}()"),
        _ => format!("{name}("),
    }
}

/// The type of the script that a call gives, where it is one.
fn result<'a>(
    vocabulary: &Vocabulary,
    rows: impl Iterator<Item = &'a Row>,
    count: usize,
) -> Option<String> {
    let rows: Vec<&Row> = rows.collect();
    let fitting = rows.iter().find(|row| row.arguments.len() == count);
    let name = fitting.or(rows.first())?.result.name.as_ref();
    let plain = ["string", "int", "array", "map"].contains(&name);
    (plain || vocabulary.is_type(name)).then(|| name.to_owned())
}

/// A part of `name.method(…).method(…)`.
enum Link<'a> {
    Word(&'a str),
    /// With the number of arguments.
    Call(&'a str, usize),
    Text,
}

/// The chain that these lexemes end with, from its first part on.
fn chain<'a>(lexemes: &[Lexeme<'a>]) -> Vec<Link<'a>> {
    let mut links = Vec::new();
    let mut end = lexemes.len();
    while let Some(last) = end.checked_sub(1) {
        let start = if lexemes[last].is(")") {
            let Some((open, count)) = opened(lexemes, last) else {
                return Vec::new();
            };
            let name = open.checked_sub(1).map(|name| &lexemes[name]);
            let Some(name) = name.filter(|name| name.kind == LexemeKind::Word) else {
                return Vec::new();
            };
            links.push(Link::Call(name.text, count));
            open - 1
        } else if lexemes[last].kind == LexemeKind::Word {
            links.push(Link::Word(lexemes[last].text));
            last
        } else if lexemes[last].kind == LexemeKind::Text {
            links.push(Link::Text);
            last
        } else {
            return Vec::new();
        };
        match start.checked_sub(1).map(|before| &lexemes[before]) {
            Some(dot) if dot.is(".") || dot.is("?.") => end = start - 1,
            _ => break,
        }
    }
    links.reverse();
    links
}

/// Where the bracket that closes there is opened, and how many arguments stand between.
fn opened(lexemes: &[Lexeme<'_>], close: usize) -> Option<(usize, usize)> {
    let mut depth = 0_u32;
    let mut commas = 0;
    for index in (0..=close).rev() {
        match lexemes[index].text {
            ")" | "]" | "}" if lexemes[index].kind == LexemeKind::Symbol => depth += 1,
            "(" | "[" | "{" | "#{" | "?[" if lexemes[index].kind == LexemeKind::Symbol => {
                depth -= 1;
                if depth == 0 {
                    let empty = index + 1 == close;
                    return Some((index, if empty { 0 } else { commas + 1 }));
                }
            }
            "," if depth == 1 => commas += 1,
            _ => {}
        }
    }
    None
}
