//! Secret texts become values: from the caller, from the cluster, or made once.

use super::{EngineError, Refusal, Unread, gather::Gathered, mask::Hidden, refusal, wait::Mask};
use crate::object::{Checksum, Generated, Object, ObjectId, SecretPart, SecretText, checksum};
use crate::types::secret_form;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

/// Where a generated value stands alone: the secret, and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Home {
    /// The secret.
    pub(crate) id: ObjectId,
    /// The key of its `data`.
    pub(crate) key: String,
    /// How it is made.
    pub(crate) generated: Generated,
}

/// Where every generated value stands alone, by its name; the first place counts.
pub(crate) fn homes(objects: &[Object]) -> BTreeMap<String, Home> {
    let mut homes = BTreeMap::new();
    for object in objects {
        for (key, text) in &object.secrets {
            if let Some(generated) = text.alone() {
                homes.entry(generated.name.clone()).or_insert_with(|| Home {
                    id: object.id.clone(),
                    key: key.clone(),
                    generated: generated.clone(),
                });
            }
        }
    }
    homes
}

/// The names of the generated values that a text holds.
pub(crate) fn generated(text: &SecretText) -> impl Iterator<Item = &str> {
    text.sources().into_iter().filter_map(|part| match part {
        SecretPart::Generated(generated) => Some(generated.name.as_str()),
        _ => None,
    })
}

/// The values of secrets: those that were read, and the generated ones.
pub(crate) struct Secrets {
    gathered: Gathered,
    values: BTreeMap<String, Zeroizing<String>>,
    /// Values that are not in the cluster yet.
    fresh: BTreeSet<String>,
    /// What was not read is unknown, and no error.
    unknown: bool,
}

impl Secrets {
    /// The values that live secrets hold at their homes; the others are made now. What is made
    /// when planning serves only to ask the API server; what is made when applying is kept.
    pub(crate) fn new<'l>(
        gathered: Gathered,
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
                home.generated.alphabet.random(home.generated.length)?
            };
            values.insert(name.clone(), value);
        }
        Ok(Self {
            gathered,
            values,
            fresh,
            unknown: false,
        })
    }

    /// What was not read is unknown, and no error: good enough for a plan that is only looked at.
    pub(crate) fn may_be_unknown(self, unknown: bool) -> Self {
        Self { unknown, ..self }
    }

    /// Whether a generated value is not in the cluster yet.
    pub(crate) fn is_fresh(&self, name: &str) -> bool {
        self.fresh.contains(name)
    }

    /// Why a text is unknown, where it may be.
    pub(crate) fn unknown(&self, text: &SecretText) -> Option<Unread> {
        let read =
            |part: &&SecretPart| matches!(part, SecretPart::From(_) | SecretPart::Existing(_));
        let parts = text.sources().into_iter().filter(|_| self.unknown);
        parts
            .filter(read)
            .find_map(|part| self.gathered.value(part).err())
    }

    /// Every secret must have a value before anything is asked or written, and one that its type can
    /// have.
    pub(crate) fn check(&self, objects: &[Object]) -> Result<(), EngineError> {
        let wrong: Vec<Refusal> = objects
            .iter()
            .flat_map(|object| object.secrets.iter().map(move |entry| (object, entry)))
            .filter(|(_, (_, text))| self.unknown(text).is_none())
            .filter_map(|(object, (key, text))| {
                let kind = object.value["type"].as_str().unwrap_or_default();
                let problem = self.content(text).and_then(|value| {
                    secret_form(kind, key, &value)
                        .map_err(|problem| Unread::new(format!("{} {problem}", text.token())))
                });
                Some(refusal::unread(object, key, problem.err()?))
            })
            .collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(EngineError::Secrets(wrong))
        }
    }

    /// Hides the secret values of these objects in a text: what events, logs and refusals say
    /// passes through it.
    pub(crate) fn mask(&self, objects: &[Object]) -> Mask {
        let mut hidden = Hidden::default();
        for text in objects.iter().flat_map(|object| object.secrets.values()) {
            // A program may print the password alone of an address that holds it.
            for part in text.parts().iter().chain(text.sources()) {
                if !matches!(part, SecretPart::Text(_))
                    && let Ok(bytes) = self.bytes(part)
                {
                    hidden.add(&bytes);
                }
            }
            if let Ok(content) = self.content(text) {
                hidden.add(&content);
            }
        }
        hidden.mask()
    }

    /// The value of a text, base64-encoded as `data` wants it; or what is missing.
    pub(crate) fn encoded(&self, text: &SecretText) -> Result<String, Unread> {
        Ok(STANDARD.encode(self.content(text)?))
    }

    /// The value of a text.
    pub(crate) fn content(&self, text: &SecretText) -> Result<Zeroizing<Vec<u8>>, Unread> {
        let parts: Result<Vec<_>, Unread> =
            text.parts().iter().map(|part| self.bytes(part)).collect();
        let parts = parts?;
        // At once in its full length: a buffer that grows leaves copies behind.
        let length = parts.iter().map(|part| part.len()).sum();
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        for part in &parts {
            bytes.extend_from_slice(part);
        }
        Ok(bytes)
    }

    /// The keyed checksum of secret texts; or what is missing.
    pub(crate) fn checksum(&self, texts: &BTreeMap<String, SecretText>) -> Result<String, Unread> {
        let key = self.content(&Checksum::key())?;
        let mut content = Vec::new();
        for (name, text) in texts {
            content.push((name.as_str(), self.content(text)?));
        }
        let content = content.iter();
        let content = content.map(|(name, value)| (*name, value.as_slice()));
        Ok(checksum::keyed(&key, content))
    }

    fn bytes(&self, part: &SecretPart) -> Result<Zeroizing<Vec<u8>>, Unread> {
        match part {
            SecretPart::Text(text) | SecretPart::Read(text) => {
                Ok(Zeroizing::new(text.clone().into_bytes()))
            }
            SecretPart::Encoded { text, encoding } => encoding
                .write(&self.content(text)?)
                .map(|text| Zeroizing::new(text.into_bytes()))
                .map_err(|problem| {
                    Unread::new(format!("the {} cannot be used: {problem}", text.token()))
                }),
            SecretPart::From(_) | SecretPart::Existing(_) => {
                let value = self.gathered.value(part)?;
                Ok(Zeroizing::new(value.as_bytes().to_vec()))
            }
            SecretPart::Generated(Generated { name, .. }) => self
                .values
                .get(name)
                .map(|value| Zeroizing::new(value.as_bytes().to_vec()))
                .ok_or_else(|| {
                    Unread::new(format!(
                        "the generated value `{name}` stands alone under no key of a secret, \
                         so there is nowhere to keep it"
                    ))
                }),
        }
    }
}

