//! Where in an object validation stands. Text is made only when something is wrong.

use std::fmt;

use serde_json::Value;

use super::{Violation, ViolationKind};

#[derive(Clone, Copy)]
pub(super) struct Path<'a> {
    above: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Field(&'a str),
    Index(usize),
    Key(&'a str),
}

/// Where violations go.
pub(super) type Found = Vec<Violation>;

impl<'a> Path<'a> {
    pub(super) const ROOT: Path<'static> = Path {
        above: None,
        step: Step::Root,
    };

    pub(super) fn field(&'a self, name: &'a str) -> Path<'a> {
        Path {
            above: Some(self),
            step: Step::Field(name),
        }
    }

    pub(super) fn index(&'a self, at: usize) -> Path<'a> {
        Path {
            above: Some(self),
            step: Step::Index(at),
        }
    }

    pub(super) fn key(&'a self, name: &'a str) -> Path<'a> {
        Path {
            above: Some(self),
            step: Step::Key(name),
        }
    }

    /// Whether this is a field of a name.
    pub(super) fn ends_with(&self, name: &str) -> bool {
        matches!(self.step, Step::Field(field) if field == name)
    }

    pub(super) fn invalid(&self, found: &mut Found, value: &Value, detail: &str) {
        found.push(Violation::invalid(&self.to_string(), value, detail));
    }

    /// As [`Path::invalid`], of a value that is shown in other words than JSON's.
    pub(super) fn invalid_text(&self, found: &mut Found, value: &str, detail: &str) {
        let message = format!("Invalid value: {value}: {detail}");
        self.invalid_bare(found, message);
    }

    /// As [`Path::invalid`], of a value that is not shown. The message is given whole.
    pub(super) fn invalid_bare(&self, found: &mut Found, message: String) {
        found.push(Violation::new(
            &self.to_string(),
            ViolationKind::Invalid,
            message,
        ));
    }

    pub(super) fn invalid_each(&self, found: &mut Found, value: &Value, details: Vec<String>) {
        for detail in details {
            self.invalid(found, value, &detail);
        }
    }

    pub(super) fn required(&self, found: &mut Found, detail: &str) {
        found.push(Violation::required(&self.to_string(), detail));
    }

    pub(super) fn forbidden(&self, found: &mut Found, detail: &str) {
        found.push(Violation::forbidden(&self.to_string(), detail));
    }

    pub(super) fn duplicate(&self, found: &mut Found, value: &Value) {
        found.push(Violation::duplicate(&self.to_string(), value));
    }

    /// As [`Path::duplicate`], of a value that is shown in other words than JSON's.
    pub(super) fn duplicate_text(&self, found: &mut Found, value: &str) {
        found.push(Violation::new(
            &self.to_string(),
            ViolationKind::Duplicate,
            format!("Duplicate value: {value}"),
        ));
    }

    pub(super) fn not_found(&self, found: &mut Found, name: &str) {
        found.push(Violation::not_found(&self.to_string(), &Value::from(name)));
    }

    /// As [`Path::not_found`], with what there would be.
    pub(super) fn not_found_because(&self, found: &mut Found, name: &str, detail: &str) {
        self.not_found(found, name);
        if let Some(last) = found.last_mut() {
            last.message = format!("{}: {detail}", last.message);
        }
    }

    pub(super) fn unsupported(&self, found: &mut Found, value: &Value, allowed: &[&str]) {
        let allowed = allowed.iter().map(|word| format!("{word:?}"));
        found.push(Violation::unsupported(&self.to_string(), value, allowed));
    }

    /// As [`Path::unsupported`], of a value that is shown in other words than JSON's.
    pub(super) fn unsupported_text(&self, found: &mut Found, value: &str, allowed: &[&str]) {
        let allowed: Vec<String> = allowed.iter().map(|word| format!("{word:?}")).collect();
        let allowed = allowed.join(", ");
        found.push(Violation::new(
            &self.to_string(),
            ViolationKind::NotSupported,
            format!("Unsupported value: {value}: supported values: {allowed}"),
        ));
    }

    pub(super) fn too_long(&self, found: &mut Found, most: u64) {
        found.push(Violation::too_long(&self.to_string(), most));
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let below_root = self
            .above
            .is_none_or(|above| matches!(above.step, Step::Root));
        if let Some(above) = self.above {
            write!(f, "{above}")?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Field(name) if below_root => f.write_str(name),
            Step::Field(name) => write!(f, ".{name}"),
            Step::Index(at) => write!(f, "[{at}]"),
            Step::Key(name) => write!(f, "[{name}]"),
        }
    }
}
