//! Why an image cannot be pulled: registries say it in many words.

use super::super::read::sentence;
use super::Verdict;
use std::time::Duration;

/// How long a pull may fail for reasons that may pass. The kubelet tries again after 10, 20, 40 …
/// seconds.
const BUDGET: Duration = Duration::from_secs(90);

/// The reason in short, whether time may heal it, and what to do.
pub(super) fn classify(message: &str) -> (String, Verdict, Option<&'static str>) {
    let lower = message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let access = Some("check the repository's name and the pod's image pull secrets");
    if has(&["manifest unknown", "manifest_unknown"]) {
        return (
            "manifest unknown".to_owned(),
            Verdict::Fatal,
            Some("check the tag"),
        );
    }
    if has(&["no such host"]) {
        let short = "the registry's host is not known".to_owned();
        return (
            short,
            Verdict::After(BUDGET),
            Some("check the registry's name"),
        );
    }
    if has(&["toomanyrequests", "too many requests", "rate limit"]) {
        let short = "the registry refuses more pulls for now".to_owned();
        return (
            short,
            Verdict::Wait,
            Some("pull with an account, or from a mirror"),
        );
    }
    if has(&[
        "unauthorized",
        "denied",
        "authorization failed",
        "403 forbidden",
        "authentication required",
    ]) {
        return (
            "access denied, or no such repository".to_owned(),
            Verdict::Fatal,
            access,
        );
    }
    if has(&["not found", "does not exist", "name unknown"]) {
        return (
            "not found".to_owned(),
            Verdict::Fatal,
            Some("check the image's name and tag"),
        );
    }
    if has(&["no match for platform", "no matching manifest"]) {
        let short = "it is not built for the node's platform".to_owned();
        return (
            short,
            Verdict::Fatal,
            Some("publish the image for the platform, or select other nodes"),
        );
    }
    if has(&["x509", "certificate"]) {
        return (
            "the registry's certificate is not trusted".to_owned(),
            Verdict::After(BUDGET),
            None,
        );
    }
    if lower.is_empty() || lower.starts_with("back-off pulling image") {
        return (
            "the node is waiting before it tries again".to_owned(),
            Verdict::After(BUDGET),
            None,
        );
    }
    (short(message), Verdict::After(BUDGET), None)
}

/// The last clause of a chain of wrapped errors.
fn short(message: &str) -> String {
    let message = sentence(message);
    let last = message
        .rsplit(": ")
        .find(|part| part.len() > 3)
        .unwrap_or(&message);
    last.to_owned()
}

#[cfg(test)]
mod tests {
    use crate::status::cause::world::{after, containers, events, waiting};
    use crate::status::cause::{Class, Verdict};

    #[test]
    fn image_errors_are_told_apart() {
        containers(&[
            (
                waiting(
                    "ErrImagePull",
                    "failed to resolve reference \"x\": manifest unknown",
                ),
                Class::Image,
                Verdict::Fatal,
                "image `registry.example/app:2` cannot be pulled: manifest unknown",
            ),
            (
                waiting(
                    "ErrImagePull",
                    "pull access denied, repository does not exist or may require authorization",
                ),
                Class::Image,
                Verdict::Fatal,
                "image `registry.example/app:2` cannot be pulled: access denied, or no such repository",
            ),
            (
                waiting(
                    "ErrImagePull",
                    "dial tcp: lookup registry.example: no such host",
                ),
                Class::Image,
                after(90),
                "image `registry.example/app:2` cannot be pulled: the registry''s host is not known",
            ),
            (
                waiting(
                    "ErrImagePull",
                    "failed to do request: dial tcp 10.0.0.9:443: connect: connection refused",
                ),
                Class::Image,
                after(90),
                "image `registry.example/app:2` cannot be pulled: connection refused",
            ),
            (
                waiting(
                    "ImagePullBackOff",
                    "Back-off pulling image \"registry.example/app:2\"",
                ),
                Class::Image,
                after(90),
                "image `registry.example/app:2` cannot be pulled: the node is waiting before it tries again",
            ),
            (
                waiting("InvalidImageName", "x"),
                Class::Image,
                Verdict::Fatal,
                "image name `registry.example/app:2` is not valid",
            ),
        ]);
    }

    #[test]
    fn an_event_says_why_an_image_cannot_be_pulled() {
        let backing_off = "{phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image \"registry.example/app:2\"'}}}]}";
        events(&[(
            backing_off,
            &[(
                "Failed",
                "Failed to pull image \"registry.example/app:2\": not found",
            )],
            Class::Image,
            "image `registry.example/app:2` cannot be pulled: not found",
        )]);
    }
}
