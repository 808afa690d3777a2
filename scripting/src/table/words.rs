//! Which names a script can call: most scripts use a few dozen of the hundreds, and registering a
//! name costs more than using it.

use ahash::AHashSet;

/// The names that a script can call.
#[derive(Debug)]
pub(crate) enum Words<'a> {
    /// All: what it runs is not in sight.
    All,
    /// Those that stand in its text.
    Of(AHashSet<&'a str>),
}

/// What lets a script call a name that does not stand in its text: another file's, or one that is
/// put together.
const ELSEWHERE: [&str; 3] = ["import", "Fn", "call"];

impl<'a> Words<'a> {
    /// The names in a text, wherever they stand in it: in an interpolation or a string too.
    pub(crate) fn of(text: &'a str) -> Self {
        let words: AHashSet<&str> = text
            .split(|c: char| c != '_' && !c.is_alphanumeric())
            .collect();
        if ELSEWHERE.iter().any(|word| words.contains(word)) {
            Self::All
        } else {
            Self::Of(words)
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Of(words) => words.contains(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_wherever_it_stands() {
        let words = Words::of("let a = `x ${deployment(\"web\").replicas(3)}`; a.map(pod_count)");
        for name in ["deployment", "replicas", "map", "pod_count"] {
            assert!(words.has(name), "{name}");
        }
        for name in ["service", "replica", "pod", "count"] {
            assert!(!words.has(name), "{name}");
        }
    }

    #[test]
    fn what_runs_names_from_elsewhere_has_all() {
        for text in ["import \"a\" as a;", "Fn(\"ser\" + \"vice\")", "x.call()"] {
            assert!(Words::of(text).has("service"), "{text}");
        }
    }
}
