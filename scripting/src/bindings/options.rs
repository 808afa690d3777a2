//! Maps of known keys, as scripts write what has many settings of which few are set.

use crate::table::{Call, Mismatch, Param};
use rhai::Dynamic;

/// Makes types parameters that scripts write as such a map: what is expected, and how the keys are
/// read.
macro_rules! option_maps {
    ($($type:ty, $expected:literal, $read:expr;)+) => {$(
        impl $crate::table::Param for $type {
            fn ty() -> $crate::table::Type {
                $crate::bindings::params::named("map")
            }

            fn expected() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($expected)
            }

            fn from_value(
                value: rhai::Dynamic,
                call: &$crate::table::Call<'_, '_>,
            ) -> Result<Self, $crate::table::Mismatch> {
                let mut options = $crate::bindings::options::Options::of(value)?;
                let made = $read(&mut options, call)?;
                options.done()?;
                Ok(made)
            }
        }
    )+};
}
pub(super) use option_maps;

/// A map of known keys, taken one by one.
pub(crate) struct Options {
    map: rhai::Map,
    known: Vec<&'static str>,
}

impl Options {
    pub(super) fn of(value: Dynamic) -> Result<Self, Mismatch> {
        value
            .flatten()
            .try_cast_result::<rhai::Map>()
            .map(|map| Self {
                map,
                known: Vec::new(),
            })
            .map_err(|_| Mismatch::form())
    }

    /// The value under a key, if it is there.
    pub(crate) fn take<T: Param>(
        &mut self,
        key: &'static str,
        call: &Call<'_, '_>,
    ) -> Result<Option<T>, Mismatch> {
        self.known.push(key);
        self.map
            .remove(key)
            .map(|value| crate::table::element(value, call).map_err(|m| m.inside(key)))
            .transpose()
    }

    /// Nothing is left: every key was known.
    pub(crate) fn done(self) -> Result<(), Mismatch> {
        let Some(key) = self.map.keys().next() else {
            return Ok(());
        };
        let help = crate::diagnostic::did_you_mean(key, self.known.iter().copied())
            .unwrap_or_else(|| format!("the keys are `{}`", self.known.join("`, `")));
        Err(Mismatch {
            key: true,
            ..Mismatch::sentence(format!("there is no key `{key}` here"))
                .inside(key.as_str())
                .help(Some(help))
        })
    }
}
