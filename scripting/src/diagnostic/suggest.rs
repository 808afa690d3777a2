//! Which known name somebody meant.

/// The known name that is nearest to `word`, if one is near enough to be meant.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = word.to_lowercase();
    known
        .into_iter()
        .filter(|name| *name != word)
        .map(|name| (score(&wanted, &name.to_lowercase()), name))
        .filter(|(score, _)| *score >= 0.78)
        .max_by(|(a, left), (b, right)| a.total_cmp(b).then(right.cmp(left)))
        .map(|(_, name)| name)
}

/// "did you mean `x`?", if something is near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(word, known).map(|name| format!("did you mean `{name}`?"))
}

/// How alike two names are, from 0 to 1. Underscores and dashes count for little.
fn score(word: &str, name: &str) -> f64 {
    let bare = |text: &str| text.replace(['_', '-'], "");
    if bare(word) == bare(name) {
        return 1.0;
    }
    // One slip of the finger in a short word.
    if word.len() >= 3 && strsim::damerau_levenshtein(word, name) == 1 {
        return 0.95;
    }
    let whole = strsim::normalized_damerau_levenshtein(word, name);
    let start = strsim::jaro_winkler(word, name);
    // A long common start alone (`storage`, `storage_class`) is not a misspelling.
    if whole < 0.5 { 0.0 } else { start.max(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelling_finds_its_name_and_a_stranger_finds_none() {
        let known = ["replicas", "image", "storage_class", "env_from", "port"];
        for (word, expected) in [
            ("replcas", Some("replicas")),
            ("replica", Some("replicas")),
            ("imgae", Some("image")),
            ("storageClass", Some("storage_class")),
            ("envFrom", Some("env_from")),
            ("ports", Some("port")),
            ("prot", Some("port")),
            ("banana", None),
            ("x", None),
        ] {
            assert_eq!(closest(word, known), expected, "{word}");
        }
    }
}
