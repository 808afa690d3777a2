//! Single requests beside the watches: a log at the end, a storage class.

use super::stores::Key;
use crate::cluster::{ApiError, Cluster, Served, WatchEvent};
use crate::status::cause::{LOG_LINES, LogTail};
use futures::future::BoxFuture;
use serde_json::Value;
use std::borrow::Cow;

/// What came in.
#[derive(Debug)]
pub(super) enum Answer {
    /// The end of a log, for the pending object with this number.
    Log(usize, LogTail),
    /// A storage class, if it is there and may be read.
    Class(String, Option<Value>),
}

/// What a watch told, or its end.
pub(super) type Told = (Key, Result<WatchEvent, ApiError>);

/// Reads the end of a log. Where there is none, that of the other run is tried.
pub(super) fn log(
    cluster: Cluster,
    number: usize,
    namespace: String,
    mut log: LogTail,
) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        let read =
            |previous| cluster.log(&namespace, &log.pod, &log.container, previous, LOG_LINES);
        let text = match read(log.previous).await {
            Ok(text) if !text.trim().is_empty() => text,
            _ => read(!log.previous).await.unwrap_or_default(),
        };
        log.lines = text
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        let extra = log.lines.len().saturating_sub(LOG_LINES);
        log.lines.drain(..extra);
        Answer::Log(number, log)
    })
}

/// Reads a storage class.
pub(super) fn class(cluster: Cluster, name: String) -> BoxFuture<'static, Answer> {
    let served = Served {
        group: Cow::Borrowed("storage.k8s.io"),
        version: Cow::Borrowed("v1"),
        kind: Cow::Borrowed("StorageClass"),
        plural: Cow::Borrowed("storageclasses"),
        namespaced: false,
    };
    Box::pin(async move {
        let class = cluster.get(&served, None, &name).await.ok().flatten();
        Answer::Class(name, class)
    })
}
