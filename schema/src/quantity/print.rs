//! Writing quantities as an API server does.

use std::fmt;

use super::value::{Format, Quantity, UNIT};

const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

impl fmt::Display for Quantity {
    /// The canonical form: no fraction, the largest suffix that loses nothing, in the family that
    /// it was written in. Binary ones below 1Ki and those that are no whole number are decimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanos == 0 {
            return f.write_str("0");
        }
        let whole = self.nanos % UNIT == 0;
        if self.format == Format::BinarySi && whole && self.nanos.abs() >= 1024 * UNIT {
            let (number, power) = without_factor(self.nanos / UNIT, 1024, BINARY.len() - 1);
            return write!(f, "{number}{}", BINARY[power]);
        }
        let (number, thousands) = without_factor(self.nanos, 1000, DECIMAL.len() - 1);
        if self.format != Format::DecimalExponent {
            return write!(f, "{number}{}", DECIMAL[thousands]);
        }
        match thousands as i32 * 3 - 9 {
            0 => write!(f, "{number}"),
            power => write!(f, "{number}e{power}"),
        }
    }
}

/// Divides by a factor as often as nothing is lost, at most so many times.
fn without_factor(mut number: i128, factor: i128, most: usize) -> (i128, usize) {
    let mut times = 0;
    while times < most && number % factor == 0 {
        number /= factor;
        times += 1;
    }
    (number, times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::QuantityError;
    use proptest::prelude::*;

    #[test]
    fn prints_what_the_server_prints() {
        for (written, printed) in [
            ("1000m", "1"),
            ("0.5", "500m"),
            ("1024Mi", "1Gi"),
            ("2000m", "2"),
            ("1.5Gi", "1536Mi"),
            ("1536Mi", "1536Mi"),
            ("100.5Mi", "102912Ki"),
            ("0.1Ki", "102400m"),
            ("512Ki", "512Ki"),
            ("1000", "1k"),
            ("1000G", "1T"),
            ("1e3", "1e3"),
            ("1E3", "1e3"),
            ("12e-3", "12e-3"),
            ("1500e0", "1500"),
            ("1E", "1E"),
            ("0", "0"),
            ("0Gi", "0"),
            ("00.50", "500m"),
            ("+5", "5"),
            ("-1.5", "-1500m"),
            (".5", "500m"),
            ("5.", "5"),
            ("0.0000000001", "1n"),
            ("1.0000000001", "1000000001n"),
            ("100m", "100m"),
            ("1u", "1u"),
            ("9223372036854775807", "9223372036854775807"),
            ("99999999999999999999999999", "9223372036854775807"),
            ("16Ei", "9223372036854775807"),
            ("1000Ki", "1000Ki"),
            ("1023", "1023"),
        ] {
            assert_eq!(
                Quantity::parse(written).map(|q| q.to_string()),
                Ok(printed.into()),
                "{written}"
            );
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for (text, error) in [
            ("", QuantityError::Format),
            ("abc", QuantityError::Format),
            ("1 Gi", QuantityError::Format),
            ("1Gib", QuantityError::Format),
            ("1.2.3", QuantityError::Number),
            (".", QuantityError::Number),
            ("1ki", QuantityError::Suffix),
            ("1K", QuantityError::Suffix),
            ("1mm", QuantityError::Suffix),
            ("1e", QuantityError::Suffix),
        ] {
            assert_eq!(Quantity::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn counts() {
        let q = |text: &str| Quantity::parse(text).expect("quantity");
        assert_eq!((q("500m") + q("1")).to_string(), "1500m");
        assert_eq!((q("1Gi") - q("512Mi")).to_string(), "512Mi");
        assert_eq!(q("250m").times(4).to_string(), "1");
        assert_eq!(q("1Gi").scale(1, 2).to_string(), "512Mi");
        assert_eq!(q("1500m").value(), 2);
        assert_eq!(q("1.5").as_milli(), 1500);
        assert_eq!(q("1n").as_milli(), 1);
        assert!(q("1Gi") > q("1G"));
        assert_eq!(q("1000m"), q("1"));
        assert_eq!(
            [q("1Gi"), q("1Gi")]
                .into_iter()
                .sum::<Quantity>()
                .to_string(),
            "2Gi"
        );
    }

    proptest! {
        #[test]
        fn canonical_is_stable_and_keeps_the_amount(
            number in 0_u64..1_000_000_000, fraction in 0_u32..1000,
            suffix in prop::sample::select(vec!["n", "u", "m", "", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "E-3"]),
        ) {
            let written = format!("{number}.{fraction:03}{suffix}");
            let quantity = Quantity::parse(&written).expect("quantity");
            let printed = quantity.to_string();
            let again = Quantity::parse(&printed).expect("canonical");
            prop_assert_eq!(again, quantity);
            prop_assert_eq!(again.to_string(), printed);
        }

        #[test]
        fn order_is_the_order_of_the_numbers(a in 0_i64..1_000_000_000, b in 0_i64..1_000_000_000) {
            let (x, y) = (Quantity::from_milli(a), Quantity::parse(&format!("{b}m")).expect("quantity"));
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        }
    }
}
