//! The only place that meets the terminal: results go to standard output, progress, questions and
//! errors to standard error.

use anstyle::{AnsiColor, Style};
use std::io::{self, IsTerminal, Write};

/// Where output goes and how it may look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ui {
    out: Look,
    err: Look,
    ask: bool,
}

/// What one stream can show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// A person is looking.
    pub(crate) terminal: bool,
    /// Colours are wanted.
    pub(crate) color: bool,
    /// Columns; wide where nobody looks.
    pub(crate) width: usize,
}

impl Ui {
    /// What the streams of this process can show. `NO_COLOR` (not empty) and `TERM=dumb` turn
    /// colours off; pipes never have them.
    pub(crate) fn detect() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let look = |terminal: bool, width: Option<usize>| Look {
            terminal,
            color: terminal && !plain,
            width: width.unwrap_or(100).max(40),
        };
        let width = |size: Option<(terminal_size::Width, terminal_size::Height)>| {
            size.map(|(width, _)| usize::from(width.0))
        };
        Self {
            out: look(
                io::stdout().is_terminal(),
                width(terminal_size::terminal_size_of(io::stdout())),
            ),
            err: look(
                io::stderr().is_terminal(),
                width(terminal_size::terminal_size_of(io::stderr())),
            ),
            ask: io::stdin().is_terminal() && io::stderr().is_terminal(),
        }
    }

    /// How standard output looks.
    pub(crate) fn out_look(self) -> Look {
        self.out
    }

    /// How standard error looks.
    pub(crate) fn err_look(self) -> Look {
        self.err
    }

    /// Prints a result. A reader that has gone away ends the process quietly.
    #[expect(
        clippy::unused_self,
        reason = "who prints must have been given the terminal"
    )]
    pub(crate) fn out(self, text: &str) {
        emit(&mut io::stdout().lock(), text);
    }

    /// Prints progress, a question or an error.
    #[expect(
        clippy::unused_self,
        reason = "who prints must have been given the terminal"
    )]
    pub(crate) fn err(self, text: &str) {
        emit(&mut io::stderr().lock(), text);
    }

    /// Asks a question that is answered by `yes`. `None`: nobody can be asked.
    pub(crate) fn confirm(self, question: &str) -> Option<bool> {
        if !self.ask {
            return None;
        }
        self.err(&format!("{question} [y/N] "));
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).ok()?;
        if !answer.ends_with('\n') {
            // An end of input leaves the question's line open.
            self.err("\n");
        }
        Some(matches!(answer.trim(), "y" | "Y" | "yes"))
    }
}

/// Writes a text as it is. Whoever reads us may go away at any time (`infra … | head`).
fn emit(stream: &mut impl Write, text: &str) {
    let written = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
    if written.is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
        std::process::exit(141);
    }
}

impl Look {
    /// `text` in a style, where colours are wanted.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// Something good.
    pub(crate) fn good(self, text: &str) -> String {
        self.paint(AnsiColor::Green.on_default(), text)
    }

    /// Something that changes.
    pub(crate) fn change(self, text: &str) -> String {
        self.paint(AnsiColor::Yellow.on_default(), text)
    }

    /// Something bad, or gone.
    pub(crate) fn bad(self, text: &str) -> String {
        self.paint(AnsiColor::Red.on_default(), text)
    }

    /// Something that matters less.
    pub(crate) fn dim(self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// Something that matters more.
    pub(crate) fn strong(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }
}
