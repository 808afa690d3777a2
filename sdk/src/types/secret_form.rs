//! What the values of secrets of Kubernetes' own types must look like. The API server stores whatever
//! it is given (but for docker configurations), and only who reads it would find out.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// Whether the value under a key of a secret of this type can be what it should be. The error is the
/// end of a sentence, and shows nothing of the value.
pub(crate) fn secret_form(kind: &str, key: &str, value: &[u8]) -> Result<(), &'static str> {
    match (kind, key) {
        ("kubernetes.io/tls", "tls.crt") => certificate(value),
        ("kubernetes.io/tls", "tls.key") => private_key(value),
        ("kubernetes.io/ssh-auth", "ssh-privatekey") => ssh_key(value),
        ("kubernetes.io/dockerconfigjson", ".dockerconfigjson") => docker_config(value),
        _ => Ok(()),
    }
}

fn certificate(value: &[u8]) -> Result<(), &'static str> {
    let blocks = pem(value).ok_or("is no certificate in PEM (`-----BEGIN CERTIFICATE-----`)")?;
    if blocks
        .iter()
        .any(|(label, _)| label.ends_with("PRIVATE KEY"))
    {
        return Err("holds a private key, where everybody may see the certificate");
    }
    let certificates = blocks
        .iter()
        .all(|(label, der)| *label == "CERTIFICATE" && is_der(der));
    certificates
        .then_some(())
        .ok_or("holds something else than certificates in PEM (`-----BEGIN CERTIFICATE-----`)")
}

fn private_key(value: &[u8]) -> Result<(), &'static str> {
    let expected = "is no private key in PEM (`-----BEGIN PRIVATE KEY-----`)";
    let blocks = pem(value).ok_or(expected)?;
    if blocks
        .iter()
        .any(|(label, _)| label.starts_with("ENCRYPTED"))
    {
        return Err("is encrypted with a passphrase, which nobody could give");
    }
    if blocks.iter().any(|(label, _)| *label == "CERTIFICATE") {
        return Err("holds a certificate, where the private key should be");
    }
    // `EC PARAMETERS` often stands before the key.
    let keys = blocks.iter().filter(|(label, _)| *label != "EC PARAMETERS");
    let known = |label: &str| matches!(label, "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY");
    let mut known = keys.map(|(label, der)| known(label) && is_der(der));
    (known.next() == Some(true) && known.next().is_none())
        .then_some(())
        .ok_or(expected)
}

fn ssh_key(value: &[u8]) -> Result<(), &'static str> {
    let expected = "is no private key for SSH (`-----BEGIN OPENSSH PRIVATE KEY-----`)";
    let blocks = pem(value).ok_or(expected)?;
    let keys = blocks
        .iter()
        .all(|(label, _)| label.ends_with("PRIVATE KEY"));
    keys.then_some(()).ok_or(expected)
}

fn docker_config(value: &[u8]) -> Result<(), &'static str> {
    let config: Value = serde_json::from_slice(value).map_err(|_| "is not JSON")?;
    let Some(auths) = config["auths"]
        .as_object()
        .filter(|auths| !auths.is_empty())
    else {
        return Err("has no registry under `auths`");
    };
    let has =
        |entry: &Value, field: &str| entry[field].as_str().is_some_and(|text| !text.is_empty());
    let known =
        |entry: &Value| has(entry, "auth") || has(entry, "username") && has(entry, "password");
    auths.values().all(known).then_some(()).ok_or(
        "has a registry without a password: a credential helper of this machine may keep it, which no node can ask",
    )
}

