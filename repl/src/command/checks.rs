//! `infra checks`: what `infra check` looks for.

use crate::args::Checks;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;
use crate::view;
use infra_sdk::analysis::Rule;

pub(crate) fn run(ui: Ui, args: Checks) -> Result<Exit, Failure> {
    let look = ui.out_look();
    let text = match &args.id {
        Some(id) => {
            let rule = Rule::find(id).map_err(|error| Failure::usage(error.to_string()))?;
            view::explained(look, rule)
        }
        None => view::rules(look),
    };
    ui.out(&text);
    Ok(Exit::Done)
}
