//! What a workload's pods read: hashed, so that they restart when it changes.

use super::{ObjectId, SecretText};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, fmt::Write as _};

/// What every annotation with a checksum starts with.
const PREFIX: &str = "checksum/";
/// The longest name of an annotation after its prefix.
const LONGEST: usize = 63;

/// A config map or secret that the pods of a workload read, and the annotation of their template
/// (`checksum/configmap.NAME`) in which its checksum stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// The annotation.
    pub(crate) annotation: String,
    /// Whose content it is.
    pub(crate) of: ObjectId,
    /// The texts of a secret, by key, whose hash is made when they are known; `None` for a config
    /// map, whose hash stands in the object.
    pub(crate) secrets: Option<BTreeMap<String, SecretText>>,
}

impl Checksum {
    /// What stands for the checksum of a secret where it is not known.
    pub(crate) const TOKEN: &'static str = "(keyed in the cluster, known when it is applied)";
    /// The generated value with which the hashes of secrets are keyed.
    pub(crate) const KEY: &'static str = "key of checksums";
    /// The key under which the secret holds it.
    pub(crate) const DATA_KEY: &'static str = "checksum-key";

    /// The checksum of a config map or secret.
    pub(crate) fn new(of: ObjectId, secrets: Option<BTreeMap<String, SecretText>>) -> Self {
        Self {
            annotation: annotation(&of),
            of,
            secrets,
        }
    }

    /// Whether its hash is keyed: that of a secret.
    pub(crate) fn is_keyed(&self) -> bool {
        self.secrets.is_some()
    }

    /// The text of the key of hashes.
    pub(crate) fn key() -> SecretText {
        SecretText::generated(Self::KEY, 48)
    }
}

/// The annotation for a config map or secret.
fn annotation(of: &ObjectId) -> String {
    let name = format!("{}.{}", of.kind.to_lowercase(), of.name);
    if name.len() <= LONGEST {
        return format!("{PREFIX}{name}");
    }
    // Names are ASCII.
    let short: String = name.chars().take(LONGEST - 9).collect();
    let short = short.trim_end_matches(['.', '-']);
    format!("{PREFIX}{short}-{}", crate::resource::short_hash(&name))
}

/// Whose checksum an annotation holds, as kind and name: `configmap/settings`.
pub(crate) fn of_annotation(annotation: &str) -> Option<String> {
    let (kind, name) = annotation.strip_prefix(PREFIX)?.split_once('.')?;
    matches!(kind, "configmap" | "secret").then(|| format!("{kind}/{name}"))
}

/// The hash of a content: keys and values, each with its length, so that no two contents are the
/// same bytes.
pub(crate) fn plain<'a>(content: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    hex(&Sha256::digest(bytes(content)))
}

/// The same, keyed (HMAC, RFC 2104): without the key nobody can tell a guess from the content.
pub(crate) fn keyed<'a>(
    key: &[u8],
    content: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> String {
    hex(&hmac(key, &bytes(content)))
}

fn bytes<'a>(content: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, value) in content {
        for part in [key.as_bytes(), value] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
    }
    bytes
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

/// The first half of a hash: no two contents of one object will ever meet in it.
fn hex(hash: &[u8]) -> String {
    hash.iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, name: &str) -> ObjectId {
        ObjectId {
            group: String::new(),
            kind: kind.to_owned(),
            namespace: Some("shop".to_owned()),
            name: name.to_owned(),
        }
    }

    #[test]
    fn hmac_is_the_standards() {
        // RFC 4231, cases 1, 2 and 6.
        for (key, message, expected) in [
            (
                vec![0x0b; 20],
                "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b",
            ),
            (
                b"Jefe".to_vec(),
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c7",
            ),
            (
                vec![0xaa; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f",
            ),
        ] {
            assert_eq!(hex(&hmac(&key, message.as_bytes())), expected);
        }
    }

    #[test]
    fn an_annotation_says_whose_checksum_it_is_and_is_never_too_long() {
        let long = format!("{}.{}", "a".repeat(60), "b".repeat(60));
        for (id, expected) in [
            (of("ConfigMap", "settings"), "checksum/configmap.settings"),
            (of("Secret", "a.b"), "checksum/secret.a.b"),
        ] {
            assert_eq!(annotation(&id), expected);
        }
        let name = annotation(&of("Secret", &long));
        assert!(name.len() <= PREFIX.len() + LONGEST, "{name}");
        assert_ne!(name, annotation(&of("Secret", &format!("{long}c"))));
        for (annotation, expected) in [
            ("checksum/configmap.a.b", Some("configmap/a.b")),
            ("checksum/secret.x", Some("secret/x")),
            ("checksum/config", None),
            ("checksum/other.x", None),
            ("app/secret.x", None),
        ] {
            assert_eq!(of_annotation(annotation).as_deref(), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn equal_contents_have_equal_checksums_and_others_have_others(
            one in proptest::collection::btree_map("[a-c]{0,2}", "[a-c]{0,3}", 0..3),
            other in proptest::collection::btree_map("[a-c]{0,2}", "[a-c]{0,3}", 0..3),
        ) {
            let sum = |map: &BTreeMap<String, String>| {
                plain(map.iter().map(|(key, value)| (key.as_str(), value.as_bytes())))
            };
            let keyed = |key: &[u8], map: &BTreeMap<String, String>| {
                super::keyed(key, map.iter().map(|(key, value)| (key.as_str(), value.as_bytes())))
            };
            proptest::prop_assert_eq!(sum(&one) == sum(&other), one == other);
            proptest::prop_assert_eq!(keyed(b"k", &one) == keyed(b"k", &other), one == other);
            proptest::prop_assert_ne!(keyed(b"k", &one), keyed(b"l", &one));
        }
    }
}
