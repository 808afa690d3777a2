//! Secret texts become values: from the caller, from the cluster, or made once.

use super::{SecretSource, wait::Mask};
use crate::object::{Checksum, Object, ObjectId, SecretPart, SecretText, checksum};
use crate::types::in_words;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Where a generated value stands alone: the secret, and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Home {
    /// The secret.
    pub(crate) id: ObjectId,
    /// The key of its `data`.
    pub(crate) key: String,
    /// How many characters it has when it is made.
    pub(crate) length: usize,
}

/// Where every generated value stands alone, by its name; the first place counts.
pub(crate) fn homes(objects: &[Object]) -> BTreeMap<String, Home> {
    let mut homes = BTreeMap::new();
    for object in objects {
        for (key, text) in &object.secrets {
            if let Some((name, length)) = text.alone() {
                homes.entry(name.to_owned()).or_insert_with(|| Home {
                    id: object.id.clone(),
                    key: key.clone(),
                    length,
                });
            }
        }
    }
    homes
}

/// The names of the generated values that a text holds.
pub(crate) fn generated(text: &SecretText) -> impl Iterator<Item = &str> {
    text.sources().into_iter().filter_map(|part| match part {
        SecretPart::Generated { name, .. } => Some(name.as_str()),
        _ => None,
    })
}

/// Values of generated secrets, and the caller's.
pub(crate) struct Secrets<'a> {
    source: &'a dyn SecretSource,
    values: BTreeMap<String, String>,
    /// Values that are not in the cluster yet.
    fresh: BTreeSet<String>,
}

impl<'a> Secrets<'a> {
    /// The values that live secrets hold at their homes; the others are made now. What is made
    /// when planning serves only to ask the API server; what is made when applying is kept.
    pub(crate) fn new<'l>(
        source: &'a dyn SecretSource,
        homes: &BTreeMap<String, Home>,
        live: impl Fn(&ObjectId) -> Option<&'l Value>,
    ) -> Result<Self, getrandom::Error> {
        let (mut values, mut fresh) = (BTreeMap::new(), BTreeSet::new());
        for (name, home) in homes {
            let value = live(&home.id).and_then(|secret| decoded(&secret["data"][&home.key]));
            let value = if let Some(value) = value {
                value
            } else {
                fresh.insert(name.clone());
                random(home.length)?
            };
            values.insert(name.clone(), value);
        }
        Ok(Self {
            source,
            values,
            fresh,
        })
    }

    /// Whether a generated value is not in the cluster yet.
    pub(crate) fn is_fresh(&self, name: &str) -> bool {
        self.fresh.contains(name)
    }

    /// Hides the secret values of these objects in a text: what events, logs and refusals say
    /// passes through it.
    pub(crate) fn mask(&self, objects: &[Object]) -> Mask {
        let mut values = BTreeSet::new();
        let mut lines = |value: &str| {
            values.extend(value.lines().map(|line| line.trim().to_owned()));
        };
        for text in objects.iter().flat_map(|object| object.secrets.values()) {
            // A program may print the password alone of an address that holds it.
            for part in text.parts().iter().chain(text.sources()) {
                if !matches!(part, SecretPart::Text(_))
                    && let Ok(bytes) = self.bytes(part)
                {
                    lines(&String::from_utf8_lossy(&bytes));
                }
            }
            let Ok(encoded) = self.encoded(text) else {
                continue;
            };
            if let Some(value) = decoded(&Value::String(encoded.clone())) {
                lines(&value);
            }
            lines(&encoded);
        }
        hide(values)
    }

    /// The value of a text, base64-encoded as `data` wants it; or what is missing.
    pub(crate) fn encoded(&self, text: &SecretText) -> Result<String, String> {
        Ok(STANDARD.encode(self.content(text)?))
    }

    /// The value of a text.
    pub(crate) fn content(&self, text: &SecretText) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        for part in text.parts() {
            bytes.extend(self.bytes(part)?);
        }
        Ok(bytes)
    }

    /// The keyed checksum of secret texts; or what is missing.
    pub(crate) fn checksum(&self, texts: &BTreeMap<String, SecretText>) -> Result<String, String> {
        let key = self.content(&Checksum::key())?;
        let mut content = Vec::new();
        for (name, text) in texts {
            content.push((name.as_str(), self.content(text)?));
        }
        let content = content.iter();
        let content = content.map(|(name, value)| (*name, value.as_slice()));
        Ok(checksum::keyed(&key, content))
    }

    fn bytes(&self, part: &SecretPart) -> Result<Vec<u8>, String> {
        match part {
            SecretPart::Text(text) => Ok(text.clone().into_bytes()),
            SecretPart::Encoded { text, encoding } => encoding
                .write(&self.content(text)?)
                .map(String::into_bytes)
                .map_err(|problem| format!("the {} cannot be used: {problem}", text.token())),
            SecretPart::Env(name) => self
                .source
                .env(name)
                .map(String::into_bytes)
                .ok_or_else(|| format!("the environment variable `{name}` is not set")),
            SecretPart::File(path) => self
                .source
                .file(path)
                .map_err(|error| format!("the file `{path}` cannot be read: {}", in_words(&error))),
            SecretPart::Generated { name, .. } => self
                .values
                .get(name)
                .map(|value| value.clone().into_bytes())
                .ok_or_else(|| {
                    format!(
                        "the generated value `{name}` stands alone under no key of a secret, \
                         so there is nowhere to keep it"
                    )
                }),
        }
    }
}

