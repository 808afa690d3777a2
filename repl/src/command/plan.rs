//! `infra plan`: what `run` would change.

use super::planning::{Planning, Wish};
use crate::args::{self, Output, PlanOutput};
use crate::cluster::Connected;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::script::Loaded;
use crate::ui::{Look, Ui};
use crate::view;
use infra_sdk::analysis::totals;
use infra_sdk::engine::Plan;
use infra_sdk::environment::Rendered;
use serde_json::Value;

pub(crate) fn run(ui: Ui, args: args::Plan) -> Result<Exit, Failure> {
    let loaded = Loaded::read(ui, &args.script)?;
    let environments = loaded.expect_environments()?.to_vec();
    loaded.check_namespace(args.target.namespace.as_deref())?;
    let wish = Wish::new(&loaded, environments, &args.part, &args.delete)?;
    let plans = super::runtime()?.block_on(async {
        let connected = Connected::open(ui, &args.target, &loaded.project).await?;
        plans(&loaded, &connected, &wish).await
    })?;
    let command = loaded.typed("run");
    match args.output {
        PlanOutput::Text => ui.out(&text(ui.out_look(), &plans, &command)),
        PlanOutput::Markdown => ui.out(&view::markdown(&plans, &command)),
        PlanOutput::Json => ui.out(&document(Output::Json, &plans, &wish.environments)),
        PlanOutput::Yaml => ui.out(&document(Output::Yaml, &plans, &wish.environments)),
    }
    let changes = plans.iter().any(|plan| !plan.is_empty());
    Ok(if changes && args.exit_code {
        Exit::Changes
    } else {
        Exit::Done
    })
}

/// The plans of what is asked for, of which nothing is applied.
pub(crate) async fn plans(
    loaded: &Loaded,
    connected: &Connected,
    wish: &Wish,
) -> Result<Vec<Plan>, Failure> {
    let planning = Planning::new(loaded, connected, wish, true).await?;
    let mut plans = Vec::new();
    for index in 0..wish.environments.len() {
        plans.push(planning.plan(index).await?);
    }
    Ok(plans)
}

/// All of them, apart by a blank line.
pub(crate) fn text(look: Look, plans: &[Plan], command: &str) -> String {
    let told: Vec<String> = plans
        .iter()
        .map(|plan| view::plan(look, plan, command))
        .collect();
    told.join("\n")
}

fn document(output: Output, plans: &[Plan], environments: &[Rendered]) -> String {
    let with_totals = |(plan, environment): (&Plan, &Rendered)| {
        let objects = environment.objects.iter().map(|object| &object.value);
        let mut plan = view::value(plan);
        plan["totals"] = view::value(&totals(objects));
        plan
    };
    let plans = plans.iter().zip(environments).map(with_totals).collect();
    view::document(output, &[("plans", Value::Array(plans))])
}
