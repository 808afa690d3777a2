//! What is known to differ, as data: `known.yaml`.
//!
//! Each entry names the case that shows it. A plain `cargo test` plays that case (see [`super::case`]),
//! and an entry whose case no longer differs there fails: no run has to meet it by chance.

use super::compare::Difference;
use super::operation::Operation;
use serde::Deserialize;
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

/// What is known to differ.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    /// The kinds; `*` for all.
    pub(crate) kinds: Vec<String>,
    /// The verbs, with their subresource (`update`, `apply/status`); `*` for all.
    pub(crate) verbs: Vec<String>,
    /// Where in the answer, items without their number; `code` for the status code.
    pub(crate) fields: Vec<String>,
    /// What the server says there, or a part of it.
    #[serde(default)]
    pub(crate) server: String,
    /// What the sandbox says there, or a part of it.
    #[serde(default)]
    pub(crate) sandbox: String,
    pub(crate) reason: String,
    pub(crate) case: String,
}

/// All entries.
pub(crate) static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let text = include_str!("../../differential/known.yaml");
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("known.yaml: {error}"))
});

impl Known {
    fn covers(&self, operation: &Operation, difference: &Difference) -> bool {
        let has =
            |list: &[String], wanted: &str| list.iter().any(|one| one == "*" || one == wanted);
        let says = |answer: &Option<Value>, part: &str| match answer {
            _ if part.is_empty() => true,
            Some(Value::String(text)) => text.contains(part),
            said => said
                .as_ref()
                .is_some_and(|said| said.to_string().contains(part)),
        };
        has(&self.kinds, &operation.kind)
            && has(&self.verbs, &operation.word())
            && self.fields.contains(&difference.place())
            && says(&difference.server, &self.server)
            && says(&difference.sandbox, &self.sandbox)
    }

    /// Why it may not be there: what the examples need is the same on both sides.
    fn forbidden(&self, examples: &str) -> Option<String> {
        let is_of_examples = |kind: &&String| {
            kind.as_str() == "*"
                || examples.contains(&format!("kind: {kind}\n"))
                || examples.contains(&format!("object: {kind}/"))
        };
        let kind = self.kinds.iter().find(is_of_examples)?;
        let of = format!("{kind}, case `{}`", self.case);
        if self
            .verbs
            .iter()
            .any(|verb| verb == "*" || verb.starts_with("apply"))
        {
            return Some(format!("{of}: an apply differs"));
        }
        // What the server refuses may be told in other words. What it answers of an object may not
        // differ: that would be a default, or who owns a field.
        let is_refusal = |field: &String| {
            ["code", "warnings", ".message", ".reason", ".items"].contains(&field.as_str())
                || field.starts_with(".details")
        };
        let field = self.fields.iter().find(|field| !is_refusal(field))?;
        Some(format!("{of}: `{field}` is part of an object"))
    }
}

/// The entry that knows of a difference.
pub(crate) fn known(operation: &Operation, difference: &Difference) -> Option<usize> {
    KNOWN
        .iter()
        .position(|entry| entry.covers(operation, difference))
}

/// The entries as the table of the README.
fn table() -> String {
    if KNOWN.is_empty() {
        return "Nothing is known to differ.\n".to_owned();
    }
    let mut out = String::from("| kind | verb | field | reason |\n| --- | --- | --- | --- |\n");
    for entry in KNOWN.iter() {
        let words = |list: &[String]| list.join(", ").replace('*', "all");
        let _ = writeln!(
            out,
            "| {} | {} | `{}` | {} |",
            words(&entry.kinds),
            words(&entry.verbs),
            entry.fields.join("`, `"),
            entry.reason
        );
    }
    out
}

#[test]
fn the_readme_shows_what_is_known_to_differ() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(home.join("README.md")).expect("the README");
    let table = table();
    assert!(
        readme.contains(&format!("\n\n{table}\n")),
        "the README should have this table:\n\n{table}"
    );
}

#[test]
fn what_the_examples_use_does_not_differ() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut examples = String::new();
    for folder in ["../examples", "../tests/manifests"] {
        for entry in walk(&home.join(folder)) {
            examples.push_str(&std::fs::read_to_string(entry).unwrap_or_default());
        }
    }
    assert!(
        examples.contains("kind: Deployment\n"),
        "the examples were not found"
    );
    let wrong: Vec<String> = KNOWN
        .iter()
        .filter_map(|one| one.forbidden(&examples))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The YAML files below a folder.
fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            out.extend(walk(&path));
        } else if path.extension().is_some_and(|end| end == "yaml") {
            out.push(path);
        }
    }
    out
}

#[test]
fn an_entry_that_touches_what_the_examples_use_is_found() {
    let entry = |kind: &str, verb: &str, field: &str| Known {
        kinds: vec![kind.into()],
        verbs: vec![verb.into()],
        fields: vec![field.into()],
        server: String::new(),
        sandbox: String::new(),
        reason: String::new(),
        case: String::new(),
    };
    let examples = "kind: Deployment\nobject: ServiceAccount/app";
    for (kind, verb, field, is_forbidden) in [
        ("Deployment", "apply", ".message", true),
        ("Deployment", "apply/status", "code", true),
        ("Deployment", "*", ".message", true),
        ("*", "apply", ".message", true),
        ("*", "create", ".spec.replicas", true),
        (
            "Deployment",
            "create",
            ".metadata.managedFields[].fieldsV1",
            true,
        ),
        ("ServiceAccount", "update", ".secrets", true),
        ("Deployment", "create", ".details.causes[].message", false),
        ("Deployment", "update", "code", false),
        ("Lease", "apply", ".spec", false),
    ] {
        let found = entry(kind, verb, field).forbidden(examples);
        assert_eq!(
            found.is_some(),
            is_forbidden,
            "{kind} {verb} {field}: {found:?}"
        );
    }
}
