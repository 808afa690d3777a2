//! The line editor: what helps while a line is typed comes from memory, so that no key waits.

use super::colon::COMMANDS;
use super::highlight::highlight;
use super::history::History;
use super::lines::{Input, Read, is_whole};
use super::prompt::Prompt;
use super::session::Session;
use crate::cluster::state_folder;
use crate::ui::{Look, Ui};
use infra_scripting::session::Interactive;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::history::MemHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Helper};
use std::borrow::Cow;

/// What an editor is made of, on whatever thread.
pub(crate) struct Parts {
    look: Look,
    lines: Interactive,
}

/// An editor on the terminal.
pub(crate) struct Editor {
    editor: rustyline::Result<rustyline::Editor<Assistant, MemHistory>>,
    history: History,
}

/// What helps while a line is typed.
struct Assistant {
    look: Look,
    lines: Interactive,
    hinter: HistoryHinter,
}

impl Editor {
    /// What is needed of a session.
    pub(crate) fn parts(ui: Ui, session: &Session) -> Parts {
        Parts {
            look: ui.out_look(),
            lines: session.lines().clone(),
        }
    }

    /// An editor; on the thread that it stays on.
    pub(crate) fn new(parts: Parts) -> Self {
        let (history, before) = History::open(state_folder().as_deref());
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .auto_add_history(false)
            .build();
        let made = rustyline::Editor::with_history(config, MemHistory::new());
        let editor = made.and_then(|mut editor| {
            editor.set_helper(Some(Assistant {
                look: parts.look,
                lines: parts.lines,
                hinter: HistoryHinter::default(),
            }));
            for input in before {
                editor.add_history_entry(input)?;
            }
            Ok(editor)
        });
        Self { editor, history }
    }

    /// The next input.
    pub(crate) fn read(&mut self, prompt: &Prompt) -> Read {
        let editor = match &mut self.editor {
            Ok(editor) => editor,
            Err(error) => return Err(error.to_string()),
        };
        match editor.readline(&(prompt.plain.as_str(), prompt.shown.as_str())) {
            Ok(line) => {
                // In memory: nothing to go wrong.
                let _ = editor.add_history_entry(line.as_str());
                self.history.add(&line);
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
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        if let Some(typed) = line.get(..at).and_then(|line| line.strip_prefix(':'))
            && !typed.contains(char::is_whitespace)
        {
            let known = COMMANDS.iter().filter(|known| known.0.starts_with(typed));
            let pairs = known.map(|(name, form, about)| Pair {
                display: format!("{:18} {about}", format!(":{name} {form}")),
                replacement: format!(":{name}"),
            });
            return Ok((0, pairs.collect()));
        }
        let (start, found) = self.lines.complete(line, at);
        let width = self.look.width.saturating_sub(2);
        let pairs = found.into_iter().map(|one| Pair {
            display: crate::view::cut(&one.shown, width),
            replacement: one.text,
        });
        Ok((start, pairs.collect()))
    }
}

impl Hinter for Assistant {
    type Hint = String;

    fn hint(&self, line: &str, at: usize, context: &Context<'_>) -> Option<String> {
        // What has several lines would move the prompt while it is typed.
        let hint = self.hinter.hint(line, at, context)?;
        (!hint.contains('\n') && !line.is_empty()).then_some(hint)
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _at: usize) -> Cow<'l, str> {
        Cow::Owned(highlight(self.look, line))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.look.dim(hint))
    }

    fn highlight_char(&self, _line: &str, _at: usize, _kind: CmdKind) -> bool {
        self.look.color
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let input = context.input();
        Ok(if input.trim().is_empty() || is_whole(input) {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Incomplete
        })
    }
}
