//! Did you mean.

/// The candidate that `word` is most probably a misspelling of.
pub(crate) fn suggest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let far = |candidate: &str| strsim::damerau_levenshtein(word, candidate);
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        .map(|candidate| {
            // One name within the other (`postgres`, `postgres-service`) is near as well.
            let within =
                word.len() > 3 && (candidate.starts_with(word) || word.starts_with(candidate));
            (if within { allowed } else { far(candidate) }, candidate)
        })
        .filter(|(distance, candidate)| *distance <= allowed && !candidate.is_empty())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean `x`", else `otherwise`.
pub(super) fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    suggest(word, candidates).map_or_else(otherwise, |candidate| {
        format!("did you mean `{candidate}`?")
    })
}

/// A kind as `existing` takes it.
pub fn existing_word(group: &str, kind: &str) -> String {
    if infra_schema::kind::Kind::find_latest(group, kind).is_some() || group.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind}.{group}")
    }
}

/// Names as a sentence lists them, the first few of many.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names
        .iter()
        .take(8)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = names.len().saturating_sub(8);
    match (shown.is_empty(), more) {
        (true, _) => "none".to_owned(),
        (false, 0) => shown.join(", "),
        (false, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        for (word, expected) in [
            ("app-secret", Some("app-secrets")),
            ("postgres", Some("postgres-service")),
            ("app-cofnig", Some("app-config")),
            ("kafka", None),
        ] {
            let known = ["app-config", "app-secrets", "postgres-service"];
            assert_eq!(suggest(word, known), expected, "{word}");
        }
    }
}
