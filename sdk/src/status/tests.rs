//! One table of cases per kind: YAML of a live object, the generation of the apply, what is said.

use super::{Evidence, State, status};
use serde_json::{Value, json};
use std::time::Duration;

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).expect("test YAML")
}

/// Each case: what differs from `base` (merged in), and the state and reason expected.
fn table(base: &str, cases: &[(&str, State, &str)]) {
    for (change, state, reason) in cases {
        let object = merged(base, change);
        let got = status(&Evidence::of(&object));
        assert_eq!(
            (got.state, got.reason.as_str()),
            (*state, *reason),
            "{change}"
        );
    }
}

fn merged(base: &str, change: &str) -> Value {
    let mut object = yaml(base);
    merge(&mut object, yaml(change));
    object
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

use State::{Failed, Progressing, Ready, Suspended, Terminating};

#[test]
fn deployments() {
    let base = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: shop, uid: d, generation: 2}
spec: {replicas: 3}
status: {observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3}
";
    table(
        base,
        &[
            ("{}", Ready, "3 of 3 pods are ready"),
            // T11: what stands in the status is about the generation before.
            (
                "{metadata: {generation: 3}}",
                Progressing,
                "its controller has not seen the change yet",
            ),
            (
                "{status: {observedGeneration: null}}",
                Progressing,
                "its controller has not seen the change yet",
            ),
            (
                "{status: {readyReplicas: 1, availableReplicas: 1}}",
                Progressing,
                "1 of 3 pods are ready",
            ),
            (
                "{status: {availableReplicas: 2}}",
                Progressing,
                "2 of 3 pods are available for long enough",
            ),
            (
                "{status: {replicas: 4, updatedReplicas: 1}}",
                Progressing,
                "3 of 3 pods are ready, 1 updated",
            ),
            (
                "{status: {replicas: 5}}",
                Progressing,
                "3 of 3 pods are ready, 2 old not gone yet",
            ),
            // T3: what `maxUnavailable` allows is not ready.
            (
                "{spec: {replicas: 1, strategy: {rollingUpdate: {maxUnavailable: 1}}}, status: {replicas: 1, updatedReplicas: 1, readyReplicas: 0, availableReplicas: 0}}",
                Progressing,
                "0 of 1 pods are ready",
            ),
            (
                "{spec: {replicas: 0}, status: {replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0}}",
                Ready,
                "is scaled to 0",
            ),
            ("{spec: {paused: true}}", Suspended, "is paused"),
            (
                "{spec: {progressDeadlineSeconds: 60}, status: {readyReplicas: 0, availableReplicas: 0, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]}}",
                Failed,
                "0 of 3 pods are ready: no progress for 60 seconds",
            ),
            (
                "{status: {replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions: [{type: ReplicaFailure, status: 'True', reason: FailedCreate, message: 'exceeded quota: q'}]}}",
                Progressing,
                "1 of 3 pods are ready",
            ),
            (
                "{metadata: {deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [foregroundDeletion]}}",
                Terminating,
                "is being deleted, waits for what it made",
            ),
        ],
    );
    // The store may be older than the answer to the apply.
    let object = yaml(base);
    let got = status(&Evidence::of(&object).generation(Some(3)));
    assert_eq!(
        (got.state, got.reason.as_str()),
        (Progressing, "the change is not visible yet")
    );
}

#[test]
fn stateful_sets() {
    let base = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, generation: 1}
spec: {replicas: 3, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}}
status: {observedGeneration: 1, replicas: 3, readyReplicas: 3, availableReplicas: 3, updatedReplicas: 3,
  currentReplicas: 3, currentRevision: a, updateRevision: a}
