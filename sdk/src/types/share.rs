//! A share of a size: how large an environment is, measured by another.

use super::{Amount, Invalid, Quantity};
use infra_schema::quantity::{Format, Quantity as Exact};
use std::{fmt, str::FromStr};

/// A percentage of a size, from `1%` to `1000%`.
///
/// What it makes of numbers and quantities is rounded up, and never becomes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Share(u16);

impl Share {
    /// That share of a number of things, at least one; of none it is none.
    pub fn of_count(self, count: u16) -> u16 {
        let share = (u32::from(count) * u32::from(self.0)).div_ceil(100);
        u16::try_from(share).unwrap_or(u16::MAX)
    }

    /// That share of an amount of a resource, in units that people write: CPU to a thousandth,
    /// memory to a mebibyte, storage to a gibibyte where there is one (in decimal units where it is
    /// written in such), devices to a whole one. A share of no more than all is no more than there
    /// was. Huge pages come in sizes of their own, and stay as they are.
    pub fn of_quantity(self, resource: &str, quantity: Quantity) -> Quantity {
        let whole = quantity.amount();
        if whole.is_zero() || resource.starts_with("hugepages-") {
            return quantity;
        }
        let share = whole.scale(self.0.into(), 100);
        let rounded = match resource {
            "cpu" => Exact::from_milli(share.as_milli()),
            "memory" | "ephemeral-storage" | "storage" => in_units(resource, whole, share),
            _ => Exact::from_value(share.value(), whole.format()),
        };
        Quantity::of(if self.0 <= 100 {
            rounded.min(whole)
        } else {
            rounded
        })
    }

    /// What a disruption budget says of that share of the pods: how many must stay, or how many may
    /// go. Of those that must stay the share is rounded down, so that of fewer pods it is fewer than
    /// all; a percentage of them is said as what may go, since of a single pod it is that one.
    pub(crate) fn of_budget(
        self,
        stay: Option<Amount>,
        go: Option<Amount>,
    ) -> (Option<Amount>, Option<Amount>) {
        match (stay, go) {
            (Some(Amount::Count(count)), _) => {
                let share = u32::from(count) * u32::from(self.0) / 100;
                let share = u16::try_from(share).unwrap_or(u16::MAX);
                (Some(Amount::Count(share)), None)
            }
            (Some(Amount::Percent(percent)), _) if self.0 < 100 && percent < 100 => {
                (None, Some(Amount::Percent(100 - percent)))
            }
            (None, Some(Amount::Count(count))) => (None, Some(Amount::Count(self.of_count(count)))),
            unchanged => unchanged,
        }
    }
}

/// Whole units of memory or storage, in the family that the amount was written in.
fn in_units(resource: &str, whole: Exact, share: Exact) -> Exact {
    let (mega, giga) = match whole.format() {
        Format::BinarySi => (1_i64 << 20, 1_i64 << 30),
        Format::DecimalSi | Format::DecimalExponent => (1_000_000, 1_000_000_000),
    };
    let unit = if resource == "storage" && whole.value() >= giga {
        giga
    } else {
        mega
    };
    let bytes = share.value();
    let units = bytes / unit + i64::from(bytes % unit != 0);
    Exact::from_value(units.saturating_mul(unit), whole.format())
}

fn error(found: impl Into<String>) -> Invalid {
    Invalid::new(
        "a share of a size",
        found,
        "a percentage from `1%` to `1000%`, such as `20%`",
    )
}

impl FromStr for Share {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.strip_suffix('%')
            .and_then(|percent| percent.trim_end().parse().ok())
            .filter(|percent| (1..=1000).contains(percent))
            .map(Self)
            .ok_or_else(|| error(text))
    }
}

from_text!(Share);

impl TryFrom<i64> for Share {
    type Error = Invalid;

