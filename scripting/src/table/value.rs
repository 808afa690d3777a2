//! Builders as values of a script: cheap to copy, changed only where they are held alone.

use infra_sdk::object::Origin;
use infra_sdk::resource::Resource;
use rhai::Dynamic;
use std::{any::TypeId, sync::Arc};

/// A Rust type that scripts hold as a value.
pub trait ScriptType: Clone + Send + Sync + 'static {
    /// Its name in scripts and messages, in snake case.
    const NAME: &'static str;

    /// Where its fields were set, if it keeps that.
    fn origin_mut(&mut self) -> Option<&mut Origin> {
        None
    }

    /// It as something that an environment can hold.
    fn resource(_this: &Arc<Self>) -> Option<Arc<dyn Resource>> {
        None
    }

    /// How `value.key` and `value["key"]` are read, where they can be.
    const FIELD: Option<FieldOf<Self>> = None;

    /// What it holds, where a prompt shows that rather than what it says; without secrets.
    fn data(&self) -> Option<serde_json::Value> {
        None
    }

    /// What `to_string` and `print` say.
    fn text(&self) -> String {
        Self::NAME.to_owned()
    }
}

/// Reads a field of a value: what it is, or what is wrong and what to do.
pub type FieldOf<T> = fn(&T, &str) -> Result<Dynamic, (String, String)>;

/// The same when only a script's value is at hand.
type Field = fn(&Dynamic, &str) -> Result<Dynamic, (String, String)>;

/// A value of a script: shared until it is changed.
#[derive(Debug)]
pub struct Value<T>(pub(crate) Arc<T>);

impl<T> Clone for Value<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Clone> Value<T> {
    /// A new value.
    pub fn new(inner: T) -> Self {
        Self(Arc::new(inner))
    }

    /// The builder, to look at.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// The builder itself; copied only when others hold it too.
    pub fn into_inner(self) -> T {
        Arc::unwrap_or_clone(self.0)
    }
}

/// What is known of a [`ScriptType`] when only a script's value is at hand.
#[derive(Clone, Copy)]
pub struct TypeEntry {
    /// Its name in scripts.
    pub name: &'static str,
    pub(crate) id: TypeId,
    pub(crate) rust_name: fn() -> &'static str,
    pub(crate) resource: fn(&Dynamic) -> Option<Arc<dyn Resource>>,
    pub(crate) data: fn(&Dynamic) -> Option<serde_json::Value>,
    pub(crate) text: fn(&Dynamic) -> String,
    pub(crate) field: Option<Field>,
}

impl TypeEntry {
    /// The entry of a type.
    pub fn of<T: ScriptType>() -> &'static Self {
        const {
            &Self {
                name: T::NAME,
                id: TypeId::of::<Value<T>>(),
                rust_name: std::any::type_name::<Value<T>>,
                resource: |value| T::resource(&held::<T>(value)?.0),
                data: |value| held::<T>(value)?.0.data(),
                text: |value| held::<T>(value).map_or_else(String::new, |held| held.0.text()),
                field: match T::FIELD {
                    Some(_) => Some(|value, key| match (held::<T>(value), T::FIELD) {
                        (Some(held), Some(field)) => field(&held.0, key),
                        _ => Ok(Dynamic::UNIT),
                    }),
                    None => None,
                },
            }
        }
    }
}

impl std::fmt::Debug for TypeEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

fn held<T: ScriptType>(value: &Dynamic) -> Option<Value<T>> {
    value.read_lock::<Value<T>>().map(|held| held.clone())
}

/// Makes sdk resources script types: `resources!(Deployment = "deployment")`.
macro_rules! resources {
    ($($type:ty = $name:literal),+ $(,)?) => {$(
        impl $crate::table::ScriptType for $type {
            const NAME: &'static str = $name;
            fn origin_mut(&mut self) -> Option<&mut infra_sdk::object::Origin> {
                Some(infra_sdk::resource::Resource::origin_mut(self))
            }
            fn resource(
                this: &std::sync::Arc<Self>,
            ) -> Option<std::sync::Arc<dyn infra_sdk::resource::Resource>> {
                Some(std::sync::Arc::clone(this) as std::sync::Arc<dyn infra_sdk::resource::Resource>)
            }
            fn text(&self) -> String {
                infra_sdk::resource::Resource::reference(self).to_string()
            }
        }
    )+};
}

/// Makes other types script types: `values!(Probe = "probe")`.
macro_rules! values {
    ($($type:ty = $name:literal),+ $(,)?) => {$(
        impl $crate::table::ScriptType for $type {
            const NAME: &'static str = $name;
        }
    )+};
}

pub(crate) use {resources, values};