";
    table(
        base,
        &[
            ("{}", Ready, "3 of 3 pods are ready"),
            (
                "{status: {updatedReplicas: null}}",
                Ready,
                "3 of 3 pods are ready",
            ),
            (
                "{status: {replicas: 1, readyReplicas: 0, availableReplicas: 0}}",
                Progressing,
                "0 of 3 pods are ready",
            ),
            (
                "{status: {updatedReplicas: 1, updateRevision: b}}",
                Progressing,
                "3 of 3 pods are ready, 1 of 3 updated",
            ),
            // T6: all pods are updated, but the controller has not concluded.
            (
                "{status: {updateRevision: b}}",
                Progressing,
                "3 of 3 pods are ready",
            ),
            (
                "{status: {replicas: 4}}",
                Progressing,
                "3 of 3 pods are ready, 1 too many",
            ),
            (
                "{status: {availableReplicas: 2}}",
                Progressing,
                "2 of 3 pods are available for long enough",
            ),
            (
                "{status: {updateRevision: null, currentRevision: null}}",
                Progressing,
                "3 of 3 pods are ready",
            ),
        ],
    );
    for (change, state, note) in [
        (
            "{spec: {updateStrategy: {rollingUpdate: {partition: 2}}}, status: {updatedReplicas: 1, updateRevision: b}}",
            Ready,
            "partition 2: pods 0 to 1 stay on the old revision",
        ),
        (
            "{spec: {updateStrategy: {type: OnDelete, rollingUpdate: null}}, status: {updatedReplicas: 1, updateRevision: b}}",
            Ready,
            "2 pods are on the old revision: the update strategy `OnDelete` replaces a pod only when it is deleted",
        ),
    ] {
        let got = status(&Evidence::of(&merged(base, change)));
        assert_eq!(
            (got.state, got.notes),
            (state, vec![note.to_owned()]),
            "{change}"
        );
    }
}

#[test]
fn daemon_sets() {
    let base = "
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, generation: 1}
status: {observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2,
  updatedNumberScheduled: 2, numberReady: 2, numberAvailable: 2}
";
    table(
        base,
        &[
            ("{}", Ready, "2 of 2 pods are ready"),
            (
                "{status: {desiredNumberScheduled: null}}",
                Progressing,
                "its nodes are not counted yet",
            ),
            (
                "{status: {updatedNumberScheduled: 1}}",
                Progressing,
                "2 of 2 pods are ready, 1 updated",
            ),
            (
                "{status: {numberReady: 1, numberAvailable: 1}}",
                Progressing,
                "1 of 2 pods are ready",
            ),
            (
                "{status: {desiredNumberScheduled: 0, currentNumberScheduled: 0, updatedNumberScheduled: 0, numberReady: 0, numberAvailable: 0}}",
                Ready,
                "runs nowhere",
            ),
        ],
    );
}

#[test]
fn jobs() {
    let base = "
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, generation: 1}
spec: {completions: 1, backoffLimit: 2}
status: {startTime: '2026-01-01T00:00:00Z', active: 1}
";
    let condition = |kind: &str, reason: &str, message: &str| {
        format!(
            "{{status: {{active: 0, failed: 3, conditions: [{{type: {kind}, status: 'True', reason: {reason}, message: '{message}'}}]}}}}"
        )
    };
    table(
        base,
        &[
            // T4: a job that runs is not ready.
            ("{}", Progressing, "0 of 1 pods have succeeded, 1 running"),
            (
                "{status: {failed: 2}}",
                Progressing,
                "0 of 1 pods have succeeded, 1 running, 2 failed (2 retries allowed)",
            ),
            (
                "{status: {active: 0, succeeded: 1, conditions: [{type: Complete, status: 'True'}]}}",
                Ready,
                "1 of 1 pods have succeeded",
            ),
            (
                "{status: {active: 0, succeeded: 1, conditions: [{type: SuccessCriteriaMet, status: 'True'}]}}",
                Ready,
                "1 of 1 pods have succeeded",
            ),
            (
                &condition("FailureTarget", "BackoffLimitExceeded", "x"),
                Failed,
                "has failed 3 times and is not retried again",
            ),
            (
                &condition("Failed", "DeadlineExceeded", "x"),
                Failed,
                "has not finished within its deadline",
            ),
            (
                &condition("Failed", "PodFailurePolicy", "Container app failed."),
                Failed,
                "has failed: Container app failed",
            ),
            ("{spec: {suspend: true}}", Suspended, "is suspended"),
        ],
    );
}

