//! `infra completions`: the shells themselves read what it prints, where they are installed.

use crate::support::{Infra, Target, leave_out};
use std::io::Write as _;
use std::process::{Command, Stdio};

fn script(shell: &str) -> String {
    Infra::new()
        .run(&format!("completions {shell}"))
        .ends_with(0)
        .stdout
}

/// What a shell prints when it runs this; nothing where it is not installed.
fn told(shell: &str, arguments: &[&str], input: &str) -> Option<String> {
    let process = Command::new(shell)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut process) = process else {
        leave_out(
            &format!("completions::{shell}"),
            Target::get(),
            "it is not installed",
        );
        return None;
    };
    process
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = process.wait_with_output().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success() && err.is_empty(),
        "{shell}: {out}{err}"
    );
    Some(out.into_owned())
}

/// What bash offers after these words, the last of which is completed.
fn offered(words: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.rhai"), "").unwrap();
    let words = words.join(" ");
    let input = format!(
        "{}\ncd '{}'\nCOMP_WORDS=({words})\nCOMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))\n\
         _infra infra \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        script("bash"),
        folder.path().display()
    );
    let offered = told("bash", &["--norc", "--noprofile"], &input).unwrap_or_default();
    offered.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_values_and_files() {
    if told("bash", &["--version"], "").is_none() {
        return;
    }
    for (words, expected) in [
        (&["infra", "pl"][..], "plan"),
        (&["infra", "comp"], "completions"),
        (&["infra", "completions", "f"], "fish"),
        (&["infra", "run", "--no-p"], "--no-prune"),
        (&["infra", "plan", "--output", "mark"], "markdown"),
        (&["infra", "plan", "--params", "sh"], "shop.rhai"),
        (&["infra", "sandbox", "re"], "reset"),
    ] {
        let offered = offered(words);
        assert!(
            offered.iter().any(|word| word == expected),
            "{words:?}: {offered:?}"
        );
    }
}

#[test]
fn other_shells_take_their_scripts() {
    for shell in ["zsh", "fish"] {
        let script = script(shell);
        assert!(script.contains("markdown") && script.contains("no-prune"));
        let _ = told(shell, &["-n"], &script);
    }
}
