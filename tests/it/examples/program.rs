//! The exchange as a Rust program that uses the crate.

use super::example::Example;

#[allow(dead_code, unreachable_pub, missing_docs, clippy::print_stdout)] // It is a program of its own, too.
#[path = "../../../examples/apricode-exchange/main.rs"]
mod apricode_exchange;

#[test]
fn the_same_environment_in_rust_gives_the_same_bytes() {
    let script = Example::named("apricode-exchange").printed(None, &[]);
    let program = apricode_exchange::rendered().unwrap();
    assert!(script == program, "{}", similar(&script, &program));
}

/// The first line in which they differ.
fn similar(script: &str, program: &str) -> String {
    let lines = script.lines().zip(program.lines()).enumerate();
    let mut different = lines.filter(|(_, (one, other))| one != other);
    different.next().map_or_else(
        || "one ends before the other".to_owned(),
        |(number, (one, other))| {
            format!(
                "line {}: `{one}` in the script, `{other}` in the program",
                number + 1
            )
        },
    )
}
