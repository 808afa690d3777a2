//! `infra destroy`: the apply of nothing.

use super::road::{self, Doing};
use crate::args::{Destroy, Part};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;
use infra_sdk::environment::Rendered;

pub(crate) fn run(ui: Ui, args: Destroy) -> Result<Exit, Failure> {
    let doing = Doing::new(args.changes, Part::default(), "destroy", "Destroy this?")?;
    // What came last goes first: it may build on what came before.
    road::go(ui, &args.script, &args.target, &doing, |environments| {
        environments.iter().rev().map(Rendered::emptied).collect()
    })
}
