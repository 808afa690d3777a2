//! Why a command did not do what it was asked.

use crate::failure::Failure;
use crate::ui::Look;
use std::fmt::Write;

/// `error: …`, and what to do.
pub(crate) fn failure(look: Look, failure: &Failure) -> String {
    if failure.drawn {
        return failure.message.clone();
    }
    let mut text = format!("{} {}\n", look.bad("error:"), failure.message);
    if let Some(help) = &failure.help {
        let _ = writeln!(text, "{} {help}", look.strong("help:"));
    }
    text
}
