//! One request: from its parts to its answer.

use super::answer::{Answer, text};
use super::journal::Request;
use super::query::Query;
use super::route::{self, Route, Target};
use super::{collection, discovery, read, write};
use crate::error::Status;
use crate::kinds::Served;
use crate::world::{Shared, World};
use bytes::Bytes;
use http::{HeaderMap, Method, header};
use serde_json::{Value, json};
use std::sync::Arc;

/// The largest body that is taken, in bytes.
pub(super) const LARGEST_BODY: usize = 3 * 1024 * 1024;

/// A request, read.
pub(super) struct Context<'a> {
    pub(super) shared: &'a Arc<Shared>,
    pub(super) method: &'a Method,
    pub(super) query: Query,
    /// The client's name: its user agent up to the first `/`.
    pub(super) agent: String,
    pub(super) accept: &'a str,
    pub(super) content_type: &'a str,
    pub(super) body: Bytes,
}

impl Context<'_> {
    /// Whether only metadata is wished for.
    pub(super) fn metadata_only(&self) -> bool {
        self.accept.contains("as=PartialObjectMetadata")
    }

    /// The body as a value: JSON, or YAML, which JSON is a part of.
    pub(super) fn value(&self) -> Result<Value, Status> {
        if let Ok(value) = serde_json::from_slice(&self.body) {
            return Ok(value);
        }
        let yaml = self.content_type.contains("yaml");
        let text = std::str::from_utf8(&self.body).unwrap_or_default();
        if yaml && let Ok(value) = serde_saphyr::from_str::<Value>(text) {
            return Ok(value);
        }
        if self.content_type.contains("protobuf") || self.content_type.contains("cbor") {
            return Err(Status::unsupported("application/json, application/yaml"));
        }
        Err(Status::bad_request(
            "the body of the request is not valid JSON",
        ))
    }

    /// The body as a value; null where there is none.
    pub(super) fn optional_value(&self) -> Result<Value, Status> {
        if self.body.is_empty() {
            Ok(Value::Null)
        } else {
            self.value()
        }
    }
}

