//! The command on a terminal: what is on the screen while it runs, and what its question does.
//!
//! The sandbox's time runs ahead, so that a line may stand there for a moment only: the test reads
//! everything that was sent, and looks at the screen after each step of it.

use crate::support::Infra;
use insta::assert_snapshot;
use std::io::{Read, Write};
use std::num::NonZero;
use std::process::Child;

/// A terminal with the command on it.
struct Terminal {
    pty: pty_process::blocking::Pty,
    process: Child,
    screen: vt100::Parser,
    /// Everything that was sent.
    sent: Vec<u8>,
    /// Each line that ever stood on the screen, once, in order, without its spinner.
    seen: Vec<String>,
}

impl Terminal {
    /// Starts `infra` with these words on a terminal of 60 lines.
    fn start(infra: &Infra, line: &str, columns: u16) -> Self {
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
    fn expect(&mut self, text: &str) -> &mut Self {
        while !self.screen.screen().contents().contains(text) {
            assert!(self.read(), "never seen: {text}\n{:#?}", self.seen);
        }
        self
    }

    /// Presses keys.
    fn press(&mut self, keys: &str) -> &mut Self {
        self.pty.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Waits for the end, which must be this exit code; the last screen.
    #[track_caller]
    fn ends_with(&mut self, code: i32) -> String {
        while self.read() {}
        let ended = self.process.wait().unwrap().code();
        let screen = lines(&self.screen).join("\n");
        assert_eq!(ended, Some(code), "{screen}");
        screen
    }

    /// Whether a line with this in it ever stood on the screen.
    fn saw(&self, text: &str) -> bool {
        self.seen.iter().any(|line| line.contains(text))
    }

    fn sent(&self) -> String {
        String::from_utf8_lossy(&self.sent).into_owned()
    }
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

/// A deployment with this fault, and a config map.
fn shop(fault: &str) -> Infra {
    let infra = Infra::new();
    infra.write(
        "shop.rhai",
        &format!(
            r#"const APP = deployment("app").image("registry.example/app:1.4.2").port("http", 8080)
    .readiness_probe(http_get("/ready", "http").period("5s")).pod_annotation("sandbox.infra.dev/{fault}");
environment("shop", [APP, config_map("settings").values(#{{ MODE: "production" }})])
"#
        ),
    );
    infra
}

const SLOW: &str = r#"slow-start", "90s"#;
const NO_IMAGE: &str = r#"image-not-found", "app"#;
const RUN: &str = "run shop.rhai --sandbox --timeout 5m";

#[test]
fn what_is_waited_for_stands_on_the_screen_with_its_reason() {
    let infra = shop(SLOW);
    let mut terminal = Terminal::start(&infra, &format!("{RUN} --yes"), 100);
    assert_snapshot!(terminal.ends_with(0));
    assert!(terminal.saw("  * deployment/app: "), "{:#?}", terminal.seen);
}

#[test]
fn what_does_not_become_ready_is_told_when_the_lines_are_gone() {
    let infra = shop(NO_IMAGE);
    let mut terminal = Terminal::start(&infra, &format!("{RUN} --yes"), 100);
    assert_snapshot!(terminal.ends_with(5));
    assert!(terminal.saw("  * deployment/app: "), "{:#?}", terminal.seen);
}

#[test]
fn a_narrow_terminal_is_respected() {
    let infra = shop(NO_IMAGE);
    let mut terminal = Terminal::start(&infra, &format!("{RUN} --yes"), 44);
    assert_snapshot!(terminal.ends_with(5));
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let infra = shop(SLOW);
    let mut terminal = Terminal::start(&infra, "plan shop.rhai --sandbox", 100);
    let colourful = terminal.ends_with(0);
    assert!(
        terminal.sent().contains("\u{1b}[32m"),
        "{}",
        terminal.sent()
    );
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let infra = shop(SLOW).variable(variable.0, variable.1);
        let mut terminal = Terminal::start(&infra, "plan shop.rhai --sandbox", 100);
        assert_eq!(terminal.ends_with(0), colourful);
        assert!(!terminal.sent().contains('\u{1b}'), "{}", terminal.sent());
    }
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_gets_plain_lines() {
    let infra = shop(SLOW).variable("TERM", "dumb");
    let mut terminal = Terminal::start(&infra, &format!("{RUN} --yes"), 100);
    assert_snapshot!(terminal.ends_with(0));
    assert!(!terminal.sent().contains('\u{1b}'), "{}", terminal.sent());
}

#[test]
fn without_colours_a_run_has_none_either() {
    let infra = shop(SLOW).variable("NO_COLOR", "1");
    let mut terminal = Terminal::start(&infra, &format!("{RUN} --yes"), 100);
    terminal.ends_with(0);
    let sent = terminal.sent();
    let styles = sent.split('\u{1b}').skip(1).filter(|rest| {
        let end = rest.find(|letter: char| letter.is_ascii_alphabetic());
        end.is_some_and(|end| rest[end..].starts_with('m'))
    });
    assert_eq!(styles.count(), 0, "{sent:?}");
}

#[test]
fn no_is_no() {
    let infra = shop(SLOW);
    for answer in ["n\r", "\r", "nonsense\r", "\u{4}"] {
        let mut terminal = Terminal::start(&infra, RUN, 100);
        terminal.expect("[y/N]").press(answer);
        let screen = terminal.ends_with(4);
        assert!(screen.contains("nothing was changed"), "{screen}");
    }
    infra
        .run("plan shop.rhai --sandbox --exit-code")
        .ends_with(3);
}

#[test]
fn yes_is_yes() {
    let infra = shop(SLOW);
    let mut terminal = Terminal::start(&infra, RUN, 100);
    terminal.expect("[y/N]").press("y\r");
    assert_snapshot!(terminal.ends_with(0));
    infra
        .run("plan shop.rhai --sandbox --exit-code")
        .ends_with(0);
}

#[test]
fn ctrl_c_at_the_question_ends_it() {
    let infra = shop(SLOW);
    let mut terminal = Terminal::start(&infra, RUN, 100);
    terminal.expect("[y/N]").press("\u{3}");
    assert_snapshot!(terminal.ends_with(130));
    infra
        .run("plan shop.rhai --sandbox --exit-code")
        .ends_with(3);
}
