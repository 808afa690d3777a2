//! Server-side apply.

use serde_json::{Value, json};

use super::{ApplyError, keep_times};
use super::{ownership, prune, reconcile, update};
use crate::default::{decode, zeros};
use crate::fields::FieldSet;
use crate::managed::{Manager, Managers, Operation, strip, take};
use crate::merge::{compare, conform, field_set, merge, remove_items};
use crate::ty::Type;

/// The manager under which the fields of an object that nobody managed are kept.
const BEFORE: &str = "before-first-apply";

/// How to apply.
#[derive(Debug, Clone)]
pub struct ApplyOptions<'a> {
    /// Name of the field manager.
    pub manager: &'a str,
    /// Version of the request, such as `apps/v1`; the configuration must bear it.
    pub api_version: &'a str,
    /// Take fields from other managers instead of refusing.
    pub force: bool,
    /// Subresource that is written through; empty for the object itself.
    pub subresource: &'a str,
    /// Now, RFC 3339 with whole seconds (`2026-01-26T10:00:00Z`).
    pub time: &'a str,
    /// Paths that this endpoint does not set: [`super::reset_fields`].
    pub reset: &'a FieldSet,
}

/// What an apply makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The whole object, `managedFields` included; defaults are not filled in yet.
    pub object: Value,
    /// Whether it differs from the live one in anything, ownership included.
    pub changed: bool,
}

/// Applies a configuration to a live object, or to none.
pub fn apply(
    ty: &Type,
    live: Option<&Value>,
    config: &Value,
    options: &ApplyOptions<'_>,
) -> Result<Applied, ApplyError> {
    check_body(config, options.api_version)?;
    let own = Manager::new(
        options.manager,
        Operation::Apply,
        options.api_version,
        options.subresource,
    );
    let mut base = live
        .cloned()
        .unwrap_or_else(|| json!({"apiVersion": config["apiVersion"], "kind": config["kind"]}));
    take(&mut base);
    let mut managers = match live {
        Some(live) => Managers::of(live).map_err(ApplyError::Managers)?,
        None => Managers::new(),
    };
    if managers.is_empty() && live.is_some() {
        if let Some(why) = misfits(ty, &base) {
            let what = described(&base);
            return Err(ApplyError::Invalid(format!(
                "failed to create manager for existing fields: failed to convert new object ({what}) to smd typed: {why}"
            )));
        }
        let nobody = zeros(ty);
        let before = Manager::new(
            BEFORE,
            Operation::Update,
            options.api_version,
            options.subresource,
        );
        update::record(
            ty,
            &nobody,
            &base,
            &mut managers,
            &before,
            options.reset,
            options.time,
        );
    }
    // An object that nobody managed is looked at first: what is there has to be merged with.
    check_fields(ty, config)?;
    reconcile::reconcile(ty, &mut managers);

    let stripped = remove_items(ty, config.clone(), options.reset);
    let last = managers
        .get(&own)
        .map(|m| (m.fields.clone(), m.time.clone()));
    let mut claim = own.clone();
    claim.fields = field_set(ty, &stripped);
    claim.time = last.as_ref().and_then(|(_, time)| time.clone());
    managers.put(claim);

    // What the endpoint does not set is merged all the same: it counts as a change of the object,
    // though nobody comes to own it. Whoever stores the object puts back what stood there.
    let merged = merge(ty, &base, config);
    let mut object = match &last {
        Some((fields, _)) if !fields.is_empty() => {
            prune::prune(ty, merged, &managers, &own, fields)
        }
        _ => merged,
    };
    let changed = base != object;
    let change = compare(ty, &base, &object).without(options.reset);
    ownership::yield_fields(&mut managers, &own, &change, options.force)?;
    if let Some(mut claim) = managers.remove(&own) {
        strip(&mut claim);
        if changed {
            claim.time = Some(options.time.to_owned());
        }
        if !claim.fields.is_empty() {
            managers.put(claim);
        }
    }
    if ty.is_builtin() {
        decode(ty, &mut object);
    }
    managers.write(&mut object);
    let changed = live.is_none_or(|live| {
        keep_times(live, &mut object);
        *live != object
    });
    Ok(Applied { object, changed })
}

/// Refuses a configuration of another version than the request's, and one that brings managers.
/// [`apply`] does it too; whoever changes the configuration before asks first. One without a version
/// has that of the request.
pub fn check_body(config: &Value, api_version: &str) -> Result<(), ApplyError> {
    let version = text(config, "/apiVersion");
    if version.is_some_and(|version| version != api_version) {
        let message = format!("invalid object type: {}", kind_of(config));
        return Err(ApplyError::BadRequest(message));
    }
    let managers = config.pointer("/metadata/managedFields");
    if managers.is_some_and(|fields| !fields.is_null()) {
        return Err(ApplyError::BadRequest(
            "metadata.managedFields must be nil".to_owned(),
        ));
    }
    Ok(())
}

/// What keeps an object that is there from being merged. Items may stand twice in its lists.
fn misfits(ty: &Type, object: &Value) -> Option<String> {
    told(&conform(ty, object, true))
}

/// One thing that is wrong, or several.
fn told(errors: &[String]) -> Option<String> {
    match errors {
        [] => None,
        [one] => Some(one.clone()),
        many => Some(format!("errors:\n  {}", many.join("\n  "))),
    }
}

/// Refuses a configuration that does not fit its type.
pub fn check_fields(ty: &Type, config: &Value) -> Result<(), ApplyError> {
    let Some(message) = told(&conform(ty, config, false)) else {
        return Ok(());
    };
    Err(ApplyError::Invalid(format!(
        "failed to create typed patch object ({}): {message}",
        described(config)
    )))
}

fn text<'a>(config: &'a Value, pointer: &str) -> Option<&'a str> {
    config.pointer(pointer).and_then(Value::as_str)
}

/// Namespace, name and kind of a configuration, as the server's messages name it.
pub fn described(config: &Value) -> String {
    format!(
        "{}/{}; {}",
        text(config, "/metadata/namespace").unwrap_or_default(),
        text(config, "/metadata/name").unwrap_or_default(),
        kind_of(config),
    )
}

/// Version and kind as Go prints them; the core group leaves an empty place.
pub fn kind_of(config: &Value) -> String {
    let version = text(config, "/apiVersion").unwrap_or_default();
    let slash = if version.contains('/') { "" } else { "/" };
    let kind = text(config, "/kind").unwrap_or_default();
    format!("{slash}{version}, Kind={kind}")
}
