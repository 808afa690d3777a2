//! The limit of what a client can do, for the bench: a bare kube client that sends the objects of a
//! file as server-side applies, so many at a time, and nothing else; or deletes them; or reads the
//! lists in which they are.
//!
//! `limit apply|delete|lists FILE WIDTH` prints seconds: until the last answer, and until the
//! controllers have caught up (deployments observed, namespaces gone).

use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::{Method, Request};
use kube::{Client, core::WatchEvent};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [verb, file, width] = arguments.as_slice() else {
        return Err("usage: limit apply|delete|lists FILE WIDTH".into());
    };
    let list: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let objects = list["items"].as_array().cloned().unwrap_or_default();
    let width: usize = width.parse()?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (sent, settled) = runtime.block_on(async {
        let client = Client::try_default().await?;
        match verb.as_str() {
            "apply" => apply(&client, &objects, width).await,
            "delete" => delete(&client, &objects, width).await,
            "lists" => lists(&client, &objects, width).await,
            other => Err(format!("there is no `{other}`").into()),
        }
    })?;
    writeln!(std::io::stdout(), "{sent:.3} {settled:.3}")?;
    Ok(())
}

async fn apply(client: &Client, objects: &[Value], width: usize) -> Result<(f64, f64)> {
    let begun = Instant::now();
    let (namespaces, others) = apart(objects);
    for part in [namespaces, others] {
        let requests = part.iter().map(|object| {
            let path = format!("{}?fieldManager=limit&force=true", path(object));
            request(Method::PATCH, &path, object.to_string())
        });
        send(client, requests.collect::<Result<_>>()?, width).await?;
    }
    let sent = begun.elapsed().as_secs_f64();
    let deployments = objects
        .iter()
        .filter(|object| object["kind"] == "Deployment");
    let mut waiting: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for object in deployments {
        waiting
            .entry(collection(object))
            .or_default()
            .insert(name(object));
    }
    for (collection, mut names) in waiting {
        let is_observed = |object: &Value| {
            object["status"]["observedGeneration"].as_i64()
                >= object["metadata"]["generation"].as_i64()
        };
        watch(client, &collection, |object, _| {
            if is_observed(object) {
                names.remove(&name(object));
            }
            names.is_empty()
        })
        .await?;
    }
    Ok((sent, begun.elapsed().as_secs_f64()))
}

async fn delete(client: &Client, objects: &[Value], width: usize) -> Result<(f64, f64)> {
    let begun = Instant::now();
    let (namespaces, others) = apart(objects);
    for part in [others, namespaces.clone()] {
        let requests = part
            .iter()
            .map(|object| request(Method::DELETE, &path(object), String::new()));
        send(client, requests.collect::<Result<_>>()?, width).await?;
    }
    let sent = begun.elapsed().as_secs_f64();
    let mut names: BTreeSet<String> = namespaces.iter().map(name).collect();
    watch(client, "/api/v1/namespaces", |object, gone| {
        if gone {
            names.remove(&name(object));
        }
        names.is_empty()
    })
    .await?;
    Ok((sent, begun.elapsed().as_secs_f64()))
}

async fn lists(client: &Client, objects: &[Value], width: usize) -> Result<(f64, f64)> {
    let begun = Instant::now();
    let collections: BTreeSet<String> = objects.iter().map(collection).collect();
    let requests = collections
        .iter()
        .map(|path| request(Method::GET, path, String::new()));
    send(client, requests.collect::<Result<_>>()?, width).await?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok((seconds, seconds))
}

/// Sends all, so many at a time.
async fn send(client: &Client, requests: Vec<Request<Vec<u8>>>, width: usize) -> Result<()> {
    let answers = stream::iter(requests)
        .map(|request| client.request_text(request))
        .buffer_unordered(width);
    answers.try_for_each(|_| async { Ok(()) }).await?;
    Ok(())
}

/// Looks at the objects of a collection, then at what becomes of them, until it is enough.
async fn watch(
    client: &Client,
    collection: &str,
    mut is_enough: impl FnMut(&Value, bool) -> bool,
) -> Result<()> {
    let list: Value = client
        .request(request(Method::GET, collection, String::new())?)
        .await?;
    let mut enough = false;
    for object in list["items"].as_array().into_iter().flatten() {
        enough = is_enough(object, false);
    }
    if enough {
        return Ok(());
    }
    let version = list["metadata"]["resourceVersion"]
        .as_str()
        .unwrap_or_default();
    let path = format!("{collection}?watch=true&resourceVersion={version}");
    let events = client
        .request_events::<Value>(request(Method::GET, &path, String::new())?)
        .await?;
    let mut events = std::pin::pin!(events);
    while let Some(event) = events.try_next().await? {
        let enough = match event {
            WatchEvent::Added(object) | WatchEvent::Modified(object) => is_enough(&object, false),
            WatchEvent::Deleted(object) => is_enough(&object, true),
            _ => false,
        };
        if enough {
            return Ok(());
        }
    }
    Err(format!("the watch of {collection} ended").into())
}

fn request(method: Method, path: &str, body: String) -> Result<Request<Vec<u8>>> {
    let kind = if method == Method::PATCH {
        "application/apply-patch+yaml"
    } else {
        "application/json"
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(http::header::CONTENT_TYPE, kind);
    Ok(request.body(body.into_bytes())?)
}

/// Namespaces, and what may stand in them.
fn apart(objects: &[Value]) -> (Vec<Value>, Vec<Value>) {
    objects
        .iter()
        .cloned()
        .partition(|object| object["kind"] == "Namespace")
}

fn name(object: &Value) -> String {
    object["metadata"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn path(object: &Value) -> String {
    format!("{}/{}", collection(object), name(object))
}

/// The path of an object's collection. The kinds of the bench have regular plurals.
fn collection(object: &Value) -> String {
    let version = object["apiVersion"].as_str().unwrap_or_default();
    let root = if version.contains('/') { "apis" } else { "api" };
    let kind = object["kind"].as_str().unwrap_or_default().to_lowercase();
    let plural = match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{kind}s"),
    };
    match object["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("/{root}/{version}/namespaces/{namespace}/{plural}"),
        None => format!("/{root}/{version}/{plural}"),
    }
}
