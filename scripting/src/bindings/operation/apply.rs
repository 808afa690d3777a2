//! `apply(config_map("a").values(#{ … }))`: one object, beside the environments.

use super::live_object::LiveObject;
use super::place::Place;
use crate::bindings::options::{Options, option_maps};
use crate::table::{Call, Fault, Mismatch, Param, Row, Type, Writer, json_of, row};
use infra_sdk::operation::apply;
use infra_sdk::resource::{RawObject, Resource};
use infra_sdk::types::DnsLabel;
use rhai::Dynamic;
use std::borrow::Cow;
use std::sync::Arc;

/// What is applied: a builder, or a map that is an object.
struct Applied(Arc<dyn Resource>);

impl Param for Applied {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed("builder or map"),
            entry: None,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("a builder, or a map that is an object")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        if let Some(resource) = call.resource(&value) {
            return Ok(Self(resource));
        }
        if !value.is_map() {
            return Err(Mismatch::form());
        }
        let object = RawObject::new(json_of(value, call)?);
        let object = object.map_err(|error| Mismatch::sentence(error.to_string()))?;
        Ok(Self(Arc::new(object)))
    }
}

#[derive(Default)]
struct ApplyOptions {
    take: bool,
    namespace: Option<DnsLabel>,
}

option_maps! {
    ApplyOptions, "a map such as `#{ take: true }`", |options: &mut Options, call| {
        Ok(ApplyOptions {
            take: options.take("take", call)?.unwrap_or_default(),
            namespace: options.take("namespace", call)?,
        })
    };
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "apply",
            &["object", "options?"],
            |object: Applied,
             options: Option<ApplyOptions>,
             live: Writer|
             -> Result<LiveObject, Fault> {
                let ApplyOptions { take, namespace } = options.unwrap_or_default();
                let place = Place::of(live.0, namespace.as_ref());
                let (object, _) = place.live.object_of(object.0)?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let dry_run = place.dry_run;
                let written = place.run(async move {
                    apply(&cluster, &object, &namespace, take, dry_run).await
                })?;
                Ok(place.wrote(written, ("apply", "applied"), ""))
            },
        )
        .on_cluster()
        .doc(
            "Applies one object by server-side apply, beside the environments: it is made where it is \
             not there, and no environment deletes it. What a builder becomes besides (a budget, a \
             network policy) is not applied with it. The result is the object afterwards. Options: \
             `take`, whether fields that others set are taken from them; `namespace`.",
        )
        .example(r#"apply(config_map("note").values(#{ TEXT: "maintenance at noon" }));"#),
    ]
}