fn header(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Answers a request.
pub(super) fn handle(shared: &Arc<Shared>, parts: &http::request::Parts, body: Bytes) -> Answer {
    let agent = header(&parts.headers, header::USER_AGENT);
    let agent = agent
        .split('/')
        .next()
        .filter(|name| !name.is_empty())
        .unwrap_or("unknown");
    let context = Context {
        shared,
        method: &parts.method,
        query: Query::parse(parts.uri.query().unwrap_or_default()),
        agent: agent.to_owned(),
        accept: header(&parts.headers, header::ACCEPT),
        content_type: header(&parts.headers, header::CONTENT_TYPE),
        body,
    };
    let route = route::parse(parts.uri.path());
    shared.with(|world| {
        let mut request = describe(&context, &route, parts.uri.path());
        let answer = match world.faults.meet(&request) {
            Some(fault) => Answer::from(fault),
            None => answer(world, &context, route).unwrap_or_else(Answer::from),
        };
        request.status = answer.code;
        world.journal.note(request);
        world.settle();
        answer
    })
}

/// The request for the journal.
fn describe(context: &Context<'_>, route: &Route, path: &str) -> Request {
    let Route::Objects(target) = route else {
        return Request {
            verb: "get",
            resource: path.to_owned(),
            ..Request::default()
        };
    };
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let watch = *context.method == Method::GET && context.query.flag("watch");
    let dry_run = context.query.get("dryRun").is_some()
        || (*context.method == Method::DELETE
            && context
                .optional_value()
                .is_ok_and(|body| body["dryRun"].is_array()));
    Request {
        verb: verb(context, target),
        group: target.group.clone(),
        resource: target.plural.clone(),
        namespace: some(&target.namespace),
        name: some(&target.name),
        subresource: some(&target.subresource),
        dry_run,
        watch,
        status: 0,
    }
}

fn verb(context: &Context<'_>, target: &Target) -> &'static str {
    let collection = target.name.is_empty();
    match context.method.as_str() {
        "GET" if context.query.flag("watch") => "watch",
        "GET" if collection => "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" if context.content_type.starts_with("application/apply-patch") => "apply",
        "PATCH" => "patch",
        "DELETE" if collection => "deletecollection",
        "DELETE" => "delete",
        _ => "get",
    }
}

fn answer(world: &mut World, context: &Context<'_>, route: Route) -> Result<Answer, Status> {
    if let Route::Objects(target) = route {
        return objects(world, context, target);
    }
    if *context.method != Method::GET {
        return Err(Status::new(
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        ));
    }
    match route {
        Route::Version => Ok(Answer::json(200, &version())),
        Route::Health => Ok(text("ok")),
        Route::CoreVersions => Ok(discovery::core_versions(world, context)),
        Route::Groups => Ok(discovery::groups(world, context)),
        Route::Group(group) => discovery::group(world, &group),
        Route::Resources { group, version } => discovery::resources(world, &group, &version),
        Route::Objects(_) | Route::Unknown => Err(Status::no_route()),
    }
}

fn version() -> Value {
    json!({
        "major": "1", "minor": "36", "gitVersion": "v1.36.0+infra-sandbox",
        "gitCommit": "", "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "", "compiler": "rustc", "platform": "sandbox",
    })
}

fn objects(world: &mut World, context: &Context<'_>, target: Target) -> Result<Answer, Status> {
    let kind = world
        .kinds
        .by_plural(&target.group, &target.version, &target.plural)
        .ok_or_else(Status::no_route)?;
    if !kind.namespaced && !target.namespace.is_empty() {
        return Err(Status::no_route());
    }
    let verb = verb(context, &target);
    if !target.subresource.is_empty() {
        return subresource(world, context, &kind, &target, verb);
    }
    let served = if verb == "apply" { "patch" } else { verb };
    let fits = target.name.is_empty() == matches!(verb, "list" | "create" | "deletecollection")
        || verb == "watch";
    let whole = target.name.is_empty() || !kind.namespaced || !target.namespace.is_empty();
    if !kind.has_verb(served) || !fits || !whole {
        return Err(Status::not_allowed(served, &kind.group, &kind.plural));
    }
    match verb {
        "get" => read::get(world, context, &kind, &target),
        "list" => collection::list(world, context, &kind, &target),
        "watch" => collection::watch(world, context, &kind, &target),
        "deletecollection" => collection::delete(world, context, &kind, &target),
        "create" if kind.namespaced && target.namespace.is_empty() => {
            Err(Status::not_allowed("create", &kind.group, &kind.plural))
        }
        "create" => write::create(world, context, &kind, &target),
        "update" => write::update(world, context, &kind, &target),
        "delete" => write::delete(world, context, &kind, &target),
        _ => write::patch(world, context, &kind, &target),
    }
}

fn subresource(
    world: &mut World,
    context: &Context<'_>,
    kind: &Served,
    target: &Target,
    verb: &str,
) -> Result<Answer, Status> {
    let known = kind
        .subresource(&target.subresource)
        .ok_or_else(Status::no_route)?;
    let served = if verb == "apply" { "patch" } else { verb };
    if !known.verbs.iter().any(|verb| verb == served) {
        let what = format!("{}/{}", kind.plural, target.subresource);
        return Err(Status::not_allowed(served, &kind.group, &what));
    }
    match (target.subresource.as_str(), verb) {
        ("status" | "ephemeralcontainers" | "resize" | "approval", "get") => {
            read::get(world, context, kind, target)
        }
        ("status" | "finalize" | "ephemeralcontainers" | "resize" | "approval", "update") => {
            write::update(world, context, kind, target)
        }
        ("status" | "ephemeralcontainers" | "resize" | "approval", "patch" | "apply") => {
            write::patch(world, context, kind, target)
        }
        ("scale", "get") => read::scale(world, kind, target),
        ("scale", "update" | "patch" | "apply") => write::scale(world, context, kind, target),
        ("log", "get") => {
            super::log::read(world, context, &kind.key(&target.namespace, &target.name))
        }
        ("binding", "create") => write::bind(world, context, target),
        ("eviction", "create") => write::evict(world, context, target),
        (other, _) => Err(Status::not_implemented(&format!("{}/{other}", kind.plural))),
    }
}
