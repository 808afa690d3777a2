//! `infra repl`, and `infra` alone: a session at a prompt, or over what is piped in.

mod colon;
mod editor;
mod highlight;
mod history;
mod interrupt;
mod lines;
mod link;
mod loaded;
mod prompt;
mod session;

use crate::args::Repl;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;
use lines::{Input, Lines};
use session::{Flow, Session};

pub(crate) fn run(ui: Ui, args: Repl) -> Result<Exit, Failure> {
    let mut session = Session::open(ui, args)?;
    crate::command::runtime()?.block_on(async {
        let lines = Lines::open(ui, &session);
        let ended = Box::pin(each(ui, &mut session, lines)).await;
        session.close()?;
        ended
    })
}

/// One input after another. At a prompt an error is told and the session goes on; what is piped in
/// ends with it.
async fn each(ui: Ui, session: &mut Session, mut lines: Lines) -> Result<Exit, Failure> {
    loop {
        session.tell_changes();
        let line = match lines.next(&session.prompt()).await? {
            Input::Line(line) => line,
            Input::Interrupted => continue,
            Input::End => return Ok(Exit::Done),
        };
        match session.input(&line).await {
            Ok(Flow::On) => {}
            Ok(Flow::Quit) => return Ok(Exit::Done),
            Err(failure) if lines.are_typed() => {
                ui.err(&crate::view::failure(ui.err_look(), &failure));
            }
            Err(failure) => {
                return Err(Failure {
                    exit: Exit::Failed,
                    ..failure
                });
            }
        }
    }
}
