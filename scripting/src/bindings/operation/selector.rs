//! Selectors of labels and fields: text in Kubernetes' own notation, or a map.

use crate::table::{Call, Fields, Mismatch, Param, Scalar, Type};
use rhai::Dynamic;
use std::borrow::Cow;

/// `"app=web,tier in (a, b)"` or `#{ app: "web" }`.
pub(super) struct SelectorText(pub(super) String);

impl Param for SelectorText {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed("string or map"),
            entry: None,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a selector such as `\"app=web\"` or `#{ app: \"web\" }`")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        if value.is_map() {
            let fields = Fields::<Scalar>::from_value(value, call)?;
            let pairs = fields.0.into_iter();
            let pairs: Vec<String> = pairs
                .map(|(key, value)| format!("{key}={}", value.0))
                .collect();
            return Ok(Self(pairs.join(",")));
        }
        String::from_value(value, call).map(Self)
    }
}
