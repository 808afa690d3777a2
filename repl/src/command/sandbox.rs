//! `infra sandbox`: the clusters in this machine's state folder.

use crate::args::Sandbox as Command;
use crate::cluster::{check_name, sandbox_folder};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;
use infra_sandbox::Sandbox;

pub(crate) fn run(ui: Ui, command: Command) -> Result<Exit, Failure> {
    let folder = sandbox_folder()?;
    match command {
        Command::List => {
            let kept = Sandbox::list(&folder).map_err(|error| Failure::failed(error.to_string()))?;
            if kept.is_empty() {
                ui.err("there is no sandbox yet; `infra run FILE --sandbox` makes one\n");
            }
            for name in kept {
                ui.out(&format!("{name}\n"));
            }
        }
        Command::Reset { name } => {
            check_name(&name)?;
            let known = Sandbox::list(&folder).map_err(|error| Failure::failed(error.to_string()))?;
            if !known.contains(&name) {
                return Err(Failure::failed(format!("there is no sandbox `{name}`")));
            }
            Sandbox::reset(&folder, &name).map_err(|error| Failure::failed(error.to_string()))?;
            ui.err(&format!("forgot the sandbox `{name}`\n"));
        }
    }
    Ok(Exit::Done)
}
