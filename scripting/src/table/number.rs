//! Numbers: whole ones with their ranges, and fractions.

use super::call::Call;
use super::fault::Mismatch;
use super::param::{Param, named};
use super::row::Type;
use rhai::Dynamic;
use std::borrow::Cow;

fn whole(value: &Dynamic) -> Result<i64, Mismatch> {
    value.as_int().map_err(|_| {
        let quoted = value
            .as_immutable_string_ref()
            .ok()
            .filter(|text| text.parse::<i64>().is_ok())
            .map(|text| format!("write it without quotes: `{}`", text.as_str()));
        Mismatch::form().help(quoted)
    })
}

macro_rules! whole_numbers {
    ($($type:ty),+) => {$(
        impl Param for $type {
            fn ty() -> Type {
                named("int")
            }

            fn expected() -> Cow<'static, str> {
                Cow::Borrowed("a whole number")
            }

            fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
                let number = whole(&value)?;
                Self::try_from(number).map_err(|_| {
                    Mismatch::new(format!(
                        "must be from {} to {}, got {number}",
                        Self::MIN,
                        Self::MAX
                    ))
                })
            }
        }
    )+};
}

whole_numbers!(u8, u16, u32, i32, usize);

impl Param for i64 {
    fn ty() -> Type {
        named("int")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a whole number")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        whole(&value)
    }
}

impl Param for f64 {
    fn ty() -> Type {
        named("number")
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a number")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        value
            .as_float()
            .or_else(|_| value.as_int().map(|whole| whole as f64))
            .map_err(|_| Mismatch::form())
    }
}
