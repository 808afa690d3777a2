//! Names of images.

/// The tag of an image: `latest` where it names neither tag nor digest, nothing where it names a
/// digest alone. `None` when the text is no name of an image.
pub(super) fn tag(image: &str) -> Option<&str> {
    let (name, digest) = match image.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (image, None),
    };
    let last = name.rfind('/').map_or(0, |at| at + 1);
    let (path, tag) = match name[last..].find(':') {
        Some(at) => (&name[..last + at], Some(&name[last + at + 1..])),
        None => (name, None),
    };
    let path = match path.split_once('/') {
        Some((host, path)) if is_host(host) => path,
        _ => path,
    };
    let right = !path.is_empty()
        && path.split('/').all(is_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest);
    let implied = if digest.is_some() { "" } else { "latest" };
    right.then(|| tag.unwrap_or(implied))
}

/// The first part of a path is a registry when it cannot be anything else.
fn is_host(text: &str) -> bool {
    let known = text.contains(['.', ':'])
        || text == "localhost"
        || text.bytes().any(|b| b.is_ascii_uppercase());
    known
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
}

/// Small letters and digits, with single separators between them.
fn is_component(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends = text.bytes().next().is_some_and(plain) && text.bytes().last().is_some_and(plain);
    let separators = text.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    ends && separators
        .into_iter()
        .all(|s| matches!(s, "" | "." | "_" | "__") || s.bytes().all(|b| b == b'-'))
}

fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=128).contains(&text.len())
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|b| word(b) || b == b'.' || b == b'-')
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, sum)| {
        !algorithm.is_empty() && sum.len() >= 32 && sum.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_images() {
        let sum = "0123456789abcdef".repeat(4);
        let digest = format!("app@sha256:{sum}");
        for (image, expected) in [
            ("nginx", Some("latest")),
            ("registry:5000/a/b_c/d--e:1.2", Some("1.2")),
            ("localhost/app", Some("latest")),
            (digest.as_str(), Some("")),
            ("app@sha256:short", None),
            ("app:", None),
            ("app:-x", None),
            ("App", None),
            ("a..b", None),
            ("/app", None),
            ("Not Valid!", None),
            ("", None),
        ] {
            assert_eq!(tag(image), expected, "{image}");
        }
    }
}
