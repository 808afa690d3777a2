//! Sessions, without a terminal: what lines leave to those after them.

use super::super::{Host, LiveOptions, World};
use super::{Interactive, NameKind, Reaching, Shown};
use crate::diagnostic::Diagnostic;
use crate::live_testing;
use infra_sandbox::Sandbox;
use infra_sdk::engine::Stop;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A session on a sandbox, with what it has said and how often it has connected.
struct Prompt {
    session: Interactive,
    sandbox: Sandbox,
    connected: Arc<AtomicUsize>,
    said: Arc<Mutex<String>>,
    runtime: tokio::runtime::Runtime,
}

impl Prompt {
    fn new() -> Self {
        Self::below(Path::new("."))
    }

    fn below(root: &Path) -> Self {
        let said: Arc<Mutex<String>> = Arc::default();
        let printed = Arc::clone(&said);
        let mut host = Host::new(root);
        host.print = Arc::new(move |text| {
            let _ = writeln!(printed.lock().expect("alone"), "{text}");
        });
        let sandbox = Sandbox::with_platform();
        let namespace = json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "shop" },
        });
        sandbox.load([namespace]).expect("loads");
        Self {
            session: Interactive::new(host).expect("a session"),
            sandbox,
            connected: Arc::default(),
            said,
            runtime: tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime"),
        }
    }

    fn try_with(&self, line: &str, stop: Stop) -> Result<Shown, Vec<Diagnostic>> {
        let (sandbox, connected) = (self.sandbox.clone(), Arc::clone(&self.connected));
        let stopping = stop.clone();
        let reaching = Reaching {
            connect: Arc::new(move || {
                connected.fetch_add(1, Ordering::Relaxed);
                let options = LiveOptions {
                    cluster: live_testing::cluster(&sandbox),
                    open: Arc::new(|_| panic!("no other cluster is named")),
                    dry_run: false,
                    stop: stopping.clone(),
                    report: Arc::new(|_| ()),
                    world: World::empty(),
                };
                Box::pin(async move { Ok(options) })
            }),
            namespace: "shop".to_owned(),
            stop,
        };
        let ran = self.runtime.block_on(self.session.run(line, reaching));
        ran.map(|ran| ran.value)
    }

    /// The value of a line, as data.
    #[track_caller]
    fn line(&self, line: &str) -> Value {
        let shown = self.shown(line);
        let data = shown.data();
        data.unwrap_or_else(|| panic!("{line} gave {shown:?}"))
    }

    #[track_caller]
    fn shown(&self, line: &str) -> Shown {
        let given = self.try_with(line, Stop::new());
        given.unwrap_or_else(|errors| panic!("{line}: {}", errors[0]))
    }

    /// The first error of a line.
    #[track_caller]
    fn error(&self, line: &str) -> String {
        match self.try_with(line, Stop::new()) {
            Ok(shown) => panic!("{line} gave {shown:?}"),
            Err(errors) => errors[0].to_string(),
        }
    }

    /// Lines whose value is that of the last one.
    #[track_caller]
    fn lines(&self, lines: &[&str]) -> Value {
        lines.iter().fold(Value::Null, |_, line| self.line(line))
    }
}

#[test]
fn variables_constants_and_functions_live_on() {
    let prompt = Prompt::new();
    for (line, expected) in [
        ("let a = 1;", json!(null)),
        ("const B = 2;", json!(null)),
        ("fn add(x) { x + B }", json!(null)),
        ("add(a)", json!(3)),
        ("a += 10", json!(null)),
        ("a", json!(11)),
        // What is defined again hides what was there, also for functions.
        ("const B = 20;", json!(null)),
        ("add(a)", json!(31)),
        ("let a = \"text\";", json!(null)),
        ("a.len()", json!(4)),
        ("fn add(x) { x * 2 }", json!(null)),
        ("add(4)", json!(8)),
        ("fn twice(x) { add(add(x)) }", json!(null)),
        ("twice(1)", json!(4)),
        // Functions of one line, and a constant that only its own line's functions could see.
        ("const K = 5; fn k() { K } k()", json!(5)),
        ("k() + K", json!(10)),
    ] {
        assert_eq!(prompt.line(line), expected, "{line}");
    }
}

#[test]
fn closures_live_on_and_see_constants() {
    let prompt = Prompt::new();
    let lines = [
        "const STEP = 3; let f = |x| x + STEP;",
        "let g = |x| f.call(x) * 2;",
        "[1, 2].map(g)",
    ];
    assert_eq!(prompt.lines(&lines), json!([8, 10]));
}

