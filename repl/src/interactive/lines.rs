//! Where inputs come from: a prompt on a terminal, or whatever is piped in.

use super::editor::Editor;
use super::prompt::Prompt;
use super::session::Session;
use crate::failure::Failure;
use crate::ui::Ui;
use infra_scripting::session::is_complete;
use infra_sdk::types::in_words;
use std::io::{self, BufRead};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A whole input, of several lines where it goes on over them.
    Line(String),
    /// Ctrl-C: what was typed is dropped.
    Interrupted,
    /// Ctrl-D, or the end of what is piped in.
    End,
}

/// An input, or why there is none.
pub(super) type Read = Result<Input, String>;

/// Inputs, read on a thread of their own: what goes on in the background goes on meanwhile.
pub(crate) struct Lines {
    ask: std::sync::mpsc::Sender<Prompt>,
    read: UnboundedReceiver<Read>,
    typed: bool,
}

impl Lines {
    /// From the terminal, where there is one.
    pub(crate) fn open(ui: Ui, session: &Session) -> Self {
        let (ask, asked) = std::sync::mpsc::channel::<Prompt>();
        let (answer, read) = unbounded_channel();
        let typed = ui.is_typed();
        let editor = typed.then(|| Editor::parts(ui, session));
        std::thread::spawn(move || {
            let mut next: Box<dyn FnMut(&Prompt) -> Read> = match editor {
                Some(parts) => {
                    let mut editor = Editor::new(parts);
                    Box::new(move |prompt| editor.read(prompt))
                }
                None => Box::new(|_| piped(&mut io::stdin().lock())),
            };
            while let Ok(prompt) = asked.recv() {
                if answer.send(next(&prompt)).is_err() {
                    break;
                }
            }
        });
        Self { ask, read, typed }
    }

    /// Whether somebody types them.
    pub(crate) fn are_typed(&self) -> bool {
        self.typed
    }

    /// The next input.
    pub(crate) async fn next(&mut self, prompt: &Prompt) -> Result<Input, Failure> {
        // The thread ends after this does.
        let _ = self.ask.send(prompt.clone());
        let read = self.read.recv().await.unwrap_or(Ok(Input::End));
        read.map_err(|problem| Failure::failed(format!("cannot read the next line: {problem}")))
    }
}

/// An input of what is piped in.
fn piped(from: &mut impl BufRead) -> Read {
    let mut text = String::new();
    loop {
        match from.read_line(&mut text) {
            Ok(0) if text.trim().is_empty() => return Ok(Input::End),
            // The end has come in the middle of something: what is missing is told.
            Ok(0) => return Ok(Input::Line(text)),
            Ok(_) if !text.trim().is_empty() && is_whole(&text) => return Ok(Input::Line(text)),
            Ok(_) => {}
            Err(error) => return Err(in_words(&error)),
        }
    }
}

/// Whether nothing more is to come of an input.
pub(super) fn is_whole(text: &str) -> bool {
    super::colon::is_command(text) || is_complete(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_piped_in_is_cut_into_whole_inputs() {
        let mut text = "\n1 + 1\nlet a = [\n  1,\n];\n:help x\n\nf(".as_bytes();
        let mut found = Vec::new();
        loop {
            match piped(&mut text) {
                Ok(Input::Line(line)) => found.push(line.trim().to_owned()),
                other => {
                    assert_eq!(other, Ok(Input::End));
                    break;
                }
            }
        }
        assert_eq!(found, ["1 + 1", "let a = [\n  1,\n];", ":help x", "f("]);
    }
}
