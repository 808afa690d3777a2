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
