//! Answers that go on: watches, and logs that are followed.

use super::log::Follow;
use super::select::Selector;
use crate::error::Status;
use crate::store::{Change, ChangeKind};
use crate::waiting::Waiter;
use crate::world::World;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use std::task::{Context, Poll};
use std::time::Duration;

/// How often a watch that wishes for bookmarks gets one.
const BOOKMARK_EVERY: Duration = Duration::from_mins(1);

/// A stream, and who waits for it.
#[derive(Debug)]
pub(super) struct Stream {
    waiter: Waiter,
    source: Source,
    ended: bool,
}

/// What a stream carries.
#[derive(Debug)]
pub(super) enum Source {
    /// The changes of objects.
    Watch(Box<Watch>),
    /// The lines a container writes.
    Log(Box<Follow>),
}

/// The changes of objects that a client wishes to see.
#[derive(Debug)]
pub(super) struct Watch {
    /// Whose.
    pub(super) group: String,
    pub(super) kind: String,
    pub(super) api_version: String,
    /// In this namespace, or in all.
    pub(super) namespace: Option<String>,
    pub(super) selector: Selector,
    /// Only the metadata.
    pub(super) metadata_only: bool,
    /// An object that nobody wrote anything into: bookmarks have its form.
    pub(super) empty: Value,
    /// What is sent before any change.
    pub(super) initial: Vec<u8>,
    /// The revision up to which changes were sent.
    pub(super) seen: u64,
    /// When the next bookmark is due, for those who wish for them.
    pub(super) bookmark: Option<Timestamp>,
}

impl Stream {
    pub(super) fn new(waiter: Waiter, source: Source) -> Self {
        Self {
            waiter,
            source,
            ended: false,
        }
    }

    /// The next piece, the end, or a promise to come back.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let shared = self.waiter.shared().clone();
        shared.with(|world| {
            let over = self.waiter.is_over(world);
            let (piece, end) = match &mut self.source {
                Source::Watch(watch) => watch.next(world, over),
                Source::Log(follow) => follow.next(world),
            };
            self.ended = end || over;
            if piece.is_empty() && !self.ended {
                self.waiter.idle(world, cx);
                return Poll::Pending;
            }
            world.waiting.touch();
            Poll::Ready(Some(Bytes::from(piece)).filter(|piece| !piece.is_empty()))
        })
    }
}

impl Watch {
    /// What happened since the last call, and whether the stream ends with it.
    fn next(&mut self, world: &World, over: bool) -> (Vec<u8>, bool) {
        let mut out = std::mem::take(&mut self.initial);
        let Some(changes) = world.history.after(self.seen) else {
            let (wanted, oldest) = (self.seen, world.history.oldest());
            let status = Status::expired(format!("too old resource version: {wanted} ({oldest})"));
            frame(&mut out, "ERROR", status.body().to_string().as_bytes());
            return (out, true);
        };
        for change in changes {
            self.add(&mut out, change);
        }
        self.seen = world.history.revision();
        if let Some(due) = self.bookmark
            && (over || world.time.now >= due)
        {
            self.bookmark = Some(world.time.after(BOOKMARK_EVERY));
            self.add_bookmark(&mut out, false);
        }
        (out, false)
    }

    /// The moment of the first bookmark.
    pub(super) fn first_bookmark(world: &World) -> Timestamp {
        world.time.after(BOOKMARK_EVERY)
    }

    fn concerns(&self, change: &Change) -> bool {
        change.key.is(&self.group, &self.kind)
            && (self.namespace.is_none() || self.namespace == change.key.namespace)
    }

    fn add(&self, out: &mut Vec<u8>, change: &Change) {
        if !self.concerns(change) {
            return;
        }
        let picks = |object: &Value| self.selector.is_empty() || self.selector.picks(object);
        let before = change.old.as_deref().is_some_and(picks);
        let after = change.kind != ChangeKind::Deleted && picks(&change.object);
        let ty = match (before, after) {
            (false, false) => return,
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
        };
        // What stops being picked is reported as it last was, with the revision of the change.
        match (ty, &change.old) {
            ("DELETED", Some(old)) if change.kind == ChangeKind::Modified => {
                let mut last = Value::clone(old);
                last["metadata"]["resourceVersion"] = change.revision.to_string().into();
                self.add_object(out, ty, &last);
            }
            _ if self.is_plain(&change.object) => frame(out, ty, &change.json()),
            _ => self.add_object(out, ty, &change.object),
        }
    }

    /// Whether the object is sent as it is stored.
    fn is_plain(&self, object: &Value) -> bool {
        !self.metadata_only
            && object["apiVersion"] == self.api_version.as_str()
            && crate::write::unread(object).is_none()
    }

    /// Adds one object in the form that was asked for.
    pub(super) fn add_object(&self, out: &mut Vec<u8>, ty: &str, object: &Value) {
        let text =
            super::answer::project(object, &self.api_version, self.metadata_only).to_string();
        frame(out, ty, text.as_bytes());
    }

    /// Adds a mark of how far the stream has come. `initial` ends the state at the beginning.
    pub(super) fn add_bookmark(&self, out: &mut Vec<u8>, initial: bool) {
        let mut mark = self.empty.clone();
        let metadata = &mut mark["metadata"];
        metadata["resourceVersion"] = self.seen.to_string().into();
        if initial {
            metadata["annotations"]["k8s.io/initial-events-end"] = "true".into();
        }
        frame(out, "BOOKMARK", mark.to_string().as_bytes());
    }
}

/// Adds one event, as a line.
fn frame(out: &mut Vec<u8>, ty: &str, object: &[u8]) {
    out.extend_from_slice(b"{\"type\":\"");
    out.extend_from_slice(ty.as_bytes());
    out.extend_from_slice(b"\",\"object\":");
    out.extend_from_slice(object);
    out.extend_from_slice(b"}\n");
}
