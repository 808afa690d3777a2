//! Named cases: short sequences that once differed or easily could (`cases/NAME.yaml`), each with what
//! a real server answered (`recorded/NAME.json`, masked). Under `tests/control-plane/run
//! --without-controllers` they are played first and their recordings verified; with
//! `INFRA_TEST_RECORD=1` they are recorded anew. A plain `cargo test` compares the sandbox with the
//! recordings.

use super::compare::{Difference, differences};
use super::end::End;
use super::finding::Finding;
use super::known::KNOWN;
use super::operation::Operation;
use super::play::{Answer, play};
use super::run::{AT_ONCE, fresh, judge};
use futures::StreamExt;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// One case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    #[serde(skip)]
    pub(crate) name: String,
    /// What it shows; for who reads the file.
    #[serde(rename = "why")]
    _why: String,
    pub(crate) operations: Vec<Operation>,
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/differential")
        .join(name)
}

/// All cases, by name.
fn cases() -> Vec<Case> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder("cases"))
        .expect("the cases")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect();
    files.sort();
    let read = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).expect("a case");
        let mut case: Case = serde_saphyr::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let name = file.file_stem().unwrap_or_default();
        case.name = name.to_string_lossy().into_owned();
        case
    };
    files.iter().map(read).collect()
}

impl Case {
    fn recording(&self) -> PathBuf {
        folder("recorded").join(format!("{}.json", self.name))
    }

    /// What a server answered; as many answers as there are operations, if it is recorded.
    fn recorded(&self) -> Result<Vec<Answer>, String> {
        let how = "record it under tests/control-plane/run --without-controllers, with \
                   INFRA_TEST_RECORD=1";
        let name = &self.name;
        let text = std::fs::read_to_string(self.recording())
            .map_err(|_| format!("== {name}: nothing is recorded: {how}"))?;
        let answers: Vec<Answer> =
            serde_json::from_str(&text).map_err(|error| format!("== {name}: {error}"))?;
        if answers.len() == self.operations.len() {
            Ok(answers)
        } else {
            Err(format!("== {name}: another sequence is recorded: {how}"))
        }
    }

    fn record(&self, answers: &[Answer]) {
        let mut text = serde_json::to_string_pretty(answers).expect("answers are JSON");
        text.push('\n');
        std::fs::write(self.recording(), text).expect("the recordings can be written");
    }
}

/// Plays all cases on a server: what it no longer answers as recorded, or records it anew.
pub(crate) async fn verify(server: &End, is_recording: bool) -> Vec<String> {
    let wrong = futures::stream::iter(cases())
        .map(|case| async move {
            let answers = play(server, &fresh(), &case.operations).await;
            if is_recording {
                case.record(&answers);
                return None;
            }
            let recorded = match case.recorded() {
                Ok(recorded) => recorded,
                Err(message) => return Some(message),
            };
            for (at, (now, then)) in answers.iter().zip(&recorded).enumerate() {
                let found = differences(then, now);
                if !found.is_empty() {
                    let name = &case.name;
                    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
                    let lines = lines.join("\n").replace("  sandbox", "  recorded");
                    return Some(format!(
                        "== {name}: answer {at} is not as recorded\n{lines}"
                    ));
                }
            }
            None
        })
        .buffered(AT_ONCE)
        .filter_map(std::future::ready);
    wrong.collect().await
}

#[test]
fn a_finding_is_printed_as_a_case() {
    let finding = Finding {
        number: 0,
        operations: super::run::sequences(1, 20).remove(0),
        at: 0,
        differences: vec![Difference {
            field: "code".into(),
            sandbox: Some(serde_json::json!([200, null])),
            server: Some(serde_json::json!([422, "no"])),
        }],
    };
    let text = finding.to_string();
    let (_, case) = text.split_at(text.find("why:").expect("a case"));
    let case: Case = serde_saphyr::from_str(case).expect("a case");
    let sent: Vec<_> = case.operations.iter().map(Operation::path).collect();
    let bodies: Vec<_> = case.operations.iter().map(|one| &one.body).collect();
    assert_eq!(
        sent,
        finding
            .operations
            .iter()
            .map(Operation::path)
            .collect::<Vec<_>>()
    );
    assert_eq!(
        bodies,
        finding
            .operations
            .iter()
            .map(|one| &one.body)
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn the_sandbox_answers_the_named_cases_as_a_server_did() {
    let mut wrong = Vec::new();
    let mut met = BTreeSet::new();
    for case in cases() {
        let recorded = match case.recorded() {
            Ok(recorded) => recorded,
            Err(message) => {
                wrong.push(message);
                continue;
            }
        };
        let answers = play(&End::sandbox(), &fresh(), &case.operations).await;
        let note = |entry: usize| {
            met.insert((entry, case.name.clone()));
        };
        let outcome = judge(&case.operations, &answers, &recorded, note);
        for finding in Finding::all(0, &case.operations, outcome) {
            wrong.push(format!("== {}:\n{finding}", case.name));
        }
    }
    for (at, entry) in KNOWN.iter().enumerate() {
        if !met.contains(&(at, entry.case.clone())) {
            wrong.push(format!(
                "== known.yaml: {:?} {:?} {:?} no longer differs in the case `{}`",
                entry.kinds, entry.verbs, entry.fields, entry.case
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
