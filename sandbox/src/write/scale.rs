//! The `scale` subresource: the number of replicas of whatever has one.

use super::scale_body::Wanted;
use super::{ScaleBody, Write, Written, finish, prepare};
use crate::controller::selector::query;
use crate::error::Status;
use crate::facts;
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use infra_schema::fields::{FieldPath, FieldSet};
use infra_schema::managed::{Manager, Managers, Operation};
use infra_schema::validate::Violation;
use serde_json::{Value, json};
use std::sync::Arc;

/// Where a kind keeps what a scale shows. JSON pointers.
struct Paths {
    spec: String,
    status: String,
    selector: String,
}

fn paths(kind: &Served) -> Result<Paths, Status> {
    let Served::Custom(custom) = kind else {
        let (spec, status) = ("/spec/replicas".into(), "/status/replicas".into());
        return Ok(Paths {
            spec,
            status,
            selector: "/spec/selector".into(),
        });
    };
    // A custom kind says it in its definition, in the notation `.spec.replicas`.
    let scale = custom.version.scale.as_ref().ok_or_else(Status::no_route)?;
    let selector = scale.label_selector.as_deref().unwrap_or_default();
    Ok(Paths {
        spec: scale.spec_replicas.replace('.', "/"),
        status: scale.status_replicas.replace('.', "/"),
        selector: selector.replace('.', "/"),
    })
}

fn live(world: &World, kind: &Served, key: &Key) -> Result<Arc<Value>, Status> {
    let live = world.objects.at(key).cloned();
    live.ok_or_else(|| Status::not_found(&kind.group, &kind.plural, &key.name))
}

/// The scale of an object.
pub(crate) fn read(world: &World, kind: &Served, key: &Key) -> Result<Value, Status> {
    let live = live(world, kind, key)?;
    let paths = paths(kind)?;
    if kind.is_custom() && live.pointer(&paths.spec).is_none() {
        let path = paths.spec.replace('/', ".");
        let why = format!("the spec replicas field \"{path}\" does not exist");
        return Err(Status::internal(&why));
    }
    Ok(view(&paths, &live))
}

/// The number of replicas of an object that says none, which no scale may have.
const NONE: i64 = i32::MIN as i64;

/// The scale that a write starts from.
fn base(kind: &Served, paths: &Paths, live: &Value) -> Value {
    let mut scale = view(paths, live);
    if kind.is_custom() && live.pointer(&paths.spec).is_none() {
        scale["spec"]["replicas"] = NONE.into();
    }
    scale
}

/// Refuses a write that leaves an object without a number of replicas.
fn check_number(kind: &Served, paths: &Paths, live: &Value, wanted: &Wanted) -> Result<(), Status> {
    let nothing = kind.is_custom() && live.pointer(&paths.spec).is_none();
    if nothing && matches!(wanted.replicas, None | Some(NONE)) {
        let path = paths.spec.replace('/', ".");
        return Err(Status::bad_request(format!(
            "the spec replicas field \"{path}\" cannot be empty"
        )));
    }
    Ok(())
}

/// Refuses fewer than no replicas. Of a custom kind that is judged as a whole.
fn check_sign(kind: &Served, key: &Key, replicas: Option<i64>) -> Result<(), Status> {
    if kind.is_custom() || replicas.is_none_or(|replicas| replicas >= 0) {
        return Ok(());
    }
    let value = Value::from(replicas);
    let wrong = Violation::invalid(
        "spec.replicas",
        &value,
        "must be greater than or equal to 0",
    );
    let causes = [wrong.into()];
    Err(Status::invalid("autoscaling", "Scale", &key.name, &causes))
}

fn view(paths: &Paths, live: &Value) -> Value {
    let number = |path: &str| {
        live.pointer(path)
            .and_then(Value::as_i64)
            .unwrap_or_default()
    };
    let selector = match live.pointer(&paths.selector) {
        Some(Value::String(text)) => text.clone(),
        Some(map) if map.get("matchLabels").is_some() || map.get("matchExpressions").is_some() => {
            query(map)
        }
        Some(labels @ Value::Object(_)) => query(&json!({"matchLabels": labels})),
        _ => String::new(),
    };
    let mut scale = json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": {},
        "spec": {"replicas": number(&paths.spec)},
        "status": {"replicas": number(&paths.status), "selector": &selector},
    });
    if number(&paths.spec) == 0 {
        scale["spec"] = json!({});
    }
    if selector.is_empty()
        && let Some(status) = scale["status"].as_object_mut()
    {
        status.remove("selector");
    }
    for field in [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ] {
        scale["metadata"][field] = live["metadata"][field].clone();
    }
    scale
}

