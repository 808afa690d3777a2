//! Secrets: where they come from; never what they are.

use crate::table::{Fault, Inputs, Row, row};
use infra_sdk::object::{SecretPart, SecretText};

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("secret_env", &["name"], |name: String| {
            SecretText::of(SecretPart::Env(name))
        })
        .doc(
            "A secret from a variable of the caller's environment, or of an `--env-file`. \
             It is read only when it is compared with what is in the cluster or written \
             there, and never shown. A script cannot look into it: it cannot be compared, \
             and `switch` finds no branch for it but `_`.",
        )
        .example(r#"secret("app").values(#{ API_KEY: secret_env("API_KEY") })"#),
        row("secret_file", &["path"], |path: String, inputs: Inputs| {
            inputs.0.check_file(&path)?;
            Ok::<_, Fault>(SecretText::of(SecretPart::File(path)))
        })
        .doc(
            "A secret from a file below the project root. It is read only when it is \
             compared or written, and never shown.",
        )
        .example(r#"secret("tls").values(#{ "tls.key": secret_file("example.key") })"#),
        row(
            "generated",
            &["name", "length"],
            |name: String, length: usize| {
                if (8..=1024).contains(&length) {
                    Ok(SecretText::of(SecretPart::Generated { name, length }))
                } else {
                    Err(Fault::new(format!(
                        "a generated secret has from 8 to 1024 characters, not {length}"
                    )))
                }
            },
        )
        .doc(
            "A secret of letters and digits that is made once and then kept in the cluster, \
             where it stands alone under a key of a `secret`. Equal names are the same \
             value.",
        )
        .example(r#"secret("db").values(#{ PASSWORD: generated("db-password", 32) })"#),
    ]
}
