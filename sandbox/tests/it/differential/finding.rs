//! A sequence that differs, and many of them by what they have in common.

use super::compare::Difference;
use super::fault::{FAULTS, Fault};
use super::operation::Operation;
use super::run::Outcome;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// How many differences of one answer are told.
const TOLD: usize = 6;

/// A sequence that differs.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// Which sequence of the seed.
    pub(crate) number: usize,
    pub(crate) operations: Vec<Operation>,
    /// Which operation differs.
    pub(crate) at: usize,
    pub(crate) differences: Vec<Difference>,
}

impl Finding {
    /// All that was found in a sequence, each with the operations up to it.
    pub(crate) fn all(number: usize, operations: &[Operation], outcome: Outcome) -> Vec<Self> {
        let finding = |(at, differences): (usize, Vec<Difference>)| Self {
            number,
            operations: operations[..=at].to_vec(),
            at,
            differences,
        };
        outcome.found.into_iter().map(finding).collect()
    }

    /// What findings with the same cause have in common, whatever the kind: where they differ first,
    /// and what the server says there, without names and numbers.
    fn cause(&self) -> String {
        let difference = &self.differences[0];
        let said = match (&difference.sandbox, &difference.server) {
            (Some(ours), Some(theirs)) if difference.field == "code" => {
                let text = theirs[1].as_str().unwrap_or("done");
                format!("{} {} {text}", ours[0], theirs[0])
            }
            (Some(ours), Some(Value::String(text))) if difference.field.ends_with("message") => {
                let ours = ours.as_str().unwrap_or_default();
                format!("{ours} | {text}")
            }
            (None, Some(cause)) if cause["field"].is_string() => {
                format!("the server also: {}", told(cause))
            }
            (Some(cause), None) if cause["field"].is_string() => {
                format!("the sandbox also: {}", told(cause))
            }
            (ours, theirs) => {
                let there =
                    |value: &Option<Value>| if value.is_some() { "some" } else { "nothing" };
                format!("{} {}", there(ours), there(theirs))
            }
        };
        let kind = &self.operations[self.at].kind;
        let text = plain(&said.replace(kind.as_str(), "KIND"));
        format!("{} {text}", difference.place())
    }

    /// Which request differs, and where first.
    fn title(&self) -> String {
        let operation = &self.operations[self.at];
        let place = self.differences[0].place();
        format!("{} {} {place}", operation.kind, operation.word())
    }

    /// What a smaller sequence must have in common with this one to show the same: the request, the
    /// place, and how what is said there begins. Another refusal is not the same difference.
    pub(crate) fn signature(&self) -> String {
        const TELLING: usize = 60;
        let difference = &self.differences[0];
        let said = |answer: &Option<Value>| {
            let text = match answer {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Array(said)) if difference.field == "code" => {
                    format!("{} {}", said[0], said[1].as_str().unwrap_or("done"))
                }
                Some(_) => "some".to_owned(),
                None => "nothing".to_owned(),
            };
            let text = if difference.field == "code" {
                text
            } else {
                plain(&text)
            };
            text.chars().take(TELLING).collect::<String>()
        };
        let (ours, theirs) = (said(&difference.sandbox), said(&difference.server));
        format!("{} {ours} {theirs}", self.title())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, at, .. } = self;
        let fault = self.operations[*at].fault.word();
        let title = self.title();
        writeln!(f, "  {title} ({fault}): sequence {number}, operation {at}")?;
        for difference in self.differences.iter().take(TOLD) {
            writeln!(f, "    {difference}")?;
        }
        let more = self.differences.len().saturating_sub(TOLD);
        if more > 0 {
            writeln!(f, "    and {more} more")?;
        }
        // As it stands in a file of `cases`, whoever says why.
        writeln!(f, "why: \"\"\noperations:")?;
        for operation in &self.operations {
            let operation = serde_json::to_string(operation).unwrap_or_default();
            writeln!(f, "  - {operation}")?;
        }
        Ok(())
    }
}

/// A cause of a refusal.
fn told(cause: &Value) -> String {
    let word = |field: &str| cause[field].as_str().unwrap_or_default();
    format!("{}: {}", word("field"), word("message"))
}

/// How many findings there are with each fault.
pub(crate) fn by_fault(findings: &[Finding]) -> String {
    let count = |fault: Fault| {
        let has = |finding: &&Finding| finding.operations[finding.at].fault == fault;
        findings.iter().filter(has).count()
    };
    let counts = FAULTS.map(|fault| format!("{} {}", fault.word(), count(fault)));
    format!("of them {}", counts.join(", "))
}

/// A text without what is quoted, without numbers, and not too long.
fn plain(text: &str) -> String {
    const LONG: usize = 160;
    let mut out = String::new();
    let mut is_quoted = false;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '"' => is_quoted = !is_quoted,
            _ if is_quoted || letter.is_ascii_digit() => {}
            _ => out.push(letter),
        }
    }
    out.chars().take(LONG).collect()
}

/// Findings by their cause, the most frequent first, each with the shortest of them.
pub(crate) fn grouped(findings: Vec<Finding>) -> Vec<(String, usize, Finding)> {
    let mut groups: BTreeMap<String, (usize, Finding)> = BTreeMap::new();
    for finding in findings {
        let (count, shortest) = groups
            .entry(finding.cause())
            .or_insert_with(|| (0, finding.clone()));
        *count += 1;
        if finding.at < shortest.at {
            *shortest = finding;
        }
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|(cause, (count, shortest))| (cause, count, shortest))
        .collect();
    groups.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    groups
}
