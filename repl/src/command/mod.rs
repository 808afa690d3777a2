//! The commands, one file each.

mod check;
mod checks;
mod completions;
mod destroy;
pub(crate) mod doc;
mod import;
mod init;
pub(crate) mod list;
mod output_dir;
pub(crate) mod plan;
pub(crate) mod planning;
mod procedure;
mod render;
pub(crate) mod road;
mod run;
mod sandbox;
pub(crate) mod status;

use crate::args::{self, Cli, Command};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interactive;
use crate::ui::Ui;

/// Does what was typed.
pub(crate) fn run(ui: Ui, cli: Cli) -> Result<Exit, Failure> {
    let Some(command) = cli.command else {
        let target = cli.target;
        return interactive::run(
            ui,
            args::Repl {
                target,
                ..args::Repl::default()
            },
        );
    };
    if cli.target != args::Target::default() {
        return Err(Failure::usage(
            "which cluster is meant stands before the command, and belongs behind it",
        )
        .help("write `infra COMMAND --sandbox`, or leave the command out to open a session"));
    }
    match command {
        Command::Repl(args) => interactive::run(ui, args),
        Command::Run(args) if args.procedure.is_some() => procedure::run(ui, args),
        Command::Run(args) => run::run(ui, args),
        Command::Plan(args) => plan::run(ui, args),
        Command::Render(args) => render::run(ui, args),
        Command::Check(args) => check::run(ui, args),
        Command::Checks(args) => checks::run(ui, args),
        Command::Destroy(args) => destroy::run(ui, args),
        Command::Status(args) => status::run(ui, args),
        Command::List(args) => list::run(ui, args),
        Command::Doc(args) => doc::run(ui, args),
        Command::Init(args) => init::run(ui, args),
        Command::Completions { shell } => completions::run(ui, shell),
        Command::Import(args) => import::run(ui, args),
        Command::Sandbox(args) => sandbox::run(ui, args),
    }
}

/// A runtime for the commands that need a cluster: one thread, which is the fastest for both the
/// client and the sandbox.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))
}

/// Asks a run to stop at each Ctrl-C (and at SIGTERM): the first time cleanly, then at once.
fn stop_on_signal() -> infra_sdk::engine::Stop {
    let stop = infra_sdk::engine::Stop::new();
    if let Ok(mut signals) = Signals::listen() {
        let asked = stop.clone();
        tokio::spawn(async move {
            while signals.next().await {
                asked.stop();
            }
        });
    }
    stop
}

/// What asks the process to stop. It listens from the start to the end, so that no signal is lost
/// between two.
#[cfg(unix)]
struct Signals {
    interrupted: tokio::signal::unix::Signal,
    terminated: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupted: signal(SignalKind::interrupt())?,
            terminated: signal(SignalKind::terminate())?,
        })
    }

    /// The next of them; `false` when none can come any more.
    async fn next(&mut self) -> bool {
        tokio::select! {
            signal = self.interrupted.recv() => signal.is_some(),
            signal = self.terminated.recv() => signal.is_some(),
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
