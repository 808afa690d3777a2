//! How SOPS encrypts values: AES-256 in Galois/Counter Mode, each value bound to the keys above it,
//! and a hash over all of them.

use super::document::{Document, Node};
use aes_gcm::aead::consts::U32;
use aes_gcm::aead::generic_array::GenericArray;
use aes_gcm::aead::{AeadInPlace, KeyInit};
use aes_gcm::{AesGcm, aes::Aes256};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha512};
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// What the hash begins with where it leaves out what stands in clear.
const ONLY_ENCRYPTED: [u8; 32] = [
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b,
    0x0b, 0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
];

const BROKEN: &str = "an encrypted value is broken";
const CHANGED: &str = "it was changed after it was encrypted, or encrypted with another key";

/// A value that was decrypted.
pub(super) struct Plain {
    bytes: Zeroizing<Vec<u8>>,
    is_bool: bool,
    is_comment: bool,
}

impl Plain {
    /// As a person would write it.
    pub(super) fn as_written(&self) -> Vec<u8> {
        if self.is_bool {
            self.bytes.to_ascii_lowercase()
        } else {
            self.bytes.to_vec()
        }
    }
}

/// Decrypts a text; `None` where it is in clear.
pub(super) fn open_text(text: &str, key: &[u8], path: &str) -> Result<Option<Plain>, &'static str> {
    let Some(fields) = text.strip_prefix("ENC[AES256_GCM,") else {
        return Ok(None);
    };
    let fields = fields.strip_suffix(']').ok_or(BROKEN)?;
    let field = |name: &str| {
        let mut fields = fields.split(',');
        fields.find_map(|field| field.strip_prefix(name)?.strip_prefix(':'))
    };
    let bytes = |name: &str| {
        let text = field(name).ok_or(BROKEN)?;
        STANDARD.decode(text).map_err(|_| BROKEN)
    };
    let mut data = Zeroizing::new(bytes("data")?);
    let (iv, tag) = (bytes("iv")?, bytes("tag")?);
    if iv.len() != 32 || tag.len() != 16 {
        return Err(BROKEN);
    }
    let cipher = AesGcm::<Aes256, U32>::new_from_slice(key).map_err(|_| CHANGED)?;
    let (iv, tag) = (
        GenericArray::from_slice(&iv),
        GenericArray::from_slice(&tag),
    );
    cipher
        .decrypt_in_place_detached(iv, path.as_bytes(), &mut data, tag)
        .map_err(|_| CHANGED)?;
    Ok(Some(Plain {
        bytes: data,
        is_bool: field("type") == Some("bool"),
        is_comment: field("type") == Some("comment"),
    }))
}

/// Whether all values are as they were when the file was encrypted.
pub(super) fn check(document: &Document, key: &[u8]) -> Result<(), &'static str> {
    let mut hash = Sha512::new();
    if document.mac_only_encrypted {
        hash.update(ONLY_ENCRYPTED);
    }
    for (path, node) in document.values() {
        let plain = match node {
            Node::Text(text) => open_text(text, key, &path)?,
            _ => None,
        };
        match (plain, node) {
            (Some(plain), _) if plain.is_comment => {}
            (Some(plain), _) => hash.update(&*plain.bytes),
            (None, _) if document.mac_only_encrypted => {}
            (None, Node::Text(text)) => hash.update(text),
            (None, Node::Int(number)) => hash.update(number.to_string()),
            (None, Node::Float(number)) => hash.update(number.to_string()),
            (None, Node::Bool(truth)) => hash.update(if *truth { "True" } else { "False" }),
            (None, Node::Null | Node::List(_) | Node::Map(_)) => {}
        }
    }
    let mut found = String::with_capacity(128);
    for byte in hash.finalize() {
        // To write into a string never fails.
        let _ = write!(found, "{byte:02X}");
    }
    let mac = open_text(&document.mac, key, &document.modified)?;
    match mac {
        Some(mac) if *mac.bytes == found.as_bytes() => Ok(()),
        _ => Err(CHANGED),
    }
}
