//! What scripts may do, what they give, and what is said when they are wrong.

use super::*;
use crate::testing::{host, load, objects};

fn values(text: &str) -> Vec<String> {
    let script = load(text).unwrap_or_else(|errors| panic!("{text}\n{}", shown(&errors)));
    objects(&script)
        .iter()
        .map(|object| {
            format!(
                "{}={}",
                object["metadata"]["name"].as_str().unwrap_or_default(),
                object["spec"]["replicas"]
            )
        })
        .collect()
}

fn shown(errors: &[crate::diagnostic::Diagnostic]) -> String {
    errors
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn scripts_give_environments_with_their_resources() {
    for (text, expected) in [
        (
            r#"environment("e", [widget("a"), widget("b").count(3)])"#,
            vec!["a=1", "b=3"],
        ),
        (
            r#"environment("e", [[widget("a"), ()], if false { widget("c") }]);"#,
            vec!["a=1"],
        ),
        (
            r#"[environment("e", [widget("a")]), (), [environment("f", [widget("b")])]]"#,
            vec!["a=1", "b=1"],
        ),
        // A builder is a value: nothing aliases, and a property changes in place.
        (
            r#"const BASE = widget("a").count(2); let b = BASE.count(5); b.count = 7; environment("e", [BASE, b])"#,
            vec!["a=2", "a=7"],
        ),
        // Top-level constants are seen in functions, in closures in them, and in their callees.
        (
            r#"const N = 4; fn inner() { N } fn make(name) { let all = [1].map(|x| x + N + inner()); widget(name).count(all[0]) } environment("e", [make("a")])"#,
            vec!["a=9"],
        ),
        (
            r#"const W = widget("a"); fn more(n) { W.count(n) } environment("e", [more(2), more(3)])"#,
            vec!["a=2", "a=3"],
        ),
        // A parameter of a function hides a constant.
        (
            r#"const N = 4; fn same(N) { N } environment("e", [widget("a").count(same(9)), widget("b").count(N)])"#,
            vec!["a=9", "b=4"],
        ),
        // A map gets keys where it stands.
        (
            r#"let counts = #{}; counts["a"] = 2; counts.b = 3; counts.b += 1; let names = counts.keys(); environment("e", names.map(|name| widget(name).count(counts[name])))"#,
            vec!["a=2", "b=4"],
        ),
        // A function's name that is put together, and one in an interpolated string.
        (
            r#"let make = Fn("wid" + "get"); environment("e", [make.call("a"), widget(`${widget("b")}`.len().to_string())])"#,
            vec!["a=1", "8=1"],
        ),
        // A name that stands only in an interpolation.
        (
            r#"environment(`e${if (1 == 2) { widget("x") } else { "" }}`, [])"#,
            vec![],
        ),
    ] {
        assert_eq!(values(text), expected, "{text}");
    }
}

#[test]
fn fields_remember_the_line_that_set_them() {
    let script =
        load("let w = widget(\"a\")\n  .count(3);\nenvironment(\"e\", [w])").expect("loads");
    let resource = &script.environments()[0].resources()[0];
    let at = |path: &str| {
        resource
            .origin()
            .of_field(path)
            .map(|at| (at.line, at.column))
    };
    assert_eq!(at("spec.replicas"), Some((2, 4)));
    assert_eq!(at("spec.other"), Some((1, 9)));
}

/// Scripts that are wrong: the text, the line and column, and what must be said.
#[test]
fn what_is_wrong_is_said_where_it_is() {
    let mut wrong = Vec::new();
    for (text, line, column, said) in [
        (
            "let s = \" a \"; let t = s.trim(); environment(\"e\", [widget(t)])",
            1,
            26,
            "`trim` changes the value before the dot and gives nothing",
        ),
        (
            "let w = widget(\"a\"); if false { w.count(1).size(2); } environment(\"e\", [w])",
            1,
            44,
            "a widget has no method `size`",
        ),
        (
            "fn f(w) { w.cuont(1) } environment(\"e\", [])",
            1,
            13,
            "did you mean `count` of a widget?",
        ),
        (
            "const W = widget(\"a\"); fn f() { W.count(1, 2) } environment(\"e\", [])",
            1,
            35,
            "`count` of a widget takes 1 argument, 2 given",
        ),
        (
            "environment(\"e\", [widget(\"a\").cuont(3)])",
            1,
            31,
            "a widget has no method `cuont`\n  help: did you mean `count`?",
        ),
        (
            "let w = widget(\"a\");\nw.count(3);\nenvironment(\"e\", [w])",
            2,
            3,
            "keep it: `w = w.count(…)`",
        ),
        (
            "environment(\"e\", [widget(\"a\").count(\"3\")])",
            1,
            37,
            "must be a whole number, got a string\n  help: write it without quotes: `3`",
        ),
        (
            "environment(\"e\", [widget(\"a\").count(5000000000)])",
            1,
            37,
            "must be from -2147483648 to 2147483647",
        ),
        (
            "environment(\"e\", [widget(\"a\").three(\"ab\")])",
            1,
            37,
            "`ab` is not a three: expected three letters",
        ),
        (
            "environment(\"e\", [widget(\"a\").tags(#{ a: \"x\", b: 5 })])",
            1,
            50,
            "`b` of `tags` must be a string, got a whole number",
        ),
        (
            "environment(\"e\", [widget(\"a\", 2)])",
            1,
            19,
            "`widget` takes 1 argument, 2 given",
        ),
        (
            "environment(\"e\", [wigdet(\"a\")])",
            1,
            19,
            "did you mean `widget`?",
        ),
        (
            "environment(\"e\", [count(3)])",
            1,
            19,
            "`count` is a method of a widget: write `x.count(…)`",
        ),
        (
            "environment(\"e\", [widget(\"a\").name])",
            1,
            31,
            "a widget has no property `name`",
        ),
        (
            "environment('e', [])",
            1,
            13,
            "got a character in single quotes\n  help: strings stand in double quotes",
        ),
        ("let a = 1\nlet b = 2;", 1, 9, "a `;` is missing"),
        (
            "environment(\"e\", [widget(\"a\")",
            1,
            30,
            "expected `,` or `]`",
        ),
        ("let x = \"abc;\nx", 1, 9, "a string has no end"),
        ("let x = nulll; 1", 1, 9, "there is no variable `nulll`"),
        (
            "let x = 1; fn f() { x } environment(\"e\", f())",
            1,
            21,
            "make it `const x = …`",
        ),
        (
            "let default = 1;",
            1,
            5,
            "a word that the language keeps for itself",
        ),
        (
            "environment('ee', [])",
            1,
            13,
            "strings stand in double quotes\n  help: write `\"ee\"`",
        ),
        ("loop { }", 1, 6, "the script does not end"),
        (
            "fn f(n) { f(n + 1) }\nf(1)",
            2,
            1,
            "more than 64 levels deep",
        ),
        (
            "let s = \"aaaaaaaa\"; loop { s += s; }",
            1,
            30,
            "a string grew larger",
        ),
        (
            "const A = 1; A = 2;",
            1,
            14,
            "`A` is a constant and keeps its value",
        ),
        ("let m = #{ cpu: 1 };\nm.cup", 2, 3, "did you mean `cpu`?"),
        (
            "\"a\" + widget(\"a\")",
            1,
            5,
            "a widget cannot be joined with a string",
        ),
        (
            "widget(\"a\") == widget(\"a\")",
            1,
            13,
            "a widget cannot be compared",
        ),
        ("42", 1, 1, "this one gives a whole number"),
        (
            "import \"../../outside\" as o;",
            1,
            8,
            "is outside the project",
        ),
        (
            "import \"nowhere\" as o;",
            1,
            8,
            "`nowhere.rhai` does not exist",
        ),
        ("eval(\"1\")", 1, 1, "the language keeps for itself"),
        (
            "fn count(n) { n } environment(\"e\", [widget(\"a\").count(1)])",
            1,
            4,
            "hides the method `count` of a widget",
        ),
        (
            "fn f() { N } let x = f(); const N = 1;",
            1,
            10,
            "the constant `N` has no value yet",
        ),
        (
            "param(\"x\")",
            1,
            1,
            "the parameter `x` is required and not set",
        ),
        ("file(\"../x\")", 1, 1, "outside the project"),
        ("throw \"no luck\"", 1, 1, "no luck"),
        (
            "1 + true",
            1,
            3,
            "`+` does not work between a whole number and true or false",
        ),
        (
            "[1, 2][5]",
            1,
            8,
            "there is no element 5 in an array of 2 elements",
        ),
        (
            "environment(\"e\", [1])",
            1,
            19,
            "must be a resource, got a whole number",
        ),
    ] {
        let mut small = host();
        small.max_operations = Some(200_000);
        let errors = Session::new(small)
            .load_text("test.rhai", text)
            .map(|_| ())
            .expect_err(text);
        let all = shown(&errors);
        let at = errors[0].at.as_ref().map(|at| (at.line, at.column));
        if at != Some((line, column)) || !all.contains(said) {
            wrong.push(format!("{text}\nexpected {line}:{column} {said}\n{all}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_script_that_takes_too_long_is_ended() {
    let mut hurried = host();
    hurried.max_time = Some(std::time::Duration::ZERO);
    let errors = Session::new(hurried)
        .load_text("test.rhai", "let n = 0;\nloop { n += 1; }")
        .map(|_| ())
        .expect_err("no time at all");
    assert_eq!(errors[0].message, "the script takes too long");
    assert_eq!(errors[0].at.as_ref().map(|at| at.line), Some(2));
}

#[test]
fn no_more_errors_are_told_than_anybody_reads() {
    let text = "widget(\"a\").cuont(1);\n".repeat(150);
    let errors = load(&text).map(|_| ()).expect_err("misspelt");
    assert_eq!(errors.len(), 101);
    assert_eq!(errors[99].at.as_ref().map(|at| at.line), Some(100));
    assert_eq!(errors[100].message, "there are more errors than these 100");
}

#[test]
fn calls_are_followed_to_the_line_that_failed() {
    let errors = load("fn base(n) {\n  widget(n).count(n)\n}\nenvironment(\"e\", [base(\"x\")])")
        .map(|_| ())
        .expect_err("wrong type");
    let at = errors[0]
        .at
        .as_ref()
        .map(|at| (at.line, at.column, at.length));
    assert_eq!(at, Some((2, 19, 1)));
    let frame = &errors[0].frames[0];
    assert_eq!(frame.message, "in `base`, called from here");
    assert_eq!(
        frame.at.as_ref().map(|at| (at.line, at.column)),
        Some((4, 19))
    );
}

#[test]
fn settings_have_the_type_of_the_default_and_unknown_ones_are_errors() {
    let text = r#"environment("e", [widget("a").count(param("replicas", 3))])"#;
    let with = |name: &str, value: &str| {
        Session::new(host().set(name, value)).load_text("test.rhai", text)
    };
    let script = with("replicas", "5").expect("loads");
    assert_eq!(objects(&script)[0]["spec"]["replicas"], 5);
    assert_eq!(script.parameters()[0].default, Some(ParamValue::Int(3)));
    let errors = with("replica", "5").map(|_| ()).expect_err("unknown");
    assert!(
        shown(&errors).contains("did you mean `replicas`?"),
        "{}",
        shown(&errors)
    );
    let errors = with("replicas", "many").map(|_| ()).expect_err("mistyped");
    assert!(
        shown(&errors).contains("must be a whole number"),
        "{}",
        shown(&errors)
    );
}

#[test]
fn the_top_of_a_script_and_its_documented_functions_are_described() {
    let text = "//! The shop.\n\n/// Restores the database.\n/// From DATE.\nfn restore(date) { date }\nfn helper() { 1 }\nenvironment(\"e\", [])";
    let script = load(text).expect("loads");
    assert_eq!(script.doc(), "The shop.");
    assert_eq!(
        script.procedures(),
        [Procedure {
            name: "restore".to_owned(),
            parameters: vec!["date".to_owned()],
            doc: "Restores the database.\nFrom DATE.".to_owned(),
        }]
    );
}

#[test]
fn a_secret_stays_a_secret_whatever_it_is_joined_with() {
    for text in [
        r#"let s = "a" + secret_env("X"); environment("e", [widget(s)])"#,
        r#"let s = "a"; s += secret_env("X"); environment("e", [widget(s)])"#,
        r#"let s = secret_env("X"); s += "a"; environment("e", [widget(s)])"#,
        r#"let s = secret_env("X") + "b" + secret_env("Y"); environment("e", [widget(s)])"#,
    ] {
        let errors = load(text).map(|_| ()).expect_err(text);
        assert!(
            shown(&errors).contains("holds a secret"),
            "{text}\n{}",
            shown(&errors)
        );
    }
}
