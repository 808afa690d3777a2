//! What can go wrong around an object, in YAML, for the tests of causes.

use super::{Cause, Class, LogTail, Verdict, find};
pub(super) use crate::status::cases::yaml;
use crate::status::{Evidence, status};
use serde_json::Value;
use std::time::Duration;

/// An object that is not ready, and everything around it.
pub(super) struct World {
    pub(super) object: Value,
    pub(super) replica_sets: Vec<Value>,
    pub(super) pods: Vec<Value>,
    pub(super) claims: Vec<Value>,
    pub(super) events: Vec<Value>,
}

/// A deployment of one pod at revision 2, and the replica sets of both revisions.
pub(super) fn deployment() -> World {
    let mut world = World::of(
        "
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: shop, uid: d, generation: 2, annotations: {deployment.kubernetes.io/revision: '2'}}
spec: {replicas: 1}
status: {observedGeneration: 2, replicas: 2, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1}
",
    );
    world.replica_sets = ["1", "2"].map(replica_set).to_vec();
    world
}

fn replica_set(revision: &str) -> Value {
    yaml(&format!(
        "
kind: ReplicaSet
metadata: {{name: app-{revision}, namespace: shop, uid: r{revision}, annotations: {{deployment.kubernetes.io/revision: '{revision}'}},
  ownerReferences: [{{uid: d, controller: true}}]}}
spec: {{replicas: 1}}
status: {{replicas: 1}}
"
    ))
}

impl World {
    /// An object with nothing around it.
    pub(super) fn of(object: &str) -> Self {
        Self {
            object: yaml(object),
            replica_sets: Vec::new(),
            pods: Vec::new(),
            claims: Vec::new(),
            events: Vec::new(),
        }
    }

    /// A pod of this owner with a container `app`, in this state.
    pub(super) fn pod(mut self, name: &str, owner: &str, spec: &str, status: &str) -> Self {
        let mut pod = yaml(&format!(
            "
kind: Pod
metadata: {{name: {name}, namespace: shop, uid: {name}, ownerReferences: [{{uid: {owner}, controller: true}}]}}
spec: {{restartPolicy: Always, containers: [{{name: app, image: 'registry.example/app:2'}}]}}
"
        ));
        pod["status"] = yaml(status);
        for (key, value) in yaml(spec).as_object().cloned().unwrap_or_default() {
            pod["spec"][key] = value;
        }
        self.pods.push(pod);
        self
    }

    /// The new pod, its container in this state.
    pub(super) fn container(self, state: &str) -> Self {
        let status = format!("{{phase: Pending, containerStatuses: [{{name: app, {state}}}]}}");
        self.pod("app-2-x", "r2", "{}", &status)
    }

    pub(super) fn event(mut self, about: &str, reason: &str, message: &str) -> Self {
        let mut event = yaml(&format!(
            "{{type: Warning, involvedObject: {{uid: {about}}}, lastTimestamp: '2026-01-01T00:00:0{}Z'}}",
            self.events.len()
        ));
        event["reason"] = reason.into();
        event["message"] = message.into();
        self.events.push(event);
        self
    }

    pub(super) fn cause(&self) -> Cause {
        self.cause_with_logs(Vec::new())
    }

    pub(super) fn cause_with_logs(&self, logs: Vec<LogTail>) -> Cause {
        let mut evidence = Evidence::of(&self.object);
        evidence.replica_sets = self.replica_sets.iter().collect();
        evidence.pods = self.pods.iter().collect();
        evidence.claims = self.claims.iter().collect();
        evidence.events = self.events.iter().collect();
        evidence.logs = logs;
        let status = status(&evidence);
        find(&evidence, &status).expect("not ready")
    }
}

pub(super) fn after(seconds: u64) -> Verdict {
    Verdict::After(Duration::from_secs(seconds))
}

/// A container that waits.
pub(super) fn waiting(reason: &str, message: &str) -> String {
    format!("state: {{waiting: {{reason: {reason}, message: '{message}'}}}}")
}

/// Each case: the state of a container, and the cause expected of it.
pub(super) fn containers(cases: &[(String, Class, Verdict, &str)]) {
    for (state, class, verdict, summary) in cases {
        let cause = deployment().container(state).cause();
        // Quotes are doubled in YAML.
        let summary = summary.replace("''", "'");
        assert_eq!(
            (cause.class, cause.verdict, cause.summary),
            (*class, *verdict, summary),
            "{state}"
        );
    }
}

/// A pod's status, its events (reason and message), and the cause expected.
type Told<'a> = (&'a str, &'a [(&'a str, &'a str)], Class, &'a str);

/// Cases in which events say more than the pod's status does.
pub(super) fn events(cases: &[Told<'_>]) {
    for (status, events, class, summary) in cases {
        let mut world = deployment().pod("app-2-x", "r2", "{}", status);
        for (reason, message) in *events {
            world = world.event("app-2-x", reason, message);
        }
        let cause = world.cause();
        assert_eq!((cause.class, cause.summary.as_str()), (*class, *summary));
    }
}