#[test]
fn constants_stay_constant_and_variables_can_take_their_names() {
    let prompt = Prompt::new();
    prompt.line("const A = 1;");
    let error = prompt.error("A = 2");
    assert!(error.contains("`A` is a constant"), "{error}");
    assert_eq!(prompt.lines(&["let A = 2;", "A = 3", "A"]), json!(3));
}

#[test]
fn a_function_does_not_see_variables() {
    let prompt = Prompt::new();
    prompt.line("let a = 1;");
    prompt.line("fn f() { a }");
    let error = prompt.error("f()");
    assert!(
        error.starts_with("input 2:1:10: there is no variable `a`"),
        "{error}"
    );
    assert!(error.contains("(input 3:1:1)"), "{error}");
}

#[test]
fn a_line_that_fails_defines_nothing() {
    let prompt = Prompt::new();
    prompt.line("let a = 1; fn f() { \"old\" }");
    for line in [
        "let a = 2; let b = 3; fn f() { \"new\" } throw \"no\"",
        "let b = 3; fn f() { \"new\" } missing()",
        "let b = 3; fn f() { \"new\" } 1 +* 2",
        "import \"nowhere\" as b; let b = 3;",
    ] {
        prompt.error(line);
        assert_eq!(prompt.line("[a, f()]"), json!([1, "old"]), "{line}");
        let error = prompt.error("b");
        assert!(
            error.contains("there is no variable `b`"),
            "{line}: {error}"
        );
    }
}

#[test]
fn the_last_value_is_it_and_a_dot_goes_on_from_it() {
    let prompt = Prompt::new();
    for (line, expected) in [
        ("[3, 1, 2]", json!([3, 1, 2])),
        ("it.len()", json!(3)),
        ("it + 1", json!(4)),
        // What gives nothing leaves it.
        ("let a = 7;", json!(null)),
        ("it", json!(4)),
        ("\"text\"", json!("text")),
        (".len()", json!(4)),
        ("const C = 9;", json!(null)),
        ("C", json!(9)),
        ("it = 1; it", json!(1)),
    ] {
        assert_eq!(prompt.line(line), expected, "{line}");
    }
    assert!(matches!(
        prompt.shown("deployment(\"app\").image(\"a:1\")"),
        Shown::Resource(_)
    ));
    let Shown::Resource(resource) = prompt.shown(".replicas(3)") else {
        panic!("a builder");
    };
    assert_eq!(resource.reference, "deployment/app");
    assert_eq!(resource.objects[0]["spec"]["replicas"], 3);
}

#[test]
fn lines_are_linted_with_what_earlier_lines_defined() {
    let prompt = Prompt::new();
    prompt.line("let app = deployment(\"app\"); fn two(a, b) { a }");
    for (line, said) in [
        ("app.replcas(3)", "did you mean `replicas`?"),
        ("two(1)", "`two` takes 2 arguments, 1 given"),
        ("tow(1, 2)", "there is no function `tow`"),
        (
            "app.replicas(3); 1",
            "the result of `replicas` is thrown away",
        ),
        (
            "fn deployment(x) { x }",
            "is a function of the language already",
        ),
        ("app.replicas(\"many\")", "must be a whole number"),
    ] {
        let error = prompt.error(line);
        assert!(error.contains(said), "{line}: {error}");
    }
    // Its type is another one now.
    assert_eq!(prompt.line("let app = \"text\"; app.len()"), json!(4));
}

