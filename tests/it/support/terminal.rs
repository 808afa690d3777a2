//! The command on a pseudo-terminal: keys are pressed, and what stands on the screen is waited for.

use super::Infra;
use std::io::{Read, Write};
use std::num::NonZero;
use std::process::{Child, Command};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// A terminal with the command on it.
pub(crate) struct Terminal {
    pty: pty_process::blocking::Pty,
    process: Child,
    /// The command is ended when what is waited for does not come; not once this is dropped.
    _alive: Sender<()>,
    screen: vt100::Parser,
    /// Everything that was sent.
    sent: Vec<u8>,
    /// Each line that ever stood on the screen, once, in order, without its spinner.
    pub(crate) seen: Vec<String>,
}

impl Terminal {
    /// Starts `infra` with these words on a terminal of 60 lines.
    pub(crate) fn start(infra: &Infra, line: &str, columns: u16) -> Self {
        let (pty, pts) = pty_process::blocking::open().unwrap();
        pty.resize(pty_process::Size::new(60, columns)).unwrap();
        let size = |cells| NonZero::new(cells).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut command = infra.command(&words);
        if !command.get_envs().any(|(name, _)| name == "TERM") {
            command.env("TERM", "xterm");
        }
        let command = pty_process::blocking::Command::from(command);
        let process = command.spawn(pts).unwrap();
        Self {
            pty,
            _alive: patience(process.id()),
            process,
            screen: vt100::Parser::new(size(60), size(columns), 0),
            sent: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// Reads what comes next; `false` when nobody writes any more.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        // A terminal that nobody has open any more is an error on Linux, and an end elsewhere.
        let count = self.pty.read(&mut bytes).unwrap_or(0);
        for step in bytes[..count].split_inclusive(|byte| *byte == b'\n' || *byte == b'\r') {
            self.screen.process(step);
            for line in lines(&self.screen) {
                if !self.seen.contains(&line) {
                    self.seen.push(line);
                }
            }
        }
        self.sent.extend_from_slice(&bytes[..count]);
        count > 0
    }

    /// Waits until this stands on the screen.
    pub(crate) fn expect(&mut self, text: &str) -> &mut Self {
        while !self.screen.screen().contents().contains(text) {
            assert!(self.read(), "never seen: {text}\n{:#?}", self.seen);
        }
        self
    }

    /// Waits until the cursor stands behind a prompt, and nothing else.
    pub(crate) fn prompt(&mut self) -> &mut Self {
        while !self.cursor_line().ends_with('>') {
            assert!(self.read(), "no prompt\n{:#?}", self.seen);
        }
        self
    }

    /// Waits until the cursor stands behind a question.
    pub(crate) fn asked(&mut self, question: &str) -> &mut Self {
        while !self.cursor_line().ends_with(question) {
            assert!(self.read(), "never asked: {question}\n{:#?}", self.seen);
        }
        self
    }

    /// Types a line at a prompt, and waits for the next one.
    pub(crate) fn line(&mut self, text: &str) -> &mut Self {
        self.prompt().press(text);
        let end = text.rsplit(['\r', '\n']).next().unwrap_or_default().trim();
        // A long line goes on in the next row.
        let end: String = end.chars().rev().take(4).collect();
        let end: String = end.chars().rev().collect();
        while !self.cursor_line().ends_with(&end) {
            assert!(self.read(), "never typed: {text}\n{:#?}", self.seen);
        }
        self.press("\r").prompt()
    }

    /// The line that the cursor stands on, without spaces at its end.
    fn cursor_line(&self) -> String {
        let screen = self.screen.screen();
        let (row, _) = screen.cursor_position();
        let line = screen.rows(0, screen.size().1.get()).nth(row.into());
        line.unwrap_or_default().trim_end().to_owned()
    }

    /// Makes the terminal wider or narrower.
    pub(crate) fn resize(&mut self, columns: u16) -> &mut Self {
        self.pty
            .resize(pty_process::Size::new(60, columns))
            .unwrap();
        let size = |cells| NonZero::new(cells).unwrap();
        self.screen.screen_mut().set_size(size(60), size(columns));
        self
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        self.pty.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Waits for the end, which must be this exit code; the last screen.
    #[track_caller]
    pub(crate) fn ends_with(&mut self, code: i32) -> String {
        while self.read() {}
        let ended = self.process.wait().unwrap().code();
        let screen = lines(&self.screen).join("\n");
        assert_eq!(ended, Some(code), "{screen}");
        screen
    }

    /// Whether a line with this in it ever stood on the screen.
    pub(crate) fn saw(&self, text: &str) -> bool {
        self.seen.iter().any(|line| line.contains(text))
    }

    pub(crate) fn sent(&self) -> String {
        String::from_utf8_lossy(&self.sent).into_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has mostly ended by itself.
        let _ = self.process.kill();
    }
}

/// Ends a process after some minutes: who reads from it sees its end, and tells what it has seen.
fn patience(process: u32) -> Sender<()> {
    let (alive, ended) = channel();
    std::thread::spawn(move || {
        let limit = Duration::from_mins(5);
        if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").arg(process.to_string()).status();
        }
    });
    alive
}

/// The lines on the screen, without the empty ones at its end and without the moving spinner.
fn lines(parser: &vt100::Parser) -> Vec<String> {
    let screen = parser.screen();
    let lines = screen.rows(0, screen.size().1.get()).map(|line| {
        let line = line.trim_end();
        line.replace(|letter| ('\u{2800}'..='\u{28ff}').contains(&letter), "*")
    });
    let mut lines: Vec<String> = lines.collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}
