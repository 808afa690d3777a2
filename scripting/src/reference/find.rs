//! Looking something up: by its name, by the field that it sets, or by words.

use super::topic::{Reference, Topic};
use crate::diagnostic::closest;

/// What is known of what was asked.
#[derive(Clone, Debug, Default)]
pub struct Answer<'a> {
    /// What bears the name, or sets the field.
    pub exact: Vec<&'a Topic>,
    /// The type of that name.
    pub ty: Option<&'a str>,
    /// What tells of all the words, where nothing bears the name.
    pub related: Vec<&'a Topic>,
    /// A name that may have been meant.
    pub meant: Option<String>,
}

impl Answer<'_> {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.ty.is_none() && self.related.is_empty()
    }
}

impl Reference {
    /// What is known of `deployment`, `replicas`, `deployment.replicas`, `spec.replicas`,
    /// `terminationGracePeriodSeconds` or `persistent volume`.
    pub fn find<'a>(&'a self, asked: &'a str) -> Answer<'a> {
        let asked = asked.trim().trim_end_matches("()");
        if let Some((ty, name)) = asked.split_once('.') {
            let methods = self.methods(ty).filter(|topic| topic.entry.name == name);
            let exact: Vec<&Topic> = methods.collect();
            if !exact.is_empty() {
                return Answer {
                    exact,
                    ..Answer::default()
                };
            }
        }
        let ty = self.types().into_iter().find(|ty| *ty == asked);
        let named = self.topics().filter(|topic| topic.entry.name == asked);
        let mut exact: Vec<&Topic> = named.collect();
        if ty.is_some() {
            // `infra doc secret` is about secrets, not about what takes one.
            exact.retain(|topic| topic.receivers.is_empty());
        }
        if exact.is_empty() && ty.is_none() {
            exact = self.topics().filter(|topic| sets(topic, asked)).collect();
        }
        let related = if exact.is_empty() && ty.is_none() {
            self.search(asked)
        } else {
            Vec::new()
        };
        let meant = related.is_empty().then(|| self.meant(asked)).flatten();
        Answer {
            exact,
            ty,
            related,
            meant,
        }
    }

    /// What tells of all the words, what bears one of them in its name first.
    pub fn search(&self, words: &str) -> Vec<&Topic> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let rank = |topic: &Topic| {
            let entry = &topic.entry;
            let name = entry.title().to_lowercase();
            let text = format!("{name} {} {}", entry.maps, entry.doc).to_lowercase();
            let named = words.iter().filter(|word| name.contains(*word)).count();
            (words.iter().all(|word| text.contains(word)))
                .then(|| (entry.library, words.len() - named))
        };
        let mut found: Vec<((bool, usize), &Topic)> = self
            .topics()
            .filter_map(|topic| Some((rank(topic)?, topic)))
            .collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, topic)| topic).collect()
    }

    fn meant(&self, asked: &str) -> Option<String> {
        if let Some((ty, name)) = asked.split_once('.')
            && self.types().contains(ty)
        {
            let names = self.methods(ty).map(|topic| topic.entry.name.as_str());
            return closest(name, names).map(|name| format!("{ty}.{name}"));
        }
        let names = self.topics().map(|topic| topic.entry.name.as_str());
        closest(asked, names.chain(self.types())).map(str::to_owned)
    }
}

/// Whether a topic sets a field: `spec.replicas`, or its last word where that is no common one.
fn sets(topic: &Topic, field: &str) -> bool {
    let maps = topic.entry.maps.as_str();
    let ends = maps
        .strip_suffix(field)
        .or_else(|| field.strip_suffix(maps));
    !maps.is_empty()
        && !field.is_empty()
        && ends.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
