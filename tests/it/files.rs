//! Files that a script names and that are none.

use crate::support::Infra;

/// What the system says comes without its number.
#[test]
fn a_state_that_is_a_folder_is_said_in_words() {
    let infra = Infra::new();
    infra
        .write("shop.rhai", "environment(\"shop\", [config_map(\"c\")])\n")
        .write("../sandboxes/default.state/x", "");
    let outcome = infra.run("plan shop.rhai --sandbox").ends_with(1);
    assert!(outcome.stderr.contains("directory"), "{outcome}");
    assert!(!outcome.stderr.contains("os error"), "{outcome}");
}

/// To read a pipe would wait for somebody who writes, to read a device may never end.
#[cfg(unix)]
#[test]
fn a_secret_comes_from_a_regular_file_alone() {
    let infra = Infra::new();
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [secret(\"tls\").values(#{ key: secret_file(\"pipe\") })])\n",
    );
    let made = std::process::Command::new("mkfifo")
        .arg(infra.command(&[]).get_current_dir().unwrap().join("pipe"))
        .status()
        .unwrap();
    assert!(made.success());
    let outcome = infra.run("plan shop.rhai --sandbox").ends_with(2);
    assert!(
        outcome
            .stderr
            .contains("`pipe` cannot be read: it is not a file"),
        "{outcome}"
    );
}
