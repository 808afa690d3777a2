//! Topics: what stands in the table once for each type, and means the same for all of them, is told once.

use super::entry::Entry;
use super::library;
use crate::table::Vocabulary;
use std::collections::{BTreeMap, BTreeSet};

/// A function, or a method of one or several types for which it means the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// It, of the first of the types.
    pub entry: Entry,
    /// The types that it is a method of, sorted; none for a function.
    pub receivers: Vec<String>,
}

impl Topic {
    /// Whether a type has it.
    pub fn is_of(&self, receiver: &str) -> bool {
        self.receivers.iter().any(|known| known == receiver)
    }

    /// It, as a method of one of its types.
    #[must_use]
    pub fn of_type(&self, receiver: &str) -> Entry {
        let mut entry = self.entry.clone();
        if entry.is_setter() {
            receiver.clone_into(&mut entry.result);
        }
        entry.receiver = Some(receiver.to_owned());
        entry
    }
}

/// Everything that scripts can call.
#[derive(Clone, Debug)]
pub struct Reference {
    topics: Vec<Topic>,
}

/// What makes two methods of the same name one topic.
type Meaning = (String, Vec<(String, String)>, Option<String>, String, bool);

impl Reference {
    /// The reference of a vocabulary and of what Rhai brings.
    pub fn of(vocabulary: &Vocabulary) -> Self {
        let rows = vocabulary.rows().map(Entry::of);
        Self::from_entries(rows.chain(library::entries()))
    }

    fn from_entries(entries: impl Iterator<Item = Entry>) -> Self {
        let mut topics: Vec<Topic> = Vec::new();
        let mut known: BTreeMap<Meaning, usize> = BTreeMap::new();
        for entry in entries {
            let receiver = entry.receiver.clone();
            let index = *known.entry(meaning(&entry)).or_insert_with(|| {
                topics.push(Topic {
                    entry,
                    receivers: Vec::new(),
                });
                topics.len() - 1
            });
            topics[index].receivers.extend(receiver);
        }
        for topic in &mut topics {
            topic.receivers.sort();
            topic.receivers.dedup();
        }
        topics.sort_by(|a, b| order(a).cmp(&order(b)));
        Self { topics }
    }

    /// Everything, functions first, each by its name.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.topics.iter()
    }

    /// The functions that are no methods.
    pub fn functions(&self) -> impl Iterator<Item = &Topic> {
        self.topics().filter(|topic| topic.receivers.is_empty())
    }

    /// The methods of a type.
    pub fn methods<'a>(&'a self, receiver: &'a str) -> impl Iterator<Item = &'a Topic> {
        self.topics().filter(move |topic| topic.is_of(receiver))
    }

    /// The names of the types that have methods.
    pub fn types(&self) -> BTreeSet<&str> {
        let receivers = self.topics().flat_map(|topic| &topic.receivers);
        receivers.map(String::as_str).collect()
    }

    /// The functions that give a type.
    pub fn makers<'a>(&'a self, ty: &'a str) -> impl Iterator<Item = &'a Topic> {
        self.functions()
            .filter(move |topic| topic.entry.result == ty)
    }
}

fn order(topic: &Topic) -> (bool, &str, usize, &[String]) {
    let entry = &topic.entry;
    (
        !topic.receivers.is_empty(),
        &entry.name,
        entry.arguments.len(),
        &topic.receivers,
    )
}

/// A function of the same words as a method is another thing.
fn meaning(entry: &Entry) -> Meaning {
    let arguments = entry.arguments.iter();
    let result = (!entry.is_setter()).then(|| entry.result.clone());
    (
        entry.name.clone(),
        arguments
            .map(|argument| (argument.name.clone(), argument.ty.clone()))
            .collect(),
        result,
        entry.doc.clone(),
        entry.receiver.is_some(),
    )
}
