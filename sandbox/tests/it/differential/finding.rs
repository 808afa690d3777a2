//! A sequence that differs, and many of them by what they have in common.

use super::compare::Difference;
use super::operation::Operation;
use super::run::Outcome;
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

    /// What findings with the same cause have in common.
    pub(crate) fn signature(&self) -> String {
        let operation = &self.operations[self.at];
        let difference = &self.differences[0];
        let mut signature = format!(
            "{} {} {}",
            operation.kind,
            operation.word(),
            difference.place()
        );
        // Another code is told from another by which codes they are.
        if difference.field == "code" {
            let code = |answer: &Option<serde_json::Value>| {
                answer
                    .as_ref()
                    .map_or(String::new(), |answer| answer[0].to_string())
            };
            signature = format!(
                "{signature} {} {}",
                code(&difference.sandbox),
                code(&difference.server)
            );
        }
        signature
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  sequence {}, operation {}", self.number, self.at)?;
        for difference in self.differences.iter().take(TOLD) {
            writeln!(f, "    {difference}")?;
        }
        let more = self.differences.len().saturating_sub(TOLD);
        if more > 0 {
            writeln!(f, "    and {more} more")?;
        }
        // As it stands in a file of `cases`.
        writeln!(f, "  operations:")?;
        for operation in &self.operations {
            let operation = serde_json::to_string(operation).unwrap_or_default();
            writeln!(f, "    - {operation}")?;
        }
        Ok(())
    }
}

/// Findings by what they have in common, the most frequent first, each with the shortest of them.
pub(crate) fn grouped(findings: Vec<Finding>) -> Vec<(String, usize, Finding)> {
    let mut groups: BTreeMap<String, (usize, Finding)> = BTreeMap::new();
    for finding in findings {
        let (count, shortest) = groups
            .entry(finding.signature())
            .or_insert_with(|| (0, finding.clone()));
        *count += 1;
        if finding.at < shortest.at {
            *shortest = finding;
        }
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|(signature, (count, shortest))| (signature, count, shortest))
        .collect();
    groups.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    groups
}
