//! Secrets from files that SOPS encrypted: with the caller's age keys, else by the program `sops`.

mod age;
mod cipher;
mod document;
mod identity;
mod program;

use super::{Read, file};
use crate::inputs::Variables;
use age::Identity;
use document::{Document, Found, Node};
use infra_sdk::engine::Unread;
use infra_sdk::object::SecretBytes;
use std::path::Path;
use zeroize::Zeroizing;

/// Reads one value of a file below the project's root.
pub(super) fn read(variables: &Variables, root: &Path, path: &str, key: &str) -> Read {
    let bytes = file::content(root, path).map_err(|error| file::unread(path, &error))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Unread::new(format!("the file `{path}` is no text (UTF-8)")))?;
    let document = Document::parse(text, document::Format::of(path))
        .map_err(|problem| Unread::new(format!("the file `{path}` cannot be read: {problem}")))?
        .ok_or_else(|| {
            Unread::new(format!("the file `{path}` is not encrypted by sops")).help(format!(
                "encrypt it: `sops encrypt -i {path}`; a file in clear is read with `secret_file`"
            ))
        })?;
    let found = document.find(key).map_err(|names| {
        let unread = Unread::new(format!("the file `{path}` has no value `{key}`"));
        match names.as_slice() {
            [] => unread,
            names => unread.help(format!("there are `{}`", names.join("`, `"))),
        }
    })?;
    let identities = identity::identities(variables)?;
    match data_key(&document, &identities) {
        Some(data_key) => match opened(&document, &found, &data_key) {
            Ok(value) => Ok(value),
            // What this cannot check, the program may.
            Err(problem) => program::read(root, path, &found).unwrap_or_else(|| {
                Err(Unread::new(format!(
                    "the file `{path}` cannot be used: {problem}"
                )))
            }),
        },
        None => program::read(root, path, &found)
            .unwrap_or_else(|| Err(no_key(&document, path, identities.len()))),
    }
}

/// The key of all values, from the first age key that fits.
fn data_key(document: &Document, identities: &[Identity]) -> Option<Zeroizing<Vec<u8>>> {
    let mut sealed = document.age.iter();
    sealed.find_map(|one| age::open(&one.enc, identities))
}

/// The value, after the whole file was found to be as it was encrypted.
fn opened(document: &Document, found: &Found<'_>, key: &[u8]) -> Result<SecretBytes, &'static str> {
    cipher::check(document, key)?;
    let value = match found.node {
        Node::Text(text) => cipher::open_text(text, key, &found.path)?
            .map_or_else(|| text.clone().into_bytes(), |plain| plain.as_written()),
        Node::Int(number) => number.to_string().into_bytes(),
        Node::Float(number) => number.to_string().into_bytes(),
        Node::Bool(truth) => truth.to_string().into_bytes(),
        Node::Null | Node::List(_) | Node::Map(_) => return Err("it is no value"),
    };
    Ok(value.into())
}

fn no_key(document: &Document, path: &str, identities: usize) -> Unread {
    let recipients: Vec<&str> = document
        .age
        .iter()
        .map(|one| one.recipient.as_str())
        .collect();
    if recipients.is_empty() {
        return Unread::new(format!("the file `{path}` is encrypted for no age key"))
            .help("install `sops`, which knows the other kinds of keys");
    }
    let problem = match identities {
        0 => "there is no age key".to_owned(),
        1 => "the age key does not fit".to_owned(),
        several => format!("none of the {several} age keys fits"),
    };
    Unread::new(format!("the file `{path}` cannot be decrypted: {problem}")).help(format!(
        "it is encrypted for `{}`: give its key in SOPS_AGE_KEY, or a file of keys in SOPS_AGE_KEY_FILE",
        recipients.join("`, `")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = include_str!("../../../../tests/sops/secrets.yaml");
    const KEYS: &str = include_str!("../../../../tests/sops/keys.txt");

    fn document(name: &str, text: &str) -> Document {
        let format = document::Format::of(name);
        Document::parse(text, format).expect(name).expect(name)
    }

    fn value(document: &Document, key: &str) -> Result<String, &'static str> {
        let data_key = data_key(document, &age::identities(KEYS)).expect("the key fits");
        let found = document.find(key).expect(key);
        let value = opened(document, &found, &data_key)?;
        Ok(String::from_utf8(value.as_bytes().to_vec()).expect("a text"))
    }

    #[test]
    fn files_of_sops_are_opened() {
        let yaml = [
            ("db.user", "app"),
            ("db.password", "correct horse \"battery\" / staple ü"),
            ("db.port", "5432"),
            ("db.share", "0.25"),
            ("db.tls", "true"),
            ("db.hosts.1", "db-1"),
            ("db.hosts.2.key", "key-of-db-2"),
            ("empty", ""),
            (
                "tls.key",
                "-----BEGIN PRIVATE KEY-----\nMAMBAgM=\n-----END PRIVATE KEY-----\n",
            ),
        ];
        let whole = document("secrets.yaml", YAML);
        let some = include_str!("../../../../tests/sops/some.yaml");
        let some = document("some.yaml", some);
        let mac = include_str!("../../../../tests/sops/mac.yaml");
        let mac = document("mac.yaml", mac);
        let two = include_str!("../../../../tests/sops/two.yaml");
        let two = document("two.yaml", two);
        for (key, expected) in yaml {
            for document in [&whole, &some, &mac, &two] {
                assert_eq!(value(document, key).as_deref(), Ok(expected), "{key}");
            }
        }
        let json = include_str!("../../../../tests/sops/secrets.json");
        let json = document("secrets.json", json);
        for (key, expected) in [
            ("db.password", "correct-horse"),
            ("db.port", "5432"),
            ("db.ratio", "1.5"),
            ("db.list.0", "a"),
            ("db.list.1.b", "c"),
            ("db.on", "false"),
            ("token", "tök\"en"),
        ] {
            assert_eq!(value(&json, key).as_deref(), Ok(expected), "{key}");
        }
        let env = include_str!("../../../../tests/sops/secrets.env");
        let env = document("secrets.env", env);
        for (key, expected) in [
            ("PASSWORD", "correct-horse"),
            ("MULTI", "two\nlines"),
            ("EMPTY", ""),
        ] {
            assert_eq!(value(&env, key).as_deref(), Ok(expected), "{key}");
        }
    }

    #[test]
    fn what_was_changed_after_it_was_encrypted_is_refused() {
        let some = include_str!("../../../../tests/sops/some.yaml");
        for (text, change, to) in [
            (some, "user: app", "user: root"),
            (some, "- db-0", "- db-9"),
            (some, "port: 5432", "port: 5433"),
            (some, "tls: true", "tls: false"),
            (YAML, "    user: ENC", "    resu: ENC"),
            (YAML, "empty: \"\"", "empty: \"x\""),
            (
                YAML,
                "lastmodified: \"2026-11-21T22:36:03Z\"",
                "lastmodified: \"2026-11-21T22:36:04Z\"",
            ),
        ] {
            let changed = text.replacen(change, to, 1);
            assert_ne!(changed, text, "{change}");
            let found = value(&document("some.yaml", &changed), "db.password");
            assert!(found.is_err(), "{change}: {found:?}");
        }
        // A value in the place of another.
        let line = |start: &str| {
            YAML.lines()
                .find(|line| line.starts_with(start))
                .expect(start)
        };
        let (user, port) = (line("    user: "), line("    port: "));
        let port_of = port.trim_start().trim_start_matches("port: ");
        let moved = YAML.replacen(user, &format!("    user: {port_of}"), 1);
        assert!(value(&document("moved.yaml", &moved), "db.user").is_err());
    }
}
