//! Amounts of CPU, memory and storage.

use super::Invalid;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as Wire;
use std::{fmt, str::FromStr};

/// An amount of a resource (`500m`, `1.5Gi`), printed as the API server prints it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// In billionths.
    nano: i128,
    text: String,
}

impl Quantity {
    /// As the API server prints it: `2000m` is `2`, `1.5Gi` is `1536Mi`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn wire(&self) -> Wire {
        Wire(self.text.clone())
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Binary,
    Decimal,
    Exponent,
}

impl FromStr for Quantity {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        parse(text)
            .map(|(nano, format)| Self {
                nano,
                text: canonical(nano, format),
            })
            .ok_or_else(|| {
                Invalid::new(
                    "a quantity",
                    text,
                    "a number and a unit of Kubernetes, such as `500m` or `2` for CPU, `512Mi` or `100Gi` for memory and storage",
                )
            })
    }
}

fn parse(text: &str) -> Option<(i128, Format)> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || number.len() > 24 {
        return None;
    }
    let mantissa: i128 = format!("0{whole}{fraction}").parse().ok()?;
    let (factor, exponent, format) = unit(suffix)?;
    let exponent = exponent + 9 - i32::try_from(fraction.len()).ok()?;
    let scaled = mantissa.checked_mul(factor)?;
    let ten = |power: i32| 10_i128.checked_pow(power.unsigned_abs());
    let nano = if exponent >= 0 {
        scaled.checked_mul(ten(exponent)?)?
    } else {
        // Smaller than a billionth is rounded away from zero, as the API server does.
        let divisor = ten(exponent)?;
        (scaled + divisor - 1) / divisor
    };
    Some((if negative { -nano } else { nano }, format))
}

/// A unit as a factor, a power of ten and the way in which it is printed.
fn unit(suffix: &str) -> Option<(i128, i32, Format)> {
    let binary = |power: u32| Some((1_i128 << (10 * power), 0, Format::Binary));
    let decimal = |exponent| Some((1, exponent, Format::Decimal));
    match suffix {
        "" => decimal(0),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        _ => {
            let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            (-18..=18)
                .contains(&exponent)
                .then_some((1, exponent, Format::Exponent))
        }
    }
}

const ONE: i128 = 1_000_000_000;

fn canonical(nano: i128, format: Format) -> String {
    if nano == 0 {
        return "0".to_owned();
    }
    if format == Format::Binary && nano.abs() >= 1024 * ONE && nano % ONE == 0 {
        let (mut number, mut power) = (nano / ONE, 0);
        while number % 1024 == 0 && power < 6 {
            number /= 1024;
            power += 1;
        }
        return format!(
            "{number}{}",
            ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][power]
        );
    }
    let (mut number, mut exponent) = (nano, -9);
    while number % 1000 == 0 && exponent < 18 {
        number /= 1000;
        exponent += 3;
    }
    if format == Format::Exponent && exponent != 0 {
        return format!("{number}e{exponent}");
    }
    let suffix = match exponent {
        -9 => "n",
        -6 => "u",
        -3 => "m",
        3 => "k",
        6 => "M",
        9 => "G",
        12 => "T",
        15 => "P",
        18 => "E",
        _ => "",
    };
    format!("{number}{suffix}")
}

from_text!(Quantity);

impl TryFrom<i64> for Quantity {
    type Error = Invalid;

    fn try_from(number: i64) -> Result<Self, Invalid> {
        number.to_string().parse()
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.nano, &self.text).cmp(&(other.nano, &other.text))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
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
            ("-1", "-1"),
            (".5", "500m"),
            ("5.", "5"),
        ] {
            let quantity = Quantity::try_from(text).expect(text);
            assert_eq!(quantity.as_str(), expected, "{text}");
        }
        for text in ["", "Gi", "1 Gi", "1gb", "1GB", "1.2.3", "--1", "1KB", "m"] {
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
