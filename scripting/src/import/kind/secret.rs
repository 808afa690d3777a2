//! `secret(name)`, and the secrets of Kubernetes' own types.

use super::Subject;
use crate::import::code::{Code, call, text};

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let name = text(subject.name());
    let secrets = &subject.wanted.secrets;
    let source = |variable: &String| call("secret_env", [text(variable)]);
    let of = |key: &str| secrets.get(key).map(source);
    let kind = subject.value["type"].as_str().unwrap_or("Opaque");
    let mut code = match (kind, secrets.len()) {
        ("kubernetes.io/tls", 2) => call("tls_secret", [name, of("tls.crt")?, of("tls.key")?]),
        ("kubernetes.io/dockerconfigjson", 1) => {
            call("pull_secret", [name, of(".dockerconfigjson")?])
        }
        ("kubernetes.io/ssh-auth", 1) => call("ssh_auth_secret", [name, of("ssh-privatekey")?]),
        _ => {
            let mut code = call("secret", [name]);
            if kind != "Opaque" {
                code = code.then("type", [text(kind)]);
            }
            let values: Vec<(String, Code)> = secrets
                .iter()
                .map(|(key, variable)| (key.clone(), source(variable)))
                .collect();
            if values.is_empty() {
                code
            } else {
                code.then("values", [Code::Map(values)])
            }
        }
    };
    if subject.value["immutable"] == true {
        code = code.then("immutable", []);
    }
    Some(code)
}
