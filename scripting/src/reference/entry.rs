//! One entry: a function or a method, as the table or Rhai's own library describes it.

use crate::table::{Effect, Row};
use std::fmt::Write as _;

/// An argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type: `int`, `string or array`.
    pub ty: String,
    /// Whether it may be left out.
    pub optional: bool,
}

/// One function or method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// The type that it is a method of.
    pub receiver: Option<String>,
    /// The arguments after the receiver.
    pub arguments: Vec<Argument>,
    /// The type of what it gives; `()` for nothing.
    pub result: String,
    /// What it means, as Markdown.
    pub doc: String,
    /// A script that shows it.
    pub example: String,
    /// The field of the Kubernetes object that it sets.
    pub maps: String,
    /// What it does besides giving a value.
    pub effect: Effect,
    /// Whether it can be assigned too.
    pub property: bool,
    /// Whether it is a method of `cluster("context")` too.
    pub on_cluster: bool,
    /// Whether it comes from Rhai's own library.
    pub library: bool,
}

impl Entry {
    /// The entry of a row.
    pub fn of(row: &Row) -> Self {
        let arguments = row.arguments.iter().map(|argument| Argument {
            name: argument.name.to_owned(),
            ty: argument.ty_in_words().to_owned(),
            optional: argument.optional,
        });
        Self {
            name: row.name.to_owned(),
            receiver: row.receiver_name().map(str::to_owned),
            arguments: arguments.collect(),
            result: row.result.name.to_string(),
            doc: row.doc.to_owned(),
            example: row.example.trim().to_owned(),
            maps: row.maps.to_owned(),
            effect: row.effect,
            property: row.property,
            on_cluster: row.on_cluster,
            library: false,
        }
    }

    /// `deployment.replicas`.
    pub fn title(&self) -> String {
        match &self.receiver {
            Some(receiver) => format!("{receiver}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// `replicas(count: int)`.
    pub fn call(&self) -> String {
        let mut text = format!("{}(", self.name);
        for (index, argument) in self.arguments.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let mark = if argument.optional { "?" } else { "" };
            let _ = write!(text, "{comma}{}{mark}: {}", argument.name, argument.ty);
        }
        text.push(')');
        text
    }

    /// `deployment.replicas(count: int) -> deployment`.
    pub fn signature(&self) -> String {
        let receiver = self.receiver.as_deref();
        let start = receiver.map_or_else(String::new, |receiver| format!("{receiver}."));
        let result = match self.result.as_str() {
            "()" => String::new(),
            result => format!(" -> {result}"),
        };
        format!("{start}{}{result}", self.call())
    }

    /// The first sentence of what it means.
    pub fn summary(&self) -> &str {
        let line = self.doc.split("\n\n").next().unwrap_or_default();
        let end = line.match_indices(". ").find(|(at, _)| {
            // `e.g. this` ends no sentence.
            line[at + 2..].starts_with(|c: char| c.is_uppercase() || c == '`')
        });
        let sentence = end.map_or(line, |(at, _)| &line[..at]);
        sentence.trim_end_matches('.')
    }

    /// What is to be known beside what it means, as Markdown.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.maps.is_empty() && !self.doc.contains(&format!("`{}`", self.maps)) {
            notes.push(format!("Sets `{}`.", self.maps));
        }
        if self.property {
            notes.push(format!("Can be assigned: `{} = …`.", self.title()));
        }
        notes.extend(match self.effect {
            Effect::None => None,
            Effect::Reads => Some("In procedures: it reads the cluster.".to_owned()),
            Effect::Writes => Some("In procedures: it changes the cluster.".to_owned()),
            Effect::HostIo => Some("In procedures: it reaches the user or the world.".to_owned()),
        });
        if self.on_cluster {
            let call = format!("cluster(\"staging\").{}(…)", self.name);
            notes.push(format!("On another cluster: `{call}`."));
        }
        if self.library {
            notes.push("From Rhai.".to_owned());
        }
        notes
    }

    /// Whether it gives its receiver back, changed.
    pub(super) fn is_setter(&self) -> bool {
        self.receiver.as_deref() == Some(self.result.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(doc: &str) -> Entry {
        Entry {
            name: "replicas".to_owned(),
            receiver: Some("deployment".to_owned()),
            arguments: vec![Argument {
                name: "count".to_owned(),
                ty: "int".to_owned(),
                optional: false,
            }],
            result: "deployment".to_owned(),
            doc: doc.to_owned(),
            example: String::new(),
            maps: String::new(),
            effect: Effect::None,
            property: false,
            on_cluster: false,
            library: false,
        }
    }

    #[test]
    fn a_signature_names_what_comes_in_and_out() {
        let mut replicas = entry("");
        assert_eq!(
            replicas.signature(),
            "deployment.replicas(count: int) -> deployment"
        );
        replicas.receiver = None;
        replicas.result = "()".to_owned();
        assert_eq!(replicas.signature(), "replicas(count: int)");
        assert_eq!(replicas.title(), "replicas");
    }

    #[test]
    fn a_summary_is_the_first_sentence() {
        for (doc, summary) in [
            (
                "How many pods. 1 without it.",
                "How many pods. 1 without it",
            ),
            ("How many pods. Without it, one.", "How many pods"),
            ("In `spec.replicas`. `1` by default.", "In `spec.replicas`"),
            ("Pods.\n\nMore. Here.", "Pods"),
            ("", ""),
        ] {
            assert_eq!(entry(doc).summary(), summary, "{doc}");
        }
    }
}