#[test]
fn cron_jobs() {
    let base = "
apiVersion: batch/v1
kind: CronJob
metadata: {name: cleanup}
spec: {schedule: '0 2 * * *'}
";
    table(
        base,
        &[
            ("{}", Ready, "scheduled `0 2 * * *`, has not run yet"),
            (
                "{spec: {timeZone: Europe/Berlin}}",
                Ready,
                "scheduled `0 2 * * *` in Europe/Berlin, has not run yet",
            ),
            (
                "{spec: {suspend: true}}",
                Suspended,
                "is suspended, scheduled `0 2 * * *`",
            ),
            (
                "{status: {lastScheduleTime: '2026-01-01T02:00:00Z', lastSuccessfulTime: '2026-01-01T02:00:09Z'}}",
                Ready,
                "scheduled `0 2 * * *`, last run succeeded at 2026-01-01T02:00:09Z",
            ),
            (
                "{status: {lastScheduleTime: '2026-01-02T02:00:00Z', lastSuccessfulTime: '2026-01-01T02:00:09Z'}}",
                Ready,
                "scheduled `0 2 * * *`, last run at 2026-01-02T02:00:00Z",
            ),
        ],
    );
}

#[test]
fn pods() {
    let base = "
apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {containers: [{name: app}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: app, ready: true, state: {running: {}}}]}
";
    table(
        base,
        &[
            ("{}", Ready, "1 of 1 containers are ready"),
            ("{status: {phase: Succeeded}}", Ready, "has finished"),
            // T5: a failed pod has failed.
            (
                "{status: {phase: Failed, containerStatuses: [{name: app, state: {terminated: {exitCode: 3}}}]}}",
                Failed,
                "has failed: container `app` exited with code 3",
            ),
            (
                "{status: {phase: Failed, reason: Evicted, message: 'The node was low on resource: memory. '}}",
                Failed,
                "has failed: The node was low on resource: memory",
            ),
            (
                "{status: {phase: Pending, conditions: [], containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ContainerCreating}}}]}}",
                Progressing,
                "0 of 1 containers are ready: ContainerCreating",
            ),
        ],
    );
}

#[test]
fn the_printed_status_is_kubectls() {
    for (pod, expected) in [
        (
            "{status: {phase: Running, containerStatuses: [{ready: true, state: {running: {}}}]}}",
            "Running",
        ),
        ("{status: {phase: Pending}}", "Pending"),
        ("{status: {phase: Failed, reason: Evicted}}", "Evicted"),
        (
            "{status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: SchedulingGated}]}}",
            "SchedulingGated",
        ),
        (
            "{spec: {initContainers: [{name: a}, {name: b}]}, status: {phase: Pending, initContainerStatuses: [{name: a, state: {terminated: {exitCode: 0}}}, {name: b, state: {running: {}}}]}}",
            "Init:1/2",
        ),
        (
            "{spec: {initContainers: [{name: a}]}, status: {phase: Pending, initContainerStatuses: [{name: a, state: {terminated: {exitCode: 2}}}]}}",
            "Init:ExitCode:2",
        ),
        (
            "{spec: {initContainers: [{name: a}]}, status: {phase: Pending, initContainerStatuses: [{name: a, state: {waiting: {reason: CrashLoopBackOff}}}]}}",
            "Init:CrashLoopBackOff",
        ),
        (
            "{spec: {initContainers: [{name: s, restartPolicy: Always}]}, status: {phase: Running, initContainerStatuses: [{name: s, started: true, state: {running: {}}}], containerStatuses: [{name: a, ready: true, state: {running: {}}}]}}",
            "Running",
        ),
        (
            "{status: {phase: Running, containerStatuses: [{state: {waiting: {reason: CrashLoopBackOff}}}]}}",
            "CrashLoopBackOff",
        ),
        (
            "{status: {phase: Failed, containerStatuses: [{state: {terminated: {exitCode: 137, signal: 9}}}]}}",
            "Signal:9",
        ),
        (
            "{status: {phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{ready: true, state: {running: {}}}, {state: {terminated: {exitCode: 0, reason: Completed}}}]}}",
            "Running",
        ),
        (
            "{status: {phase: Running, containerStatuses: [{ready: true, state: {running: {}}}, {state: {terminated: {exitCode: 0, reason: Completed}}}]}}",
            "NotReady",
        ),
        (
            "{metadata: {deletionTimestamp: x}, status: {phase: Running}}",
            "Terminating",
        ),
    ] {
        assert_eq!(super::printed(&yaml(pod)), expected, "{pod}");
    }
}

