//! `infra completions`: what a shell reads to complete what is typed after `infra`.

use crate::args::{Cli, Shell};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;
use clap::{CommandFactory as _, ValueEnum as _};
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
    if matches!(shell, Shell::Fish) {
        // Fish is told of options alone; the words that an argument may be are left out.
        let shells = Shell::value_variants()
            .iter()
            .filter_map(Shell::to_possible_value);
        let names: Vec<String> = shells.map(|shell| shell.get_name().to_owned()).collect();
        let condition = "__fish_infra_using_subcommand completions";
        ui.out(&format!(
            "complete -c infra -n \"{condition}\" -f -a \"{}\"\n",
            names.join(" ")
        ));
    }
    Ok(Exit::Done)
}
