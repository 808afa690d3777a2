//! The command `infra`.

mod args;
mod cluster;
mod command;
mod config;
mod exit;
mod failure;
mod inputs;
mod interactive;
mod script;
mod source;
mod ui;
mod view;
mod world;

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let ui = ui::Ui::detect();
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(ui, &error),
    };
    let ui = ui.telling(cli.quiet, cli.verbose);
    match command::run(ui, cli) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            ui.err(&view::failure(ui.err_look(), &failure));
            failure.exit.into()
        }
    }
}

/// Help and the version are results; everything else that clap says is an error.
fn usage(ui: ui::Ui, error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        ui.err(&error.to_string());
        exit::Exit::Usage.into()
    } else {
        ui.out(&error.to_string());
        exit::Exit::Done.into()
    }
}
