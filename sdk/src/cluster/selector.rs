//! Which objects of a kind are wanted.

use std::fmt::Write as _;

/// Label and field selectors of a list or a watch, in the API server's own notation.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    /// `labelSelector`, such as `app=web,tier in (a,b)`; empty for all.
    pub labels: String,
    /// `fieldSelector`, such as `metadata.name=web`; empty for all.
    pub fields: String,
}

impl Selector {
    /// Everything.
    pub fn all() -> Self {
        Self::default()
    }

    /// Objects with one label of this value.
    pub fn label(key: &str, value: &str) -> Self {
        Self {
            labels: format!("{key}={value}"),
            fields: String::new(),
        }
    }

    /// Objects that match a label selector in the API server's notation.
    pub fn labels(labels: impl Into<String>) -> Self {
        Self {
            labels: labels.into(),
            fields: String::new(),
        }
    }

    /// Objects that match a field selector in the API server's notation.
    pub fn fields(fields: impl Into<String>) -> Self {
        Self {
            labels: String::new(),
            fields: fields.into(),
        }
    }

    /// As query parameters.
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = Vec::new();
        if !self.labels.is_empty() {
            query.push(("labelSelector", self.labels.clone()));
        }
        if !self.fields.is_empty() {
            query.push(("fieldSelector", self.fields.clone()));
        }
        query
    }
}

/// Joins query parameters, percent-encoding what a query cannot hold.
pub(crate) fn encode_query(query: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (index, (key, value)) in query.iter().enumerate() {
        text.push(if index == 0 { '?' } else { '&' });
        text.push_str(key);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_percent_encoded() {
        let mut query = Selector::label("app.kubernetes.io/name", "web").query();
        query.push(("limit", "500".into()));
        assert_eq!(
            encode_query(&query),
            "?labelSelector=app.kubernetes.io%2Fname%3Dweb&limit=500"
        );
        assert_eq!(encode_query(&[]), "");
    }
}
