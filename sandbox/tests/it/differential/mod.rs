//! The sandbox and a real API server answer the same requests, and the answers are compared.
//!
//! Controllers are off on both sides. `tests/control-plane/run --without-controllers cargo test -p
//! infra-sandbox --test it differential` runs it; `INFRA_DIFFERENTIAL_SEED` and
//! `INFRA_DIFFERENTIAL_OPERATIONS` give the seed and the number of operations.

mod compare;
mod dice;
mod end;
mod kind;
mod mask;
mod operation;
mod play;
mod run;
mod sequence;
mod shrink;
mod value;

use crate::control_plane::{self, Controllers};
use end::End;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

#[tokio::test]
async fn the_sandbox_answers_as_a_server_does() {
    let seed = number("INFRA_DIFFERENTIAL_SEED", 1);
    let operations = number("INFRA_DIFFERENTIAL_OPERATIONS", 2_000) as usize;
    let test = "the same sequences to the sandbox and to a server";
    let Some(client) = control_plane::client(test, Controllers::Off).await else {
        return;
    };
    let server = End::Server(client);
    let (total, findings) = run::run(&server, seed, operations).await;
    let count = findings.len();
    let mut report = vec![format!(
        "seed {seed}: {total} operations, {count} sequences differ\n"
    )];
    for (signature, count, mut finding) in run::grouped(findings) {
        if number("INFRA_DIFFERENTIAL_SHRINK", 0) > 0 {
            finding = run::shrink(&server, finding).await;
        }
        report.push(format!("{count} × {signature}\n{finding}"));
    }
    let report = report.join("\n");
    assert!(count == 0, "{report}");
}
