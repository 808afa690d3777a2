//! What the sandbox asks the schema of a kind, whether built in or defined by a CRD.

use crate::error::{Cause, Status};
use crate::kinds::{Custom, Served};
use crate::nothing::Kept;
use infra_schema::patch::{PatchError, json_patch, merge_patch, strategic_merge_patch};
use infra_schema::ty::Type;
use infra_schema::validate::{self, Violation};
use infra_schema::{canonical, crd, default};
use serde_json::{Value, json};

/// Removes unknown fields and returns their paths.
pub(crate) fn prune(kind: &Served, object: &mut Value) -> Vec<String> {
    let unknown = validate::unknown_fields(&kind.ty(), object);
    if !unknown.is_empty() {
        validate::prune(&kind.ty(), object);
    }
    unknown
}

/// How much of a body that is of no kind is told a second time.
const BODY_SHOWN: usize = 30;

fn text<'v>(object: &'v Value, field: &str) -> &'v str {
    object[field].as_str().unwrap_or_default()
}

/// Refuses what a typed server could not even read. `lenient` tells one that does not mind unknown
/// fields, which reads bodies of no kind in another way.
pub(crate) fn readable(kind: &Served, object: &Value, lenient: bool) -> Result<(), Status> {
    let unhandled = |why: &str| {
        let (version, kind) = (&kind.version, &kind.kind);
        Status::bad_request(format!(
            "{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"
        ))
    };
    match kind {
        Served::BuiltIn(kind) => {
            validate::decode_error(kind, object).map_or(Ok(()), |why| Err(Status::bad_request(why)))
        }
        Served::Custom(_) if object.is_object() && text(object, "kind").is_empty() => {
            let (body, kind) = (object.to_string(), &kind.kind);
            let missing = format!("Object 'Kind' is missing in '{body}'");
            if lenient {
                return Err(unhandled(&missing));
            }
            let head: String = body.chars().take(BODY_SHOWN).collect();
            let more = if head.len() < body.len() { " ..." } else { "" };
            Err(Status::bad_request(format!(
                "the object provided is unrecognized (must be of type {kind}): {missing} ({head}{more})"
            )))
        }
        Served::Custom(_) => {
            decode(kind, object).map_err(|why| unhandled(&why))?;
            if object.is_object() && text(object, "apiVersion").is_empty() {
                return Err(Status::bad_request(format!(
                    "the API version in the data () does not match the expected API version ({})",
                    kind.api_version()
                )));
            }
            Ok(())
        }
    }
}

/// Why a server could not decode an object, in the decoder's own words.
pub(crate) fn decode(kind: &Served, object: &Value) -> Result<(), String> {
    match kind {
        Served::BuiltIn(kind) => validate::decode_fault(&kind.ty(), object).map_or(Ok(()), Err),
        // Whatever the kind, a server reads its metadata into Go's types.
        Served::Custom(_) => {
            let metadata = object.get("metadata").unwrap_or(&Value::Null);
            validate::decode_fault(&Type::object_meta(), metadata).map_or(Ok(()), Err)
        }
    }
}

/// Reads an object that is JSON already as the kind's type.
pub(crate) fn convert(kind: &Served, object: &mut Value) -> Result<(), String> {
    match kind {
        Served::BuiltIn(kind) => validate::convert(&kind.ty(), object),
        Served::Custom(_) => Ok(()),
    }
}

/// Makes of an object what a server makes of it when it decodes it: defaults are filled in, and
/// quantities are written as the server writes them.
pub(crate) fn defaults(kind: &Served, object: &mut Value) {
    match kind {
        Served::BuiltIn(builtin) => {
            let kept = Kept::of(kind, object);
            default::defaults(builtin, object);
            canonical::canonicalise(&builtin.ty(), object);
            kept.put_back(object);
        }
        Served::Custom(custom) => {
            // Whatever the kind, a server reads its metadata into Go's types.
            default::decode(&Type::object_meta(), &mut object["metadata"]);
            crd::fill(&custom.version.kind.ty(), object);
        }
    }
}

