//! Secrets: where they come from; never what they are.

use crate::table::{Fault, Inputs, Mismatch, Row, row};
use infra_sdk::object::{ExistingKey, Generated, SecretFrom, SecretPart, SecretText};
use infra_sdk::types::{Alphabet, DataKey, Name};

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("secret_env", &["name"], |name: String| {
            SecretText::env(name)
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
            Ok::<_, Fault>(SecretText::file(path))
        })
        .doc(
            "A secret from a file below the project root. It is read only when it is \
             compared or written, and never shown.",
        )
        .example(r#"secret("tls").values(#{ "tls.key": secret_file("example.key") })"#),
        row("secret_stdin", &[], || SecretText::from(SecretFrom::Stdin))
            .doc(
                "A secret that is piped into the command, without the line break at its end: \
                 `pass show db | infra run shop.rhai --yes`. It is read once, when it is needed.",
            )
            .example(r#"secret("db").values(#{ PASSWORD: secret_stdin() })"#),
        row(
            "sops",
            &["path", "key"],
            |file: String, key: String, inputs: Inputs| {
                inputs.0.check_file(&file)?;
                Ok::<_, Fault>(SecretText::from(SecretFrom::Sops { file, key }))
            },
        )
        .doc(
            "A secret from a file below the project root that SOPS encrypted (YAML, JSON or \
             `NAME=value` lines): the keys above the value and its own, with dots between them. It is \
             decrypted with the caller's age keys, where SOPS looks for them (`SOPS_AGE_KEY`, \
             `SOPS_AGE_KEY_FILE`, `sops/age/keys.txt`), else by the program `sops`.",
        )
        .example(r#"secret("db").values(#{ PASSWORD: sops("secrets.yaml", "db.password") })"#),
        row("vault", &["path", "key"], |path: String, key: String| {
            let path = path.trim_matches('/').to_owned();
            if path.contains('/') && !path.split('/').any(|part| matches!(part, "" | "." | "..")) {
                Ok(SecretText::from(SecretFrom::Vault { path, key }))
            } else {
                let expected = "must be the path of a store and a secret in it, such as `secret/shop`";
                Err(Fault::Argument(0, Mismatch::new(expected)))
            }
        })
        .doc(
            "A secret from a key of HashiCorp Vault's key-value store, by the path that `vault kv get` \
             takes. Which Vault stands in `VAULT_ADDR`, or under `[vault]` in `infra.toml`; it is asked \
             only when the secret is needed.",
        )
        .example(r#"secret("db").values(#{ PASSWORD: vault("secret/shop/db", "password") })"#),
        row("secret_of", &["name", "key"], existing)
            .doc(
                "A secret from a key of a Secret that is in the cluster already, in the namespace \
                 of the environment or in the one before a slash (`platform/db`). It is read when \
                 it is compared or written; whoever plans must be allowed to. Pods that need just \
                 this value take it from there with `existing(\"secret\", …).key(…)`.",
            )
            .example(
                r#"let url = "postgresql://app:" + secret_of("platform/db", "password") + "@db/app";
secret("app").values(#{ DATABASE_URL: url })"#,
            ),
        row(
            "generated",
            &["name", "length"],
            |name: String, length: usize| generated(name, length, Alphabet::default()),
        )
        .doc(
            "A secret of letters and digits that is made once and then kept in the cluster, \
             where it stands alone under a key of a `secret`. Equal names are the same \
             value.",
        )
        .example(r#"secret("db").values(#{ PASSWORD: generated("db-password", 32) })"#),
        row("generated", &["name", "length", "alphabet"], generated)
            .doc(
                "The same of other characters: `A-Za-z0-9!#$%`, where a `-` at the beginning or the \
                 end means itself.",
            )
            .example(
                r#"secret("rails").values(#{ SECRET_KEY_BASE: generated("key-base", 128, "0-9a-f") })"#,
            ),
    ]
}

fn generated(name: String, length: usize, alphabet: Alphabet) -> Result<SecretText, Fault> {
    if !(8..=1024).contains(&length) {
        return Err(Fault::new(format!(
            "a generated secret has from 8 to 1024 characters, not {length}"
        )));
    }
    Ok(SecretText::of(SecretPart::Generated(Generated {
        name,
        length,
        alphabet,
    })))
}

fn existing(name: String, key: DataKey) -> Result<SecretText, Fault> {
    let (namespace, name) = match name.split_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, name.as_str()),
    };
    let part = |text: &str| {
        text.parse::<Name>()
            .map(String::from)
            .map_err(|error| Fault::Argument(0, Mismatch::sentence(error.to_string())))
    };
    Ok(SecretText::of(SecretPart::Existing(ExistingKey {
        namespace: namespace.map(part).transpose()?,
        name: part(name)?,
        key: key.into(),
    })))
}
