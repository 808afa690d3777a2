//! Container images.

use super::Invalid;
use std::{fmt, str::FromStr};

/// A container image: registry, repository, and tag or digest or both.
///
/// Printed as it was given: a registry that was not named is not added.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageRef {
    registry: Option<String>,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl ImageRef {
    /// The registry (`registry.example:5000`), if it was named.
    pub fn registry(&self) -> Option<&str> {
        self.registry.as_deref()
    }

    /// The repository in the registry (`library/postgres`), as it was given.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag, if any.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest (`sha256:…`), if any.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Whether the same reference means the same image tomorrow, as far as it tells: it has a digest,
    /// or a tag that is not `latest`.
    pub fn is_pinned(&self) -> bool {
        self.digest.is_some() || self.tag.as_deref().is_some_and(|tag| tag != "latest")
    }

    /// The last part of the repository: what a container is named after when nothing else is said.
    pub fn base_name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }
}

impl FromStr for ImageRef {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        parse(text).ok_or_else(|| {
            Invalid::new(
                "an image",
                text,
                "a repository in lower case and a tag or digest, such as `postgres:17.2` or `registry.example/team/app:1.4.2`",
            )
        })
    }
}

fn parse(text: &str) -> Option<ImageRef> {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    let (path, tag) = match rest.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (rest, None),
    };
    let (registry, repository) = match path.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => {
            (Some(first), rest)
        }
        _ => (None, path),
    };
    let ok = registry.is_none_or(is_registry)
        && repository.split('/').all(is_path_part)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest);
    ok.then(|| ImageRef {
        registry: registry.map(str::to_owned),
        repository: repository.to_owned(),
        tag: tag.map(str::to_owned),
        digest: digest.map(str::to_owned),
    })
}

fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "1"));
    !host.is_empty()
        && host.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
        && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Lower case letters and digits, separated by `.`, `_`, `__` or any number of `-`.
fn is_path_part(text: &str) -> bool {
    let is_outer = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = |c: char| matches!(c, '.' | '_' | '-');
    text.starts_with(is_outer)
        && text.ends_with(is_outer)
        && text.chars().all(|c| is_outer(c) || separators(c))
        && text.split(is_outer).all(|between| {
            matches!(between, "" | "." | "_" | "__") || between.chars().all(|c| c == '-')
        })
}

fn is_tag(text: &str) -> bool {
    text.len() <= 128
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hash)| {
        algorithm.starts_with(|c: char| c.is_ascii_lowercase())
            && algorithm.chars().all(|c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '.' | '_' | '-')
            })
            && hash.len() >= 32
            && hash.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
    })
}

from_text!(ImageRef);

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(registry) = &self.registry {
            write!(f, "{registry}/")?;
        }
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn images() {
        let digest = format!("sha256:{}", "0f".repeat(32));
        let full = format!("localhost:5000/a/b:1@{digest}");
        for (text, registry, repository, tag, pinned) in [
            (
                "postgres:15-alpine",
                None,
                "postgres",
                Some("15-alpine"),
                true,
            ),
            (
                "registry.example/team/app:1.4.2",
                Some("registry.example"),
                "team/app",
                Some("1.4.2"),
                true,
            ),
            (
                "localhost:5000/app",
                Some("localhost:5000"),
                "app",
                None,
                false,
            ),
            (
                "mrm-ai/api:latest",
                None,
                "mrm-ai/api",
                Some("latest"),
                false,
            ),
            (
                full.as_str(),
                Some("localhost:5000"),
                "a/b",
                Some("1"),
                true,
            ),
        ] {
            let image = ImageRef::try_from(text).expect(text);
            assert_eq!(image.registry(), registry, "{text}");
            assert_eq!(image.repository(), repository, "{text}");
            assert_eq!(image.tag(), tag, "{text}");
            assert_eq!(image.is_pinned(), pinned, "{text}");
            assert_eq!(image.to_string(), text);
        }
        for text in [
            "",
            "Postgres:15",
            "a b",
            "app:",
            "app:1:2",
            "/app",
            "app@sha256:12",
            "https://x/y:1",
            "a___b:1",
        ] {
            assert!(ImageRef::try_from(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_image_is_printed_as_it_was_given(
            text in "([a-z][a-z0-9]{0,5}\\.[a-z]{2}(:[1-9][0-9]{0,3})?/)?[a-z0-9]{1,8}(/[a-z0-9]{1,4}(-|_|__|\\.)[a-z0-9]{1,4})?(:[A-Za-z0-9_][A-Za-z0-9._-]{0,9})?"
        ) {
            prop_assert_eq!(ImageRef::try_from(text.as_str()).map(|image| image.to_string()), Ok(text));
        }

        #[test]
        fn no_text_is_a_fault(text in ".{0,40}") {
            let _ = ImageRef::try_from(text.as_str());
        }
    }
}
