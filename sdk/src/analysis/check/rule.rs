//! What a check looks for, why it matters and what to do: one static value for each.

use super::catalogue::{CHECKS, REFUSALS};
use crate::types::{Invalid, one_of};
use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing need be done.
    Info,
    /// It will be regretted some day.
    Warning,
    /// It does not work, or it opens a door.
    Error,
}

impl Severity {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A check: what it finds, and all that is to be said of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name: `mutable-tag`.
    pub id: &'static str,
    /// How bad a finding is.
    pub severity: Severity,
    /// What is found, in a few words.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do about it.
    pub cure: &'static str,
}

impl Rule {
    /// Every rule, in the order in which the documentation has them: what no environment may have,
    /// then what can be accepted.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        REFUSALS.iter().chain(CHECKS).copied()
    }

    /// The rule with this id, or what was meant.
    pub fn find(id: &str) -> Result<&'static Self, Invalid> {
        let found = Self::all().find(|rule| rule.id == id);
        found.ok_or_else(|| unknown(id, Self::all()))
    }

    /// Whether its findings can be accepted. What makes an environment impossible cannot.
    pub fn can_be_accepted(&self) -> bool {
        CHECKS.iter().any(|rule| rule.id == self.id)
    }
}

/// The few that are near a word; all would be too many to read.
fn unknown(id: &str, rules: impl Iterator<Item = &'static Rule>) -> Invalid {
    let ids: Vec<&str> = rules.map(|rule| rule.id).collect();
    let all = one_of(id, &ids);
    let near = all.split_once("; did you mean ").map(|(_, near)| near);
    let expected = match near {
        Some(near) => format!("one that `infra checks` shows; did you mean {near}"),
        None => "one that `infra checks` shows".to_owned(),
    };
    Invalid::new("the id of a check", id, expected)
}

/// The id of a check whose findings can be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckId(&'static Rule);

impl CheckId {
    /// The check.
    pub fn rule(self) -> &'static Rule {
        self.0
    }
}

impl std::str::FromStr for CheckId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = CHECKS.iter().find(|rule| rule.id == text);
        match found {
            Some(rule) => Ok(Self(rule)),
            None if REFUSALS.iter().any(|rule| rule.id == text) => Err(Invalid::new(
                "the id of a check that can be accepted",
                text,
                "that it is mended: an environment with it is not applied",
            )),
            None => Err(unknown(text, CHECKS.iter().copied())),
        }
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.id)
    }
}

from_text!(CheckId);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_found_and_misspelt_ones_are_suggested() {
        assert_eq!(
            "privileged".parse::<CheckId>().unwrap().to_string(),
            "privileged"
        );
        for (text, expected) in [
            (
                "privilegd",
                "`privilegd` is not the id of a check: expected one that `infra checks` shows; did you mean `privileged`?",
            ),
            (
                "nothing-like-it-at-all",
                "`nothing-like-it-at-all` is not the id of a check: expected one that `infra checks` shows",
            ),
            (
                "missing-reference",
                "`missing-reference` is not the id of a check that can be accepted: expected that it is mended: an environment with it is not applied",
            ),
        ] {
            assert_eq!(text.parse::<CheckId>().unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn every_rule_is_listed_once_and_says_all() {
        let mut ids = BTreeSet::new();
        for rule in Rule::all() {
            assert!(ids.insert(rule.id), "{} stands twice", rule.id);
            let plain = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(rule.id.chars().all(plain), "{}", rule.id);
            for text in [rule.title, rule.why, rule.cure] {
                assert!(
                    !text.is_empty() && !text.ends_with('.'),
                    "{}: {text}",
                    rule.id
                );
                let first = text.chars().next().unwrap();
                let word = text.split(' ').next().unwrap();
                let name = word.chars().skip(1).any(char::is_uppercase);
                assert!(!first.is_uppercase() || name, "{}: {text}", rule.id);
            }
        }
        assert!(CHECKS.len() >= 25, "{} checks", CHECKS.len());
    }
}
