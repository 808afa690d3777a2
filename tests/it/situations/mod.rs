//! Bad situations: what is said, and that nothing is lost. Those that take an API server which behaves
//! badly meet one of the test's own.

mod connection;
mod files;
mod login;
mod lost;
mod refusal;

use crate::support::{Fake, Infra};

const SMALL: &str = r#"environment("shop", [
    config_map("settings").values(#{ MODE: "production" }),
    config_map("flags").values(#{ NEW_PRICES: "on" }),
])
"#;

/// A project with a small environment and a kubeconfig that leads to a server.
fn led(server: &Fake, user: &str, cluster: &str) -> Infra {
    let infra = Infra::new().variable("PATH", "/usr/bin:/bin");
    infra.write("shop.rhai", SMALL);
    server.lead(&infra, user, cluster);
    infra
}

/// What a command that ends with this code says.
fn said(server: &Fake, infra: &Infra, line: &str, code: i32) -> String {
    let outcome = infra
        .run(&format!("{line} --kubeconfig kube.yaml"))
        .ends_with(code);
    server.plain(&outcome)
}
