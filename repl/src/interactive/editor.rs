//! The line editor.

use super::lines::{Input, Read, is_whole};
use super::prompt::Prompt;
use super::session::Session;
use crate::ui::Ui;
use infra_scripting::session::Interactive;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Helper};

/// What an editor is made of, on whatever thread.
pub(crate) struct Parts {
    #[expect(dead_code)]
    lines: Interactive,
}

/// An editor on the terminal.
pub(crate) struct Editor(rustyline::Result<rustyline::Editor<Assistant, MemHistory>>);

/// What helps while a line is typed.
struct Assistant;

impl Editor {
    /// What is needed of a session.
    pub(crate) fn parts(_ui: Ui, session: &Session) -> Parts {
        Parts {
            lines: session.lines().clone(),
        }
    }

    /// An editor; on the thread that it stays on.
    pub(crate) fn new(_parts: Parts) -> Self {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .build();
        let made = rustyline::Editor::with_history(config, MemHistory::new());
        Self(made.map(|mut editor| {
            editor.set_helper(Some(Assistant));
            editor
        }))
    }

    /// The next input.
    pub(crate) fn read(&mut self, prompt: &Prompt) -> Read {
        let editor = match &mut self.0 {
            Ok(editor) => editor,
            Err(error) => return Err(error.to_string()),
        };
        match editor.readline(&(prompt.plain.as_str(), prompt.shown.as_str())) {
            Ok(line) => {
                // In memory: nothing to go wrong.
                let _ = editor.add_history_entry(line.as_str());
                Ok(Input::Line(line))
            }
            Err(ReadlineError::Eof) => Ok(Input::End),
            Err(ReadlineError::Interrupted) => Ok(Input::Interrupted),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Helper for Assistant {}

impl Completer for Assistant {
    type Candidate = String;
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Highlighter for Assistant {}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if is_whole(context.input()) {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Incomplete
        })
    }
}
