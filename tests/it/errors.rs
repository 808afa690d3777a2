//! Every script in `tests/errors` is wrong, says on its first line where (`// error at LINE:COLUMN`,
//! or `// error at FILE:LINE:COLUMN`), and has a snapshot of the whole error.

use crate::support::{Infra, repository};
use std::path::{Path, PathBuf};

#[test]
fn a_bad_script_is_shown_at_its_line_and_column() {
    let folder = repository().join("tests/errors");
    let mut scripts = Vec::new();
    collect(&folder, &mut scripts);
    scripts.sort();
    assert!(scripts.len() >= 25, "only {} bad scripts", scripts.len());
    let infra = Infra::new().with_copy_of_at("tests/errors", "");
    let mut misplaced = Vec::new();
    for script in scripts {
        let name = script.strip_prefix(&folder).unwrap().display().to_string();
        let text = std::fs::read_to_string(&script).unwrap();
        let expected = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("// error at "))
            .unwrap_or_else(|| panic!("{name} does not say where its error is"));
        let place = if expected.matches(':').count() == 1 {
            format!("{name}:{expected}")
        } else {
            expected.to_owned()
        };
        let outcome = infra.run(&format!("render {name}"));
        if outcome.code != 2 || !outcome.stderr.contains(&format!("{place}\n")) {
            misplaced.push(format!("expected an error at {place}\n{outcome}"));
        }
        let snapshot = name.trim_end_matches(".rhai").replace('/', "__");
        insta::with_settings!({ snapshot_path => "snapshots/errors", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(snapshot, outcome.to_string());
        });
    }
    assert!(misplaced.is_empty(), "{}", misplaced.join("\n\n"));
}

fn collect(folder: &Path, scripts: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "lib") {
                collect(&path, scripts);
            }
        } else if path
            .extension()
            .is_some_and(|extension| extension == "rhai")
        {
            scripts.push(path);
        }
    }
}
