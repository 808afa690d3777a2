//! The sandbox and a real API server answer the same requests, and the answers are compared.
//!
//! Controllers are off on both sides. `tests/control-plane/run --without-controllers cargo test -p
//! infra-sandbox --test it differential` runs it: the named cases first (see [`case`]), then sequences
//! made from a seed. These variables say how:
//!
//! | | |
//! | --- | --- |
//! | `INFRA_DIFFERENTIAL_SEED` | the seed; 1 without it |
//! | `INFRA_DIFFERENTIAL_OPERATIONS` | how many operations; 2,000 without it |
//! | `INFRA_DIFFERENTIAL_SHRINK` | of how many kinds of difference one sequence is made small; 3 without it |
//! | `INFRA_TEST_RECORD=1` | records the named cases anew, and plays nothing else |

mod action;
mod case;
mod compare;
mod count;
mod dice;
mod end;
mod fault;
mod finding;
mod kind;
mod known;
mod mask;
mod operation;
mod play;
mod read;
mod run;
mod sequence;
mod setting;
mod shrink;
mod value;
mod write;

use crate::control_plane::{self, Controllers};
use end::End;
use futures::StreamExt;
use std::io::Write;

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| {
        let number = text.parse();
        number.unwrap_or_else(|_| panic!("`{name}` is no number: `{text}`"))
    })
}

/// Says something where everybody sees it: what a passing test prints is not shown.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[tokio::test]
async fn the_sandbox_answers_as_a_server_does() {
    let test = "the same sequences to the sandbox and to a server";
    let Some(client) = control_plane::client(test, Controllers::Off).await else {
        return;
    };
    let server = &End::Server(client);
    let is_recording = control_plane::is_recording();
    let mut report = case::verify(server, is_recording).await;
    if is_recording {
        return;
    }

    let seed = number("INFRA_DIFFERENTIAL_SEED", 1);
    let operations = number("INFRA_DIFFERENTIAL_OPERATIONS", 2_000);
    let sequences = run::sequences(seed as u64, operations);
    let operations: usize = sequences.iter().map(Vec::len).sum();
    if operations > 0 {
        say(&count::Count::of(&sequences).table());
    }
    let run = run::run(server, &sequences).await;
    let summary = format!(
        "seed {seed}: {operations} operations: {} answers differ, in {} of {} sequences; {} were \
         compared up to a known difference",
        run.findings.len(),
        run.differ,
        sequences.len(),
        run.cut
    );
    say(&summary);
    say(&finding::by_fault(&run.findings));
    let to_shrink = number("INFRA_DIFFERENTIAL_SHRINK", 3);
    let groups = finding::grouped(run.findings);
    let heads = groups
        .iter()
        .map(|(cause, count, _)| format!("{count} × {cause}"));
    report.extend(heads);
    let details = futures::stream::iter(groups.into_iter().enumerate())
        .map(|(at, (cause, count, mut finding))| async move {
            if at < to_shrink {
                finding = run::shrunk(server, finding).await;
            }
            format!("\n{count} × {cause}\n{finding}")
        })
        .buffered(run::AT_ONCE);
    report.extend(details.collect::<Vec<_>>().await);
    assert!(report.is_empty(), "{summary}\n\n{}", report.join("\n"));
}