/// Writes a scale; answers the scale as it then is.
pub(crate) fn write(
    world: &mut World,
    write: &Write,
    kind: &Served,
    key: &Key,
    body: ScaleBody,
) -> Result<Written, Status> {
    let warnings = body.check(kind, write)?;
    let written = body
        .named(&key.name)
        .and_then(|()| write_named(world, write, kind, key, body));
    super::told(warnings, written)
}

fn write_named(
    world: &mut World,
    write: &Write,
    kind: &Served,
    key: &Key,
    body: ScaleBody,
) -> Result<Written, Status> {
    let paths = paths(kind)?;
    let live = live(world, kind, key)?;
    if matches!(body, ScaleBody::Apply(_)) && kind.is_custom() && !is_owned(&live, &paths.spec) {
        // The server cannot tell whose the number was before the first apply.
        let scale = "autoscaling/v1";
        return Err(Status::plain(format!(
            "failed to create manager for existing fields: failed to convert live object (/; {scale}, Kind=Scale) to proper version: request to convert CR to an invalid group/version: {scale}"
        )));
    }
    let mut wanted = body.wanted(kind, write, base(kind, &paths, &live))?;
    let warnings = std::mem::take(&mut wanted.warnings);
    let named = if wanted.applied {
        Ok(())
    } else {
        super::body::named(&key.name, &wanted.scale)
    };
    let written =
        named.and_then(|()| write_wanted(world, write, kind, key, &live, &paths, &wanted));
    super::told(warnings, written)
}

fn write_wanted(
    world: &mut World,
    write: &Write,
    kind: &Served,
    key: &Key,
    live: &Arc<Value>,
    paths: &Paths,
    wanted: &Wanted,
) -> Result<Written, Status> {
    check_number(kind, paths, live, wanted)?;
    super::replace::check_uid(kind, live, &wanted.scale)?;
    let version = wanted.scale["metadata"]["resourceVersion"].as_str();
    if version.is_some_and(|version| !version.is_empty()) {
        super::replace::check_version(kind, live, &wanted.scale)?;
    }
    let written = match wanted.replicas {
        Some(replicas) if !wanted.applied => check_sign(kind, key, Some(replicas))
            .and_then(|()| store(world, write, kind, live, paths, replicas)),
        replicas => apply(world, write, kind, key, live, paths, replicas),
    }?;
    Ok(Written {
        object: Arc::new(view(paths, &written.object)),
        ..written
    })
}

/// Sets the number of replicas.
pub(crate) fn set(
    world: &mut World,
    write: &Write,
    key: &Key,
    replicas: i64,
) -> Result<(), Status> {
    let kind = world.kinds.at(key).ok_or_else(Status::no_route)?;
    let paths = paths(&kind)?;
    let live = live(world, &kind, key)?;
    store(world, write, &kind, &live, &paths, replicas).map(drop)
}

/// A scale of zero has no number in it: nobody owns what is not there.
fn without_zero(object: &Value, pointer: &str) -> Value {
    let mut object = object.clone();
    if object.pointer(pointer).and_then(Value::as_i64) == Some(0)
        && let Some((above, name)) = pointer.rsplit_once('/')
        && let Some(fields) = object.pointer_mut(above).and_then(Value::as_object_mut)
    {
        fields.remove(name);
    }
    object
}

fn number_of_replicas(pointer: &str) -> FieldSet {
    let names: Vec<&str> = pointer.split('/').skip(1).collect();
    FieldSet::of(&[FieldPath::fields(&names)])
}

/// Whether anybody manages the number of replicas.
fn is_owned(object: &Value, pointer: &str) -> bool {
    let number = number_of_replicas(pointer);
    Managers::of(object).is_ok_and(|managers| number.is_subset(&managers.all_fields()))
}

