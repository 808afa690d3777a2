//! `infra run`: plan, ask, apply, wait.

use super::road::{self, Doing};
use crate::args::Run;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;

pub(crate) fn run(ui: Ui, args: Run) -> Result<Exit, Failure> {
    let doing = Doing::new(args.changes, args.part, "run", "Apply this?")?;
    road::go(ui, &args.script, &args.target, &doing, <[_]>::to_vec)
}
