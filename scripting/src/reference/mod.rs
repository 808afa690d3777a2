//! The language's reference, as data: what `infra doc`, completion and REFERENCE.md are made of.

use crate::table::{Effect, Vocabulary};

/// One entry of the reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// The type that it is a method of.
    pub receiver: Option<String>,
    /// `deployment.replicas(count: int) -> deployment`.
    pub signature: String,
    /// What it means.
    pub doc: String,
    /// A script that shows it.
    pub example: String,
    /// The field of the Kubernetes object that it sets.
    pub maps: String,
    /// What it does besides.
    pub effect: Effect,
    /// Whether it can be assigned too.
    pub property: bool,
}

/// Every entry, functions first, then methods by type.
pub fn entries(vocabulary: &Vocabulary) -> Vec<Entry> {
    let mut entries: Vec<Entry> = vocabulary
        .rows()
        .map(|row| Entry {
            name: row.name.to_owned(),
            receiver: row.receiver_name().map(str::to_owned),
            signature: row.signature(),
            doc: row.doc.to_owned(),
            example: row.example.to_owned(),
            maps: row.maps.to_owned(),
            effect: row.effect,
            property: row.property,
        })
        .collect();
    entries.sort_by(|a, b| (&a.receiver, &a.name).cmp(&(&b.receiver, &b.name)));
    entries
}