#[test]
fn volume_claims() {
    let base = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {storageClassName: fast}
status: {phase: Pending}
";
    table(
        base,
        &[
            ("{}", Progressing, "is not bound yet (storage class `fast`)"),
            (
                "{spec: {storageClassName: null}}",
                Progressing,
                "is not bound yet",
            ),
            (
                "{spec: {volumeName: pv-1}, status: {phase: Bound, capacity: {storage: 10Gi}}}",
                Ready,
                "is bound to volume `pv-1` of 10Gi",
            ),
            (
                "{status: {phase: Lost}}",
                Failed,
                "has lost its volume: the data may be gone",
            ),
        ],
    );
    // T7: nothing binds it until a pod uses it.
    let claim = yaml(base);
    let class = json!({"metadata": {"name": "fast"}, "volumeBindingMode": "WaitForFirstConsumer"});
    let pod = yaml(
        "{metadata: {name: db-0, namespace: shop}, spec: {volumes: [{persistentVolumeClaim: {claimName: data}}]}}",
    );
    let mut evidence = Evidence::of(&claim);
    evidence.classes = vec![&class];
    assert_eq!(status(&evidence).state, Ready);
    evidence.pods = vec![&pod];
    assert_eq!(
        status(&evidence).reason,
        "is not bound yet, waits for pod `db-0` to be scheduled"
    );
    let going = merged(
        base,
        "{metadata: {deletionTimestamp: x, finalizers: [kubernetes.io/pvc-protection]}}",
    );
    evidence.object = &going;
    assert_eq!(
        status(&evidence).reason,
        "is being deleted, when pod `db-0` no longer uses it"
    );
}

#[test]
fn services() {
    table(
        "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {clusterIP: 10.0.0.1}}",
        &[
            ("{}", Ready, "at 10.0.0.1"),
            ("{spec: {clusterIP: None}}", Ready, "headless"),
            (
                "{spec: {clusterIP: null}}",
                Progressing,
                "has no cluster address yet",
            ),
            (
                "{spec: {type: ExternalName, clusterIP: null, externalName: db.example}}",
                Ready,
                "stands for `db.example`",
            ),
            // T8: an address is waited for.
            (
                "{spec: {type: LoadBalancer}}",
                Progressing,
                "has no load balancer address yet",
            ),
            (
                "{spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{hostname: lb.example}]}}}",
                Ready,
                "load balancer at lb.example",
            ),
        ],
    );
}

