//! What procedures do besides the cluster, over a network of a few addresses.

use crate::diagnostic::Diagnostic;
use crate::live_testing;
use crate::session::{Call, Host, Session};
use infra_sdk::engine::Stop;

fn run(body: &str, dry_run: bool) -> (Result<Call, Vec<Diagnostic>>, Vec<String>) {
    let rest = "environment(\"shop\", []).existing_namespace()";
    let text = format!("const APP = \"app\";\n/// Runs it.\nfn run() {{ {body} }}\n{rest}");
    let script = Session::new(Host::new("."))
        .load_text("run.rhai", &text)
        .unwrap_or_else(|errors| panic!("{}", errors[0]));
    let (called, lines, _) = live_testing::call(&script, "run", &[], dry_run, Stop::new());
    (called, lines)
}

fn value(body: &str) -> String {
    let (called, _) = run(body, false);
    let called = called.unwrap_or_else(|errors| panic!("{body}\n{}", errors[0]));
    called.value.unwrap_or_default()
}

#[test]
fn values_of_what_is_asked() {
    for (body, expected) in [
        ("http(`https://a.example/health`).get().json().status", "ok"),
        (
            "http(`https://a.example/users`).json(#{ a: 1 }).post().expect(201).status()",
            "201",
        ),
        (
            // What is sent and comes back is hidden.
            "http(`https://a.example/echo`).json(#{ a: [1, secret_env(`PW`), ()] }).post().text()",
            r#"{"a":[1,"(secret)",null]}"#,
        ),
        (
            "http(`https://a.example/`).get().header(`x-none`) == ()",
            "true",
        ),
        ("prometheus(`http://p.example`).value(`up`)", "0.0"),
        (
            "prometheus(`http://p.example`).query(`up`)[0].labels.job",
            "app",
        ),
        (
            "prometheus(`http://p.example`).range(`up`, `1h`, `1m`)[0].values[1].value",
            "1.0",
        ),
        ("confirm(`sure?`); prompt(`which?`)", "a line"),
        ("prompt(`nobody here?`, `x`)", "x"),
        (
            "parallel([|| 1, || APP, || http(`https://a.example/health`).get().status()])",
            r#"[1, "app", 200]"#,
        ),
        ("parallel([3, 1, 2], |n| n * 2)", "[6, 2, 4]"),
        ("parallel([])", "[]"),
        ("retry(3, `1s`, || `done`)", "done"),
        (
            "let before = now(); sleep(`2h`); if before < ago(`1h`) { `later` }",
            "later",
        ),
    ] {
        assert_eq!(value(body), expected, "{body}");
    }
}

#[test]
fn what_fails_says_what_and_where() {
    for (body, expected) in [
        (
            "http(`https://a.example/broken`).post().expect(200)",
            "`POST https://a.example/broken` answered 500 Internal Server Error, expected 200",
        ),
        ("http(`https://a.example/`).get().json()", "is not JSON"),
        (
            "notify(`https://a.example/broken`, `hello`)",
            "nobody was told",
        ),
        ("confirm(`never?`)", "not confirmed: never?"),
        ("confirm(`nobody?`)", "nobody can be asked: nobody?"),
        ("prompt(`nobody?`)", "nobody can be asked: nobody?"),
        (
            "let x = 1; parallel([|| x + 1])",
            "shares variables with what is around it",
        ),
        (
            "let x = 1; parallel([1], |y| x + y)",
            "shares variables with what is around it",
        ),
        (
            "parallel([1])",
            "must be a function such as `|| …`, got a whole number",
        ),
        ("retry(0, `1s`, || 1)", "must be 1 or more"),
        ("retry(2, `1s`, || throw `no luck`)", "no luck"),
    ] {
        let (called, _) = run(body, false);
        let errors = called.expect_err(body);
        assert!(
            errors[0].message.contains(expected),
            "{body}: {}",
            errors[0]
        );
        assert!(errors[0].at.is_some(), "{body}: {}", errors[0]);
    }
}

#[test]
fn all_that_fail_at_the_same_time_are_told_in_their_order() {
    let (called, _) = run("parallel([|| throw `a`, || 1, || throw `c`])", false);
    let errors = called.expect_err("two fail");
    let said: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(said, ["a", "c"]);
    // A script that goes on has them in one text.
    let caught = "let said = ``;
        try { parallel([|| throw `a`, || throw `c`]) } catch (error) { said = `${error}`; }
        said";
    assert_eq!(value(caught), "a; c");
}

#[test]
fn a_function_is_tried_again_until_it_does_not_fail() {
    let body = "retry(2, `5s`, || http(`https://a.example/broken`).post().expect(200))";
    let (called, lines) = run(body, false);
    assert!(called.is_err());
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("attempt 1 of 2: `POST https://a.example/broken` answered 500"));
    assert!(lines[0].ends_with("; again in 5s"), "{}", lines[0]);
}

#[test]
fn a_dry_run_says_what_it_would_send_and_asks_nobody() {
    let body = "http(`https://a.example/broken`).post().expect(200);
        notify(`https://a.example/broken`, `hello`); confirm(`never?`); sleep(`1h`);
        http(`https://a.example/health`).get().text()";
    let (called, _) = run(body, true);
    let called = called.unwrap_or_else(|errors| panic!("{}", errors[0]));
    assert_eq!(called.value.as_deref(), Some(r#"{"status":"ok"}"#));
    assert_eq!(
        called.changes,
        [
            "send POST https://a.example/broken",
            "send POST https://a.example/broken",
            "ask: never?"
        ]
    );
}
