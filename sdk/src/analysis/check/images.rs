//! Which images run.

use super::look::{Findings, Look, containers};
use super::{Rule, Severity};

pub(super) static MUTABLE_TAG: Rule = Rule {
    id: "mutable-tag",
    severity: Severity::Error,
    title: "an image without a version",
    why: "nobody knows what runs, two pods may run different programs, and nothing can be rolled back",
    cure: "name a version (`registry.example/app:1.4.2`) or a digest (`…@sha256:…`)",
};

pub(super) static NO_DIGEST: Rule = Rule {
    id: "no-digest",
    severity: Severity::Info,
    title: "an image by its tag alone",
    why: "whoever can write to the registry can put another program under the tag",
    cure: "add the digest: `registry.example/app:1.4.2@sha256:…`",
};

/// Tags that are moved on purpose.
const MOVING: [&str; 14] = [
    "latest",
    "main",
    "master",
    "dev",
    "develop",
    "edge",
    "nightly",
    "stable",
    "staging",
    "prod",
    "production",
    "canary",
    "current",
    "snapshot",
];

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for workload in &look.workloads {
        let mut plain = Vec::new();
        let all = workload.containers();
        for container in &all {
            let image = container.value["image"].as_str().unwrap_or_default();
            let path = format!("{}.image", container.path);
            match version(image) {
                _ if image.is_empty() => {}
                Version::Digest => {}
                Version::Fixed => plain.push(container.name),
                Version::Moving(tag) => {
                    let message = format!(
                        "`{}` runs `{image}` in {}: `{tag}` is no version",
                        workload.short(),
                        containers(&[container.name])
                    );
                    findings.add(&MUTABLE_TAG, workload.position, &path, message);
                }
                Version::None => {
                    let message = format!(
                        "`{}` runs `{image}` in {}, which means `{image}:latest`",
                        workload.short(),
                        containers(&[container.name])
                    );
                    findings.add(&MUTABLE_TAG, workload.position, &path, message);
                }
            }
        }
        if !plain.is_empty() {
            let path = workload.path("containers[0].image");
            let message = format!(
                "`{}` names no digest for {}",
                workload.short(),
                containers(&plain)
            );
            findings.add(&NO_DIGEST, workload.position, &path, message);
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Version<'a> {
    Digest,
    Fixed,
    Moving(&'a str),
    None,
}

fn version(image: &str) -> Version<'_> {
    if image.contains('@') {
        return Version::Digest;
    }
    // A colon before the last slash is the port of the registry.
    let name = image.rsplit('/').next().unwrap_or(image);
    match name.split_once(':') {
        None => Version::None,
        Some((_, tag)) if MOVING.contains(&tag.to_lowercase().as_str()) => Version::Moving(tag),
        Some(_) => Version::Fixed,
    }
}

#[cfg(test)]
mod tests {
    use super::{Version, version};

    #[test]
    fn versions_of_images() {
        for (image, expected) in [
            ("app", Version::None),
            ("registry.example:5000/app", Version::None),
            ("registry.example:5000/app:1.2", Version::Fixed),
            ("app:latest", Version::Moving("latest")),
            ("app:Latest", Version::Moving("Latest")),
            ("app:latest@sha256:00", Version::Digest),
            ("postgres:15-alpine", Version::Fixed),
        ] {
            assert_eq!(version(image), expected, "{image}");
        }
    }
}
