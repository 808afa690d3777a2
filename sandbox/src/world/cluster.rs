//! The world as the controllers see it: the same write path as HTTP, without the HTTP.

use super::World;
use crate::controller::recorder::Recorder;
use crate::controller::seam::{Change, Cluster, GroupKind, Propagation, Refusal, Writer};
use crate::error::Status;
use crate::kubelet::logs::Logs;
use crate::store::Key;
use crate::write::{self, DeleteOptions, Write};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self {
            code: status.code,
            reason: status.reason.to_owned(),
            message: status.message,
        }
    }
}

impl Cluster for World {
    fn now(&self) -> Timestamp {
        self.time.now
    }

    fn next_number(&mut self) -> u64 {
        self.counters.number()
    }

    fn get(&self, kind: GroupKind<'_>, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.objects
            .get(kind.group, kind.kind, namespace, name)
            .cloned()
    }

    fn list(&self, kind: GroupKind<'_>, namespace: &str) -> Vec<Arc<Value>> {
        let namespace = Some(namespace).filter(|namespace| !namespace.is_empty());
        self.objects
            .list(kind.group, kind.kind, namespace)
            .cloned()
            .collect()
    }

    fn owned(&self, uid: &str) -> Vec<Arc<Value>> {
        self.objects.owned_by(uid).cloned().collect()
    }

    fn kinds(&self) -> Vec<(String, String, bool)> {
        self.kinds.stored()
    }

    fn create(&mut self, writer: Writer, object: Value) -> Result<Arc<Value>, Refusal> {
        Ok(write::create_any(
            self,
            &Write::by(writer.manager()),
            object,
        )?)
    }

    fn update(&mut self, writer: Writer, object: Value) -> Result<Arc<Value>, Refusal> {
        Ok(write::replace_any(
            self,
            &Write::by(writer.manager()),
            object,
        )?)
    }

    fn update_subresource(
        &mut self,
        writer: Writer,
        subresource: &str,
        object: Value,
    ) -> Result<Arc<Value>, Refusal> {
        let write = Write::by(writer.manager()).subresource(subresource);
        Ok(write::replace_any(self, &write, object)?)
    }

    fn bind(&mut self, namespace: &str, pod: &str, node: &str) -> Result<(), Refusal> {
        let key = Key::new("", "Pod", Some(namespace), pod);
        Ok(write::bind(self, &key, node)?)
    }

    fn scale(&mut self, object: &Value, replicas: i64) -> Result<(), Refusal> {
        let write = Write::by(Writer::ControllerManager.manager()).subresource("scale");
        Ok(write::scale_to(self, &write, &Key::of(object), replicas)?)
    }

    fn delete(
        &mut self,
        object: &Value,
        propagation: Propagation,
        grace: Option<i64>,
    ) -> Result<(), Refusal> {
        let options = DeleteOptions {
            propagation: Some(propagation),
            uid: object["metadata"]["uid"].as_str().map(str::to_owned),
            grace,
            ..DeleteOptions::default()
        };
        Ok(write::delete_any(self, &Key::of(object), &options)?)
    }

    fn logs(&mut self) -> &mut Logs {
        &mut self.logs
    }

    fn recorder(&mut self) -> &mut Recorder {
        &mut self.recorder
    }

    fn take_changes(&mut self) -> Vec<Change> {
        self.take_unseen()
    }
}
