//! `infra completions`: what a shell reads to complete what is typed after `infra`.

use crate::args::{Cli, Shell};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;
use clap::CommandFactory as _;
use clap_complete::{generate, shells};

#[expect(clippy::unnecessary_wraps, reason = "as every command")]
pub(crate) fn run(ui: Ui, shell: Shell) -> Result<Exit, Failure> {
    let (mut command, mut script) = (Cli::command(), Vec::new());
    match shell {
        Shell::Bash => generate(shells::Bash, &mut command, "infra", &mut script),
        Shell::Zsh => generate(shells::Zsh, &mut command, "infra", &mut script),
        Shell::Fish => generate(shells::Fish, &mut command, "infra", &mut script),
    }
    ui.out(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}
