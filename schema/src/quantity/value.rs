//! A quantity as a number.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::ops::{Add, Sub};

/// One unit in nanos, the finest that a quantity has.
pub(super) const UNIT: i128 = 1_000_000_000;
/// The largest quantity, in nanos.
pub(super) const MAX: i128 = i64::MAX as i128 * UNIT;

/// How a quantity is written. It keeps the family that it was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `500m`, `1k`, `2G`.
    DecimalSi,
    /// `1Ki`, `2Gi`.
    BinarySi,
    /// `1e3`.
    DecimalExponent,
}

/// An amount of a resource, exact to one billionth. Two are equal when they are the same amount,
/// however written.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    pub(super) nanos: i128,
    pub(super) format: Format,
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self {
        nanos: 0,
        format: Format::DecimalSi,
    };

    pub(super) fn capped(nanos: i128, format: Format) -> Self {
        Self {
            nanos: nanos.clamp(-MAX, MAX),
            format,
        }
    }

    /// A whole number of units, written in a format.
    pub fn from_value(value: i64, format: Format) -> Self {
        Self {
            nanos: i128::from(value) * UNIT,
            format,
        }
    }

    /// Thousandths of a unit, such as millicores.
    pub fn from_milli(milli: i64) -> Self {
        Self {
            nanos: i128::from(milli) * (UNIT / 1000),
            format: Format::DecimalSi,
        }
    }

    /// The amount in whole units, rounded up.
    pub fn value(&self) -> i64 {
        rounded_up(self.nanos, UNIT)
    }

    /// The amount in thousandths, rounded up.
    pub fn as_milli(&self) -> i64 {
        rounded_up(self.nanos, UNIT / 1000)
    }

    /// The amount rounded up to whole thousandths, when it is finer than they are.
    #[must_use]
    pub fn rounded_to_milli(self) -> Option<Self> {
        let milli = UNIT / 1000;
        (self.nanos % milli != 0).then(|| Self {
            nanos: i128::from(rounded_up(self.nanos, milli)) * milli,
            ..self
        })
    }

    /// The amount, as near as a float comes.
    pub fn as_f64(&self) -> f64 {
        self.nanos as f64 / UNIT as f64
    }

    /// Whether it is nothing.
    pub fn is_zero(&self) -> bool {
        self.nanos == 0
    }

    /// Whether it is less than nothing.
    pub fn is_negative(&self) -> bool {
        self.nanos < 0
    }

    /// How it is written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The amount a number of times, at most the largest quantity.
    #[must_use]
    pub fn times(self, factor: i64) -> Self {
        Self::capped(self.nanos.saturating_mul(i128::from(factor)), self.format)
    }

    /// The amount as a share: `part` of `whole`, rounded up to the billionth.
    #[must_use]
    pub fn scale(self, part: i64, whole: i64) -> Self {
        if whole == 0 {
            return Self { nanos: 0, ..self };
        }
        let (scaled, whole) = (
            self.nanos.saturating_mul(i128::from(part)),
            i128::from(whole),
        );
        let up = i128::from(scaled % whole != 0 && (scaled > 0) == (whole > 0));
        Self::capped(scaled / whole + up, self.format)
    }

    fn plus(self, other: Self, nanos: i128) -> Self {
        // Nothing has no family of its own.
        let format = if self.is_zero() {
            other.format
        } else {
            self.format
        };
        Self::capped(nanos, format)
    }
}

fn rounded_up(nanos: i128, unit: i128) -> i64 {
    let whole = nanos.div_euclid(unit) + i128::from(nanos.rem_euclid(unit) != 0);
    i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX })
}

impl Default for Quantity {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Add for Quantity {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.plus(other, self.nanos + other.nanos)
    }
}

impl Sub for Quantity {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.plus(other, self.nanos - other.nanos)
    }
}

impl std::iter::Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl Hash for Quantity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nanos.hash(state);
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}
