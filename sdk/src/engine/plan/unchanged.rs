//! Proving without a request that an apply would change nothing.

use crate::engine::MANAGER;
use infra_schema::{
    apply::{ApplyOptions, apply},
    canonical::canonical,
    default::defaults,
    fields::FieldSet,
    kind::Kind,
    managed::{Managers, take},
    ty::Type,
};
use serde_json::Value;

/// Whether applying `body` to `live` provably changes nothing: what it would make, defaults filled
/// in, is the live object, and every field manager owns what it owned.
///
/// Where nothing is known of the kind, its fields cannot be told from atomic lists, the sets differ
/// and the API server is asked instead.
pub(crate) fn proven(ty: &Type, live: &Value, body: &Value) -> bool {
    let body = canonical(ty, body.clone());
    let api_version = body["apiVersion"].as_str().unwrap_or_default();
    let nothing = FieldSet::new();
    let options = ApplyOptions {
        manager: MANAGER,
        api_version,
        force: true,
        subresource: "",
        // Times are not compared: they change only with something else.
        time: "1970-01-01T00:00:00Z",
        reset: &nothing,
    };
    let Ok(applied) = apply(ty, Some(live), &body, &options) else {
        return false;
    };
    if !applied.changed {
        return true;
    }
    // An atomic list is sent without the defaults that stand in the live one.
    let Some(kind) = Kind::find_api(api_version, body["kind"].as_str().unwrap_or_default()) else {
        return false;
    };
    let (mut before, mut after) = (live.clone(), applied.object);
    if !same_owners(&before, &after) {
        return false;
    }
    take(&mut before);
    take(&mut after);
    defaults(kind, &mut after);
    before == after
}

/// Whether the same managers own the same fields, whenever they came by them.
fn same_owners(before: &Value, after: &Value) -> bool {
    let owners = |object: &Value| {
        let managers = Managers::of(object).ok()?;
        let mut owners: Vec<_> = managers.iter().cloned().collect();
        for owner in &mut owners {
            owner.time = None;
        }
        owners.sort_by(|a, b| a.identity().cmp(&b.identity()));
        Some(owners)
    };
    matches!((owners(before), owners(after)), (Some(a), Some(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(template: Value) -> Value {
        json!({
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {"name": "redis", "namespace": "shop"},
            "spec": {
                "serviceName": "redis",
                "selector": {"matchLabels": {"app": "redis"}},
                "template": {
                    "metadata": {"labels": {"app": "redis"}},
                    "spec": {"containers": [{"name": "redis", "image": "redis:7",
                        "resources": {"requests": {"cpu": "0.1"}}}]},
                },
                "volumeClaimTemplates": [template],
            },
        })
    }

    fn claim(size: &str) -> Value {
        json!({"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": size}}}})
    }

    /// The object as an API server stores it.
    fn stored(body: &Value) -> Value {
        let kind = Kind::find_api("apps/v1", "StatefulSet").unwrap();
        let nothing = FieldSet::new();
        let options = ApplyOptions {
            manager: MANAGER,
            api_version: "apps/v1",
            force: true,
            subresource: "",
            time: "2026-01-26T10:00:00Z",
            reset: &nothing,
        };
        let body = canonical(&kind.ty(), body.clone());
        let mut object = apply(&kind.ty(), None, &body, &options).unwrap().object;
        defaults(kind, &mut object);
        object
    }

    #[test]
    fn defaults_in_atomic_lists_are_no_change_and_changes_in_them_are() {
        let ty = Kind::find_api("apps/v1", "StatefulSet").unwrap().ty();
        let live = stored(&set(claim("1Gi")));
        assert!(proven(&ty, &live, &set(claim("1Gi"))));
        assert!(proven(&ty, &live, &set(claim("1024Mi"))));
        assert!(!proven(&ty, &live, &set(claim("2Gi"))));
        // A field that is no longer sent is given up, which changes something.
        let mut less = set(claim("1Gi"));
        less["spec"].as_object_mut().unwrap().remove("serviceName");
        assert!(!proven(&ty, &live, &less));
        // So does one that someone else changed, or took.
        let mut edited = live.clone();
        edited["spec"]["template"]["spec"]["containers"][0]["image"] = "redis:8".into();
        assert!(!proven(&ty, &edited, &set(claim("1Gi"))));
        let mut taken = live;
        taken["metadata"]["managedFields"][0]["manager"] = "someone".into();
        assert!(!proven(&ty, &taken, &set(claim("1Gi"))));
    }
}
