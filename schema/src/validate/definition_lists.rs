//! What a list and a map in a definition's schema are merged by.

use serde_json::Value;

use super::look::{field, items, text};
use super::path::{Found, Path};

/// One schema, whose `type` says that it is a list or a map.
pub(super) fn check(schema: &Value, path: &Path<'_>, found: &mut Found) {
    words(schema, path, found);
    let items_of = field(schema, "items").filter(|items| items.is_object());
    let path_of = path.field("items");
    match (text(schema, "x-kubernetes-list-type"), items_of) {
        ("map", None) => {
            let detail = "must have a schema if x-kubernetes-list-type is map";
            path_of.required(found, detail);
        }
        ("map", Some(item)) => {
            map(schema, item, path, found);
            not_nullable("map", item, &path_of, found);
        }
        ("set", Some(item)) => {
            if text(schema, "type") == "array" {
                set(item, &path_of, found);
            }
            not_nullable("set", item, &path_of, found);
        }
        _ => {}
    }
}

/// The words that say how, and where they may stand.
fn words(schema: &Value, path: &Path<'_>, found: &mut Found) {
    for (name, ty, allowed) in [
        (
            "x-kubernetes-list-type",
            "array",
            &["atomic", "set", "map"][..],
        ),
        (
            "x-kubernetes-map-type",
            "object",
            &["atomic", "granular"][..],
        ),
    ] {
        let Some(given) = field(schema, name) else {
            continue;
        };
        let detail = format!("must be {ty} if {name} is specified");
        match text(schema, "type") {
            "" => path.field("type").required(found, &detail),
            other if other != ty => path.field("type").invalid(found, &schema["type"], &detail),
            _ => {}
        }
        if !given.as_str().is_some_and(|given| allowed.contains(&given)) {
            path.field(name).unsupported(found, given, allowed);
        }
    }
    let keys = items(schema, "x-kubernetes-list-map-keys");
    let path_of = path.field("x-kubernetes-list-type");
    let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
    match (
        field(schema, "x-kubernetes-list-type").map(Value::as_str),
        keys.is_empty(),
    ) {
        (Some(Some("map")), true) => {
            let detail = "must not be empty if x-kubernetes-list-type is map";
            path.field("x-kubernetes-list-map-keys")
                .required(found, detail);
        }
        (Some(Some("map")), false) | (_, true) => {}
        (None, false) => path_of.required(found, detail),
        (Some(_), false) => path_of.invalid(found, &schema["x-kubernetes-list-type"], detail),
    }
}

/// The keys of a list are fields of its items, which are always there.
fn map(schema: &Value, item: &Value, path: &Path<'_>, found: &mut Found) {
    let name = "x-kubernetes-list-map-keys";
    let keys = items(schema, name);
    let ty = text(item, "type");
    let path_of = path.field("items");
    if ty != "object" {
        let detail = "must be object if parent array's x-kubernetes-list-type is map";
        path_of
            .field("type")
            .invalid(found, &Value::from(ty), detail);
    }
    let path_of = path_of.field("properties");
    for (at, key) in keys.iter().enumerate() {
        let key = key.as_str().unwrap_or_default();
        let Some(property) = field(&item["properties"], key) else {
            if ty == "object" {
                let detail = "entries must all be names of item properties";
                path.field(name).invalid(found, &schema[name], detail);
            }
            continue;
        };
        let path_of = path_of.key(key);
        if ty == "object" && matches!(text(property, "type"), "array" | "object") {
            // The server shows the type of the item.
            let detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
            path_of
                .field("type")
                .invalid(found, &Value::from(ty), detail);
        }
        if !items(item, "required").iter().any(|one| one == key)
            && field(property, "default").is_none()
        {
            let detail = "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property";
            path_of.field("default").required(found, detail);
        }
        if property["nullable"] == true {
            let detail = "this property is in x-kubernetes-list-map-keys, so it cannot be nullable";
            path_of.field("nullable").forbidden(found, detail);
        }
        if ty == "object" && keys[..at].iter().any(|one| one == key) {
            let detail = "must not contain duplicate entries";
            path.field(name).invalid(found, &schema[name], detail);
        }
    }
}

/// The items of a set are merged as a whole.
fn set(item: &Value, path: &Path<'_>, found: &mut Found) {
    let detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
    let list_type = field(item, "x-kubernetes-list-type").cloned();
    let shown = list_type.clone().unwrap_or_default();
    match text(item, "type") {
        "array" if list_type.is_some_and(|ty| ty != "atomic") => {
            path.field("x-kubernetes-list-type")
                .invalid(found, &shown, detail);
        }
        "object" if item["x-kubernetes-map-type"] != "atomic" => {
            // Here too the server shows the type of a list.
            path.field("x-kubernetes-map-type")
                .invalid(found, &shown, detail);
        }
        _ => {}
    }
}

fn not_nullable(ty: &str, item: &Value, path: &Path<'_>, found: &mut Found) {
    if item["nullable"] == true {
        let detail = format!("cannot be nullable when x-kubernetes-list-type is {ty}");
        path.field("nullable").forbidden(found, &detail);
    }
}
