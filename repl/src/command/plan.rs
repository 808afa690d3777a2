//! `infra plan`: what `run` would change.

use super::planning::Planning;
use crate::args::{self, Output};
use crate::cluster::Connected;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::script::Loaded;
use crate::ui::Ui;
use crate::view;
use infra_sdk::analysis::totals;
use infra_sdk::engine::Plan;
use infra_sdk::environment::Rendered;
use serde_json::Value;

pub(crate) fn run(ui: Ui, args: args::Plan) -> Result<Exit, Failure> {
    let loaded = Loaded::read(ui, &args.script)?;
    let environments = loaded.expect_environments()?;
    loaded.check_namespace(args.target.namespace.as_deref())?;
    let plans = super::runtime()?.block_on(async {
        let connected = Connected::open(&args.target, &loaded.project).await?;
        let planning = Planning::new(&loaded, &connected, environments, &args.delete, true).await?;
        let mut plans = Vec::new();
        for index in 0..environments.len() {
            plans.push(planning.plan(index).await?);
        }
        Ok(plans)
    })?;
    match args.output {
        Output::Text => {
            for (index, plan) in plans.iter().enumerate() {
                if index > 0 {
                    ui.out("\n");
                }
                let command = loaded.typed("run");
                ui.out(&view::plan(ui.out_look(), plan, &command));
            }
        }
        output => {
            let with_totals = |(plan, environment): (&Plan, &Rendered)| {
                let objects = environment.objects.iter().map(|object| &object.value);
                let mut plan = view::value(plan);
                plan["totals"] = view::value(&totals(objects));
                plan
            };
            let plans = plans.iter().zip(environments).map(with_totals).collect();
            ui.out(&view::document(output, &[("plans", Value::Array(plans))]));
        }
    }
    let changes = plans.iter().any(|plan| !plan.is_empty());
    Ok(if changes && args.exit_code {
        Exit::Changes
    } else {
        Exit::Done
    })
}
