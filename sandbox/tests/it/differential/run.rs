//! Many sequences at once, and what they differ in.

use super::compare::{Difference, differences};
use super::end::End;
use super::operation::Operation;
use super::play::play;
use super::sequence::sequence;
use super::shrink::{simpler, smaller};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many sequences are under way at a time.
const AT_ONCE: usize = 12;

/// How often a sequence that differs is played again to make it smaller.
const PATIENCE: usize = 120;

/// A sequence that differs.
pub(crate) struct Finding {
    pub(crate) seed: u64,
    pub(crate) operations: Vec<Operation>,
    /// Which operation differs.
    pub(crate) at: usize,
    pub(crate) differences: Vec<Difference>,
}

impl Finding {
    /// What findings with the same cause have in common.
    pub(crate) fn signature(&self) -> String {
        let operation = &self.operations[self.at];
        let difference = &self.differences[0];
        let field: String = difference
            .field
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .collect();
        let sub = if operation.subresource.is_empty() {
            String::new()
        } else {
            format!("/{}", operation.subresource)
        };
        format!("{} {}{sub} {field}", operation.kind, operation.verb.word())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "    seed {}, operation {}", self.seed, self.at)?;
        for difference in self.differences.iter().take(6) {
            writeln!(f, "    {difference}")?;
        }
        for operation in &self.operations[..=self.at] {
            let operation = serde_json::to_string(operation).unwrap_or_default();
            writeln!(f, "    {operation}")?;
        }
        Ok(())
    }
}

static SPACES: AtomicU64 = AtomicU64::new(0);

/// A namespace that no other sequence has, as long as the placeholder.
fn fresh() -> String {
    let number = SPACES.fetch_add(1, Ordering::Relaxed);
    let run = std::process::id() & 0xfff;
    format!("diff-{:08x}", (u64::from(run) << 20) | number)
}

/// Plays a sequence at both ends; the first difference that is not known.
pub(crate) async fn compare(
    server: &End,
    operations: &[Operation],
) -> Option<(usize, Vec<Difference>)> {
    let space = fresh();
    let sandbox = End::sandbox();
    let (ours, theirs) = futures::join!(
        play(&sandbox, &space, operations),
        play(server, &space, operations)
    );
    for (at, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        let found = differences(ours, theirs);
        if !found.is_empty() {
            return Some((at, found));
        }
    }
    None
}

/// Plays so many operations, in sequences made from the seed.
pub(crate) async fn run(server: &End, seed: u64, operations: usize) -> (usize, Vec<Finding>) {
    let mut sequences = Vec::new();
    let mut total = 0;
    while total < operations {
        let seed = seed.wrapping_mul(1_000_003) + sequences.len() as u64;
        let sequence = sequence(seed);
        total += sequence.len();
        sequences.push((seed, sequence));
    }
    let findings = futures::stream::iter(sequences)
        .map(|(seed, operations)| async move {
            let (at, differences) = compare(server, &operations).await?;
            Some(Finding {
                seed,
                operations,
                at,
                differences,
            })
        })
        // In order, so that the same seed gives the same report.
        .buffered(AT_ONCE)
        .filter_map(|finding| async { finding })
        .collect()
        .await;
    (total, findings)
}

/// The finding with as few operations and fields as show it.
pub(crate) async fn shrink(server: &End, finding: Finding) -> Finding {
    let mut best = finding;
    let wanted = best.signature();
    let mut left = PATIENCE;
    let mut fields = false;
    loop {
        let candidates = if fields {
            simpler(&best.operations[..=best.at])
        } else {
            smaller(&best.operations, best.at)
        };
        let mut better = None;
        for operations in candidates {
            if left == 0 {
                return best;
            }
            left -= 1;
            if let Some((at, differences)) = compare(server, &operations).await {
                let seed = best.seed;
                let found = Finding {
                    seed,
                    operations,
                    at,
                    differences,
                };
                if found.signature() == wanted {
                    better = Some(found);
                    break;
                }
            }
        }
        match better {
            Some(found) => best = found,
            None if fields => return best,
            None => fields = true,
        }
    }
}

/// Findings by what they have in common, the most frequent first.
pub(crate) fn grouped(findings: Vec<Finding>) -> Vec<(String, usize, Finding)> {
    let mut groups: BTreeMap<String, (usize, Finding)> = BTreeMap::new();
    for finding in findings {
        let entry = groups.entry(finding.signature());
        match entry {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert((1, finding));
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                let (count, first) = entry.get_mut();
                *count += 1;
                if finding.at < first.at {
                    *first = finding;
                }
            }
        }
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|(signature, (count, first))| (signature, count, first))
        .collect();
    groups.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    groups
}