/// The blocks of a PEM file, by label; `None` where there is none, or one is damaged.
fn pem(value: &[u8]) -> Option<Vec<(&str, Vec<u8>)>> {
    let text = std::str::from_utf8(value).ok()?;
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----")?;
        let (body, after) = after.split_once(format!("-----END {label}-----").as_str())?;
        // Old keys have headers, `Proc-Type: 4,ENCRYPTED` among them.
        if body.contains("Proc-Type: 4,ENCRYPTED") {
            blocks.push(("ENCRYPTED PRIVATE KEY", Vec::new()));
        } else {
            let body: String = body.split_whitespace().collect();
            blocks.push((label, STANDARD.decode(body).ok()?));
        }
        rest = after;
    }
    (!blocks.is_empty()).then_some(blocks)
}

/// Whether bytes are one DER sequence that is as long as it says.
fn is_der(bytes: &[u8]) -> bool {
    let [0x30, first, rest @ ..] = bytes else {
        return false;
    };
    if *first < 0x80 {
        return rest.len() == usize::from(*first);
    }
    let count = usize::from(*first & 0x7f);
    if count > 4 || rest.len() < count {
        return false;
    }
    let (length, content) = rest.split_at(count);
    let length = length
        .iter()
        .fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    content.len() == length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(label: &str) -> String {
        let body = STANDARD.encode([0x30, 0x03, 1, 2, 3]);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn values_are_what_their_keys_say() {
        let tls = "kubernetes.io/tls";
        let docker = "kubernetes.io/dockerconfigjson";
        let chain = block("CERTIFICATE").repeat(2);
        let cut = chain.replace("MAM", "MAQ");
        let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMAMBAgM=\n-----END RSA PRIVATE KEY-----\n";
        for (kind, key, value, expected) in [
            (tls, "tls.crt", chain.as_str(), None),
            (tls, "tls.crt", &format!("subject=x\n{chain}"), None),
            (tls, "tls.crt", "shop.crt", Some("is no certificate")),
            (
                tls,
                "tls.crt",
                &cut,
                Some("something else than certificates"),
            ),
            (tls, "tls.crt", &chain[..40], Some("is no certificate")),
            (
                tls,
                "tls.crt",
                &(chain.clone() + &block("PRIVATE KEY")),
                Some("holds a private key"),
            ),
            (tls, "tls.key", &block("PRIVATE KEY"), None),
            (
                tls,
                "tls.key",
                &(block("EC PARAMETERS") + &block("EC PRIVATE KEY")),
                None,
            ),
            (tls, "tls.key", &chain, Some("holds a certificate")),
            (
                tls,
                "tls.key",
                &block("ENCRYPTED PRIVATE KEY"),
                Some("passphrase"),
            ),
            (tls, "tls.key", old, Some("passphrase")),
            (tls, "tls.key", &block("PUBLIC KEY"), Some("no private key")),
            (
                tls,
                "tls.key",
                &block("PRIVATE KEY").repeat(2),
                Some("no private key"),
            ),
            (tls, "ca.crt", "anything", None),
            ("Opaque", "tls.crt", "anything", None),
            (
                "kubernetes.io/ssh-auth",
                "ssh-privatekey",
                &block("OPENSSH PRIVATE KEY"),
                None,
            ),
            (
                "kubernetes.io/ssh-auth",
                "ssh-privatekey",
                "ssh-ed25519 AAAA",
                Some("for SSH"),
            ),
            (
                docker,
                ".dockerconfigjson",
                r#"{"auths":{"ghcr.io":{"auth":"eDp5"}}}"#,
                None,
            ),
            (
                docker,
                ".dockerconfigjson",
                r#"{"auths":{"ghcr.io":{}},"credsStore":"desktop"}"#,
                Some("credential helper"),
            ),
            (
                docker,
                ".dockerconfigjson",
                r#"{"auths":{}}"#,
                Some("no registry"),
            ),
            (docker, ".dockerconfigjson", "auths", Some("not JSON")),
        ] {
            let found = secret_form(kind, key, value.as_bytes());
            match (found, expected) {
                (Ok(()), None) => {}
                (Err(found), Some(expected)) => assert!(found.contains(expected), "{found}"),
                (found, expected) => panic!("{key}: {found:?} {expected:?} {value}"),
            }
        }
    }
}
