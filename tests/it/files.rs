//! Files that a script names and that are none.

use crate::support::Infra;
use std::fmt::Write;

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

/// A kubeconfig names files and commands; what is wrong with them is said in a sentence.
#[test]
fn what_a_kubeconfig_names_and_is_not_there_is_said() {
    let login =
        "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command";
    let mut told = String::new();
    for (user, cluster) in [
        ("tokenFile: ./token", ""),
        ("client-certificate: a.crt, client-key: a.key", ""),
        ("client-certificate-data: '!', client-key-data: '!'", ""),
        ("", ", certificate-authority: ca.crt"),
        (&format!("{login}: ./login}}"), ""),
        (
            &format!("{login}: sh, args: [-c, 'echo hunter2; echo log in first >&2; exit 3']}}"),
            "",
        ),
        (&format!("{login}: echo, args: ['a: hunter2: b']}}"), ""),
    ] {
        let infra = Infra::new().variable("PATH", "/usr/bin:/bin");
        infra
            .write("shop.rhai", "environment(\"shop\", [config_map(\"c\")])\n")
            .write(
                "kube.yaml",
                &format!(
                    "apiVersion: v1\nkind: Config\ncurrent-context: here\n\
                     clusters: [{{name: c, cluster: {{server: 'https://127.0.0.1:1'{cluster}}}}}]\n\
                     contexts: [{{name: here, context: {{cluster: c, user: u}}}}]\n\
                     users: [{{name: u, user: {{{user}}}}}]\n"
                ),
            );
        let outcome = infra
            .run("plan shop.rhai --kubeconfig kube.yaml")
            .ends_with(1);
        let _ = write!(told, "{user}{cluster}\n  {}", outcome.stderr);
    }
    insta::assert_snapshot!(told);
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