    fn try_from(percent: i64) -> Result<Self, Invalid> {
        format!("{percent}%")
            .parse()
            .map_err(|_| error(percent.to_string()))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_are_rounded_up_and_none_stays_none() {
        for (share, count, expected) in [
            (20, 20, 4),
            (20, 5, 1),
            (20, 6, 2),
            (20, 1, 1),
            (1, 1, 1),
            (20, 0, 0),
            (100, 7, 7),
            (250, 2, 5),
            (1000, u16::MAX, u16::MAX),
        ] {
            assert_eq!(
                Share(share).of_count(count),
                expected,
                "{share}% of {count}"
            );
        }
    }

    #[test]
    fn quantities_are_whole_in_the_units_that_people_write() {
        for (share, resource, quantity, expected) in [
            (20, "cpu", "2", "400m"),
            (20, "cpu", "501m", "101m"),
            (20, "cpu", "1m", "1m"),
            (20, "cpu", "0", "0"),
            (20, "memory", "4Gi", "820Mi"),
            (20, "memory", "512Mi", "103Mi"),
            (20, "memory", "1Mi", "1Mi"),
            (20, "memory", "600Ki", "600Ki"),
            (20, "memory", "1G", "200M"),
            (20, "memory", "2000000000", "400M"),
            (50, "memory", "2Gi", "1Gi"),
            (20, "storage", "100Gi", "20Gi"),
            (20, "storage", "8Gi", "2Gi"),
            (20, "storage", "1Gi", "1Gi"),
            (20, "storage", "1536Mi", "1Gi"),
            (20, "storage", "500Mi", "100Mi"),
            (20, "storage", "1Ti", "205Gi"),
            (20, "storage", "500G", "100G"),
            (20, "ephemeral-storage", "2Gi", "410Mi"),
            (20, "nvidia.com/gpu", "4", "1"),
            (20, "hugepages-2Mi", "64Mi", "64Mi"),
            (200, "memory", "1536Mi", "3Gi"),
            (300, "cpu", "500m", "1500m"),
        ] {
            let quantity: Quantity = quantity.parse().expect(quantity);
            let found = Share(share).of_quantity(resource, quantity);
            assert_eq!(
                found.to_string(),
                expected,
                "{share}% of {quantity} {resource}"
            );
        }
    }

    #[test]
    fn shares_are_percentages() {
        for (text, expected) in [
            ("20%", Some("20%")),
            ("1000%", Some("1000%")),
            ("0%", None),
            ("1001%", None),
            ("20", None),
            ("0.2", None),
            ("a fifth", None),
        ] {
            let found = text.parse::<Share>().ok().map(|share| share.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
        assert_eq!(Share::try_from(20), "20%".parse());
        assert_eq!(
            Share::try_from(0).expect_err("none").to_string(),
            "`0` is not a share of a size: expected a percentage from `1%` to `1000%`, such as `20%`"
        );
    }

    #[test]
    fn a_budget_of_fewer_pods_lets_one_go() {
        let amount = |text: &str| (!text.is_empty()).then(|| Amount::try_from(text).expect(text));
        for (share, stay, go, expected) in [
            (20, "3", "", ("0", "")),
            (20, "8", "", ("1", "")),
            (20, "", "1", ("", "1")),
            (20, "", "10", ("", "2")),
            (20, "", "0", ("", "0")),
            (20, "60%", "", ("", "40%")),
            (20, "100%", "", ("100%", "")),
            (20, "", "25%", ("", "25%")),
            (200, "60%", "", ("60%", "")),
            (200, "3", "", ("6", "")),
        ] {
            let found = Share(share).of_budget(amount(stay), amount(go));
            let expected = (amount(expected.0), amount(expected.1));
            assert_eq!(found, expected, "{share}% of {stay}, {go}");
        }
    }

    proptest! {
        #[test]
        fn a_share_is_at_least_its_part_and_at_most_the_whole(
            percent in 1_u16..=100,
            bytes in 1_i64..1_i64 << 50,
            resource in prop::sample::select(vec!["cpu", "memory", "storage", "example.com/card"]),
        ) {
            let whole = Quantity::of(Exact::from_value(bytes, Format::BinarySi));
            let part = whole.amount().scale(percent.into(), 100);
            let found = Share(percent).of_quantity(resource, whole).amount();
            prop_assert!(found >= part && found <= whole.amount() && !found.is_zero());
        }

        #[test]
        fn of_those_that_stay_one_fewer_than_all_at_the_most(
            percent in 1_u16..=1000, replicas in 2_u16..1000, stay in 1_u16..1000,
        ) {
            prop_assume!(stay < replicas);
            let share = Share(percent);
            let (Some(Amount::Count(stay)), None) =
                share.of_budget(Some(Amount::Count(stay)), None)
            else {
                unreachable!("a count stays one");
            };
            prop_assert!(stay < share.of_count(replicas));
        }
    }
}
