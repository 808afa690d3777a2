//! `infra destroy`: the apply of nothing.

use super::road::{self, Doing};
use crate::args::Destroy;
use crate::cluster::Connected;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::duration;
use crate::script::Loaded;
use crate::ui::Ui;
use infra_sdk::environment::Rendered;

pub(crate) fn run(ui: Ui, args: Destroy) -> Result<Exit, Failure> {
    let doing = Doing {
        yes: args.yes,
        dry_run: args.dry_run,
        timeout: duration("--timeout", &args.timeout)?,
        output: args.output,
        question: "Destroy this?",
    };
    let loaded = Loaded::read(ui, &args.script)?;
    loaded.expect_environments()?;
    loaded.check_namespace(args.target.namespace.as_deref())?;
    // What came last goes first: it may build on what came before.
    let environments: Vec<Rendered> = loaded
        .environments
        .iter()
        .rev()
        .map(Rendered::emptied)
        .collect();
    super::runtime()?.block_on(async {
        let connected = Connected::open(&args.target, &loaded.project).await?;
        let ended = road::each(ui, &loaded, &connected, &environments, &args.delete, &doing).await;
        connected.keep()?;
        ended
    })
}
