//! Images: which there are on a node, and the words for those that cannot be had.

use serde_json::Value;

use crate::controller::json::text;
use crate::controller::template::fnv64;

/// Why an image cannot be used at all, if so.
pub(super) fn invalid(image: &str) -> Option<String> {
    let last = image.rsplit('/').next().unwrap_or(image);
    let name_end = last.find([':', '@']).unwrap_or(last.len());
    let path = image
        .get(..image.len() - last.len() + name_end)
        .unwrap_or_default();
    let repository = path.split_once('/').map_or(path, |(host, rest)| {
        if host.contains(['.', ':']) || host == "localhost" {
            rest
        } else {
            path
        }
    });
    let allowed = |c: char| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '/')
    };
    (repository.is_empty() || !repository.chars().all(allowed)).then(|| {
        format!(
            "Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": \
             invalid reference format"
        )
    })
}

/// What the registry's refusal of an image that it does not have reads like.
pub(super) fn not_found(image: &str) -> String {
    format!(
        "rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": failed to \
         resolve reference \"{image}\": manifest for {image} not found: manifest unknown"
    )
}

/// Whether the image is always asked of the registry.
pub(super) fn is_always_pulled(container: &Value) -> bool {
    text(container, "imagePullPolicy") == "Always"
}

/// An id as content hashes look, made of parts.
pub(super) fn digest(parts: &[&str]) -> String {
    let round = |round| fnv64(&[&[round], parts].concat());
    let [a, b, c, d] = ["0", "1", "2", "3"].map(round);
    format!("{a:016x}{b:016x}{c:016x}{d:016x}")
}

/// The id of an image: its repository and a digest.
pub(super) fn id(image: &str) -> String {
    if image.contains('@') {
        return image.to_owned();
    }
    let colon = image
        .rfind(':')
        .filter(|&colon| !image[colon..].contains('/'));
    let repository = colon.map_or(image, |colon| &image[..colon]);
    format!("{repository}@sha256:{}", digest(&[image]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_names() {
        for (image, is_valid) in [
            ("nginx", true),
            ("nginx:1.27", true),
            ("registry.example:5000/team/app:1.0", true),
            ("App:1.0", false),
            ("a b", false),
            ("", false),
            ("Registry.Example/app", true),
        ] {
            assert_eq!(invalid(image).is_none(), is_valid, "{image}");
        }
        assert!(id("registry.example:5000/app:1").starts_with("registry.example:5000/app@sha256:"));
    }
}
