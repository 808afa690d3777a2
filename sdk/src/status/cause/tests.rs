//! One deployment with what can go wrong around it, in YAML.

use super::super::{Evidence, status};
use super::{Cause, Class, LogTail, Verdict, find};
use serde_json::Value;
use std::time::Duration;

/// An object that is not ready, and everything around it.
struct World {
    object: Value,
    replica_sets: Vec<Value>,
    pods: Vec<Value>,
    claims: Vec<Value>,
    events: Vec<Value>,
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).expect("test YAML")
}

/// A deployment of one pod at revision 2, and the replica sets of both revisions.
fn deployment() -> World {
    World {
        object: yaml(
            "
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: shop, uid: d, generation: 2, annotations: {deployment.kubernetes.io/revision: '2'}}
spec: {replicas: 1}
status: {observedGeneration: 2, replicas: 2, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1}
",
        ),
        replica_sets: ["1", "2"]
            .map(|revision| {
                yaml(&format!(
                    "
kind: ReplicaSet
metadata: {{name: app-{revision}, namespace: shop, uid: r{revision}, annotations: {{deployment.kubernetes.io/revision: '{revision}'}},
  ownerReferences: [{{uid: d, controller: true}}]}}
spec: {{replicas: 1}}
status: {{replicas: 1}}
"
                ))
            })
            .to_vec(),
        pods: Vec::new(),
        claims: Vec::new(),
        events: Vec::new(),
    }
}

