//! Reading quantities.

use std::str::FromStr;

use super::value::{Format, MAX, Quantity, UNIT};

/// A text that is no quantity, in the server's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a number and a suffix.
    #[error(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )]
    Format,
    /// No digits, or two points.
    #[error("unable to parse numeric part of quantity")]
    Number,
    /// An unknown suffix.
    #[error("unable to parse quantity's suffix")]
    Suffix,
}

/// By what a suffix multiplies: a base and its power.
fn suffix(text: &str) -> Option<(i128, i32, Format)> {
    let decimal = |power| Some((10, power, Format::DecimalSi));
    let binary = |power| Some((2, power, Format::BinarySi));
    match text {
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        _ => {
            let power = text.strip_prefix(['e', 'E'])?;
            Some((10, power.parse().ok()?, Format::DecimalExponent))
        }
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::Format);
        }
        let (negative, unsigned) = match text.as_bytes()[0] {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let end = unsigned
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(unsigned.len());
        let (number, rest) = unsigned.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if fraction.contains('.') || whole.len() + fraction.len() == 0 {
            return Err(if number.is_empty() {
                QuantityError::Format
            } else {
                QuantityError::Number
            });
        }
        let known = |c: char| c.is_ascii_digit() || "eEinumkKMGTP+-".contains(c);
        if !rest.chars().all(known) {
            return Err(QuantityError::Format);
        }
        let (base, power, format) = suffix(rest).ok_or(QuantityError::Suffix)?;
        let nanos = nanos(whole, fraction, base, power);
        Ok(Self::capped(if negative { -nanos } else { nanos }, format))
    }
}

impl Quantity {
    /// Reads a quantity, such as `500m`, `1.5Gi` or `2e3`. Finer than a billionth is rounded up.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        text.parse()
    }
}

/// `whole.fraction × base^power` in nanos, rounded away from zero, at most the largest quantity.
fn nanos(whole: &str, fraction: &str, base: i128, power: i32) -> i128 {
    let digits = whole
        .chars()
        .chain(fraction.chars())
        .map(|c| i128::from(c as u8 - b'0'));
    let mut mantissa: i128 = 0;
    // The last digit is 10^-scale.
    let mut scale = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    let mut lost = false;
    for digit in digits {
        if mantissa < 1_000_000_000_000_000_000_000 {
            mantissa = mantissa * 10 + digit;
        } else {
            // Beyond 21 digits only their being there counts.
            lost |= digit != 0;
            scale -= 1;
        }
    }
    if mantissa == 0 {
        return i128::from(lost);
    }
    let mut up = lost;
    if base == 2 {
        let Some(scaled) = mantissa.checked_mul(1 << power) else {
            return MAX;
        };
        mantissa = scaled;
    } else {
        scale -= i64::from(power);
    }
    let ten = scale - 9;
    if ten <= 0 {
        let factor = u32::try_from(-ten)
            .ok()
            .and_then(|p| 10_i128.checked_pow(p));
        return factor
            .and_then(|f| mantissa.checked_mul(f))
            .unwrap_or(MAX)
            .min(MAX);
    }
    match u32::try_from(ten).ok().and_then(|p| 10_i128.checked_pow(p)) {
        Some(factor) => {
            up |= mantissa % factor != 0;
            (mantissa / factor + i128::from(up)).min(MAX)
        }
        None => 1,
    }
}

impl From<i64> for Quantity {
    fn from(value: i64) -> Self {
        Self {
            nanos: i128::from(value) * UNIT,
            format: Format::DecimalSi,
        }
    }
}
