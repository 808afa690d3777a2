//! What `run`, `plan` and `destroy` share: from environments to plans, and from plans to outcomes.

use crate::args::Output;
use crate::cluster::Connected;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::script::Loaded;
use crate::ui::Ui;
use crate::view::{self, Progress};
use infra_sdk::engine::{
    self, Action, ApplyOptions, Event, Outcome, Plan, PlanOptions, Stop, StopLevel,
};
use infra_sdk::environment::Rendered;
use serde_json::{Value, json};
use std::time::Duration;

/// How a planned change is put into effect.
pub(crate) struct Doing {
    /// Do not ask.
    pub(crate) yes: bool,
    /// Show the plan and stop there.
    pub(crate) dry_run: bool,
    /// How long to wait for readiness.
    pub(crate) timeout: Duration,
    /// How results are printed.
    pub(crate) output: Output,
    /// The question that is asked.
    pub(crate) question: &'static str,
}

/// One plan.
pub(crate) async fn plan(
    loaded: &Loaded,
    connected: &Connected,
    environment: &Rendered,
    delete: &[String],
) -> Result<Plan, Failure> {
    let options = PlanOptions {
        delete: delete.to_vec(),
        ..PlanOptions::default()
    };
    engine::plan(&connected.cluster, environment, loaded, &options)
        .await
        .map_err(|error| loaded.engine_failure(&error))
}

/// Plans and applies the environments one after another, each planned when those before it are
/// ready: a later one may build on them.
pub(crate) async fn each(
    ui: Ui,
    loaded: &Loaded,
    connected: &Connected,
    environments: &[Rendered],
    delete: &[String],
    doing: &Doing,
) -> Result<Exit, Failure> {
    let stop = super::stop_on_signal();
    let mut runs: Vec<Value> = Vec::new();
    let mut exit = Exit::Done;
    for (index, environment) in environments.iter().enumerate() {
        if index > 0 && doing.output == Output::Text {
            ui.out("\n");
        }
        let plan = unless_stopped(&stop, plan(loaded, connected, environment, delete)).await??;
        if doing.output == Output::Text {
            ui.out(&view::plan(ui.out_look(), &plan, &loaded.file));
        }
        let outcome = if doing.dry_run || (plan.is_empty() && nothing_waits(&plan)) {
            None
        } else {
            if !plan.is_empty() {
                unless_stopped(&stop, agree(ui, doing)).await??;
            }
            Some(apply(ui, loaded, connected, &plan, doing, &stop).await?)
        };
        if let Some(outcome) = &outcome {
            let told = view::outcome(ui.err_look(), &plan.environment, outcome);
            ui.err(&told.trouble);
            if doing.output == Output::Text {
                ui.out(&told.summary);
            }
            exit = ended(outcome);
        }
        runs.push(json!({
            "plan": view::value(&plan),
            "outcome": outcome.as_ref().map(view::value),
        }));
        if exit != Exit::Done {
            break;
        }
    }
    match doing.output {
        Output::Text => {}
        Output::Json => ui.out(&view::json(&[("runs", Value::Array(runs))])),
        Output::Yaml => ui.out(&infra_sdk::types::yaml::to_string(
            &json!({ "version": 1, "runs": runs }),
        )),
    }
    Ok(exit)
}

/// Whether a plan that changes nothing has nothing to wait for either: an earlier run may have been
/// stopped before everything was ready.
fn nothing_waits(plan: &Plan) -> bool {
    plan.count(Action::Unchanged) == 0
}

/// What comes before the first change can be dropped at any moment.
async fn unless_stopped<T>(stop: &Stop, work: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = stop.reached(StopLevel::Finish) => Err(Failure::interrupted("stopped: nothing was changed")),
        done = work => Ok(done),
    }
}

async fn agree(ui: Ui, doing: &Doing) -> Result<(), Failure> {
    if doing.yes {
        return Ok(());
    }
    // On a thread of its own: nothing interrupts a read from the terminal, and Ctrl-C must work.
    let question = format!("\n{}", doing.question);
    let (answer, answered) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || answer.send(ui.confirm(&question)));
    match answered.await.unwrap_or(None) {
        Some(true) => Ok(()),
        Some(false) => Err(Failure::refused("nothing was changed")),
        None => Err(
            Failure::refused("nothing was changed: nobody can be asked here")
                .help("`--yes` applies without asking"),
        ),
    }
}

async fn apply(
    ui: Ui,
    loaded: &Loaded,
    connected: &Connected,
    plan: &Plan,
    doing: &Doing,
    stop: &Stop,
) -> Result<Outcome, Failure> {
    let options = ApplyOptions {
        timeout: doing.timeout,
        ..ApplyOptions::default()
    };
    let progress = Progress::new(ui);
    let show = |event: Event| progress.show(&event);
    let outcome = engine::apply(&connected.cluster, plan, loaded, &options, &show, stop).await;
    progress.end();
    outcome.map_err(|error| loaded.engine_failure(&error))
}

fn ended(outcome: &Outcome) -> Exit {
    if outcome.stopped {
        Exit::Interrupted
    } else if !outcome.failed.is_empty() {
        Exit::Failed
    } else if !outcome.not_ready.is_empty() || !outcome.skipped.is_empty() {
        Exit::NotReady
    } else {
        Exit::Done
    }
}
