//! Many sequences at both ends.

use super::compare::{Difference, differences};
use super::end::End;
use super::finding::Finding;
use super::known::known;
use super::operation::Operation;
use super::play::{Answer, play};
use super::sequence::sequence;
use super::shrink;
use futures::StreamExt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

/// How many sequences are under way at a time.
pub(crate) const AT_ONCE: usize = 12;

/// A namespace that no other sequence has, on a server that stays neither, as long as the placeholder.
pub(crate) fn fresh() -> String {
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let millis = now.map_or(0, |since| since.as_millis());
        // The numbers of a run lie side by side: those of the next must not lie among them.
        AtomicU32::new((millis as u32).wrapping_mul(0x9E37_79B1))
    });
    format!("diff-{:08x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// What two ends do not have in common.
#[derive(Default)]
pub(crate) struct Outcome {
    /// The answers that differ, with what is not known to. What was written otherwise changes all that
    /// follows: nothing after it is compared. What was read or refused changes nothing.
    pub(crate) found: Vec<(usize, Vec<Difference>)>,
    /// Whether a known difference ended the comparison.
    pub(crate) is_cut: bool,
}

/// Compares the answers of two ends to the same operations; known differences go to `met`.
pub(crate) fn judge(
    operations: &[Operation],
    ours: &[Answer],
    theirs: &[Answer],
    mut met: impl FnMut(usize),
) -> Outcome {
    let mut outcome = Outcome::default();
    for (at, operation) in operations.iter().enumerate() {
        let (ours, theirs) = (&ours[at], &theirs[at]);
        let all = differences(ours, theirs);
        if all.is_empty() {
            continue;
        }
        let (known, fresh): (Vec<_>, Vec<_>) = all
            .into_iter()
            .map(|difference| (known(operation, &difference), difference))
            .partition(|(entry, _)| entry.is_some());
        known
            .iter()
            .filter_map(|(entry, _)| *entry)
            .for_each(&mut met);
        let is_new = !fresh.is_empty();
        if is_new {
            let fresh = fresh.into_iter().map(|(_, difference)| difference);
            outcome.found.push((at, fresh.collect()));
        }
        let is_read = operation.verb.method() == "GET";
        let refused = ours.code >= 400 && theirs.code >= 400;
        let tried = operation.query.contains_key("dryRun");
        if !(is_read || refused || tried) {
            outcome.is_cut = !is_new;
            break;
        }
    }
    outcome
}

/// Plays a sequence at both ends.
async fn compare(server: &End, operations: &[Operation]) -> Outcome {
    let space = fresh();
    let sandbox = End::sandbox();
    let (ours, theirs) = futures::join!(
        play(&sandbox, &space, operations),
        play(server, &space, operations)
    );
    judge(operations, &ours, &theirs, |_| ())
}

/// So many operations, in sequences made from the seed.
pub(crate) fn sequences(seed: u64, operations: usize) -> Vec<Vec<Operation>> {
    let mut total = 0;
    let all = (0..).map(|number| sequence(seed, number));
    all.take_while(|sequence| {
        let wanted = total < operations;
        total += sequence.len();
        wanted
    })
    .collect()
}

/// What came of many sequences.
#[derive(Default)]
pub(crate) struct Run {
    pub(crate) findings: Vec<Finding>,
    /// How many sequences differ.
    pub(crate) differ: usize,
    /// How many were compared only up to a known difference.
    pub(crate) cut: usize,
}

/// Plays sequences at both ends.
pub(crate) async fn run(server: &End, sequences: &[Vec<Operation>]) -> Run {
    let mut outcomes = futures::stream::iter(sequences.iter().enumerate())
        .map(|(number, operations)| async move {
            (number, operations, compare(server, operations).await)
        })
        // In order, so that the same seed gives the same report.
        .buffered(AT_ONCE);
    let mut run = Run::default();
    while let Some((number, operations, outcome)) = outcomes.next().await {
        run.cut += usize::from(outcome.is_cut);
        run.differ += usize::from(!outcome.found.is_empty());
        run.findings
            .extend(Finding::all(number, operations, outcome));
    }
    run
}

/// The finding with as few operations and fields as show it.
pub(crate) async fn shrunk(server: &End, finding: Finding) -> Finding {
    let number = finding.number;
    let play = async |operations: &[Operation]| {
        let outcome = compare(server, operations).await;
        Finding::all(number, operations, outcome)
    };
    shrink::shrink(finding, play).await
}
