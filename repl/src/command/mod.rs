//! The commands, one file each.

mod list;
mod render;

use crate::args::Command;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;

/// Does what was typed.
pub(crate) fn run(ui: Ui, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Render(args) => render::run(ui, args),
        Command::List(args) => list::run(ui, args),
    }
}
