//! `patch("deployment/app", #{ spec: #{ replicas: 3 } })`: a change of any object.

use super::live_object::LiveObject;
use super::place::Place;
use super::target::TargetValue;
use crate::bindings::options::{Options, option_maps};
use crate::table::{Call, Fault, Json, Mismatch, Param, Row, Type, Writer, row};
use infra_sdk::cluster::PatchForm;
use infra_sdk::operation::patch;
use infra_sdk::types::DnsLabel;
use rhai::Dynamic;
use std::borrow::Cow;

/// How a patch is written.
struct Form(PatchForm);

impl Param for Form {
    fn ty() -> Type {
        String::ty()
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("`strategic`, `merge` or `json`")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        Ok(Self(match String::from_value(value, call)?.as_str() {
            "strategic" => PatchForm::Strategic,
            "merge" => PatchForm::Merge,
            "json" => PatchForm::Json,
            _ => return Err(Mismatch::form()),
        }))
    }
}

#[derive(Default)]
struct PatchOptions {
    form: Option<Form>,
    namespace: Option<DnsLabel>,
}

option_maps! {
    PatchOptions, "a map such as `#{ type: \"merge\" }`", |options: &mut Options, call| {
        Ok(PatchOptions {
            form: options.take("type", call)?,
            namespace: options.take("namespace", call)?,
        })
    };
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "patch",
            &["target", "change", "options?"],
            |target: TargetValue,
             change: Json,
             options: Option<PatchOptions>,
             live: Writer|
             -> Result<LiveObject, Fault> {
                let PatchOptions { form, namespace } = options.unwrap_or_default();
                let (place, target) = Place::with_target(live.0, target, namespace)?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let (form, dry_run) = (form.map(|form| form.0), place.dry_run);
                let written = place.run(async move {
                    patch(&cluster, &target, &namespace, &change.0, form, dry_run).await
                })?;
                Ok(place.wrote(written, ("patch", "patched"), ""))
            },
        )
        .on_cluster()
        .doc(
            "Changes an object of the cluster by a patch: a map of the fields to change, in which \
             `()` takes a field away, or a list of steps (a JSON patch). The result is the object \
             afterwards. Options: `type`, `\"strategic\"` by default for built-in kinds (lists are \
             merged by their keys), `\"merge\"` for others (lists are replaced) or `\"json\"`; \
             `namespace`. A builder is changed by its own `patch`: name the object as text.",
        )
        .example(r#"patch("deployment/app", #{ spec: #{ minReadySeconds: 5 } });"#),
    ]
}
