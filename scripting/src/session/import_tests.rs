//! Scripts of several files.

use super::{Script, Session};
use crate::diagnostic::Diagnostic;
use crate::testing::{host, objects};
use std::path::Path;

/// Loads `main.rhai` of a project of these files.
fn load(files: &[(&str, &str)]) -> Result<Script, Vec<Diagnostic>> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    let mut host = host();
    host.root = folder.path().to_owned();
    Session::new(host).load(&folder.path().join("main.rhai"))
}

fn loaded(files: &[(&str, &str)]) -> Vec<String> {
    let script = load(files).unwrap_or_else(|errors| panic!("{}", errors[0]));
    let show = |object: &serde_json::Value| {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        format!("{name}={}", object["spec"]["replicas"])
    };
    objects(&script).iter().map(show).collect()
}

const LIBRARY: &str = r#"
import "./numbers" as numbers;
const BASE = 2;
fn make(name) { widget(name).count(BASE + numbers::three()) }
fn adder() { |x| x + BASE }
export const SHARED = widget("shared");
"#;

const NUMBERS: &str = "const THREE = 3; fn three() { THREE }";

#[test]
fn modules_have_functions_constants_closures_and_imports_of_their_own() {
    let main = r#"
        import "lib/things" as things;
        fn more(name) { things::make(name).count(things::adder().call(5)) }
        environment("e", [things::make("a"), things::SHARED, more("b")])
    "#;
    let files = [
        ("main.rhai", main),
        ("lib/things.rhai", LIBRARY),
        ("lib/numbers.rhai", NUMBERS),
    ];
    assert_eq!(loaded(&files), ["a=5", "shared=1", "b=7"]);
}

#[test]
fn a_module_is_evaluated_once_and_sees_nothing_of_its_importer() {
    let main = r#"import "a" as one; import "a.rhai" as two; environment("e", [one::W, two::W])"#;
    let files = [
        ("main.rhai", main),
        ("a.rhai", "export const W = widget(\"w\");"),
    ];
    assert_eq!(loaded(&files), ["w=1", "w=1"]);

    let main = r#"let hidden = 1; import "a" as a; environment("e", [])"#;
    let errors = load(&[("main.rhai", main), ("a.rhai", "export const X = hidden;")])
        .map(|_| ())
        .expect_err("unknown");
    assert_eq!(errors[0].message, "there is no variable `hidden`");
    let at = errors[0].at.as_ref().expect("a place");
    assert!(Path::new(&*at.file).ends_with("a.rhai"), "{}", at.file);
}

#[test]
fn errors_in_modules_stand_in_their_files_with_the_way_there() {
    let main = "import \"lib/things\" as things;\nenvironment(\"e\", [things::make(5)])";
    let files = [
        ("main.rhai", main),
        ("lib/things.rhai", LIBRARY),
        ("lib/numbers.rhai", NUMBERS),
    ];
    let errors = load(&files).map(|_| ()).expect_err("wrong type");
    let error = &errors[0];
    let at = error.at.as_ref().expect("a place");
    assert!(at.file.ends_with("lib/things.rhai"), "{error}");
    assert_eq!((at.line, at.column), (4, 24), "{error}");
    let frame = error.frames[0].at.as_ref().expect("a place");
    assert!(frame.file.ends_with("main.rhai"), "{error}");
    assert_eq!((frame.line, frame.column), (2, 27), "{error}");
}

#[test]
fn a_circle_is_told_from_end_to_end() {
    let files = [
        ("main.rhai", "import \"a\" as a; environment(\"e\", [])"),
        ("a.rhai", "import \"b\" as b;"),
        ("b.rhai", "import \"a\" as a;"),
    ];
    let errors = load(&files).map(|_| ()).expect_err("a circle");
    let message = &errors[0].message;
    assert!(
        message.contains("import each other in a circle"),
        "{message}"
    );
    let own = [("main.rhai", "import \"main\" as me; environment(\"e\", [])")];
    let errors = load(&own).map(|_| ()).expect_err("a circle");
    assert!(errors[0].message.contains("in a circle"), "{}", errors[0]);
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_project() {
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("secret.rhai"), "export const X = 1;").expect("written");
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("lib")).expect("linked");
    let main = folder.path().join("main.rhai");
    std::fs::write(&main, "import \"lib/secret\" as s;").expect("written");
    let mut host = host();
    host.root = folder.path().to_owned();
    let errors = Session::new(host)
        .load(&main)
        .map(|_| ())
        .expect_err("refused");
    assert_eq!(
        errors[0].message,
        "`lib/secret.rhai` is outside the project"
    );
}
