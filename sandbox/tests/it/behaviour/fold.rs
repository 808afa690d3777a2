//! The way of one field through a step, folded to what is law.

/// The way of one field, repeats folded; only its ends where the way between is free; nothing where
/// it has not changed.
pub(super) fn fold<'a>(
    way: impl Iterator<Item = Option<&'a str>>,
    is_free: bool,
    is_new: bool,
) -> Option<String> {
    let mut way: Vec<Option<&str>> = way.collect();
    way.dedup();
    let is_count = |value: Option<&str>| value.is_none_or(|text| text.parse::<i64>().is_ok());
    if way.iter().copied().all(is_count) && way.iter().any(Option::is_some) {
        let mut counts: Vec<i64> = way
            .iter()
            .map(|value| value.and_then(|text| text.parse().ok()).unwrap_or(0))
            .collect();
        if is_new {
            counts.insert(0, 0);
        }
        let counts = turning_points(&counts, is_free);
        return (counts.len() > 1).then(|| join(counts.iter().map(ToString::to_string)));
    }
    if is_free && way.len() > 2 {
        way.drain(1..way.len() - 1);
        way.dedup();
    }
    if is_new {
        // What was not there before the object was is not worth a word.
        while way.first().is_some_and(Option::is_none) {
            way.remove(0);
        }
        if way.is_empty() {
            return None;
        }
    } else if way.len() < 2 {
        return None;
    }
    Some(join(
        way.into_iter().map(|value| value.unwrap_or("–").to_owned()),
    ))
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" → ")
}

/// The first value, the last, and every one at which a rise becomes a fall or a fall a rise.
fn turning_points(counts: &[i64], ends_only: bool) -> Vec<i64> {
    let mut out: Vec<i64> = Vec::new();
    for &count in counts {
        match out.as_slice() {
            [.., last] if *last == count => {}
            [_, .., last] if ends_only => {
                debug_assert!(*last != count);
                out[1] = count;
            }
            [.., before, last] if (before < last) == (*last < count) => {
                let end = out.len() - 1;
                out[end] = count;
            }
            _ => out.push(count),
        }
    }
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_keeps_what_is_law() {
        for (way, is_free, is_new, wanted) in [
            (vec![Some("A"), Some("A")], false, false, None),
            (
                vec![Some("A"), Some("B"), Some("B"), Some("A")],
                false,
                false,
                Some("A → B → A"),
            ),
            (
                vec![Some("A"), Some("B"), Some("C")],
                true,
                false,
                Some("A → C"),
            ),
            (vec![None, Some("A")], false, false, Some("– → A")),
            (vec![None, Some("A")], false, true, Some("A")),
            (
                vec![Some("0"), Some("1"), Some("3")],
                false,
                false,
                Some("0 → 3"),
            ),
            (
                vec![None, Some("1"), Some("3"), Some("2")],
                false,
                false,
                Some("0 → 3 → 2"),
            ),
            (
                vec![Some("3"), Some("4"), Some("2"), Some("3")],
                true,
                false,
                None,
            ),
            (
                vec![Some("3"), Some("4"), Some("2")],
                true,
                false,
                Some("3 → 2"),
            ),
            (vec![Some("2")], false, true, Some("0 → 2")),
            (vec![None, Some("A"), None], true, true, None),
        ] {
            let told = fold(way.clone().into_iter(), is_free, is_new);
            assert_eq!(told.as_deref(), wanted, "{way:?}");
        }
    }
}