#[test]
fn ingresses_autoscalers_and_budgets() {
    table(
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}}",
        &[
            ("{}", Ready, "applied"),
            (
                "{status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}}",
                Ready,
                "at 1.2.3.4",
            ),
        ],
    );
    let autoscaler = "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {minReplicas: 3, maxReplicas: 10}, status: {currentReplicas: 3, desiredReplicas: 3}}";
    table(
        autoscaler,
        &[
            ("{}", Ready, "3 pods, 3 to 10 allowed"),
            (
                "{status: {desiredReplicas: 5}}",
                Ready,
                "3 pods, wants 5, 3 to 10 allowed",
            ),
        ],
    );
    let hindered = merged(
        autoscaler,
        "{status: {conditions: [{type: ScalingActive, status: 'False', reason: FailedGetResourceMetric, message: 'no metrics returned'}]}}",
    );
    assert_eq!(
        status(&Evidence::of(&hindered)).notes,
        ["does not scale: no metrics returned"]
    );
    table(
        "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web, generation: 1}, status: {observedGeneration: 1, currentHealthy: 3, expectedPods: 3, disruptionsAllowed: 1}}",
        &[
            (
                "{}",
                Ready,
                "3 of 3 pods are healthy, 1 pod may be disrupted",
            ),
            (
                "{status: {observedGeneration: null}}",
                Progressing,
                "its controller has not seen the change yet",
            ),
        ],
    );
}

#[test]
fn namespaces_and_definitions() {
    table(
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop}, status: {phase: Active}}",
        &[
            ("{}", Ready, "active"),
            (
                "{status: {phase: Terminating}}",
                Terminating,
                "is being deleted",
            ),
        ],
    );
    let condition = |kind: &str, status: &str, reason: &str| {
        format!(
            "{{status: {{conditions: [{{type: {kind}, status: '{status}', reason: {reason}, message: said}}]}}}}"
        )
    };
    table(
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a.b, generation: 1}}",
        &[
            ("{}", Progressing, "is not established yet"),
            (
                &condition("Established", "True", "InitialNamesAccepted"),
                Ready,
                "established",
            ),
            (
                &condition("Established", "False", "Installing"),
                Progressing,
                "is not established yet",
            ),
            (
                &condition("NamesAccepted", "False", "PluralConflict"),
                Failed,
                "its names are not accepted: said",
            ),
            (
                &condition("NonStructuralSchema", "True", "Violations"),
                Failed,
                "its schema is not structural: said",
            ),
        ],
    );
}

#[test]
fn anything_else_by_convention() {
    table(
        "{apiVersion: example.com/v1, kind: Thing, metadata: {name: one, generation: 2}}",
        &[
            ("{}", Ready, "applied"),
            (
                "{status: {observedGeneration: 1, phase: Ready}}",
                Progressing,
                "its controller has not seen the change yet",
            ),
            (
                "{status: {conditions: [{type: Ready, status: 'True'}]}}",
                Ready,
                "ready",
            ),
            (
                "{status: {conditions: [{type: Ready, status: 'False', message: 'no quorum'}]}}",
                Progressing,
                "is not ready yet: no quorum",
            ),
            (
                "{status: {conditions: [{type: Reconciling, status: 'True', reason: Busy}, {type: Ready, status: 'True'}]}}",
                Progressing,
                "is being reconciled: Busy",
            ),
            (
                "{status: {conditions: [{type: Stalled, status: 'True', message: broken}]}}",
                Failed,
                "is stalled: broken",
            ),
            (
                "{status: {phase: Creating}}",
                Progressing,
                "phase is `Creating`",
            ),
            (
                "{status: {phase: Failed, message: 'disk full.'}}",
                Failed,
                "phase is `Failed`: disk full",
            ),
            ("{status: {phase: Whatever}}", Ready, "applied"),
        ],
    );
    // T1: its controller may not have started.
    let object = yaml("{apiVersion: example.com/v1, kind: Thing, metadata: {name: one}}");
    let mut evidence = Evidence::of(&object);
    evidence.expects_status = true;
    assert_eq!(status(&evidence).reason, "has no status yet");
    evidence.waited = Duration::from_secs(15);
    let later = status(&evidence);
    assert_eq!((later.state, later.notes.len()), (Ready, 1));
}
