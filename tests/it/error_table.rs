//! Every error of the code has a row in `repl/ERRORS.md`, and every row an error.
//!
//! The code is read as text: a message is the first string after a place where errors are made. What is
//! told by an error as it was given (`{error}`) has its own row where it is made.

use crate::support::repository;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where errors that users meet are made.
const FOLDERS: [&str; 3] = ["repl/src", "scripting/src", "sdk/src"];
const FILES: [&str; 2] = ["sandbox/src/platform.rs", "sandbox/src/state.rs"];
/// Why something is not ready is what Kubernetes says of it, and the findings of `infra check` are
/// explained by `infra checks`.
const LEFT_OUT: [&str; 3] = [
    "sdk/src/status",
    "sdk/src/analysis",
    "scripting/src/testing.rs",
];

/// What comes before the message of an error.
const HEADS: [&str; 19] = [
    "#[error(",
    "Unread::new(",
    "Fault::new(",
    "Fault::with_help(",
    "Failure::usage(",
    "Failure::failed(",
    "Failure::refused(",
    "Failure::interrupted(",
    "Diagnostic::new(",
    "problem(",
    "broken(",
    "refusal(",
    "refused(",
    "message: ",
    "message =",
    "problem =",
    "said =",
    "Err(",
    "write!(f, ",
];
/// What between the two means that the string is something else: a part of a message, or a text that
/// is looked for.
const OTHERWISE: [&str; 11] = [
    ";",
    "}",
    "=>",
    "Invalid::new",
    "invalid(",
    "api(",
    "contains(",
    "split(",
    "split_once(",
    "help",
    ".map_err(",
];

fn sources(at: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|kind| kind == "rs") && !name.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// The code without comments and tests.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    let lines = text[..end].lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.fold(String::new(), |code, line| code + line + "\n")
}

/// A string that begins at its quote, without escapes and with `…` for what is put in.
fn literal(code: &str, is_format: bool) -> Option<String> {
    let mut text = String::new();
    let mut letters = code.strip_prefix('"')?.chars().peekable();
    let mut inside = 0;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if inside == 0 => return Some(text.trim().to_owned()),
            '\\' => match letters.next()? {
                '\n' => while letters.next_if(|letter| letter.is_whitespace()).is_some() {},
                escaped => text.push(escaped),
            },
            '{' | '}' if !is_format => text.push(letter),
            '{' | '}' if inside == 0 && letters.next_if_eq(&letter).is_some() => text.push(letter),
            '{' => {
                inside += 1;
                text.push('…');
            }
            '}' => inside -= 1,
            letter if inside == 0 => text.push(letter),
            _ => {}
        }
    }
    None
}

/// The messages in a file's code.
fn messages(code: &str, displays: bool) -> BTreeSet<String> {
    let mut messages = BTreeSet::new();
    for head in HEADS {
        if head.starts_with("write!") && !displays {
            continue;
        }
        for (at, _) in code.match_indices(head) {
            let above = code[..at].trim_end();
            // What is said beside an error.
            if above.ends_with("Note {") || above.ends_with("Frame {") {
                continue;
            }
            let before = code[..at].chars().next_back().unwrap_or(' ');
            if before.is_alphanumeric() || before == '_' || before == '.' && head != "Err(" {
                continue;
            }
            let rest = &code[at + head.len()..];
            let Some(quote) = rest.find('"') else {
                continue;
            };
            let between = &rest[..quote];
            // What is to be done about it comes second.
            if head == "Fault::with_help(" && between.contains(',') {
                continue;
            }
            let closed = between.matches(')').count() > between.matches('(').count();
            if closed || OTHERWISE.iter().any(|word| between.contains(word)) {
                continue;
            }
            let is_format =
                head == "#[error(" || between.contains("format!(") || head.starts_with("write!");
            let Some(text) = literal(&rest[quote..], is_format) else {
                continue;
            };
            // What is nothing but what is put in is told where that is made.
            let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
            if text.contains(' ') && letters > 3 {
                messages.insert(text);
            }
        }
    }
    messages
}

/// Whether a row is about a message: `…` of the row is anything.
fn is_about(row: &str, message: &str) -> bool {
    let parts: Vec<&str> = row.split('…').collect();
    let (first, last) = (parts[0], parts[parts.len() - 1]);
    if parts.len() == 1 {
        return row == message;
    }
    let Some(mut rest) = message
        .strip_prefix(first)
        .and_then(|rest| rest.strip_suffix(last))
    else {
        return false;
    };
    for part in &parts[1..parts.len() - 1] {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    true
}

/// The messages of the table; every row has a cause and a cure.
fn rows(table: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for line in table.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 3, "message, cause and cure: {line}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{line}");
        if cells[0] != "message" && !cells[0].starts_with("---") {
            let words = cells[0].replace(['…', '`', ':', ','], "");
            assert!(
                words.chars().any(char::is_alphabetic),
                "a row about everything: {line}"
            );
            rows.push(cells[0].to_owned());
        }
    }
    rows
}

#[test]
fn every_error_has_a_cause_and_a_cure() {
    let top = repository();
    let rows = rows(&std::fs::read_to_string(top.join("repl/ERRORS.md")).unwrap());
    let mut files: Vec<PathBuf> = FILES.iter().map(|file| top.join(file)).collect();
    for folder in FOLDERS {
        sources(&top.join(folder), &mut files);
    }
    files.retain(|file| !LEFT_OUT.iter().any(|left| file.starts_with(top.join(left))));
    files.sort();
    let (mut missing, mut used, mut count) = (Vec::new(), BTreeSet::new(), 0);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        // Elsewhere these write what is no error.
        let displays = file.ends_with("error.rs") || file.ends_with("invalid.rs");
        for message in messages(&code(&text), displays) {
            count += 1;
            let about: Vec<&String> = rows.iter().filter(|row| is_about(row, &message)).collect();
            if about.is_empty() {
                let file = file.strip_prefix(&top).unwrap().display();
                missing.push(format!("{file}: {message}"));
            }
            used.extend(about);
        }
    }
    assert!(count > 150, "only {count} messages were found");
    let stale: Vec<&String> = rows.iter().filter(|row| !used.contains(row)).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "without a row in repl/ERRORS.md:\n{}\n\nrows about no error:\n{stale:#?}",
        missing.join("\n")
    );
}

#[test]
fn messages_are_found_and_rows_are_about_them() {
    let code = "Failure::usage(format!(\"`{name}` is \\\"wrong\\\" \\\n    here\"))\nproblem(&format!(\"no {} yet\"));\nErr(error) => \"not this\",";
    let found: Vec<String> = messages(code, true).into_iter().collect();
    assert_eq!(found, ["`…` is \"wrong\" here", "no … yet"]);
    for (row, message, about) in [
        ("no … yet", "no … yet", true),
        ("no …", "no … yet", true),
        ("no … yet", "no … now", false),
        ("`…` is …", "`…` is \"wrong\" here", true),
        ("`…` has …", "`…` is \"wrong\" here", false),
    ] {
        assert_eq!(is_about(row, message), about, "{row}");
    }
}
