//! `delete("configmap/old")`: an object that goes.

use super::live_object::LiveObject;
use super::place::Place;
use super::target::TargetValue;
use crate::bindings::options::{Options, option_maps};
use crate::table::{Call, Fault, Mismatch, Param, Row, Type, Writer, row};
use infra_sdk::cluster::Propagation;
use infra_sdk::operation::{DeleteOptions, delete};
use infra_sdk::types::{DnsLabel, Duration};
use rhai::Dynamic;
use std::borrow::Cow;

/// What becomes of what the object owns.
struct PropagationWord(Propagation);

impl Param for PropagationWord {
    fn ty() -> Type {
        String::ty()
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("`background`, `foreground` or `orphan`")
    }

    fn from_value(value: Dynamic, call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        let word = String::from_value(value, call)?.to_lowercase();
        Ok(Self(match word.as_str() {
            "background" => Propagation::Background,
            "foreground" => Propagation::Foreground,
            "orphan" => Propagation::Orphan,
            _ => return Err(Mismatch::form()),
        }))
    }
}

#[derive(Default)]
struct HowOptions {
    how: DeleteOptions,
    namespace: Option<DnsLabel>,
}

option_maps! {
    HowOptions, "a map such as `#{ wait: \"1m\" }`", |options: &mut Options, call| {
        let usual = DeleteOptions::default();
        let propagation: Option<PropagationWord> = options.take("propagation", call)?;
        let wait: Option<Duration> = options.take("wait", call)?;
        Ok(HowOptions {
            how: DeleteOptions {
                propagation: propagation.map_or(usual.propagation, |word| word.0),
                resource_version: options.take("resource_version", call)?,
                grace_period: options.take("grace_period", call)?,
                wait: wait.map(|wait| std::time::Duration::from_millis(wait.millis())),
                dry_run: false,
            },
            namespace: options.take("namespace", call)?,
        })
    };
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "delete",
            &["target", "options?"],
            |target: TargetValue,
             options: Option<HowOptions>,
             live: Writer|
             -> Result<LiveObject, Fault> {
                let HowOptions { mut how, namespace } = options.unwrap_or_default();
                let (place, target) = Place::with_target(live.0, target, namespace)?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                how.dry_run = place.dry_run;
                let written =
                    place.run(async move { delete(&cluster, &target, &namespace, &how).await })?;
                Ok(place.wrote(written, ("delete", "deleted"), ""))
            },
        )
        .on_cluster()
        .doc(
            "Deletes an object, which is named in full: the one that is there now, not another that \
             comes in its place. The result is the object as it was. Options: `propagation`, what \
             becomes of what it owns (`\"background\"` by default, `\"foreground\"`, `\"orphan\"`); \
             `wait`, how long to wait until it is gone; `grace_period` in seconds; \
             `resource_version`, only if it has not changed since; `namespace`.",
        )
        .example(r#"delete("serviceaccount/app", #{ wait: "1m" });"#),
    ]
}
