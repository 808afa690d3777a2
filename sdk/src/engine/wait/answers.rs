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

/// Which log is to be read.
#[derive(Debug)]
pub(in crate::engine) struct LogRequest {
    pub(in crate::engine) namespace: String,
    pub(in crate::engine) log: LogTail,
}

impl LogRequest {
    /// Reads its end. Where there is none, that of the other run is tried.
    pub(in crate::engine) async fn read(self, cluster: &Cluster) -> LogTail {
        let Self { namespace, mut log } = self;
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
        log
    }
}

/// Reads the end of a log for the pending object with this number.
pub(super) fn log(
    cluster: Cluster,
    number: usize,
    request: LogRequest,
) -> BoxFuture<'static, Answer> {
    Box::pin(async move { Answer::Log(number, request.read(&cluster).await) })
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