/// Hides these values in a text. Very short ones would hide half of every text and stay.
pub(crate) fn hide(values: BTreeSet<String>) -> Mask {
    let mut values: Vec<String> = values.into_iter().filter(|v| v.len() >= 6).collect();
    // The longest first: a value may hold another.
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    Arc::new(move |text| {
        values.iter().fold(text.to_owned(), |text, value| {
            if text.contains(value.as_str()) {
                text.replace(value.as_str(), "(secret)")
            } else {
                text
            }
        })
    })
}

pub(crate) fn decoded(value: &Value) -> Option<String> {
    let bytes = STANDARD.decode(value.as_str()?).ok()?;
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.is_empty())
}

/// Letters and digits, each as likely as any other.
fn random(length: usize) -> Result<String, getrandom::Error> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // The largest multiple of 62 below 256: bytes above it would favour the first letters.
    const FAIR: u8 = 248;
    let mut text = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        getrandom::fill(&mut bytes)?;
        let letters = bytes
            .iter()
            .filter(|byte| **byte < FAIR)
            .map(|byte| char::from(ALPHABET[usize::from(byte % 62)]));
        text.extend(letters.take(length - text.len()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Graph;
    use crate::object::Origin;
    use serde_json::json;
    use std::io;

    struct Source;

    impl SecretSource for Source {
        fn env(&self, name: &str) -> Option<String> {
            (name == "TOKEN").then(|| "t0k3n".to_owned())
        }
        fn file(&self, path: &str) -> io::Result<Vec<u8>> {
            if path == "key.pem" {
                Ok(b"pem".to_vec())
            } else {
                Err(io::Error::from(io::ErrorKind::NotFound))
            }
        }
    }

    fn generated_text() -> SecretText {
        SecretText::of(SecretPart::Generated {
            name: "db".into(),
            length: 24,
        })
    }

    fn secret() -> Object {
        let mut object = Object::new(
            json!({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"n"}}),
            Origin::default(),
        );
        let url = SecretText::text("redis://:").join(generated_text());
        object.secrets = BTreeMap::from([
            ("password".to_owned(), generated_text()),
            ("url".to_owned(), url),
        ]);
        object
    }

    fn text(encoded: &str) -> String {
        String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
    }

    #[test]
    fn a_value_is_read_back_from_where_it_stands_alone() {
        let homes = homes(&[secret()]);
        assert_eq!(homes["db"].key, "password");
        let live = json!({"data": {"password": STANDARD.encode("kept")}});
        let secrets = Secrets::new(&Source, &homes, |_| Some(&live)).unwrap();
        assert!(!secrets.is_fresh("db"));
        let url = secrets.encoded(&secret().secrets["url"]).unwrap();
        assert_eq!(text(&url), "redis://:kept");
    }

    #[test]
    fn a_fresh_value_is_letters_and_digits_and_the_same_everywhere() {
        let secrets = Secrets::new(&Source, &homes(&[secret()]), |_| None).unwrap();
        assert!(secrets.is_fresh("db"));
        let alone = text(&secrets.encoded(&secret().secrets["password"]).unwrap());
        assert_eq!(alone.len(), 24);
        assert!(alone.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let url = text(&secrets.encoded(&secret().secrets["url"]).unwrap());
        assert_eq!(url, format!("redis://:{alone}"));
    }

    #[test]
    fn a_part_of_a_longer_value_is_hidden_too() {
        struct Long;
        impl SecretSource for Long {
            fn env(&self, _: &str) -> Option<String> {
                Some("correct-horse".to_owned())
            }
            fn file(&self, _: &str) -> io::Result<Vec<u8>> {
                Err(io::Error::from(io::ErrorKind::NotFound))
            }
        }
        let mut object = secret();
        let url = SecretText::text("redis://:").join(SecretText::of(SecretPart::Env("P".into())));
        object.secrets = BTreeMap::from([("url".to_owned(), url.join("@redis:6379".into()))]);
        let secrets = Secrets::new(&Long, &BTreeMap::new(), |_| None).unwrap();
        let mask = secrets.mask(&[object]);
        for (text, expected) in [
            (
                "auth with correct-horse failed",
                "auth with (secret) failed",
            ),
            ("dial redis://:correct-horse@redis:6379", "dial (secret)"),
            ("dial redis:6379", "dial redis:6379"),
        ] {
            assert_eq!(mask(text), expected);
        }
    }

    #[test]
    fn a_text_inside_another_is_written_as_that_wants_it_and_hidden_in_every_form() {
        struct Odd;
        impl SecretSource for Odd {
            fn env(&self, _: &str) -> Option<String> {
                Some("pass\"word\\1".to_owned())
            }
            fn file(&self, _: &str) -> io::Result<Vec<u8>> {
                Err(io::Error::from(io::ErrorKind::NotFound))
            }
        }
        let password = SecretText::of(SecretPart::Env("PW".into()));
        let pull =
            crate::resource::Secret::pull("s".parse().unwrap(), "docker.io", "robot", password);
        let object = crate::resource::Resource::lower(&pull, &Graph::default()).remove(0);
        let secrets = Secrets::new(&Odd, &BTreeMap::new(), |_| None).unwrap();
        let content = secrets
            .content(&object.secrets[".dockerconfigjson"])
            .unwrap();
        let config: Value = serde_json::from_slice(&content).unwrap();
        let auth = STANDARD.encode("robot:pass\"word\\1");
        assert_eq!(
            config,
            json!({ "auths": { "https://index.docker.io/v1/": {
                "username": "robot", "password": "pass\"word\\1", "auth": auth,
            } } })
        );
        let mask = secrets.mask(&[object]);
        let told = mask(&format!("a pass\"word\\1 b {auth} c"));
        assert_eq!(told, "a (secret) b (secret) c");
    }

    #[test]
    fn what_is_missing_is_said() {
        let secrets = Secrets::new(&Source, &BTreeMap::new(), |_| None).unwrap();
        for (part, expected) in [
            (SecretPart::Env("TOKEN".into()), Ok("t0k3n")),
            (SecretPart::File("key.pem".into()), Ok("pem")),
            (SecretPart::Env("NO".into()), Err("`NO` is not set")),
            (SecretPart::File("no".into()), Err("`no` cannot be read")),
            (
                SecretPart::Generated {
                    name: "x".into(),
                    length: 8,
                },
                Err("stands alone under no key"),
            ),
        ] {
            let found = secrets
                .encoded(&SecretText::of(part))
                .map(|value| text(&value));
            match (found, expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
                (found, expected) => panic!("{found:?} {expected:?}"),
            }
        }
    }
}
