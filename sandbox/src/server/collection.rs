//! Requests on many objects: list, watch, delete collection.

use super::answer::{Answer, project, read};
use super::body::SandboxBody;
use super::delete_options;
use super::handle::Context;
use super::route::Target;
use super::select::Selector;
use super::stream::{Source, Stream, Watch};
use crate::error::{Cause, Status};
use crate::facts;
use crate::kinds::Served;
use crate::store::Key;
use crate::waiting::Waiter;
use crate::world::World;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long a watch stays open when the client does not say.
const WATCH_FOR: u64 = 1_800;

fn selector(context: &Context<'_>, kind: &Served, target: &Target) -> Result<Selector, Status> {
    check_numbers(context)?;
    let query = &context.query;
    let labels = query.get("labelSelector").unwrap_or_default();
    let fields = query.get("fieldSelector").unwrap_or_default();
    Ok(Selector::parse(kind, labels, fields)?.named(&target.name))
}

/// Refuses numbers that are none.
fn check_numbers(context: &Context<'_>) -> Result<(), Status> {
    for name in ["timeoutSeconds", "limit"] {
        if let Some(text) = context
            .query
            .get(name)
            .filter(|text| text.parse::<i64>().is_err())
        {
            return Err(Status::bad_request(format!(
                "strconv.ParseInt: parsing {text:?}: invalid syntax"
            )));
        }
    }
    Ok(())
}

fn namespace(kind: &Served, target: &Target) -> Option<String> {
    Some(target.namespace.clone()).filter(|ns| kind.namespaced && !ns.is_empty())
}

/// The revision a request names, checked against what the store has; `None` for none or 0.
fn revision(world: &World, context: &Context<'_>) -> Result<Option<u64>, Status> {
    let Some(text) = context.query.get("resourceVersion") else {
        return Ok(None);
    };
    let revision: u64 = text.parse().map_err(|_| {
        Status::bad_request(format!(
            "invalid resource version: resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"
        ))
    })?;
    let current = world.history.revision();
    if revision > current {
        let cause = Cause {
            reason: "ResourceVersionTooLarge".into(),
            message: "Too large resource version".into(),
            field: String::new(),
        };
        let message =
            format!("Timeout: Too large resource version: {revision}, current: {current}");
        let mut status = Status::new(504, "Timeout", message).causes(&[cause]);
        status.details.insert("retryAfterSeconds".into(), 1.into());
        return Err(status);
    }
    Ok(Some(revision).filter(|revision| *revision > 0))
}

/// Where a list goes on.
struct Continue {
    revision: u64,
    /// The first key of the next page: namespace and name.
    start: (String, String),
}

impl Continue {
    fn parse(world: &World, token: &str) -> Result<Self, Status> {
        let refuse = |why: &str| {
            Status::bad_request(format!(
                "invalid continue token: continue key is not valid: {why}"
            ))
        };
        let bad = || refuse("it was not made by this server");
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| {
            // What is too short is told by where its last four began.
            let at = token.len() - token.len() % 4;
            refuse(&format!("illegal base64 data at input byte {at}"))
        })?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| bad())?;
        let revision = value["rv"].as_u64().ok_or_else(bad)?;
        let (namespace, name) = value["start"]
            .as_str()
            .and_then(|start| start.split_once('/'))
            .ok_or_else(bad)?;
        let start = (namespace.to_owned(), name.to_owned());
        if revision < world.history.oldest() {
            return Err(too_old());
        }
        Ok(Self { revision, start })
    }

    /// The objects from here on, as they stood when the list began: what changed since is undone.
    fn rest(
        &self,
        world: &World,
        kind: &Served,
        namespace: Option<&str>,
    ) -> Result<Vec<Arc<Value>>, Status> {
        let of_kind = |key: &Key| {
            key.is(&kind.group, &kind.kind)
                && (namespace.is_none() || key.namespace.as_deref() == namespace)
        };
        let mut before: BTreeMap<&Key, Option<&Arc<Value>>> = BTreeMap::new();
        let changes = world.history.after(self.revision).ok_or_else(too_old)?;
        for change in changes.filter(|change| of_kind(&change.key)) {
            before.entry(&change.key).or_insert(change.old.as_ref());
        }
        let now = world.objects.list(&kind.group, &kind.kind, namespace);
        let same = now.filter(|object| !before.contains_key(&Key::of(object)));
        let mut all: Vec<Arc<Value>> = same
            .chain(before.values().copied().flatten())
            .filter(|object| place(object) >= self.start)
            .cloned()
            .collect();
        all.sort_by_cached_key(|object| place(object));
        Ok(all)
    }

    fn token(&self) -> String {
        let start = format!("{}/{}", self.start.0, self.start.1);
        let value = json!({"v": "meta.k8s.io/v1", "rv": self.revision, "start": start});
        URL_SAFE_NO_PAD.encode(value.to_string())
    }
}

