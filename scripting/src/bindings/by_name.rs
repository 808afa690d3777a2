//! Parameters that are a resource by value or by name.

use super::params::link;
use crate::table::{Call, Mismatch, Param, Type};
use infra_sdk::resource::{
    ClaimLink, GatewayLink, Link, PriorityClassLink, StorageClassLink, VolumeLink,
};
use infra_sdk::types::Invalid;
use rhai::Dynamic;
use std::{borrow::Cow, str::FromStr};

/// Reads the name of a resource, or the resource itself.
fn by_name<T>(value: &Dynamic, call: &Call<'_, '_>) -> Result<T, Mismatch>
where
    T: FromStr<Err = Invalid> + TryFrom<Link>,
{
    match link(value, call) {
        Some(link) => T::try_from(link).map_err(|_| Mismatch::form()),
        None => crate::table::parsed(value),
    }
}

macro_rules! by_name {
    ($($type:ty, $name:literal, $expected:literal, $read:expr;)+) => {$(
        impl Param for $type {
            fn ty() -> Type {
                Type { name: Cow::Borrowed($name), entry: None }
            }

            fn expected() -> Cow<'static, str> {
                Cow::Borrowed($expected)
            }

            fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
                let read: fn(&Dynamic, &Call<'_, '_>) -> Result<Self, Mismatch> = $read;
                read(&value, call)
            }
        }
    )+};
}

by_name! {
    StorageClassLink, "storage_class or string",
        "a storage class, or its name such as `fast-ssd`",
        |value, call| match value.as_immutable_string_ref() {
            Ok(text) if text.is_empty() => Ok(Self::none()),
            _ => by_name(value, call),
        };
    PriorityClassLink, "priority_class or string",
        "a priority class, or its name such as `critical`", by_name;
    VolumeLink, "persistent_volume or string",
        "a persistent volume, or its name such as `postgres-pv`", by_name;
    GatewayLink, "gateway or string",
        "a gateway, or its name such as `door`", by_name;
    ClaimLink, "volume_claim or string",
        "a volume claim, or its name such as `data-postgres-0`", by_name;
}
