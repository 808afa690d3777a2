//! Findings as SARIF 2.1.0, which code hosts show beside the lines.

use super::check::Shown;
use infra_sdk::analysis::{Rule, Severity};
use serde_json::{Value, json};
use std::fmt::Write;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run, with the rules that were broken.
pub(crate) fn sarif(all: &[Shown]) -> String {
    let mut rules: Vec<&'static Rule> = Vec::new();
    for shown in all {
        if !rules.contains(&shown.finding.rule) {
            rules.push(shown.finding.rule);
        }
    }
    let results: Vec<Value> = all.iter().map(|shown| result(shown, &rules)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "infra",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| described(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn described(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.why },
        "help": { "text": rule.cure },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn result(shown: &Shown, rules: &[&'static Rule]) -> Value {
    let finding = &shown.finding;
    let mut result = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": rules.iter().position(|rule| *rule == finding.rule),
        "level": level(finding.rule.severity),
        "message": { "text": format!("{}; {}", finding.message, finding.cure()) },
    });
    let mut location = json!({});
    if let Some(span) = &shown.span {
        location["physicalLocation"] = json!({
            "artifactLocation": { "uri": uri(&span.file) },
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endColumn": span.column + span.length,
            },
        });
    }
    if let Some(object) = &finding.object {
        let name = finding
            .field
            .as_ref()
            .map_or_else(|| object.to_string(), |field| format!("{object}: {field}"));
        location["logicalLocations"] = json!([{ "fullyQualifiedName": name, "kind": "resource" }]);
    }
    if location != json!({}) {
        result["locations"] = json!([location]);
    }
    if let Some(reason) = &finding.accepted {
        result["suppressions"] = json!([{ "kind": "inSource", "justification": reason.as_str() }]);
    }
    result
}

/// A path as a relative reference: `/` between folders, and nothing that a URI may not hold.
fn uri(path: &str) -> String {
    let path = path.trim_start_matches("./");
    let mut text = String::new();
    for byte in path.bytes() {
        match byte {
            b'\\' => text.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            other => {
                let _ = write!(text, "%{other:02X}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_relative_references() {
        for (path, expected) in [
            ("./shop.rhai", "shop.rhai"),
            ("a b/ü.rhai", "a%20b/%C3%BC.rhai"),
            ("a\\b.rhai", "a/b.rhai"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