fn too_old() -> Status {
    Status::expired(
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.",
    )
}

/// Namespace and name, by which lists are ordered.
fn place(object: &Value) -> (String, String) {
    let meta = &object["metadata"];
    let text = |field: &str| meta[field].as_str().unwrap_or_default().to_owned();
    (text("namespace"), text("name"))
}

/// One item of a list. Items of built-in kinds carry neither `apiVersion` nor `kind`.
struct Item<'a> {
    object: &'a Value,
    bare: bool,
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(map) = self.object.as_object().filter(|_| self.bare) else {
            return self.object.serialize(serializer);
        };
        let mut out = serializer.serialize_map(None)?;
        for (field, value) in map
            .iter()
            .filter(|(field, _)| *field != "apiVersion" && *field != "kind")
        {
            out.serialize_entry(field, value)?;
        }
        out.end()
    }
}

/// GET of a collection.
pub(super) fn list(
    world: &World,
    context: &Context<'_>,
    kind: &Served,
    target: &Target,
) -> Result<Answer, Status> {
    let selector = selector(context, kind, target)?;
    let namespace = namespace(kind, target);
    let query = &context.query;
    let asked = revision(world, context)?;
    if query.get("resourceVersionMatch") == Some("Exact")
        && asked.is_some_and(|asked| asked != world.history.revision())
    {
        return Err(Status::expired(
            "The resourceVersion for the provided list is too old.",
        ));
    }
    let from = query
        .get("continue")
        .map(|token| Continue::parse(world, token))
        .transpose()?;
    let limit = query
        .number("limit")
        .filter(|limit| *limit > 0)
        .unwrap_or(u64::MAX);
    let all: Vec<Arc<Value>> = match &from {
        None => world
            .objects
            .list(&kind.group, &kind.kind, namespace.as_deref())
            .cloned()
            .collect(),
        Some(from) => from.rest(world, kind, namespace.as_deref())?,
    };
    // Who asks for one name is answered from its place alone; any other page ends where what is
    // chosen ends, and the next begins there, whether or not any of the rest is chosen.
    let single = selector.is_of_one_name();
    let picked = |object: &&Arc<Value>| selector.is_empty() || selector.picks(object);
    let mut rest = all
        .iter()
        .filter(|object| !single || picked(object))
        .peekable();
    let api_version = kind.api_version();
    let bare = !kind.is_custom() && !context.metadata_only();
    let mut out = Vec::with_capacity(4096);
    out.extend_from_slice(b"{\"items\":[");
    let mut count = 0;
    while count < limit
        && let Some(object) = rest.next()
    {
        if !picked(&object) {
            continue;
        }
        if count > 0 {
            out.push(b',');
        }
        count += 1;
        let object = project(object, &api_version, context.metadata_only());
        let item = Item {
            object: &object,
            bare,
        };
        serde_json::to_writer(&mut out, &item)
            .map_err(|error| Status::plain(format!("an object cannot be printed: {error}")))?;
    }
    let revision = from
        .as_ref()
        .map_or(world.history.revision(), |from| from.revision);
    let mut metadata = Map::new();
    metadata.insert("resourceVersion".into(), revision.to_string().into());
    if kind.is_custom() {
        // Lists of what Go has no type for name the next page, even where there is none.
        metadata.insert("continue".into(), "".into());
    }
    if let Some(next) = rest.peek() {
        let token = Continue {
            revision,
            start: place(next),
        }
        .token();
        metadata.insert("continue".into(), token.into());
        if selector.is_empty() {
            metadata.insert("remainingItemCount".into(), rest.count().into());
        }
    }
    let (list_kind, list_version) = if context.metadata_only() {
        (
            "PartialObjectMetadataList".to_owned(),
            "meta.k8s.io/v1".to_owned(),
        )
    } else {
        (format!("{}List", kind.kind), api_version)
    };
    let tail =
        json!({"apiVersion": list_version, "kind": list_kind, "metadata": metadata}).to_string();
    out.extend_from_slice(b"],");
    out.extend_from_slice(&tail.as_bytes()[1..]);
    Ok(Answer::bytes(200, out))
}

