//! `infra run FILE PROCEDURE ARGS…`: a function of the script, against the live cluster.

use crate::args::{Output, Run};
use crate::cluster::{Connected, Others};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::script::{Loaded, shown};
use crate::ui::Ui;
use crate::view;
use crate::world::world;
use serde_json::json;

pub(crate) fn run(ui: Ui, args: Run) -> Result<Exit, Failure> {
    for (given, option) in [
        (!args.changes.delete.is_empty(), "--delete"),
        (!args.part.only.is_empty(), "--only"),
        (args.part.no_prune, "--no-prune"),
        (!args.part.take.is_empty(), "--take"),
        (!args.part.yields.is_empty(), "--yield"),
        (!args.part.share.is_empty(), "--share"),
        (args.changes.no_wait, "--no-wait"),
    ] {
        if given {
            return Err(Failure::usage(format!(
                "`{option}` belongs to a run of the environment, not to a procedure"
            )));
        }
    }
    let name = args.procedure.unwrap_or_default();
    let loaded = Loaded::read(ui, &args.script)?;
    loaded.check_namespace(args.target.namespace.as_deref())?;
    loaded
        .script
        .check_call(&name, args.args.len())
        .map_err(|error| shown(ui, &[*error]))?;
    super::runtime()?.block_on(async {
        let connected = Connected::open(ui, &args.target, &loaded.project).await?;
        let others = Others::new(ui, &args.target, &loaded.project, &connected);
        let stop = super::stop_on_signal();
        let world = world(ui, args.changes.yes, &loaded.secrets);
        let dry_run = args.changes.dry_run;
        let live = connected.live(ui, &others, dry_run, stop.clone(), world);
        let called = loaded.script.call(&name, args.args, live).await;
        connected.keep()?;
        others.keep()?;
        let call = called.map_err(|errors| {
            let failure = shown(ui, &errors);
            let exit = if stop.is_asked() {
                Exit::Interrupted
            } else {
                Exit::Failed
            };
            Failure { exit, ..failure }
        })?;
        match args.changes.output {
            Output::Text => {
                let value = call
                    .value
                    .as_deref()
                    .unwrap_or_default()
                    .trim_end_matches('\n');
                if !value.is_empty() {
                    ui.out(&format!("{value}\n"));
                }
                if args.changes.dry_run {
                    for change in &call.changes {
                        ui.out(&format!("would {change}\n"));
                    }
                }
            }
            output => ui.out(&view::document(
                output,
                &[
                    ("value", json!(call.value)),
                    ("changes", json!(call.changes)),
                ],
            )),
        }
        Ok(Exit::Done)
    })
}
