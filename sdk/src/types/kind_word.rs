//! Kinds as people write them.

use super::Invalid;
use infra_schema::kind::Kind;

/// The words of builders that are not Kubernetes' own.
const WORDS: [(&str, &str); 4] = [
    ("volume_claim", "PersistentVolumeClaim"),
    ("autoscaler", "HorizontalPodAutoscaler"),
    ("disruption_budget", "PodDisruptionBudget"),
    ("claim", "PersistentVolumeClaim"),
];

/// The built-in kind that a word means: a builder's (`config_map`), a kind, plural or short name of
/// Kubernetes (`ConfigMap`, `configmaps`, `cm`).
pub(crate) fn kind_of(word: &str) -> Option<&'static Kind> {
    let bare = |known: &str| known == word || word.strip_suffix('s') == Some(known);
    let known = WORDS.iter().find(|(known, _)| bare(known));
    let plain = known.map_or_else(|| word.replace('_', ""), |(_, kind)| (*kind).to_owned());
    Kind::lookup(&plain).first().copied()
}

/// Group and kind of a word: that of a built-in kind, or `Kind.group` for any other.
pub(crate) fn kind_or_any(word: &str) -> Result<(String, String), Invalid> {
    if let Some(kind) = kind_of(word) {
        return Ok((kind.group.to_string(), kind.kind.to_string()));
    }
    if let Some((kind, group)) = word.split_once('.')
        && kind.starts_with(|c: char| c.is_ascii_uppercase())
        && !group.is_empty()
    {
        return Ok((group.to_owned(), kind.to_owned()));
    }
    let plain = word.replace('_', "").to_lowercase();
    let kinds = Kind::all().iter();
    let near = kinds.map(|kind| (far(&kind.singular, &plain), kind.kind.as_ref()));
    let hint = match near.min() {
        Some((distance, kind)) if distance * 3 <= plain.len() => {
            format!("; did you mean `{kind}`?")
        }
        _ => String::new(),
    };
    let expected =
        "a kind of Kubernetes such as `config_map` or `ConfigMap`, or `Kind.group` for any other";
    Err(Invalid::new("a kind", word, format!("{expected}{hint}")))
}

/// Whether objects of a built-in kind are in a namespace; `None` where the kind is not known.
pub fn kind_is_namespaced(group: &str, kind: &str) -> Option<bool> {
    Kind::find_latest(group, kind).map(|kind| kind.namespaced)
}

pub(super) fn far(a: &str, b: &str) -> usize {
    strsim::damerau_levenshtein(&a.to_lowercase(), &b.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_every_word() {
        for (word, expected) in [
            ("config_map", "/ConfigMap"),
            ("ConfigMap", "/ConfigMap"),
            ("cm", "/ConfigMap"),
            ("volume_claim", "/PersistentVolumeClaim"),
            ("stateful_set", "apps/StatefulSet"),
            ("storage_class", "storage.k8s.io/StorageClass"),
            ("autoscaler", "autoscaling/HorizontalPodAutoscaler"),
            ("Issuer.cert-manager.io", "cert-manager.io/Issuer"),
        ] {
            let (group, kind) = kind_or_any(word).expect(word);
            assert_eq!(format!("{group}/{kind}"), expected, "{word}");
        }
        let error = kind_or_any("deploiment").expect_err("no kind");
        assert!(
            error.to_string().ends_with("did you mean `Deployment`?"),
            "{error}"
        );
        assert!(kind_or_any("issuer").is_err());
    }
}