/// GET of a collection, as a stream of its changes.
pub(super) fn watch(
    world: &mut World,
    context: &Context<'_>,
    kind: &Served,
    target: &Target,
) -> Result<Answer, Status> {
    let query = &context.query;
    let asked = revision(world, context)?;
    let initial = query.flag("sendInitialEvents") && query.get("sendInitialEvents").is_some();
    if initial && query.get("resourceVersionMatch") != Some("NotOlderThan") {
        let cause = Cause {
            reason: "FieldValueForbidden".into(),
            message:
                "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
                    .into(),
            field: "resourceVersionMatch".into(),
        };
        return Err(Status::invalid("meta.k8s.io", "ListOptions", "", &[cause]));
    }
    let from_now = initial || asked.is_none();
    if let Some(asked) = asked.filter(|asked| !from_now && *asked < world.history.oldest()) {
        let oldest = world.history.oldest();
        return Err(Status::expired(format!(
            "too old resource version: {asked} ({oldest})"
        )));
    }
    let bookmarks = query.flag("allowWatchBookmarks");
    let mut watch = Watch {
        group: kind.group.to_string(),
        kind: kind.kind.to_string(),
        api_version: kind.api_version(),
        namespace: namespace(kind, target),
        selector: selector(context, kind, target)?,
        metadata_only: context.metadata_only(),
        empty: facts::empty(kind, context.metadata_only()),
        initial: Vec::new(),
        seen: asked
            .filter(|_| !from_now)
            .unwrap_or_else(|| world.history.revision()),
        bookmark: bookmarks.then(|| Watch::first_bookmark(world)),
    };
    if from_now {
        let mut out = Vec::new();
        let namespace = watch.namespace.as_deref();
        for object in world.objects.list(&kind.group, &kind.kind, namespace) {
            if watch.selector.picks(object) {
                watch.add_object(&mut out, "ADDED", object);
            }
        }
        if initial && bookmarks {
            watch.add_bookmark(&mut out, true);
        }
        watch.initial = out;
    }
    let seconds = query.number("timeoutSeconds").unwrap_or(WATCH_FOR);
    let deadline = world.time.after(Duration::from_secs(seconds));
    let waiter = Waiter::new(context.shared.clone(), world, Some(deadline));
    let stream = Stream::new(waiter, Source::Watch(Box::new(watch)));
    Ok(Answer::plain(
        200,
        "application/json",
        SandboxBody::stream(stream),
    ))
}

/// DELETE of a collection.
pub(super) fn delete(
    world: &mut World,
    context: &Context<'_>,
    kind: &Served,
    target: &Target,
) -> Result<Answer, Status> {
    let selector = selector(context, kind, target)?;
    let options = delete_options::read(context, &context.optional_value()?)?;
    let namespace = namespace(kind, target);
    let picked: Vec<Arc<Value>> = world
        .objects
        .list(&kind.group, &kind.kind, namespace.as_deref())
        .filter(|object| selector.picks(object))
        .cloned()
        .collect();
    for object in &picked {
        match crate::write::delete(world, kind, &Key::of(object), &options) {
            Err(status) if !status.is_not_found() => return Err(status),
            _ => {}
        }
    }
    let bare = !kind.is_custom();
    let shown: Vec<Cow<'_, Value>> = picked.iter().map(|object| read(object)).collect();
    let items: Vec<Item<'_>> = shown.iter().map(|object| Item { object, bare }).collect();
    let items = serde_json::to_value(items).unwrap_or_default();
    let mut list = json!({
        "apiVersion": kind.api_version(), "kind": format!("{}List", kind.kind),
        "metadata": {"resourceVersion": world.history.revision().to_string()}, "items": items,
    });
    if kind.is_custom() {
        list["metadata"]["continue"] = "".into();
    }
    let warnings = super::write::deletion_warnings(kind, &options);
    Ok(Answer::json(200, &list).warn(warnings))
}
