//! What an autoscaler goes by, and how quickly it changes things.

use super::options::{Options, option_maps};
use crate::table::{Call, Mismatch, Row, row};
use infra_sdk::resource::{MetricTarget, ScalingRules, SelectPolicy};
use infra_sdk::types::{Quantity, Seconds};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("utilization", &["percent"], |percent: u16| {
            MetricTarget::Utilization(percent)
        })
        .doc("What a metric is to be, in percent of what pods request (`averageUtilization`).")
        .example(
            r#"autoscaler(deployment("app").image("a:1")).replicas(2, 5)
    .resource("cpu", utilization(70))"#,
        ),
        row("average", &["quantity"], |quantity: Quantity| {
            MetricTarget::Average(quantity)
        })
        .doc("What a metric is to be, divided by the number of pods (`averageValue`).")
        .example(
            r#"autoscaler(deployment("app").image("a:1")).replicas(2, 5)
    .resource("memory", average("600Mi"))"#,
        ),
        row("total", &["quantity"], |quantity: Quantity| {
            MetricTarget::Value(quantity)
        })
        .doc("What a metric is to be, as it is (`value`).")
        .example(
            r#"autoscaler(deployment("app").image("a:1")).replicas(2, 5)
    .external("queue_length", #{ queue: "mail" }, total("300"))"#,
        ),
    ]
}

crate::table::values!(MetricTarget = "metric_target");

crate::table::parsed_params! {
    SelectPolicy, "string", "`Max`, `Min` or `Disabled`";
}

/// How quickly an autoscaler changes the number of pods, as a map.
pub(crate) struct AnyScaling(pub(crate) ScalingRules);

option_maps! {
    AnyScaling,
    "a map of `percent`, `pods`, `period`, `stabilization`, `select_policy`, `tolerance` and `policies`",
    scaling;
}

fn scaling(options: &mut Options, call: &Call<'_, '_>) -> Result<AnyScaling, Mismatch> {
    let mut rules = limits(ScalingRules::new(), options, call)?;
    if let Some(time) = options.take("stabilization", call)? {
        rules = rules.stabilization(time);
    }
    if let Some(policy) = options.take("select_policy", call)? {
        rules = rules.select_policy(policy);
    }
    if let Some(share) = options.take("tolerance", call)? {
        rules = rules.tolerance(share);
    }
    if let Some(policies) = options.take::<Vec<crate::table::Any>>("policies", call)? {
        for (index, policy) in policies.into_iter().enumerate() {
            let inside = |mismatch: Mismatch| mismatch.inside(index.to_string()).inside("policies");
            let mut one = Options::of(policy.0).map_err(inside)?;
            rules = limits(rules, &mut one, call).map_err(inside)?;
            one.done().map_err(inside)?;
        }
    }
    Ok(AnyScaling(rules))
}

/// `percent` and `pods`, each in a `period`.
fn limits(
    mut rules: ScalingRules,
    options: &mut Options,
    call: &Call<'_, '_>,
) -> Result<ScalingRules, Mismatch> {
    let percent: Option<u16> = options.take("percent", call)?;
    let pods: Option<u16> = options.take("pods", call)?;
    let period: Option<Seconds> = options.take("period", call)?;
    if percent.is_none() && pods.is_none() {
        return match period {
            Some(_) => Err(Mismatch::new(
                "has a `period` and neither `percent` nor `pods`",
            )),
            None => Ok(rules),
        };
    }
    let Some(period) = period else {
        return Err(Mismatch::new(
            "needs a `period` beside `percent` and `pods`, such as `period: \"60s\"`",
        ));
    };
    if let Some(percent) = percent {
        rules = rules.percent(percent, period);
    }
    if let Some(pods) = pods {
        rules = rules.pods(pods, period);
    }
    Ok(rules)
}