impl World {
    /// A pod of this owner with a container `app`, in this state.
    fn pod(mut self, name: &str, owner: &str, spec: &str, status: &str) -> Self {
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
    fn container(self, state: &str) -> Self {
        let status = format!("{{phase: Pending, containerStatuses: [{{name: app, {state}}}]}}");
        self.pod("app-2-x", "r2", "{}", &status)
    }

    fn event(mut self, about: &str, reason: &str, message: &str) -> Self {
        let mut event = yaml(&format!(
            "{{type: Warning, involvedObject: {{uid: {about}}}, lastTimestamp: '2026-01-01T00:00:0{}Z'}}",
            self.events.len()
        ));
        event["reason"] = reason.into();
        event["message"] = message.into();
        self.events.push(event);
        self
    }

    fn cause(&self) -> Cause {
        self.cause_with_logs(Vec::new())
    }

    fn cause_with_logs(&self, logs: Vec<LogTail>) -> Cause {
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

fn after(seconds: u64) -> Verdict {
    Verdict::After(Duration::from_secs(seconds))
}

#[test]
fn containers() {
    let waiting = |reason: &str, message: &str| {
        format!("state: {{waiting: {{reason: {reason}, message: '{message}'}}}}")
    };
    let loops = |restarts: u32, ended: &str| {
        format!(
            "restartCount: {restarts}, state: {{waiting: {{reason: CrashLoopBackOff}}}}, lastState: {{terminated: {{{ended}}}}}"
        )
    };
    for (state, class, verdict, summary) in [
        (
            waiting(
                "ErrImagePull",
                "failed to resolve reference \"x\": manifest unknown",
            ),
            Class::Image,
            Verdict::Fatal,
            "image `registry.example/app:2` cannot be pulled: manifest unknown",
        ),
        (
            waiting(
                "ErrImagePull",
                "pull access denied, repository does not exist or may require authorization",
            ),
            Class::Image,
            Verdict::Fatal,
            "image `registry.example/app:2` cannot be pulled: access denied, or no such repository",
        ),
        (
            waiting(
                "ErrImagePull",
                "dial tcp: lookup registry.example: no such host",
            ),
            Class::Image,
            after(90),
            "image `registry.example/app:2` cannot be pulled: the registry''s host is not known",
        ),
        (
            waiting(
                "ErrImagePull",
                "failed to do request: dial tcp 10.0.0.9:443: connect: connection refused",
            ),
            Class::Image,
            after(90),
            "image `registry.example/app:2` cannot be pulled: connection refused",
        ),
        (
            waiting(
                "ImagePullBackOff",
                "Back-off pulling image \"registry.example/app:2\"",
            ),
            Class::Image,
            after(90),
            "image `registry.example/app:2` cannot be pulled: the node is waiting before it tries again",
        ),
        (
            waiting("InvalidImageName", "x"),
            Class::Image,
            Verdict::Fatal,
            "image name `registry.example/app:2` is not valid",
        ),
        (
            waiting("CreateContainerConfigError", "secret \"app-db\" not found"),
            Class::Config,
            after(20),
            "container `app` cannot be configured: secret `app-db` is not there",
        ),
        (
            waiting(
                "CreateContainerConfigError",
                "couldn''t find key url in Secret shop/app-db",
            ),
            Class::Config,
            after(20),
            "container `app` cannot be configured: secret `app-db` has no key `url`",
        ),
        (
            waiting(
                "CreateContainerConfigError",
                "couldn''t find key a in ConfigMap shop/conf",
            ),
            Class::Config,
            after(20),
            "container `app` cannot be configured: config map `conf` has no key `a`",
        ),
        (
            loops(1, "exitCode: 1"),
            Class::Crash,
            after(60),
            "container `app` keeps crashing: exit code 1, 1 restart",
        ),
        (
            loops(3, "exitCode: 1"),
            Class::Crash,
            Verdict::Fatal,
            "container `app` keeps crashing: exit code 1, 3 restarts",
        ),
        (
            loops(2, "exitCode: 137, reason: OOMKilled"),
            Class::Crash,
            Verdict::Fatal,
            "container `app` runs out of memory, 2 restarts",
        ),
        (
            loops(2, "exitCode: 0, reason: Completed"),
            Class::Crash,
            Verdict::Fatal,
            "container `app` ends (exit code 0) instead of running on, 2 restarts",
        ),
        (
            loops(
                2,
                "exitCode: 128, reason: StartError, message: \"exec: nope: executable file not found in $PATH\"",
            ),
            Class::Crash,
            Verdict::Fatal,
            "container `app` cannot be started: exec: nope: executable file not found in $PATH",
        ),
        (
            "state: {waiting: {reason: ContainerCreating}}".to_owned(),
            Class::Starting,
            Verdict::Wait,
            "pod is ContainerCreating",
        ),
        (
            "ready: false, started: true, state: {running: {}}".to_owned(),
            Class::Starting,
            Verdict::Wait,
            "container `app` is running but not ready yet",
        ),
    ] {
        let cause = deployment().container(&state).cause();
        let summary = summary.replace("''", "'");
        assert_eq!(
            (cause.class, cause.verdict, cause.summary),
            (class, verdict, summary),
            "{state}"
        );
    }
}

#[test]
fn a_cause_names_the_way_down_and_what_to_do() {
    let mut world = deployment().container(
        "state: {waiting: {reason: CreateContainerConfigError, message: 'secret \"app-db\" not found'}}",
    );
    world.pods[0]["spec"]["containers"][0]["env"] = yaml(
        "[{name: PLAIN, value: hunter2}, {name: DB_URL, valueFrom: {secretKeyRef: {name: app-db, key: url}}}]",
    );
    let cause = world.cause();
    assert_eq!(
        cause.at,
        ["deployment/app", "pod/app-2-x", "container `app`"]
    );
    assert_eq!(
        cause.pod.as_deref(),
        Some("pod/app-2-x is CreateContainerConfigError")
    );
    assert_eq!(
        cause.hint.as_deref(),
        Some("environment variable `DB_URL` reads its key `url`")
    );
    assert!(!cause.to_string().contains("hunter2"));
}

#[test]
fn pods_of_the_old_revision_are_not_blamed() {
    let old = "{phase: Running, containerStatuses: [{name: app, restartCount: 9, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]}";
    let world = deployment()
        .pod("app-1-x", "r1", "{}", old)
        .container("state: {waiting: {reason: ContainerCreating}}");
    assert_eq!(world.cause().summary, "pod is ContainerCreating");
    // Before the controller has seen the change, the newest replica set is the old one.
    let mut early = deployment().pod("app-1-x", "r1", "{}", old);
    early.object["metadata"]["generation"] = 3.into();
    assert_eq!(
        early.cause().summary,
        "its controller has not seen the change yet"
    );
}

#[test]
fn a_crash_shows_the_log_of_the_run_that_ended_whatever_comes_next() {
    let ended = deployment()
        .container("restartCount: 2, state: {terminated: {exitCode: 127, reason: Error}}");
    let backing_off = deployment().container(
        "restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 127}}",
    );
    let wanted = |previous| LogTail {
        pod: "app-2-x".into(),
        container: "app".into(),
        ended: true,
        previous,
        lines: Vec::new(),
    };
    assert_eq!(ended.cause().log, Some(wanted(false)));
    assert_eq!(backing_off.cause().log, Some(wanted(true)));
    // It may go from one to the other while its log is read.
    for (world, state) in [(ended, "Error"), (backing_off, "CrashLoopBackOff")] {
        for asked in [false, true] {
            let read = LogTail {
                lines: vec!["boom".into()],
                ..wanted(asked)
            };
            assert_eq!(
                world.cause_with_logs(vec![read]).lines(),
                [
                    "container `app` keeps crashing: exit code 127, 2 restarts",
                    "at deployment/app → pod/app-2-x → container `app`",
                    &format!("pod/app-2-x is {state} (2 restarts)"),
                    "log of `app` in app-2-x, last lines before it ended:",
                    "  boom",
                    "hint: exit code 127: the command is not in the image",
                ]
            );
        }
    }
}

#[test]
fn events_say_what_states_do_not() {
    let running = "{phase: Running, containerStatuses: [{name: app, ready: false, started: true, state: {running: {}}}]}";
    let restarted = "{phase: Running, containerStatuses: [{name: app, restartCount: 3, ready: false, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 137}}}]}";
    let creating = "{phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: ContainerCreating}}}]}";
    let backing_off = "{phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image \"registry.example/app:2\"'}}}]}";
    for (status, events, class, summary) in [
        (
            running,
            vec![(
                "Unhealthy",
                "Readiness probe failed: HTTP probe failed with statuscode: 500",
            )],
            Class::NotReady,
            "container `app` is running but not ready: readiness probe failed: HTTP probe failed with statuscode: 500",
        ),
        (
            restarted,
            vec![
                ("Unhealthy", "Liveness probe failed: connection refused"),
                (
                    "Killing",
                    "Container app failed liveness probe, will be restarted",
                ),
            ],
            Class::Crash,
            "container `app` is restarted by its liveness probe: connection refused, 3 restarts",
        ),
        (
            creating,
            vec![(
                "FailedMount",
                "MountVolume.SetUp failed for volume \"tls\" : secret \"app-tls\" not found",
            )],
            Class::Mount,
            "volume `tls` cannot be mounted: secret `app-tls` is not there",
        ),
        (
            creating,
            vec![(
                "FailedMount",
                "MountVolume.SetUp failed for volume \"c\" : references non-existent config key: a.conf",
            )],
            Class::Mount,
            "volume `c` cannot be mounted: key `a.conf` is not there",
        ),
        (
            creating,
            vec![(
                "FailedAttachVolume",
                "Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) app-1-x",
            )],
            Class::Mount,
            "volume `pvc-1` is still attached to another node",
        ),
        (
            backing_off,
            vec![(
                "Failed",
                "Failed to pull image \"registry.example/app:2\": not found",
            )],
            Class::Image,
            "image `registry.example/app:2` cannot be pulled: not found",
        ),
    ] {
        let mut world = deployment().pod("app-2-x", "r2", "{}", status);
        for (reason, message) in events {
            world = world.event("app-2-x", reason, message);
        }
        let cause = world.cause();
        assert_eq!((cause.class, cause.summary.as_str()), (class, summary));
    }
}

#[test]
fn at_most_five_warnings_each_once_the_newest_first() {
    let mut world = deployment().container("state: {waiting: {reason: ContainerCreating}}");
    for (number, about) in ["d", "r2", "app-2-x", "r1", "app-2-x", "d", "d", "app-2-x"]
        .iter()
        .enumerate()
    {
        world = world.event(about, "Odd", &format!("number {}", number % 7));
    }
    let details = world.cause().details;
    // Number 3 is about the old replica set; 0 stands there twice.
    assert_eq!(
        details,
        [
            "Odd: number 0",
            "Odd: number 6",
            "Odd: number 5",
            "Odd: number 4",
            "Odd: number 2"
        ]
    );
}

#[test]
fn what_several_pods_say_alike_is_told_once() {
    let creating = "{phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: ContainerCreating}}}]}";
    let world = deployment()
        .pod("app-2-x", "r2", "{}", creating)
        .pod("app-2-y", "r2", "{}", creating)
        .event("app-2-x", "Odd", "in pod app-2-x")
        .event("app-2-y", "Odd", "in pod app-2-y");
    assert_eq!(world.cause().details, ["Odd: in pod app-2-y"]);
}

#[test]
fn an_event_that_says_nothing_new_is_not_told() {
    let refused = "Error creating: pods \"app-2-98t5j\" is forbidden: exceeded quota: small, requested: cpu=1, used: cpu=1, limited: cpu=1";
    let combined = format!("(combined from similar events): {refused}");
    let world =
        deployment()
            .event("r2", "FailedCreate", refused)
            .event("r2", "FailedCreate", &combined);
    assert_eq!(world.cause().details, [format!("FailedCreate: {refused}")]);

    let unscheduled = "0/3 nodes are available: 3 Insufficient cpu.";
    let world = deployment()
        .pod("app-2-x", "r2", "{nodeName: worker-1}", "{phase: Pending}")
        .pod("app-2-y", "r2", "{}", "{phase: Pending}")
        .event("app-2-x", "FailedScheduling", unscheduled);
    assert!(world.cause().details.is_empty());
    let world = world.event("app-2-y", "FailedScheduling", unscheduled);
    let unscheduled = unscheduled.trim_end_matches('.');
    assert_eq!(
        world.cause().details,
        [format!("FailedScheduling: {unscheduled}")]
    );

    let world = deployment()
        .container("state: {waiting: {reason: ErrImagePull, message: 'manifest unknown'}}")
        .event("app-2-x", "Failed", "Error: ErrImagePull")
        .event("app-2-x", "Failed", "Error: ImagePullBackOff")
        .event("app-2-x", "Failed", "Error: key `a` is not there");
    assert_eq!(
        world.cause().details,
        ["Failed: Error: key `a` is not there"]
    );
}

#[test]
fn old_events_about_the_object_do_not_count() {
    let world = deployment()
        .container("state: {waiting: {reason: ContainerCreating}}")
        .event("d", "Odd", "from the release before");
    let mut evidence = Evidence::of(&world.object);
    evidence.events = world.events.iter().collect();
    evidence.since = "2026-01-01T00:00:05Z".parse().ok();
    let found = find(&evidence, &status(&evidence)).expect("not ready");
    assert!(found.details.is_empty());
}

#[test]
fn scheduling() {
    let pending = "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes are available: 3 Insufficient memory. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'}]}";
    let world = deployment().pod("app-2-x", "r2", "{}", pending);
    let cause = world.cause();
    assert_eq!(
        (cause.class, cause.verdict, cause.summary.as_str()),
        (
            Class::Unscheduled,
            after(60),
            "pod cannot be scheduled: 0/3 nodes are available: 3 Insufficient memory",
        )
    );
    // An autoscaler is adding a node: no budget.
    let world = world.event("app-2-x", "TriggeredScaleUp", "pod triggered scale-up");
    assert_eq!(world.cause().verdict, Verdict::Wait);

    // The claim says more than the scheduler.
    let spec = "{volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}";
    let mut world = deployment().pod("app-2-x", "r2", spec, pending);
    world.claims.push(yaml(
        "{kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop, uid: c}, spec: {storageClassName: fast}, status: {phase: Pending}}",
    ));
    let world = world.event(
        "c",
        "ProvisioningFailed",
        "storageclass.storage.k8s.io \"fast\" not found",
    );
    let cause = world.cause();
    assert_eq!(
        (cause.verdict, cause.summary.as_str()),
        (
            Verdict::Fatal,
            "claim `data` cannot be bound: storage class `fast` is not there"
        )
    );
    assert_eq!(
        cause.at,
        [
            "deployment/app",
            "pod/app-2-x",
            "persistentvolumeclaim/data"
        ]
    );
}

#[test]
fn pods_that_cannot_be_made() {
    for (message, verdict, summary) in [
        (
            "Error creating: pods \"app-2-x\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2",
            after(20),
            "quota `small` is exceeded (requested: pods=1, used: pods=2, limited: pods=2)",
        ),
        (
            "pods \"app-2-x\" is forbidden: failed quota: small: must specify limits.cpu for: app",
            Verdict::Fatal,
            "quota `small`: must specify limits.cpu for: app",
        ),
        (
            "pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true",
            Verdict::Fatal,
            "pods violate Pod Security \"restricted:latest\": runAsNonRoot != true",
        ),
        (
            "pods \"x\" is forbidden: error looking up service account shop/runner: serviceaccount \"runner\" not found",
            after(20),
            "service account `runner` is not there",
        ),
        (
            "admission webhook \"policy.example\" denied the request: no latest tags",
            Verdict::Fatal,
            "pods cannot be made: admission webhook \"policy.example\" denied the request: no latest tags",
        ),
    ] {
        let mut world = deployment();
        world.replica_sets[1]["status"] = yaml("{replicas: 0}");
        world.replica_sets[1]["status"]["conditions"] =
            yaml("[{type: ReplicaFailure, status: 'True', reason: FailedCreate}]");
        world.replica_sets[1]["status"]["conditions"][0]["message"] = message.into();
        let cause = world.cause();
        assert_eq!(
            (cause.class, cause.verdict, cause.summary.as_str()),
            (Class::Creation, verdict, summary)
        );
    }
    // The rollout itself frees the quota that its old pods use.
    let mut world = deployment().pod("app-1-x", "r1", "{}", "{phase: Running}");
    world.replica_sets[1]["status"] = yaml(
        "{replicas: 0, conditions: [{type: ReplicaFailure, status: 'True', message: 'exceeded quota: small, requested: pods=1'}]}",
    );
    assert_eq!(world.cause().verdict, Verdict::Wait);
    // Stateful sets, daemon sets and jobs say it only in events.
    let set = World {
        object: yaml(
            "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop, uid: s, generation: 1}, spec: {replicas: 1}, status: {observedGeneration: 1}}",
        ),
        replica_sets: Vec::new(),
        pods: Vec::new(),
        claims: Vec::new(),
        events: Vec::new(),
    }
    .event("s", "FailedCreate", "create Pod db-0 in StatefulSet db failed error: pods \"db-0\" is forbidden: exceeded quota: small, requested: pods=1");
    assert_eq!(
        set.cause().summary,
        "quota `small` is exceeded (requested: pods=1)"
    );
}

#[test]
fn a_job_is_patient_until_it_gives_up() {
    let mut world = World {
        object: yaml(
            "{apiVersion: batch/v1, kind: Job, metadata: {name: migrate, namespace: shop, uid: j, generation: 1}, spec: {}, status: {failed: 1}}",
        ),
        replica_sets: Vec::new(),
        pods: Vec::new(),
        claims: Vec::new(),
        events: Vec::new(),
    }
    .pod(
        "migrate-x",
        "j",
        "{restartPolicy: Never}",
        "{phase: Failed, containerStatuses: [{name: app, state: {terminated: {exitCode: 2}}}]}",
    );
    let cause = world.cause();
    assert_eq!(
        (cause.summary.as_str(), cause.verdict),
        ("container `app` has crashed: exit code 2", Verdict::Wait)
    );
    assert!(cause.log.is_some_and(|log| !log.previous));
    world.object["status"]["conditions"] =
        yaml("[{type: Failed, status: 'True', reason: BackoffLimitExceeded}]");
    let cause = world.cause();
    assert_eq!(
        (cause.summary.as_str(), cause.is_fatal()),
        ("container `app` has crashed: exit code 2", true)
    );
}

#[test]
fn an_ordered_set_is_held_up_by_a_pod_that_it_never_replaces() {
    let world = World {
        object: yaml(
            "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop, uid: s, generation: 3}, spec: {replicas: 1}, status: {observedGeneration: 3, replicas: 1, currentRevision: a, updateRevision: c}}",
        ),
        replica_sets: Vec::new(),
        pods: Vec::new(),
        claims: Vec::new(),
        events: Vec::new(),
    };
    let mut world = world.pod(
        "db-0",
        "s",
        "{}",
        "{phase: Running, containerStatuses: [{name: app, ready: false, started: true, state: {running: {}}}]}",
    );
    world.pods[0]["metadata"]["labels"] = yaml("{controller-revision-hash: b}");
    let cause = world.cause();
    assert_eq!(cause.summary, "pod `db-0` of the old revision is not ready");
    assert!(
        cause
            .hint
            .is_some_and(|hint| hint.contains("kubectl delete pod db-0"))
    );
}

#[test]
fn causes_are_masked_everywhere() {
    let world = deployment()
        .container("restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}")
        .event("app-2-x", "Odd", "password is hunter2");
    let log = LogTail {
        pod: "app-2-x".into(),
        container: "app".into(),
        ended: true,
        previous: true,
        lines: vec!["hunter2 refused".into()],
    };
    let cause = world
        .cause_with_logs(vec![log])
        .masked(&|text| text.replace("hunter2", "***"));
    assert!(!cause.to_string().contains("hunter2"));
    assert_eq!(cause.details, ["Odd: password is ***"]);
}
