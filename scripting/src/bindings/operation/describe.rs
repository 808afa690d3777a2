//! `describe("app")`: an object, what is around it, and why it is not well.

use super::live_object::LiveObject;
use super::place::{Place, WhereOptions};
use super::target::TargetValue;
use crate::diagnostic::did_you_mean;
use crate::table::{Fault, FieldOf, Reader, Row, ScriptType, Value, row};
use infra_sdk::operation::{Description, describe, mask};
use rhai::Dynamic;

/// What can be read of one.
const KEYS: [&str; 7] = [
    "object", "state", "reason", "cause", "owners", "pods", "events",
];

/// An object, described.
#[derive(Clone, Debug)]
pub(crate) struct Described(Description);

impl Described {
    fn field(&self, key: &str) -> Result<Dynamic, (String, String)> {
        let described = &self.0;
        if key == "object" {
            let object = LiveObject::of(described.object.clone());
            return Ok(Dynamic::from(Value::new(object)));
        }
        let told = serde_json::json!({
            "state": described.status.state,
            "reason": described.status.reason,
            "cause": described.cause.as_ref().map(|cause| &cause.summary),
            "owners": described.owners,
            "pods": described.pods,
            "events": described.events,
        });
        if told.get(key).is_none() {
            let help = did_you_mean(key, KEYS)
                .unwrap_or_else(|| format!("it has `{}`", KEYS.join("`, `")));
            return Err((format!("a description has no `{key}`"), help));
        }
        Ok(LiveObject::plain(&told).read(key))
    }
}

impl ScriptType for Described {
    const NAME: &'static str = "description";
    const FIELD: Option<FieldOf<Self>> = Some(Self::field);

    fn text(&self) -> String {
        self.0.to_string()
    }
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "describe",
            &["target", "options?"],
            |target: TargetValue,
             options: Option<WhereOptions>,
             live: Reader|
             -> Result<Described, Fault> {
                let namespace = WhereOptions::namespace(options);
                let (place, target) = Place::with_target(live.0, target, namespace)?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let secrets = place.live.objects();
                place
                    .run(async move {
                        let mask = mask(&cluster, &secrets).await;
                        describe(&cluster, &target, &namespace, Some(&mask)).await
                    })
                    .map(Described)
            },
        )
        .on_cluster()
        .brings::<LiveObject>()
        .doc(
            "How an object is and, where it is not well, why; who owns it, its pods and its events. \
             Printed it is text; its fields are `object`, `state` (`\"ready\"`, `\"failed\"` …), \
             `reason`, `cause`, `owners`, `pods` (`name`, `status`, `node`) and `events` (`reason`, \
             `message`, `type`, `count`, `last`). Option: `namespace`.",
        )
        .example(
            r#"let app = describe("deployment/app");
for pod in app.pods { print(`${pod.name}: ${pod.status}`); }"#,
        ),
    ]
}
