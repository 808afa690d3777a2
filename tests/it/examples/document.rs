//! A document: its sections.

use crate::support::repository;
use std::collections::BTreeMap;

/// A heading and what stands below it.
#[derive(Debug)]
pub(super) struct Section {
    /// The heading, as it stands.
    pub(super) title: String,
    level: usize,
    /// The lines up to the next heading.
    pub(super) own: String,
}

/// The sections of an example's document, in order.
pub(super) fn sections(example: &str) -> Vec<Section> {
    let path = repository()
        .join("tests/documents")
        .join(format!("{example}.md"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found: Vec<Section> = Vec::new();
    let mut inside_code = false;
    for line in text.lines() {
        inside_code ^= line.trim_start().starts_with("```");
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if !inside_code && level > 0 && line[level..].starts_with(' ') {
            found.push(Section {
                title: line[level..].trim().to_owned(),
                level,
                own: String::new(),
            });
        } else if let Some(section) = found.last_mut() {
            section.own.push_str(line);
            section.own.push('\n');
        }
    }
    assert!(!found.is_empty(), "{} has no sections", path.display());
    found
}

/// The text of each section and of those below it, by title; sections of one title are joined.
pub(super) fn texts(sections: &[Section]) -> BTreeMap<&str, String> {
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for (index, section) in sections.iter().enumerate() {
        let below = sections[index + 1..]
            .iter()
            .take_while(|other| other.level > section.level);
        let text = texts.entry(&section.title).or_default();
        for one in std::iter::once(section).chain(below) {
            text.push_str(&one.own);
        }
    }
    texts
}

/// A text whose white space does not matter.
pub(super) fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_section_holds_those_below_it() {
    let section = |title: &str, level, own: &str| Section {
        title: title.to_owned(),
        level,
        own: own.to_owned(),
    };
    let sections = [
        section("A", 1, "a"),
        section("B", 2, "b"),
        section("C", 3, "c"),
        section("B", 2, "d"),
    ];
    let texts = texts(&sections);
    assert_eq!(texts["A"], "abcd");
    assert_eq!(texts["B"], "bcd");
    assert_eq!(texts["C"], "c");
}