#[test]
fn errors_stand_in_the_line_that_caused_them() {
    let prompt = Prompt::new();
    prompt.line("fn app(n) {\n    deployment(\"app\").replicas(n)\n}");
    let error = prompt.error("app(1); app(-1)");
    assert!(error.starts_with("input 1:2:"), "{error}");
    assert!(error.contains("input 2:1:9"), "{error}");
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        (
            "shop.rhai",
            r#"import "lib/web" as web;
const APP = web::app(param("image", "registry.example/app:1"));
const STEP = 2;
let more = 5;
/// Adds a step.
fn step(n) { n + STEP + web::one() }
environment("shop", [APP]).existing_namespace()
"#,
        ),
        (
            "lib/web.rhai",
            r#"const ONE = 1;
fn one() { ONE }
fn app(image) { deployment("app").image(image) }
fn adder() { |n| n + ONE }
"#,
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    folder
}

#[test]
fn imports_live_on() {
    let folder = project();
    let prompt = Prompt::below(folder.path());
    for (line, expected) in [
        ("import \"lib/web\" as web;", json!(null)),
        ("web::one()", json!(1)),
        ("fn both() { web::one() + 1 }", json!(null)),
        ("both()", json!(2)),
        ("let add = web::adder();", json!(null)),
        ("add.call(4)", json!(5)),
    ] {
        assert_eq!(prompt.line(line), expected, "{line}");
    }
}

#[test]
fn a_script_brings_what_it_defines_and_its_environment() {
    let folder = project();
    let prompt = Prompt::below(folder.path());
    let file = folder.path().join("shop.rhai");
    let script = prompt.session.load(&file).expect("loads");
    assert_eq!(script.environments().len(), 1);
    for (line, expected) in [
        ("step(1)", json!(4)),
        ("more", json!(5)),
        ("STEP", json!(2)),
        ("web::one()", json!(1)),
        ("const STEP = 100;", json!(null)),
        // The script's functions keep its own constants.
        ("step(1)", json!(4)),
        ("let kept = 8;", json!(null)),
    ] {
        assert_eq!(prompt.line(line), expected, "{line}");
    }
    assert!(matches!(prompt.shown("APP"), Shown::Resource(_)));

    // Read again, with another parameter, it has its own values and those of lines stay.
    let text = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, text.replace("STEP = 2", "STEP = 3")).expect("written");
    let set = ("image".to_owned(), "registry.example/app:2".to_owned());
    prompt.session.set(&[set]);
    prompt.session.load(&file).expect("loads");
    assert_eq!(prompt.line("[step(1), kept]"), json!([5, 8]));
    let Shown::Resource(app) = prompt.shown("APP") else {
        panic!("a builder");
    };
    let image = &app.objects[0]["spec"]["template"]["spec"]["containers"][0]["image"];
    assert_eq!(image, "registry.example/app:2");
}

#[test]
fn a_script_that_fails_leaves_the_session_as_it_was() {
    let folder = project();
    let prompt = Prompt::below(folder.path());
    std::fs::write(folder.path().join("bad.rhai"), "const NEW = 1; missing()").expect("written");
    prompt.line("let a = 1;");
    let errors = prompt.session.load(&folder.path().join("bad.rhai"));
    assert!(errors.expect_err("wrong")[0].message.contains("missing"));
    assert_eq!(prompt.line("a"), json!(1));
    prompt.error("NEW");
    // What lines have defined is nothing to a script.
    prompt.line("fn helper() { 1 }");
    std::fs::write(folder.path().join("bad.rhai"), "helper()").expect("written");
    let errors = prompt.session.load(&folder.path().join("bad.rhai"));
    assert!(errors.expect_err("wrong")[0].message.contains("helper"));
}

#[test]
fn the_cluster_is_opened_by_the_first_call_that_needs_it() {
    let prompt = Prompt::new();
    prompt.line("let a = deployment(\"app\"); 1 + 1");
    assert_eq!(prompt.connected.load(Ordering::Relaxed), 0);
    let folder = project();
    let file = folder.path().join("shop.rhai");
    let prompt = Prompt::below(folder.path());
    prompt.session.load(&file).expect("loads");
    assert_eq!(prompt.connected.load(Ordering::Relaxed), 0);
    let line = "run_job(job(\"hello\").image(\"a:1\").command([\"hello\"])); run_job(job(\"more\").image(\"a:1\").command([\"hello\"])).name().len() > 0";
    assert_eq!(prompt.line(line), json!(true));
    assert_eq!(prompt.connected.load(Ordering::Relaxed), 1);
}

#[test]
fn a_script_may_not_reach_the_cluster_while_it_is_loaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.rhai");
    std::fs::write(&file, "run_job(job(\"a\").image(\"a:1\"));").expect("written");
    let prompt = Prompt::below(folder.path());
    let errors = prompt.session.load(&file).expect_err("refused");
    assert!(
        errors[0].message.contains("changes the cluster"),
        "{}",
        errors[0]
    );
}

#[test]
fn a_line_that_would_not_end_is_cancelled_and_the_session_lives_on() {
    let prompt = Prompt::new();
    prompt.line("let a = 1;");
    let stop = Stop::new();
    stop.stop();
    let errors = prompt.try_with("let b = 2; loop {}", stop);
    assert_eq!(errors.expect_err("stopped")[0].message, "cancelled");
    assert_eq!(prompt.line("a"), json!(1));
    prompt.error("b");
}

#[test]
fn a_cluster_that_cannot_be_opened_is_said_at_the_call() {
    let prompt = Prompt::new();
    let reaching = Reaching {
        connect: Arc::new(|| {
            let problem = Diagnostic::new("there is no kubeconfig").help("name one");
            Box::pin(async move { Err(problem) })
        }),
        namespace: "shop".to_owned(),
        stop: Stop::new(),
    };
    let line = "let a = 1; run_job(job(\"a\").image(\"a:1\"))";
    let ran = prompt.runtime.block_on(prompt.session.run(line, reaching));
    let error = ran.expect_err("no cluster")[0].to_string();
    assert!(
        error.starts_with("input 1:1:12: there is no kubeconfig"),
        "{error}"
    );
    assert!(error.contains("help: name one"), "{error}");
    assert_eq!(prompt.line("1"), json!(1));
}

