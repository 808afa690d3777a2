//! From a word that a person typed to kinds.

use super::Kind;

impl Kind {
    /// The built-in kinds that a word may mean: kind, plural, singular, short name or
    /// `plural.group`, in any case. Only the newest version of each is given; kinds of the core and
    /// `apps` groups come first, as `kubectl` prefers them.
    pub fn lookup(word: &str) -> Vec<&'static Kind> {
        let mut found: Vec<&'static Kind> = Vec::new();
        for kind in Kind::all() {
            let newest = !found
                .iter()
                .any(|f| f.group == kind.group && f.kind == kind.kind);
            if newest && kind.is_called(word) {
                found.push(kind);
            }
        }
        found.sort_by_key(|kind| match kind.group.as_ref() {
            "" => 0,
            "apps" => 1,
            _ => 2,
        });
        found
    }

    /// Whether a word is one of this kind's names, in any case.
    pub fn is_called(&self, word: &str) -> bool {
        let name = match word.split_once('.') {
            Some((name, group)) if group.eq_ignore_ascii_case(&self.group) => name,
            Some(_) => return false,
            None => word,
        };
        [&self.kind, &self.plural, &self.singular]
            .into_iter()
            .chain(self.short_names.iter())
            .any(|known| known.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_the_kinds_that_bear_it() {
        let names = |word: &str| -> Vec<String> {
            Kind::lookup(word)
                .iter()
                .map(|k| format!("{}/{}", k.api_version(), k.kind))
                .collect()
        };
        assert_eq!(names("deploy"), ["apps/v1/Deployment"]);
        assert_eq!(names("DEPLOYMENTS"), ["apps/v1/Deployment"]);
        assert_eq!(names("hpa"), ["autoscaling/v2/HorizontalPodAutoscaler"]);
        assert_eq!(names("event"), ["v1/Event", "events.k8s.io/v1/Event"]);
        assert_eq!(names("events.events.k8s.io"), ["events.k8s.io/v1/Event"]);
        assert_eq!(names("pvc"), ["v1/PersistentVolumeClaim"]);
        assert!(names("frobnicator").is_empty());
    }
}
