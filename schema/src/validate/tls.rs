//! Whether a secret has a certificate and its key in it, as the server's TLS library tells it.
//!
//! What stands inside a block is not judged: a key that is not that of the certificate is not told.

use serde_json::Value;

const PRIVATE_KEY: &str = "PRIVATE KEY";

/// Why the certificate of a secret cannot be used with its key.
pub(super) fn fault(secret: &Value) -> Option<String> {
    let blocks = |name: &str| {
        let data = secret["data"][name].as_str().unwrap_or_default();
        blocks(&String::from_utf8_lossy(&decoded(data)))
    };
    let (certificate, key) = (blocks("tls.crt"), blocks("tls.key"));
    if !certificate.iter().any(|block| block == "CERTIFICATE") {
        return Some(match certificate.as_slice() {
            [] => "tls: failed to find any PEM data in certificate input".to_owned(),
            [one] if one.ends_with(PRIVATE_KEY) => {
                "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched".to_owned()
            }
            skipped => format!(
                "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the following types: [{}]",
                skipped.join(" ")
            ),
        });
    }
    let is_key =
        |block: &String| block == PRIVATE_KEY || block.ends_with(&format!(" {PRIVATE_KEY}"));
    if key.iter().any(is_key) {
        return None;
    }
    Some(match key.as_slice() {
        [] => "tls: failed to find any PEM data in key input".to_owned(),
        [one] if one == "CERTIFICATE" => {
            "tls: found a certificate rather than a key in the PEM for the private key".to_owned()
        }
        skipped => format!(
            "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of the following types: [{}]",
            skipped.join(" ")
        ),
    })
}

/// The types of the PEM blocks in a text.
fn blocks(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line
            .trim_end()
            .strip_prefix("-----BEGIN ")
            .and_then(|rest| rest.strip_suffix("-----"))
        else {
            continue;
        };
        let end = format!("-----END {name}-----");
        if lines.clone().any(|line| line.trim_end() == end) {
            out.push(name.to_owned());
            lines.by_ref().find(|line| line.trim_end() == end);
        }
    }
    out
}

/// The bytes behind base64; what a server stores is base64.
pub(super) fn decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.extend(u8::try_from(bits >> held & 0xff));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_a_text() {
        let one = |name: &str| format!("-----BEGIN {name}-----\nAAAA\n-----END {name}-----\n");
        let two = one("CERTIFICATE") + &one("RSA PRIVATE KEY");
        assert_eq!(blocks(&two), ["CERTIFICATE", "RSA PRIVATE KEY"]);
        assert!(blocks("-----BEGIN CERTIFICATE-----\nAAAA").is_empty());
        assert_eq!(decoded("aGVsbG8="), b"hello");
    }
}
