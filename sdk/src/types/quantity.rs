//! Amounts of CPU, memory and storage.

use super::Invalid;
use infra_schema::quantity::Quantity as Amount;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as Wire;
use std::{fmt, str::FromStr};

/// An amount of a resource (`500m`, `1.5Gi`), printed as the API server prints it: `2000m` is `2`,
/// `1.5Gi` is `1536Mi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(Amount);

impl Quantity {
    /// The amount, to be counted with.
    pub fn amount(self) -> Amount {
        self.0
    }

    /// An amount that is not less than nothing.
    pub(crate) fn of(amount: Amount) -> Self {
        Self(amount)
    }

    pub(crate) fn wire(&self) -> Wire {
        Wire(self.0.to_string())
    }
}

fn error(found: impl Into<String>) -> Invalid {
    Invalid::new(
        "a quantity",
        found,
        "a number and a unit of Kubernetes, such as `500m` or `2` for CPU, `512Mi` or `100Gi` for memory and storage",
    )
}

impl FromStr for Quantity {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse()
            .ok()
            .filter(|amount: &Amount| !amount.is_negative())
            .map(Self)
            .ok_or_else(|| error(text))
    }
}

from_text!(Quantity);

impl TryFrom<i64> for Quantity {
    type Error = Invalid;

    fn try_from(number: i64) -> Result<Self, Invalid> {
        number.to_string().parse()
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_printed_as_the_api_server_prints_them() {
        for (text, expected) in [
            ("2000m", "2"),
            ("500m", "500m"),
            ("0.5", "500m"),
            ("1.5Gi", "1536Mi"),
            ("1024Mi", "1Gi"),
            ("1000Mi", "1000Mi"),
            ("512", "512"),
            ("1000", "1k"),
            ("1024", "1024"),
            ("0.5Ki", "512"),
            ("1e3", "1e3"),
            ("1E3", "1e3"),
            ("0", "0"),
            ("0Gi", "0"),
            ("100n", "100n"),
            (".5", "500m"),
            ("5.", "5"),
        ] {
            let quantity = Quantity::try_from(text).expect(text);
            assert_eq!(quantity.to_string(), expected, "{text}");
        }
        for text in [
            "", "-1", "Gi", "1 Gi", "1gb", "1GB", "1.2.3", "--1", "1KB", "m",
        ] {
            assert!(Quantity::try_from(text).is_err(), "{text}");
        }
    }

    #[test]
    fn quantities_compare_by_what_they_mean() {
        let quantity = |text: &str| Quantity::try_from(text).expect(text);
        assert!(quantity("1Gi") > quantity("1G"));
        assert!(quantity("250m") < quantity("1"));
    }
}
