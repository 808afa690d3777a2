//! Autoscalers. Metrics need minutes on a fresh cluster: what hinders one is told and holds
//! nothing up.

use super::Status;
use super::read::{condition, int};
use serde_json::Value;

pub(super) fn status(object: &Value) -> Status {
    let min = int(object, "/spec/minReplicas").unwrap_or(1);
    let max = int(object, "/spec/maxReplicas").unwrap_or(min);
    let current = int(object, "/status/currentReplicas").unwrap_or(0);
    let desired = int(object, "/status/desiredReplicas").unwrap_or(current);
    let mut reason = format!("{current} pods, {min} to {max} allowed");
    if desired != current && desired > 0 {
        reason = format!("{current} pods, wants {desired}, {min} to {max} allowed");
    }
    let mut status = Status::ready(reason);
    for kind in ["AbleToScale", "ScalingActive"] {
        if let Some(hindered) = condition(object, kind).filter(|one| one.is_false()) {
            status = status.note(match hindered.reason {
                "ScalingDisabled" => "does not scale: its target is scaled to 0".to_owned(),
                _ => format!("does not scale: {}", hindered.words()),
            });
        }
    }
    if let Some(limited) = condition(object, "ScalingLimited").filter(|one| one.is_true())
        && limited.reason == "TooManyReplicas"
    {
        status = status.note(format!(
            "would scale further, but at most {max} are allowed"
        ));
    }
    status
}

#[cfg(test)]
mod tests {
    use crate::status::cases::{merged, table};
    use crate::status::{Evidence, State::Ready, status};

    #[test]
    fn what_it_wants_is_told_and_never_waited_for() {
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
    }
}
