//! Judging a new object without the API server, where that cannot be asked: its namespace is new
//! as well, and a dry run in it would only say so.

use crate::{
    cluster::Served,
    engine::{Refusal, refusal::refusal},
    object::Object,
};
use infra_schema::{
    default::defaults,
    kind::Kind,
    validate::{decode_error, unknown_fields, validate},
};
use serde_json::Value;

/// What is known to be wrong, and what looks so.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What every API server refuses.
    pub(crate) refusals: Vec<Refusal>,
    /// What this API server may know better.
    pub(crate) notes: Vec<String>,
}

/// Looks at the body of a new object. Of kinds that are not built in nothing is known.
pub(crate) fn check(object: &Object, served: &Served, body: &Value) -> Found {
    let Some(kind) = Kind::find(&served.group, &served.version, &served.kind) else {
        return Found::default();
    };
    // A newer API server has fields that the tables do not.
    let notes = unknown_fields(&kind.ty(), body)
        .into_iter()
        .map(|field| {
            format!(
                "`{field}` is no field of a {} that is known here",
                kind.kind
            )
        })
        .collect();
    if let Some(problem) = decode_error(kind, body) {
        return Found {
            refusals: vec![refusal(object, None, problem)],
            notes,
        };
    }
    let mut body = body.clone();
    defaults(kind, &mut body);
    let refusals = validate(kind, &body)
        .into_iter()
        .map(|violation| {
            let field = Some(violation.field).filter(|field| field != "<nil>");
            refusal(object, field, violation.message)
        })
        .collect();
    Found { refusals, notes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{engine::kinds::builtin, object::Origin};
    use serde_json::json;

    #[test]
    fn what_every_server_refuses_is_refused_and_what_one_may_know_is_noted() {
        let mut body = json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}], "speed": 9},
        });
        let found = |body: &Value| {
            let object = Object::new(body.clone(), Origin::default());
            check(&object, &builtin("", "Service"), body)
        };
        let good = found(&body);
        assert!(good.refusals.is_empty(), "{:?}", good.refusals);
        assert_eq!(
            good.notes,
            ["`spec.speed` is no field of a Service that is known here"]
        );
        body["spec"]["ports"][0]["port"] = 99_999.into();
        let bad = found(&body).refusals;
        assert_eq!(
            bad[0].field.as_deref(),
            Some("spec.ports[0].port"),
            "{bad:?}"
        );
    }
}
