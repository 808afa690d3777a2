//! A session as a user types it, on a pseudo-terminal.

use crate::support::{Infra, Terminal, needs};

const SHOP: &str = r#"const APP = deployment("app").image("registry.example/app:1.4.2");

environment("shop", [APP, config_map("settings").values(#{ MODE: "production" })])
"#;

/// A session on a sandbox that nothing is asked of, without colours.
fn session(infra: &Infra) -> Terminal {
    Terminal::start(infra, "repl --sandbox", 80)
}

fn plain() -> Infra {
    Infra::new().variable("NO_COLOR", "1")
}

#[test]
fn lines_are_answered_and_ctrl_d_ends_the_session() {
    let infra = plain();
    let mut terminal = session(&infra);
    terminal
        .line("let a = 20;")
        .line("a + 22")
        .line("missing()");
    terminal.line(".to_string()").press("\u{4}");
    let screen = terminal.ends_with(0);
    for said in [
        "sandbox/default> let a = 20;",
        "\n42\n",
        "error: there is no function `missing`",
        "1 | missing()",
        "\n\"42\"\n",
    ] {
        assert!(screen.contains(said), "{said}\n{screen}");
    }
}

#[test]
fn an_input_goes_on_until_it_is_whole() {
    let infra = plain();
    let mut terminal = session(&infra);
    terminal
        .line("let a = [\r    1,\r    2,\r];")
        .line("a.len() + 40")
        .expect("\n42\n");
    // A block that is pasted is one input, which Enter ends.
    terminal
        .press("\u{1b}[200~let b = 5;\nb * 9\u{1b}[201~")
        .expect("\nb * 9");
    terminal.press("\r").expect("\n45\n").press("\u{4}");
    terminal.ends_with(0);
}

#[test]
fn ctrl_c_drops_a_line_and_ends_what_runs_but_not_the_session() {
    let infra = plain();
    let mut terminal = session(&infra);
    terminal.prompt().press("never(").expect("never(");
    terminal.press("\u{3}").line("6 * 7").expect("\n42\n");
    // It runs when what it prints stands there.
    terminal
        .press("print(\"ru\" + \"ns\"); loop {}\r")
        .expect("\nruns");
    terminal.press("\u{3}").expect("cancelled").line("7 * 7");
    terminal.expect("\n49\n").press("\u{4}");
    let screen = terminal.ends_with(0);
    assert!(!screen.contains("error: there is no"), "{screen}");
}

#[test]
fn words_are_completed_by_type() {
    let infra = plain();
    let mut terminal = session(&infra);
    terminal.line("let web = deployment(\"web\").image(\"a:1\");");
    terminal.press("web.replic\t").expect("web.replicas(");
    terminal.press("3)\r").expect("deployment/web\n");
    terminal.prompt().press(":sta\t").expect("> :status");
    terminal
        .press("\u{3}")
        .prompt()
        .press("config\t")
        .expect("> config_map(");
    terminal
        .press("\u{3}")
        .prompt()
        .press("web.revision_hist\t");
    terminal
        .expect("web.revision_history_limit(")
        .press("\u{3}");
    // Several are listed, with their signatures.
    terminal
        .prompt()
        .press("web.host_\t\t")
        .expect("deployment.host_network(");
    terminal.press("\u{3}").prompt().press("\u{4}");
    terminal.ends_with(0);
}

#[test]
fn what_was_typed_comes_again_and_secrets_do_not() {
    let infra = plain();
    let mut first = session(&infra);
    first.line("1 + 41").line("let password = \"hunter2\";");
    first.press("\u{4}");
    first.ends_with(0);
    let file = infra.home().join(".local/state/infra/history");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text, "\"1 + 41\"\n");
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let mut second = session(&infra);
    second.prompt().press("\u{1b}[A").expect("> 1 + 41");
    second.press("\r").expect("\n42\n").prompt();
    // Ctrl-R looks for it.
    second.press("\u{12}+ 4").expect("i-search)`+ 4': 1 + 41");
    second.press("\u{3}").prompt().press("\u{4}");
    second.ends_with(0);
}

#[test]
fn a_line_is_coloured_while_it_is_typed() {
    let infra = Infra::new();
    let mut terminal = session(&infra);
    terminal.line("let a = \"text\"; 7 * 6").expect("\n42\n");
    terminal.press("\u{4}");
    terminal.ends_with(0);
    let sent = terminal.sent();
    for colour in ["\u{1b}[35mlet", "\u{1b}[32m\"text\""] {
        assert!(sent.contains(colour), "{sent:?}");
    }
}

#[test]
fn values_fit_a_terminal_that_became_narrower() {
    let infra = plain();
    let mut terminal = session(&infra);
    let long = "x".repeat(60);
    terminal.line(&format!(
        "let rows = [#{{ name: \"web\", image: \"{long}\" }}];"
    ));
    terminal.resize(40).line("rows").press("\u{4}");
    let screen = terminal.ends_with(0);
    let row = screen.lines().find(|line| line.contains('…'));
    let fits = row.is_some_and(|row| row.chars().count() <= 40 && row.ends_with("…  web"));
    assert!(fits, "{screen}");
}

#[test]
fn a_loaded_script_is_planned_and_applied() {
    needs!(Nodes);
    let infra = Infra::on_cluster().variable("NO_COLOR", "1");
    infra.write("shop.rhai", SHOP);
    let mut terminal = Terminal::start(&infra, "repl shop.rhai", 100);
    terminal.line(":plan").expect("+ deployment/app");
    terminal
        .prompt()
        .press(":apply\r")
        .expect("Apply this? [y/N]");
    terminal
        .press("n\r")
        .expect("nothing was changed")
        .line("2 * 21");
    terminal
        .expect("\n42\n")
        .press(":apply\r")
        .asked("Apply this? [y/N]");
    terminal.press("y\r");
    terminal.expect("is ready after").prompt();
    terminal
        .line("get(\"deployment/app\").spec.replicas + 40")
        .expect("\n41\n");
    terminal.press("\u{4}");
    terminal.ends_with(0);
}

#[test]
fn a_file_that_changed_is_told_of_and_read_again() {
    let infra = plain();
    infra.write("shop.rhai", "const N = 1;\nenvironment(\"shop\", [])\n");
    let mut terminal = Terminal::start(&infra, "repl shop.rhai --sandbox", 80);
    terminal.line("N + 40").expect("\n41\n");
    infra.write("shop.rhai", "const N = 2;\nenvironment(\"shop\", [])\n");
    terminal.line("1").expect("`shop.rhai` has changed");
    terminal.line(":reload").line("N + 40").expect("\n42\n");
    terminal.press("\u{4}");
    terminal.ends_with(0);
}
