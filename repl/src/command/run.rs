//! `infra run`: plan, ask, apply, wait.

use super::road::{self, Doing};
use crate::args::Run;
use crate::cluster::Connected;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::duration;
use crate::script::Loaded;
use crate::ui::Ui;

pub(crate) fn run(ui: Ui, args: Run) -> Result<Exit, Failure> {
    let doing = Doing {
        yes: args.yes,
        dry_run: args.dry_run,
        timeout: duration("--timeout", &args.timeout)?,
        output: args.output,
        question: "Apply this?",
    };
    let loaded = Loaded::read(ui, &args.script)?;
    let environments = loaded.expect_environments()?;
    loaded.check_namespace(args.target.namespace.as_deref())?;
    super::runtime()?.block_on(async {
        let connected = Connected::open(&args.target, &loaded.project).await?;
        let ended = road::each(ui, &loaded, &connected, environments, &args.delete, &doing).await;
        connected.keep()?;
        ended
    })
}