#[test]
fn secrets_are_not_shown_and_not_made_strings() {
    let prompt = Prompt::new();
    prompt.line("let password = secret_env(\"PASSWORD\");");
    let Shown::Secret(token) = prompt.shown("password") else {
        panic!("a secret");
    };
    assert!(token.contains("PASSWORD"), "{token}");
    let error = prompt.error("let b = 1; `${password}`");
    assert!(error.contains("secret"), "{error}");
    // The session is none the worse for it.
    assert_eq!(prompt.line("1 + 1"), json!(2));
    prompt.error("b");
}

#[test]
fn limits_hold_for_each_line() {
    let prompt = Prompt::new();
    for (line, said) in [
        ("fn f(n) { f(n + 1) } f(0)", "64 levels deep"),
        ("let a = [1]; loop { a += a; }", "grew larger"),
        ("eval(\"1\")", "eval"),
    ] {
        let error = prompt.error(line);
        assert!(error.contains(said), "{line}: {error}");
    }
    assert_eq!(prompt.line("print(\"said\"); 1"), json!(1));
    assert_eq!(*prompt.said.lock().expect("alone"), "said\n");
}

#[test]
fn what_is_defined_has_names() {
    let folder = project();
    let prompt = Prompt::below(folder.path());
    prompt.lines(&[
        "let app = deployment(\"app\");",
        "const N = 3;",
        "fn f(a, b) { a }",
        "import \"lib/web\" as web;",
        "[1]",
    ]);
    let names = prompt.session.names();
    let found: Vec<(&str, &NameKind)> = names
        .iter()
        .map(|name| (name.name.as_str(), &name.kind))
        .collect();
    let variable = |ty: &str| NameKind::Variable(ty.to_owned());
    assert_eq!(
        found,
        [
            ("N", &NameKind::Constant("int".to_owned())),
            ("app", &variable("deployment")),
            (
                "f",
                &NameKind::Function(vec!["a".to_owned(), "b".to_owned()])
            ),
            ("it", &variable("array")),
            ("web", &NameKind::Module),
        ]
    );
}

#[test]
fn what_may_stand_at_the_cursor_is_known_by_the_type_before_it() {
    let folder = project();
    let prompt = Prompt::below(folder.path());
    prompt.lines(&[
        "let web = deployment(\"web\");",
        "fn helper(a, b) { a }",
        "const LONG_NAME = 1;",
    ]);
    let texts = |line: &str| {
        let (start, found) = prompt.session.complete(line, line.len());
        let found: Vec<String> = found.into_iter().map(|one| one.text).collect();
        (line[start..].to_owned(), found)
    };
    for (line, word, expected) in [
        ("deploym", "deploym", vec!["deployment("]),
        ("web.replic", "replic", vec!["replicas("]),
        (
            "deployment(\"a\").image(\"a:1\").replic",
            "replic",
            vec!["replicas("],
        ),
        (
            "let x = autoscaler(web).replic",
            "replic",
            vec!["replicas("],
        ),
        ("service(\"a\", web).replic", "replic", vec![]),
        ("helper(web.replic", "replic", vec!["replicas("]),
        ("LONG", "LONG", vec!["LONG_NAME"]),
        ("helpe", "helpe", vec!["helper("]),
        ("unknown.repl", "repl", vec![]),
        ("whil", "whil", vec!["while"]),
        ("import \"li", "li", vec!["lib/"]),
        ("import \"lib/w", "lib/w", vec!["lib/web"]),
        ("file(\"sh", "sh", vec!["shop.rhai"]),
        ("file(\"../", "../", vec![]),
        ("deployment(\"sh", "sh", vec![]),
        ("12", "", vec![]),
    ] {
        let (found, texts) = texts(line);
        assert_eq!(
            (found.as_str(), texts),
            (
                word,
                expected.iter().map(|text| (*text).to_owned()).collect()
            ),
            "{line}"
        );
    }
    let (_, found) = prompt.session.complete("web.replicas", 12);
    assert_eq!(
        found[0].shown,
        "deployment.replicas(count: int) -> deployment"
    );
    prompt.shown("web");
    let (_, found) = prompt.session.complete(".replic", 7);
    assert_eq!(found[0].text, "replicas(");
    // In the middle of a character, and behind the end.
    assert!(prompt.session.complete("ä", 1).1.is_empty());
    assert!(prompt.session.complete("a", 9).1.is_empty());
}
