//! Secrets as they pass through strings: marks that stand for them, never what they are.

use infra_sdk::object::SecretText;
use std::sync::{Mutex, PoisonError};

/// Stands on both sides of a secret's number in a string that was interpolated with it.
const MARK: char = '\u{FFA51}';

/// The secrets of a session that were put into strings.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Mutex<Vec<SecretText>>);

impl Secrets {
    /// The mark that stands for a secret in a string.
    pub(crate) fn token(&self, secret: &SecretText) -> String {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = known
            .iter()
            .position(|other| other == secret)
            .unwrap_or_else(|| {
                known.push(secret.clone());
                known.len() - 1
            });
        format!("{MARK}{index}{MARK}")
    }

    /// Whether a secret's mark stands in a string.
    pub(crate) fn holds(text: &str) -> bool {
        text.contains(MARK)
    }

    /// The string as a secret: its own text, and the secrets whose marks stand in it.
    pub(crate) fn join(&self, text: &str) -> SecretText {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut joined: Option<SecretText> = None;
        for (index, piece) in text.split(MARK).enumerate() {
            let marked = (index % 2 == 1)
                .then(|| piece.parse::<usize>().ok())
                .flatten()
                .and_then(|number| known.get(number).cloned());
            let part = match marked {
                Some(secret) => secret,
                None if piece.is_empty() => continue,
                None => SecretText::text(piece),
            };
            joined = Some(match joined {
                Some(before) => before.join(part),
                None => part,
            });
        }
        joined.unwrap_or_else(|| SecretText::text(""))
    }

    /// The string with each mark as what the secret is called.
    pub(crate) fn mask(&self, text: &str) -> String {
        if !Self::holds(text) {
            return text.to_owned();
        }
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.split(MARK)
            .enumerate()
            .map(|(index, piece)| {
                (index % 2 == 1)
                    .then(|| piece.parse::<usize>().ok())
                    .flatten()
                    .and_then(|number| known.get(number))
                    .map_or_else(|| piece.to_owned(), SecretText::token)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infra_sdk::object::SecretPart;

    #[test]
    fn a_string_with_a_secret_keeps_its_parts_and_shows_none() {
        let secrets = Secrets::default();
        let password = SecretText::of(SecretPart::Env("PASSWORD".to_owned()));
        let text = format!("postgres://app:{}@db", secrets.token(&password));
        assert!(Secrets::holds(&text));
        assert_eq!(
            secrets.join(&text).parts(),
            [
                SecretPart::Text("postgres://app:".to_owned()),
                SecretPart::Env("PASSWORD".to_owned()),
                SecretPart::Text("@db".to_owned()),
            ]
        );
        assert_eq!(
            secrets.mask(&text),
            "postgres://app:(secret: env PASSWORD)@db"
        );
        assert_eq!(secrets.join("plain"), SecretText::text("plain"));
    }
}
