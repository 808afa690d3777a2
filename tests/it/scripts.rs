//! The scripts that ship with the tool, and the README that leads through them.

use crate::support::{Infra, needs, repository};
use std::path::Path;

/// A project with the repository's scripts and examples, at their own places.
fn repository_copy(infra: Infra) -> Infra {
    let folders = [
        "scripts",
        "examples/apricode-exchange",
        "examples/platform",
        "tests/manifests",
    ];
    folders
        .into_iter()
        .fold(infra, |infra, folder| infra.with_copy_of_at(folder, folder))
}

#[test]
fn every_script_goes_from_nothing_to_ready_to_unchanged_to_destroyed() {
    needs!(Nodes);
    let infra = repository_copy(Infra::on_cluster());
    let mut scripts = 0;
    for entry in std::fs::read_dir(repository().join("scripts")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rhai") {
            continue;
        }
        let name = Path::new("scripts").join(path.file_name().unwrap());
        let script = name.display();
        infra
            .run(&format!("plan {script} --exit-code"))
            .ends_with(3);
        infra.run(&format!("run {script} --yes")).ends_with(0);
        infra
            .run(&format!("plan {script} --exit-code"))
            .ends_with(0);
        infra.run(&format!("status {script}")).ends_with(0);
        infra.run(&format!("destroy {script} --yes")).ends_with(0);
        scripts += 1;
    }
    assert!(scripts > 0);
}

/// The commands that the README tells to type, in order: the lines of its `console` blocks that
/// begin with `$ infra` or `cargo run --`, continued lines joined.
fn commands(readme: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    let joined = readme.replace("\\\n", " ");
    for line in joined.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            let words = line
                .strip_prefix("$ infra ")
                .or_else(|| line.strip_prefix("$ cargo run -- "));
            let words = words.map(|words| words.split(" #").next().unwrap_or_default());
            found.extend(words.map(|words| words.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    }
    found
}

#[test]
fn the_readme_can_be_typed_along() {
    // It types `--sandbox`.
    let infra = repository_copy(Infra::new());
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let commands = commands(&readme);
    assert!(commands.len() >= 8, "{commands:#?}");
    for command in commands {
        infra.run(&command).ends_with(0);
    }
}

#[test]
fn the_readme_shows_the_script_as_it_is() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let script = std::fs::read_to_string(repository().join("scripts/shop.rhai")).unwrap();
    assert!(
        readme.contains(&script),
        "README.md and scripts/shop.rhai differ"
    );
}
