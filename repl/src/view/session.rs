//! Help for a session.

use crate::ui::Look;
use std::fmt::Write;

/// The commands of a session, and how lines work.
pub(crate) fn session_help(look: Look, commands: &[(&str, &str, &str)]) -> String {
    let typed = |(name, form, _): &(&str, &str, &str)| format!(":{name} {form}").trim().to_owned();
    let width = commands.iter().map(|one| typed(one).len()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for command in commands {
        let name = format!("{:width$}", typed(command));
        let _ = writeln!(text, "  {}  {}", look.strong(&name), command.2);
    }
    if commands.len() > 1 {
        text.push_str(
            "\nAnything else is a line of a script, which may do what a procedure may. What it \
             defines stays;\n`it` is the last value, and a line that begins with `.` goes on from \
             it. `:help NAME` explains a\nfunction, a method or a type; Ctrl-C ends what runs, \
             Ctrl-D the session.\n",
        );
    }
    text
}
