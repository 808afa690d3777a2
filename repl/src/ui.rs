//! The only place that meets the terminal: results go to standard output, progress, questions and
//! errors to standard error.

use anstyle::{AnsiColor, Style};
use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

/// Where output goes and how it may look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ui {
    out: Look,
    err: Look,
    ask: bool,
    quiet: bool,
    verbose: bool,
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
            quiet: false,
            verbose: false,
        }
    }

    /// With less than the usual, or more.
    pub(crate) fn telling(self, quiet: bool, verbose: bool) -> Self {
        Self {
            quiet,
            verbose,
            ..self
        }
    }

    /// Whether only results and errors are wanted.
    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Whether every request is wanted.
    pub(crate) fn is_verbose(self) -> bool {
        self.verbose
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
    pub(crate) fn out(self, text: &str) {
        emit(&mut io::stdout().lock(), &self.out.harmless(text));
    }

    /// Whether somebody types what is read, and looks at what is answered.
    pub(crate) fn is_typed(self) -> bool {
        io::stdin().is_terminal() && self.out.terminal
    }

    /// Prints a result, by the user's pager where it is longer than the screen.
    pub(crate) fn page(self, text: &str) {
        let height = terminal_size::terminal_size_of(io::stdout());
        let height = height.map_or(usize::MAX, |(_, height)| usize::from(height.0));
        let pager = std::env::var("PAGER")
            .ok()
            .filter(|pager| !pager.is_empty());
        let long = self.is_typed() && text.lines().count() >= height;
        let paged = long && pager.is_some_and(|pager| paged(&pager, &self.out.harmless(text)));
        if !paged {
            self.out(text);
        }
    }

    /// Prints progress, unless nobody wants it.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            self.err(text);
        }
    }

    /// Prints a question or an error.
    pub(crate) fn err(self, text: &str) {
        emit(&mut io::stderr().lock(), &self.err.harmless(text));
    }

    /// Asks for a line; an empty one is the default. Nothing: nobody can be asked.
    pub(crate) fn ask(self, question: &str, default: &str) -> Option<String> {
        if !self.ask {
            return None;
        }
        let shown = if default.is_empty() {
            String::new()
        } else {
            format!("[{default}] ")
        };
        self.err(&format!("{question} {shown}"));
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).ok()?;
        Some(match answer.trim() {
            "" => default.to_owned(),
            answer => answer.to_owned(),
        })
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

/// Whether a pager took a text.
fn paged(pager: &str, text: &str) -> bool {
    use std::process::{Command, Stdio};
    let mut command = Command::new("sh");
    command.args(["-c", pager]).stdin(Stdio::piped());
    // As `git` does: colours are obeyed.
    if std::env::var_os("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    let Ok(mut process) = command.spawn() else {
        return false;
    };
    if let Some(mut stdin) = process.stdin.take() {
        // It may be left before its end.
        let _ = stdin.write_all(text.as_bytes());
    }
    process.wait().is_ok_and(|ended| ended.success())
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
    /// What may go to this stream: a terminal obeys control characters, and what clusters, pods and
    /// files say may hold any. Only lines, tabs and colours stay; the others are shown as pictures. A
    /// program that reads us gets all as it is.
    pub(crate) fn harmless(self, text: &str) -> Cow<'_, str> {
        let obeyed = |c: char| c.is_control() && c != '\n' && c != '\t';
        if !self.terminal || !text.contains(obeyed) {
            return Cow::Borrowed(text);
        }
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let taken = match c {
                '\r' if rest.starts_with("\r\n") => 1,
                '\u{1b}' => colour(rest)
                    .inspect(|length| shown.push_str(&rest[..*length]))
                    .unwrap_or_else(|| {
                        shown.push('␛');
                        1
                    }),
                _ if !obeyed(c) => {
                    shown.push(c);
                    c.len_utf8()
                }
                // Unicode has a picture for each of ASCII's.
                _ => {
                    let picture = char::from_u32(0x2400 + u32::from(c)).filter(|_| c < ' ');
                    shown.push(picture.unwrap_or(char::REPLACEMENT_CHARACTER));
                    c.len_utf8()
                }
            };
            rest = &rest[taken..];
        }
        Cow::Owned(shown)
    }

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

/// The length of the sequence at the start of a text that sets a colour, if one stands there:
/// `ESC [ 1 ; 31 m`.
fn colour(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("\u{1b}[")?;
    let end = inside.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    inside[end..].starts_with('m').then_some(2 + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_and_a_program_gets_all() {
        let look = |terminal| Look {
            terminal,
            color: true,
            width: 80,
        };
        for (text, expected) in [
            ("plain äöü\n\tline\n", "plain äöü\n\tline\n"),
            ("\u{1b}[1;31mred\u{1b}[0m", "\u{1b}[1;31mred\u{1b}[0m"),
            ("\u{1b}[2Jgone", "␛[2Jgone"),
            ("\u{1b}]0;title\u{7}", "␛]0;title␇"),
            ("100%\rdone\r\n", "100%␍done\n"),
            ("\u{9b}31m\u{7f}", "\u{fffd}31m\u{fffd}"),
            ("cut\u{1b}[3", "cut␛[3"),
        ] {
            assert_eq!(look(true).harmless(text), expected, "{text:?}");
            assert_eq!(look(false).harmless(text), text);
        }
    }
}
