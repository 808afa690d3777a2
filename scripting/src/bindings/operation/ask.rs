//! `confirm` and `prompt`: questions to the user.

use crate::session::{Live, Question, Reply};
use crate::table::{Fault, HostIo, Row, row};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "confirm",
            &["question"],
            |question: String, live: HostIo| -> Result<(), Fault> { confirm(&live.0, question) },
        )
        .doc(
            "Asks whether to go on, and ends the procedure unless the answer is yes. `--yes` \
             answers it; where nobody can be asked, it must be given. A dry run only says that it \
             would ask.",
        )
        .example(r#"confirm("delete the old index?")"#),
        row(
            "prompt",
            &["question", "default?"],
            |question: String, default: Option<String>, live: HostIo| {
                prompt(&live.0, question, default)
            },
        )
        .doc(
            "Asks for a line and gives it; an empty one gives the default. Where nobody can be asked, \
             it gives the default too, and without one it is an error.",
        )
        .example(r#"let version = prompt("which version?", "1.4.2");"#),
    ]
}

fn confirm(live: &Live, question: String) -> Result<(), Fault> {
    if live.dry_run() {
        live.note(format!("ask: {question}"));
        return Ok(());
    }
    match live.ask(Question::Confirm(question.clone()))? {
        Reply::Yes => Ok(()),
        Reply::No | Reply::Line(_) => Err(Fault::new(format!("not confirmed: {question}"))),
        Reply::Nobody => Err(Fault::with_help(
            format!("nobody can be asked: {question}"),
            "`--yes` answers every `confirm` of a procedure",
        )),
    }
}

fn prompt(live: &Live, question: String, default: Option<String>) -> Result<String, Fault> {
    match live.ask(Question::Prompt(question.clone(), default.clone()))? {
        Reply::Line(line) => Ok(line),
        _ => default.ok_or_else(|| {
            Fault::with_help(
                format!("nobody can be asked: {question}"),
                "run it in a terminal, or make it a parameter of the procedure",
            )
        }),
    }
}