/// Where daemon sets count the changes of their template.
pub(crate) const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// An object of the kind that nobody wrote anything into; of its metadata alone, nothing.
pub(crate) fn empty(kind: &Served, metadata_only: bool) -> Value {
    if metadata_only {
        return json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"});
    }
    let mut empty = match kind {
        Served::BuiltIn(kind) => default::zeros(&kind.ty()),
        Served::Custom(_) => json!({}),
    };
    // What the server's inner form always has.
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("apps", "DaemonSet") => {
            empty["metadata"]["annotations"] = json!({TEMPLATE_GENERATION: "0"});
            empty["spec"]["selector"] = Value::Null;
        }
        ("apps", "Deployment" | "ReplicaSet" | "StatefulSet") => {
            empty["spec"]["replicas"] = 0.into();
            empty["spec"]["selector"] = Value::Null;
        }
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            empty["roleRef"]["apiGroup"] = "".into();
        }
        _ => {}
    }
    empty["kind"] = kind.kind.as_ref().into();
    empty["apiVersion"] = kind.api_version().into();
    empty
}

impl From<Violation> for Cause {
    fn from(violation: Violation) -> Self {
        Self {
            reason: violation.kind.reason().to_owned(),
            message: violation.message,
            field: violation.field,
        }
    }
}

/// What is wrong with an object, and with its change.
pub(crate) fn violations(kind: &Served, object: &Value, old: Option<&Value>) -> Vec<Cause> {
    let mut violations = match old {
        Some(old) => validate::validate(kind, &validate::judged_again(kind, old, object)),
        None => validate::validate(kind, object),
    };
    if let Served::Custom(custom) = kind {
        violations.extend(of_scale(custom, object, false));
        if let Some(unchecked) = crd::unchecked(&kind.ty(), &violations) {
            violations.push(unchecked);
            return violations.into_iter().map(Cause::from).collect();
        }
    }
    if let Some(old) = old {
        violations.retain(|violation| validate::is_judged_again(kind, violation));
        violations.extend(validate::validate_update(kind, old, object));
    }
    violations.into_iter().map(Cause::from).collect()
}

/// What a server warns of though it takes the object.
pub(crate) fn warnings(kind: &Served, object: &Value, old: Option<&Value>) -> Vec<String> {
    match kind {
        Served::BuiltIn(kind) => validate::warnings(kind, old, object),
        Served::Custom(_) => Vec::new(),
    }
}

/// What is wrong with a status that is written through its own endpoint.
pub(crate) fn status_violations(kind: &Served, object: &Value, old: &Value) -> Vec<Cause> {
    match kind {
        Served::BuiltIn(kind) => {
            let violations = validate::validate_status(kind, old, object);
            violations.into_iter().map(Cause::from).collect()
        }
        Served::Custom(custom) => {
            // A status that is taken away is judged no more; one that is null is.
            let status = object.get("status");
            let mut violations =
                status.map_or_else(Vec::new, |status| crd::check_status(&kind.ty(), status));
            violations.extend(of_scale(custom, object, true));
            violations.extend(crd::unchecked(&kind.ty(), &violations));
            violations.into_iter().map(Cause::from).collect()
        }
    }
}

fn of_scale(custom: &Custom, object: &Value, status_only: bool) -> Vec<Violation> {
    let scale = custom.version.scale.as_ref();
    scale.map_or_else(Vec::new, |scale| {
        crd::check_scale(scale, object, status_only)
    })
}

/// The ways to patch, apart from apply.
#[derive(Clone, Debug)]
pub(crate) enum Patch {
    /// RFC 6902: a list of operations.
    Json(Value),
    /// RFC 7386: a partial object; null removes.
    Merge(Value),
    /// Kubernetes' own: a partial object, lists merged by their keys.
    Strategic(Value),
}

/// The object with the patch in it.
pub(crate) fn patched(kind: &Served, live: Value, patch: &Patch) -> Result<Value, Status> {
    let result = match patch {
        Patch::Json(operations) => json_patch(live, operations),
        Patch::Merge(patch) => Ok(merge_patch(live, patch)),
        Patch::Strategic(patch) => strategic_merge_patch(&kind.ty(), live, patch),
    };
    result.map_err(|error| match error {
        PatchError::Malformed(_) => Status::bad_request(error.to_string()),
        PatchError::Impossible(_) => Status::plain(error.to_string()),
        // The server keeps to itself why.
        PatchError::Inapplicable(_) => Status::new(
            422,
            "Invalid",
            "the server rejected our request due to an error in our request",
        ),
        PatchError::TooManyOperations(_) => Status::new(
            413,
            "RequestEntityTooLarge",
            format!("Request entity too large: {error}"),
        ),
    })
}
