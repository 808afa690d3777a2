//! Opening what age encrypted for an X25519 key (`age-encryption.org/v1`): as much of it as SOPS needs,
//! which encrypts no more than a key.

use base64::{
    Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::STANDARD_NO_PAD,
};
use ring::{aead, hkdf, hmac};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

const VERSION: &str = "age-encryption.org/v1\n";
const X25519: &[u8] = b"age-encryption.org/v1/X25519";

/// A secret key. It is wiped when it is dropped.
pub(super) struct Identity(StaticSecret);

/// The X25519 keys of a text: a line each, beside comments. Keys of other kinds are passed over.
pub(super) fn identities(text: &str) -> Vec<Identity> {
    let lines = text.lines().map(str::trim);
    lines.filter_map(identity).collect()
}

fn identity(line: &str) -> Option<Identity> {
    let (kind, bytes) = bech32::decode(line).ok()?;
    let bytes = Zeroizing::new(bytes);
    if !kind.as_str().eq_ignore_ascii_case("age-secret-key-") {
        return None;
    }
    let key: [u8; 32] = bytes.as_slice().try_into().ok()?;
    Some(Identity(StaticSecret::from(key)))
}

/// Opens an armored text with the first of these keys that fits.
pub(super) fn open(armored: &str, identities: &[Identity]) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = unarmored(armored)?;
    // The header is text, and ends with the line of its seal.
    let seal = bytes.windows(5).position(|window| window == b"\n--- ")? + 1;
    let end = seal + bytes[seal..].iter().position(|byte| *byte == b'\n')?;
    let header = std::str::from_utf8(&bytes[..end]).ok()?;
    let (stanzas, mac) = header.split_at(seal);
    let mac = STANDARD_NO_PAD.decode(mac.strip_prefix("--- ")?).ok()?;
    let mut keys = stanzas
        .strip_prefix(VERSION)?
        .split("-> ")
        .filter_map(|stanza| stanza.strip_prefix("X25519 "))
        .flat_map(|stanza| identities.iter().filter_map(|one| one.unwrap(stanza)));
    let key = keys.next()?;
    let seal_key = hmac::Key::new(hmac::HMAC_SHA256, &*derived(&key, &[], b"header"));
    hmac::verify(&seal_key, format!("{stanzas}---").as_bytes(), &mac).ok()?;
    let (nonce, sealed) = bytes[end + 1..].split_at_checked(16)?;
    // One piece of at most 64 KiB, the last: a counter of zero, and one.
    let mut last = [0_u8; 12];
    last[11] = 1;
    opened(&derived(&key, nonce, b"payload"), last, sealed)
}

impl Identity {
    /// The key of a file, if it is for this one: a line with the sender's share, and one with the
    /// sealed key.
    fn unwrap(&self, stanza: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (share, sealed) = stanza.split_once('\n')?;
        let share: [u8; 32] = STANDARD_NO_PAD.decode(share).ok()?.try_into().ok()?;
        let sealed = STANDARD_NO_PAD.decode(sealed.trim_end_matches('\n')).ok()?;
        let shared = self.0.diffie_hellman(&PublicKey::from(share));
        if !shared.was_contributory() {
            return None;
        }
        let salt = [share, PublicKey::from(&self.0).to_bytes()].concat();
        let key = opened(&derived(shared.as_bytes(), &salt, X25519), [0; 12], &sealed)?;
        (key.len() == 16).then_some(key)
    }
}

fn unarmored(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let body = text.strip_prefix("-----BEGIN AGE ENCRYPTED FILE-----")?;
    let body = body.strip_suffix("-----END AGE ENCRYPTED FILE-----")?;
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).ok()
}

fn derived(secret: &[u8], salt: &[u8], purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0_u8; 32]);
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    let purpose = [purpose];
    // Only a longer key could fail.
    if let Ok(expanded) = extracted.expand(&purpose, hkdf::HKDF_SHA256) {
        let _ = expanded.fill(&mut *key);
    }
    key
}

fn opened(key: &[u8; 32], nonce: [u8; 12], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let key = aead::UnboundKey::new(&aead::CHACHA20_POLY1305, key).ok()?;
    let mut bytes = Zeroizing::new(sealed.to_vec());
    let nonce = aead::Nonce::assume_unique_for_key(nonce);
    let opened = aead::LessSafeKey::new(key).open_in_place(nonce, aead::Aad::empty(), &mut bytes);
    let length = opened.ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_beside_comments_and_keys_of_other_kinds() {
        let keys = include_str!("../../../../tests/sops/keys.txt");
        assert_eq!(identities(keys).len(), 1);
        let key = keys
            .lines()
            .find(|line| line.starts_with("AGE-"))
            .expect("a key");
        let broken = key.replace('Q', "P");
        for (text, expected) in [
            (format!("# a\n\n{key}\n{key}\n"), 2),
            (
                format!("{broken}\nAGE-PLUGIN-YUBIKEY-1QQQ\nssh-ed25519 AAAA\n"),
                0,
            ),
            (
                "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".to_owned(),
                0,
            ),
        ] {
            assert_eq!(identities(&text).len(), expected, "{text}");
        }
    }
}
