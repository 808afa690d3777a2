//! Why pods cannot be made: the words of admission, taken apart.

use super::super::read::sentence;
use super::finding::Finding;
use super::{Class, Verdict};
use std::time::Duration;

/// How long pods may fail to be made before waiting is given up. A quota may be freed by pods that
/// are still going, and its count follows late.
const BUDGET: Duration = Duration::from_secs(20);

/// From the message of a `FailedCreate`. `can_free`: pods of an older revision still hold room that
/// the rollout itself will free.
pub(super) fn finding(message: &str, can_free: bool) -> Finding {
    let message = sentence(message);
    let after = |mark: &str| message.split_once(mark).map(|(_, rest)| rest.to_owned());
    let found = |verdict, summary: String| Finding::new(Class::Creation, verdict, summary);

    if let Some(rest) = after("exceeded quota: ") {
        let (quota, numbers) = rest.split_once(", ").unwrap_or((rest.as_str(), ""));
        let verdict = if can_free {
            Verdict::Wait
        } else {
            Verdict::After(BUDGET)
        };
        let summary = if numbers.is_empty() {
            format!("quota `{quota}` is exceeded")
        } else {
            format!("quota `{quota}` is exceeded ({numbers})")
        };
        return found(verdict, summary).hint(format!(
            "ask for less, or raise resource quota `{quota}` of the namespace"
        ));
    }
    if let Some(rest) = after("failed quota: ") {
        let (quota, must) = rest.split_once(": ").unwrap_or((rest.as_str(), ""));
        return found(Verdict::Fatal, format!("quota `{quota}`: {must}"))
            .hint("set resource requests and limits on every container");
    }
    if let Some(rest) = after("violates PodSecurity ") {
        return found(Verdict::Fatal, format!("pods violate Pod Security {rest}")).hint(
            "change the security context, or the namespace's `pod-security.kubernetes.io` labels",
        );
    }
    if let Some(rest) = after("error looking up service account ") {
        let account = rest.split(':').next().unwrap_or_default();
        let account = account.rsplit('/').next().unwrap_or_default();
        return found(
            Verdict::After(BUDGET),
            format!("service account `{account}` is not there"),
        );
    }
    if message.contains("denied the request") {
        let said = after("admission webhook ").unwrap_or_else(|| message.clone());
        return found(
            Verdict::Fatal,
            format!("pods cannot be made: admission webhook {said}"),
        );
    }
    if message.contains(" is invalid: ") {
        return found(
            Verdict::Fatal,
            format!("pods cannot be made: {}", without_prefix(&message)),
        );
    }
    if let Some(rest) = after("no PriorityClass with name ") {
        let class = rest.split_whitespace().next().unwrap_or_default();
        return found(
            Verdict::After(BUDGET),
            format!("priority class `{class}` is not there"),
        );
    }
    if message.contains("is forbidden") {
        let summary = format!("pods cannot be made: {}", without_prefix(&message));
        return found(Verdict::After(BUDGET), summary);
    }
    found(
        Verdict::Wait,
        format!("pods cannot be made: {}", without_prefix(&message)),
    )
}

fn without_prefix(message: &str) -> &str {
    message.strip_prefix("Error creating: ").unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use crate::status::cause::world::{World, after, deployment, yaml};
    use crate::status::cause::{Class, Verdict};

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
        let set = World::of("{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop, uid: s, generation: 1}, spec: {replicas: 1}, status: {observedGeneration: 1}}")
    .event("s", "FailedCreate", "create Pod db-0 in StatefulSet db failed error: pods \"db-0\" is forbidden: exceeded quota: small, requested: pods=1");
        assert_eq!(
            set.cause().summary,
            "quota `small` is exceeded (requested: pods=1)"
        );
    }
}
