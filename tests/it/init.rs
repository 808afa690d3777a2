//! `infra init`: what it writes runs at once, exactly as it says.

use crate::support::Infra;
use insta::assert_snapshot;
use std::fmt::Write as _;

/// What stands in the text as a command to type.
fn typed(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("  infra "));
    lines.map(str::to_owned).collect()
}

#[test]
fn what_it_says_to_type_works_at_once() {
    let infra = Infra::new();
    let made = infra.run("init shop").ends_with(0);
    assert_snapshot!("made", made);
    assert_snapshot!("script", infra.read("shop/shop.rhai"));
    let commands = typed(&made.stdout);
    assert!(commands.len() >= 3, "{commands:?}");
    for command in commands {
        infra.run(&command).ends_with(0);
    }
}

#[test]
fn the_workflows_commands_work() {
    let infra = Infra::new();
    infra
        .run("init shop --image registry.example/cart:2.1.0 --port 9000")
        .ends_with(0);
    let workflow = infra.read("shop/.github/workflows/infra-shop.yml");
    assert_snapshot!("workflow", workflow);
    let mut commands = 0;
    for line in workflow.lines() {
        let Some((_, command)) = line.split_once("run: infra ") else {
            continue;
        };
        let command = command.split(" > ").next().unwrap();
        let command = command
            .replace("\"$SCRIPT\"", "shop.rhai")
            .replace("--kubeconfig \"$RUNNER_TEMP/kubeconfig\"", "--sandbox")
            .replace("shop.rhai", "shop/shop.rhai");
        // The words of the command line are known, whatever the script is.
        let outcome = infra.run(&command);
        assert_eq!(outcome.code, 0, "{outcome}");
        commands += 1;
    }
    assert_eq!(commands, 4);
}

#[test]
fn nothing_is_overwritten() {
    let infra = Infra::new();
    infra.write("shop.rhai", "// mine\n");
    let mut all = String::new();
    for line in [
        "init --name shop",
        "init --name Shop",
        "init --name cart --image a\"b",
        "init --name cart --port 0",
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line).ends_with(2));
    }
    assert_snapshot!(all);
    assert_eq!(infra.read("shop.rhai"), "// mine\n");
    infra.run("init --name cart").ends_with(0);
    infra.run("render cart.rhai").ends_with(0);
    infra.run("init --name other").ends_with(2);
}

#[test]
fn a_workflow_stands_at_the_top_of_the_repository() {
    let infra = Infra::new();
    infra.write(".git/HEAD", "ref: refs/heads/main\n");
    infra.run("init deploy/shop").ends_with(0);
    let workflow = infra.read(".github/workflows/infra-shop.yml");
    assert!(
        workflow.contains("SCRIPT: \"deploy/shop/shop.rhai\""),
        "{workflow}"
    );
}
