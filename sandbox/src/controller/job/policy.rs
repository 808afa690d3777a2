//! The failure policy of a job's pods.

use serde_json::Value;

use super::super::json::{has, items, text};
use super::super::meta::{name, namespace};

/// What a failed pod means for its job.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// It counts towards the limit.
    Count,
    /// It does not count.
    Ignore,
    /// The job has failed, for this reason.
    FailJob(String),
}

/// The first rule of the job's policy that a failed pod meets.
pub(super) fn rule_for(job: &Value, pod: &Value) -> Rule {
    for (index, rule) in items(job, "spec.podFailurePolicy.rules").iter().enumerate() {
        let Some(why) = met(rule, pod) else { continue };
        return match text(rule, "action") {
            "Ignore" => Rule::Ignore,
            "FailJob" => Rule::FailJob(format!("{why} matching FailJob rule at index {index}")),
            _ => Rule::Count,
        };
    }
    Rule::Count
}

/// Why a pod meets a rule, if it does.
fn met(rule: &Value, pod: &Value) -> Option<String> {
    let who = format!("pod {}/{}", namespace(pod), name(pod));
    if has(rule, "onExitCodes") {
        let wanted = &rule["onExitCodes"];
        let only = text(wanted, "containerName");
        let statuses = items(pod, "status.containerStatuses").iter();
        return statuses
            .filter(|status| only.is_empty() || text(status, "name") == only)
            .find_map(|status| {
                let code = status["state"]["terminated"]["exitCode"]
                    .as_i64()
                    .filter(|&code| code != 0)?;
                let listed = items(wanted, "values")
                    .iter()
                    .any(|value| value.as_i64() == Some(code));
                let holds = listed == (text(wanted, "operator") == "In");
                let container = text(status, "name");
                holds.then(|| {
                    format!("Container {container} for {who} failed with exit code {code}")
                })
            });
    }
    items(rule, "onPodConditions").iter().find_map(|wanted| {
        let kind = text(wanted, "type");
        let status = match text(wanted, "status") {
            "" => "True",
            status => status,
        };
        let found = super::super::condition::find(&pod["status"], kind)?;
        (text(found, "status") == status).then(|| {
            format!(
                "Pod {} has condition {kind}",
                who.trim_start_matches("pod ")
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_rule_met_decides() {
        let job = json!({"spec": {"podFailurePolicy": {"rules": [
            {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]},
            {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}},
        ]}}});
        let pod = |code: i64, condition: &str| {
            json!({
                "metadata": {"name": "p", "namespace": "n"},
                "status": {
                    "conditions": [{"type": condition, "status": "True"}],
                    "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": code}}}],
                },
            })
        };
        assert_eq!(rule_for(&job, &pod(1, "Other")), Rule::Count);
        assert_eq!(rule_for(&job, &pod(42, "DisruptionTarget")), Rule::Ignore);
        let message =
            "Container c for pod n/p failed with exit code 42 matching FailJob rule at index 1";
        assert_eq!(
            rule_for(&job, &pod(42, "Other")),
            Rule::FailJob(message.to_owned())
        );
    }
}