pub(crate) fn decoded(value: &Value) -> Option<Zeroizing<String>> {
    let bytes = STANDARD.decode(value.as_str()?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(Zeroizing::new(text)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::SecretSource;
    use super::*;
    use crate::environment::Graph;
    use crate::object::{Origin, SecretBytes, SecretFrom};
    use futures::FutureExt as _;
    use futures::future::BoxFuture;
    use serde_json::json;

    /// A source that has these and nothing else.
    struct Source(&'static [(&'static str, &'static str)]);

    impl SecretSource for Source {
        fn read<'a>(&'a self, from: &'a SecretFrom) -> BoxFuture<'a, Result<SecretBytes, Unread>> {
            let found = self.0.iter().find(|(name, _)| *name == from.to_string());
            let found = found.map(|(_, value)| SecretBytes::from((*value).to_owned()));
            Box::pin(async move { found.ok_or_else(|| Unread::new(format!("no {from}"))) })
        }
    }

    const SOURCE: Source = Source(&[("env TOKEN", "t0k3n"), ("file key.pem", "pem")]);

    fn secrets<'l>(
        source: &Source,
        objects: &[Object],
        live: impl Fn(&ObjectId) -> Option<&'l Value>,
    ) -> Secrets {
        let texts = objects.iter().flat_map(|object| object.secrets.values());
        let gathered = Gathered::from_source(source, texts)
            .now_or_never()
            .expect("the source does not wait");
        Secrets::new(gathered, &homes(objects), live).unwrap()
    }

    fn with(mut object: Object, text: SecretText) -> Object {
        object.secrets = BTreeMap::from([("url".to_owned(), text)]);
        object
    }

    fn generated_text() -> SecretText {
        SecretText::generated("db", 24)
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
        let secrets = secrets(&SOURCE, &[secret()], |_| Some(&live));
        assert!(!secrets.is_fresh("db"));
        let url = secrets.encoded(&secret().secrets["url"]).unwrap();
        assert_eq!(text(&url), "redis://:kept");
    }

    #[test]
    fn a_fresh_value_is_letters_and_digits_and_the_same_everywhere() {
        let secrets = secrets(&SOURCE, &[secret()], |_| None);
        assert!(secrets.is_fresh("db"));
        let alone = text(&secrets.encoded(&secret().secrets["password"]).unwrap());
        assert_eq!(alone.len(), 24);
        assert!(alone.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let url = text(&secrets.encoded(&secret().secrets["url"]).unwrap());
        assert_eq!(url, format!("redis://:{alone}"));
    }

    #[test]
    fn a_part_of_a_longer_value_is_hidden_too() {
        let long = Source(&[("env P", "correct-horse")]);
        let url = SecretText::text("redis://:").join(SecretText::env("P"));
        let object = with(secret(), url.join("@redis:6379".into()));
        let secrets = secrets(&long, std::slice::from_ref(&object), |_| None);
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
        let odd = Source(&[("env PW", "pass\"word\\1")]);
        let password = SecretText::env("PW");
        let pull =
            crate::resource::Secret::pull("s".parse().unwrap(), "docker.io", "robot", password);
        let object = crate::resource::Resource::lower(&pull, &Graph::default()).remove(0);
        let secrets = secrets(&odd, std::slice::from_ref(&object), |_| None);
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
    fn what_is_missing_is_said_and_unknown_where_it_may_be() {
        let no = |text: &str| SecretText::text("x:").join(SecretText::env(text));
        for (asked, expected, unknown) in [
            (SecretText::env("TOKEN"), Ok("t0k3n"), false),
            (SecretText::file("key.pem"), Ok("pem"), false),
            (no("NO"), Err("no env NO"), true),
            (SecretText::file("no"), Err("no file no"), true),
            (generated_text(), Err("stands alone under no key"), false),
        ] {
            let object = with(secret(), asked.clone());
            let texts = object.secrets.values();
            let gathered = Gathered::from_source(&SOURCE, texts)
                .now_or_never()
                .unwrap();
            let secrets = Secrets::new(gathered, &BTreeMap::new(), |_| None).unwrap();
            let found = secrets.encoded(&asked).map(|value| text(&value));
            match (found, expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(found), Err(expected)) => {
                    assert!(found.problem.contains(expected), "{found}");
                }
                (found, expected) => panic!("{found:?} {expected:?}"),
            }
            assert_eq!(secrets.unknown(&asked), None);
            let lenient = secrets.may_be_unknown(true);
            assert_eq!(lenient.unknown(&asked).is_some(), unknown, "{asked:?}");
        }
    }
}
