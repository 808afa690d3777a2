//! `infra import`: a script that gives objects which are there already.

use crate::args::Import;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;
use infra_scripting::import::{ImportError, Imported, Input, Options, import, inputs};
use infra_sdk::types::in_words;
use std::io::{Read as _, Write as _};
use std::path::Path;

pub(crate) fn run(ui: Ui, args: Import) -> Result<Exit, Failure> {
    let mut objects = Vec::new();
    for file in &args.files {
        objects.extend(read(file)?);
    }
    let options = Options {
        name: args.name.clone(),
        namespace: args.target.namespace.clone(),
        live: false,
    };
    let imported = import(objects, &options).map_err(failure)?;
    match &args.output {
        None => ui.out(&imported.script),
        Some(path) => {
            write(path, &imported.script)?;
            ui.err(&format!("wrote {}\n", path.display()));
        }
    }
    ui.err(&summary(&imported));
    Ok(Exit::Done)
}

/// The objects of a file, or of standard input.
fn read(file: &Path) -> Result<Vec<Input>, Failure> {
    let is_input = file == Path::new("-");
    let shown = if is_input {
        "standard input".to_owned()
    } else {
        file.display().to_string()
    };
    let content = if is_input {
        let mut content = Vec::new();
        std::io::stdin().read_to_end(&mut content).map(|_| content)
    } else {
        std::fs::read(file)
    };
    let content = content.map_err(|error| {
        Failure::usage(match error.kind() {
            std::io::ErrorKind::NotFound => format!("`{shown}` does not exist"),
            _ => format!("`{shown}` cannot be read: {}", in_words(&error)),
        })
    })?;
    let text = String::from_utf8(content)
        .map_err(|_| Failure::usage(format!("`{shown}` is not text in UTF-8")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    inputs(&shown, text).map_err(failure)
}

fn failure(error: ImportError) -> Failure {
    let failure = match error {
        ImportError::Fault(_) => Failure::failed(error.to_string()),
        _ => Failure::usage(error.to_string()),
    };
    match error.help() {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// Never over a file that is there: it may be somebody's script.
fn write(path: &Path, script: &str) -> Result<(), Failure> {
    let file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path);
    file.and_then(|mut file| file.write_all(script.as_bytes()))
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Failure::usage(format!("`{}` is there already", path.display()))
                    .help("name another file, or take this one away first")
            }
            _ => Failure::failed(format!(
                "`{}` cannot be written: {}",
                path.display(),
                in_words(&error)
            )),
        })
}

/// How many objects have a builder, which kinds stand as they are, and what is wrong.
fn summary(imported: &Imported) -> String {
    let count = |number: usize| match number {
        1 => "1 object".to_owned(),
        number => format!("{number} objects"),
    };
    let (built, raw) = imported
        .kinds
        .values()
        .fold((0, 0), |(built, raw), (one, other)| {
            (built + one, raw + other)
        });
    let mut text = format!("imported {}", count(built + raw));
    if raw > 0 {
        let kinds = imported.kinds.iter().filter(|(_, (_, raw))| *raw > 0);
        let kinds: Vec<String> = kinds
            .map(|(kind, (_, raw))| format!("{raw} {kind}"))
            .collect();
        text += &format!(", {raw} of them as they are: {}", kinds.join(", "));
    }
    text.push('\n');
    for variable in imported.variables.iter().filter(|variable| !variable.text) {
        text += &format!(
            "note: `{}` of the secret `{}` is no text, which a variable cannot hold: keep it in a file, and write `secret_file(\"PATH\")`\n",
            variable.key, variable.secret
        );
    }
    for problem in &imported.problems {
        text += &format!("warning: {problem}\n");
    }
    text
}
