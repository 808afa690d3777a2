//! What `run`, `plan` and `destroy` share: from environments to plans, and from plans to outcomes.

use super::planning::{Planning, Wish};
use crate::args::{self, Changes, Output, Part, Target};
use crate::cluster::Connected;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::duration;
use crate::script::Loaded;
use crate::ui::Ui;
use crate::view::{self, Progress};
use infra_sdk::engine::{self, Action, ApplyOptions, Event, Outcome, Plan, Stop, StopLevel};
use infra_sdk::environment::Rendered;
use serde_json::{Value, json};
use std::time::Duration;

/// How a planned change is put into effect.
pub(crate) struct Doing {
    changes: Changes,
    part: Part,
    timeout: Duration,
    command: &'static str,
    question: &'static str,
}

impl Doing {
    /// As the command line says, with the command's name and the question that is asked before.
    pub(crate) fn new(
        changes: Changes,
        part: Part,
        command: &'static str,
        question: &'static str,
    ) -> Result<Self, Failure> {
        Ok(Self {
            timeout: duration("--timeout", &changes.timeout)?,
            changes,
            part,
            command,
            question,
        })
    }
}

/// Reads the script, chooses its environments, and puts them into effect one after another.
pub(crate) fn go(
    ui: Ui,
    script: &args::Script,
    target: &Target,
    doing: &Doing,
    choose: impl FnOnce(&[Rendered]) -> Vec<Rendered>,
) -> Result<Exit, Failure> {
    let loaded = Loaded::read(ui, script)?;
    let environments = choose(loaded.expect_environments()?);
    loaded.check_namespace(target.namespace.as_deref())?;
    let wish = Wish::new(&loaded, environments, &doing.part, &doing.changes.delete)?;
    super::runtime()?.block_on(async {
        let connected = Connected::open(ui, target, &loaded.project).await?;
        // Boxed: what plans and applies is large.
        let stop = super::stop_on_signal();
        let ended = Box::pin(each(ui, &loaded, &connected, &wish, doing, &stop)).await;
        connected.keep()?;
        ended
    })
}

/// Plans and applies the environments, and tells what was done even where a later one fails.
pub(crate) async fn each(
    ui: Ui,
    loaded: &Loaded,
    connected: &Connected,
    wish: &Wish,
    doing: &Doing,
    stop: &Stop,
) -> Result<Exit, Failure> {
    let mut runs = Vec::new();
    let ended = Box::pin(in_turn(ui, loaded, connected, wish, doing, stop, &mut runs)).await;
    if doing.changes.output != Output::Text {
        ui.out(&view::document(
            doing.changes.output,
            &[("runs", Value::Array(runs))],
        ));
    }
    ended
}

/// One environment after another, each planned when those before it are ready: a later one may
/// build on them.
async fn in_turn(
    ui: Ui,
    loaded: &Loaded,
    connected: &Connected,
    wish: &Wish,
    doing: &Doing,
    stop: &Stop,
    runs: &mut Vec<Value>,
) -> Result<Exit, Failure> {
    let Changes {
        dry_run,
        no_wait,
        output,
        ..
    } = &doing.changes;
    let text = *output == Output::Text;
    let planning = Planning::new(loaded, connected, wish, *dry_run);
    let planning = unless_stopped(stop, planning).await??;
    if !dry_run && wish.environments.len() > 1 && wish.is_whole() {
        // Nothing is changed for the first where a later one cannot be.
        let (cluster, source) = (&connected.cluster, loaded.secrets.as_ref());
        let secrets = engine::check_secrets(cluster, &wish.environments, source);
        let checked = unless_stopped(stop, secrets).await?;
        checked.map_err(|error| loaded.engine_failure(&error))?;
    }
    for index in 0..wish.environments.len() {
        if index > 0 && text && !ui.is_quiet() {
            ui.out("\n");
        }
        let plan = unless_stopped(stop, Box::pin(planning.plan(index))).await??;
        let ends = *dry_run || (plan.is_empty() && (*no_wait || nothing_waits(&plan)));
        // Where more is to come, that is the result; who is asked must see it all the same.
        if text && (ends || !ui.is_quiet() || !doing.changes.yes) {
            let command = loaded.typed(doing.command);
            ui.out(&view::plan(ui.out_look(), &plan, &command));
        }
        if ends {
            runs.push(json!({ "plan": view::value(&plan), "outcome": null }));
            continue;
        }
        if !plan.is_empty() {
            let answered = unless_stopped(stop, agree(ui, doing)).await;
            if answered.is_err() && !doing.changes.yes {
                // The question's line is still open.
                ui.err("\n");
            }
            answered??;
        }
        let outcome = apply(ui, loaded, connected, &plan, doing, stop).await;
        connected.keep()?;
        let outcome = outcome?;
        let told = view::outcome(ui.err_look(), &plan.environment, &outcome);
        ui.err(&told.trouble);
        if text {
            ui.out(&told.summary);
        }
        runs.push(json!({ "plan": view::value(&plan), "outcome": view::value(&outcome) }));
        let exit = ended(&outcome);
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    Ok(Exit::Done)
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
    if doing.changes.yes {
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
        wait: !doing.changes.no_wait,
        ..ApplyOptions::default()
    };
    let progress = Progress::new(ui);
    let show = |event: Event| progress.show(&event);
    let outcome = engine::apply(
        &connected.cluster,
        plan,
        loaded.secrets.as_ref(),
        &options,
        &show,
        stop,
    )
    .await;
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
