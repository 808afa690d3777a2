//! What an operation is about: `"deployment/app"`, `"app"`, a builder, or an object that was read.

use super::live_object::LiveObject;
use crate::table::{Call, Mismatch, Param, Type, Value, parsed};
use infra_sdk::operation::{KindName, Target};
use rhai::Dynamic;
use std::borrow::Cow;

/// What an operation is about.
pub(super) struct TargetValue(pub(super) Target);

impl Param for TargetValue {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed("target"),
            entry: None,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed(
            "a target such as `\"deployment/app\"`, a builder, or an object that was read",
        )
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        if let Some(object) = value.read_lock::<Value<LiveObject>>() {
            let id = object.get().id();
            let id = id.ok_or_else(|| Mismatch::new("is a part of an object, not one itself"))?;
            return Ok(Self(Target::from(id)));
        }
        if let Some(resource) = call.resource(&value) {
            return Ok(Self(Target::from(&resource.reference())));
        }
        parsed(&value).map(Self)
    }
}

/// A kind: `"deployment"`, `"deploy"`, `"certificates.cert-manager.io"`.
pub(super) struct KindValue(pub(super) KindName);

impl Param for KindValue {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed("string"),
            entry: None,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a kind such as `\"pods\"`")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        let word = String::from_value(value, call)?;
        if word.contains('/') {
            let message = format!("`{word}` names one object, not a kind");
            return Err(
                Mismatch::sentence(message).help(Some(format!("read it by `get(\"{word}\")`")))
            );
        }
        Ok(Self(KindName::from(word.as_str())))
    }
}
