//! The command on a terminal: what is on the screen while it runs, and what its question does.
//!
//! The sandbox's time runs ahead, so that a line may stand there for a moment only: the test reads
//! everything that was sent, and looks at the screen after each step of it.

use crate::support::{Infra, Terminal};
use insta::assert_snapshot;

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