fn before_first_apply(api_version: &str) -> Manager {
    Manager::new(
        "before-first-apply",
        Operation::Update,
        api_version,
        "scale",
    )
}

/// Notes that the number of replicas was there before the first apply of a scale.
fn adopt(object: &mut Value, api_version: &str, pointer: &str) {
    if object.pointer(pointer).is_none_or(Value::is_null) {
        return;
    }
    let mut before = before_first_apply(api_version);
    before.fields = number_of_replicas(pointer);
    let mut managers = Managers::of(object).unwrap_or_default();
    managers.put(before);
    managers.write(object);
}

/// The managers as a server brings them from the scale back to the object. Appliers keep their entry.
/// Of the others it does not know those of the scale again: they own the number of replicas in an
/// entry of its own, and when they came to it is lost.
fn bring_back(object: &mut Value, pointer: &str) {
    let number = number_of_replicas(pointer);
    let Ok(managers) = Managers::of(object) else {
        return;
    };
    let mut entries = Vec::new();
    for mut manager in managers.iter().cloned() {
        if manager.subresource == "scale" {
            manager.time = None;
        } else if manager.operation == Operation::Update && number.is_subset(&manager.fields) {
            let mut apart = manager.clone();
            apart.time = None;
            apart.fields = number.clone();
            manager.fields = manager.fields.difference(&number);
            entries.push(apart);
        }
        if !manager.fields.is_empty() {
            entries.push(manager);
        }
    }
    Managers::write_entries(&entries, object);
}

/// An object with this number of replicas in it.
fn put(object: &mut Value, pointer: &str, replicas: i64) {
    let mut place = object;
    for field in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[field];
    }
    *place = replicas.into();
}

fn store(
    world: &mut World,
    write: &Write,
    kind: &Served,
    live: &Arc<Value>,
    paths: &Paths,
    replicas: i64,
) -> Result<Written, Status> {
    let mut object = Value::clone(live);
    put(&mut object, &paths.spec, replicas);
    let before = without_zero(live, &paths.spec);
    let after = without_zero(&object, &paths.spec);
    let mut object = if is_owned(live, &paths.spec) {
        super::track(world, write, kind, Some(&before), after)
    } else {
        // Of a scale that nobody manages a server keeps no managers.
        after
    };
    put(&mut object, &paths.spec, replicas);
    bring_back(&mut object, &paths.spec);
    finish::change(world, write, kind, live, object)
}

fn apply(
    world: &mut World,
    write: &Write,
    kind: &Served,
    key: &Key,
    live: &Arc<Value>,
    paths: &Paths,
    replicas: Option<i64>,
) -> Result<Written, Status> {
    let mut config = json!({
        "apiVersion": kind.api_version(), "kind": kind.kind, "metadata": {"name": key.name},
    });
    if let Some(replicas) = replicas {
        put(&mut config, &paths.spec, replicas);
    }
    let mut before = without_zero(live, &paths.spec);
    if !is_owned(live, &paths.spec) {
        adopt(&mut before, &kind.api_version(), &paths.spec);
    }
    let nobody = Managers::of(&before).is_ok_and(|managers| managers.is_empty());
    let mut object = super::applied(world, write, kind, Some(&before), &config)?;
    check_sign(kind, key, replicas)?;
    if kind.is_custom() && object.pointer(&paths.spec) != before.pointer(&paths.spec) {
        // The server has no way back from the scale to an object of Go's.
        let what = format!("/{}; autoscaling/v1, Kind=Scale", key.name);
        return Err(Status::plain(format!(
            "failed to convert new object ({what}) to proper version: request to convert CR to an invalid group/version: autoscaling/v1"
        )));
    }
    if object.pointer(&paths.spec).is_none() {
        // A scale that says no number says zero.
        put(&mut object, &paths.spec, 0);
    }
    if nobody && let Ok(mut managers) = Managers::of(&object) {
        // Of a scale that says nothing there was nothing to own before.
        managers.remove(&before_first_apply(&kind.api_version()));
        managers.write(&mut object);
    }
    bring_back(&mut object, &paths.spec);
    prepare::carry(kind, write, live, &mut object, true);
    facts::defaults(kind, &mut object);
    finish::change(world, write, kind, live, object)
}
