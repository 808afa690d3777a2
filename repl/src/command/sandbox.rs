//! `infra sandbox`: the clusters in this machine's state folder.

use crate::args::Sandbox as Command;
use crate::cluster::{sandbox_folder, state_failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;
use infra_sandbox::Sandbox;

pub(crate) fn run(ui: Ui, command: Command) -> Result<Exit, Failure> {
    let folder = sandbox_folder()?;
    match command {
        Command::List => {
            let kept = Sandbox::list(&folder).map_err(state_failure)?;
            if kept.is_empty() {
                ui.err("there is no sandbox yet: `infra run FILE --sandbox` makes one\n");
            }
            for sandbox in kept {
                ui.out(&format!("{}\n", sandbox.name));
            }
            Ok(Exit::Done)
        }
        Command::Reset { name } => {
            if !Sandbox::reset(&folder, &name).map_err(state_failure)? {
                return Err(Failure::failed(format!("there is no sandbox `{name}`"))
                    .help("`infra sandbox list` names those that are there"));
            }
            ui.err(&format!("forgot the sandbox `{name}`\n"));
            Ok(Exit::Done)
        }
    }
}
