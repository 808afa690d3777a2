//! Kinds as people and as the API say them.

use crate::object::Ref;
use infra_schema::kind::Kind;

/// A kind in words: `CronJob` is "cron job", `HTTPRoute` is "http route".
pub(crate) fn words_of(kind: &str) -> String {
    let mut words = String::new();
    let mut before = None;
    let mut chars = kind.chars().peekable();
    while let Some(c) = chars.next() {
        let is_small = |c: &char| !c.is_ascii_uppercase();
        let begins = c.is_ascii_uppercase()
            && (before.as_ref().is_some_and(is_small) || chars.peek().is_some_and(is_small));
        if begins && before.is_some() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
        before = Some(c);
    }
    words
}

/// `apiVersion` of what is referred to, by the newest version of its kind that is known.
pub(crate) fn api_version_of(reference: &Ref) -> String {
    match Kind::find_latest(&reference.group, &reference.kind) {
        Some(kind) => kind.api_version(),
        None if reference.group.is_empty() => "v1".to_owned(),
        None => format!("{}/v1", reference.group),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_in_words() {
        for (kind, words) in [
            ("StatefulSet", "stateful set"),
            ("Pod", "pod"),
            ("HTTPRoute", "http route"),
            ("APIService", "api service"),
        ] {
            assert_eq!(words_of(kind), words);
        }
        assert_eq!(
            api_version_of(&Ref::new("apps", "StatefulSet", "a")),
            "apps/v1"
        );
        assert_eq!(api_version_of(&Ref::new("", "Service", "a")), "v1");
        assert_eq!(api_version_of(&Ref::new("x.io", "Thing", "a")), "x.io/v1");
    }
}
