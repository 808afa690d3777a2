//! `infra import`: a script that gives objects which are there already.

use crate::args::Import;
use crate::cluster::Connected;
use crate::config::Project;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;
use infra_scripting::import::{ImportError, Imported, Input, Options, import, inputs};
use infra_sdk::engine;
use infra_sdk::object::ObjectId;
use infra_sdk::types::in_words;
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

pub(crate) fn run(ui: Ui, args: Import) -> Result<Exit, Failure> {
    let live = args.files.is_empty();
    if live && args.target.namespace.is_none() {
        return Err(Failure::usage("it is not said what to import").help(
            "name files or folders, `-` for standard input, or a namespace of a cluster with `--namespace`",
        ));
    }
    let objects = if live {
        found(ui, &args)?
    } else {
        of_files(&args.files)?
    };
    let options = Options {
        name: args.name.clone(),
        namespace: args.target.namespace.clone(),
        live,
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

fn of_files(files: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    let mut objects = Vec::new();
    for path in files {
        if path.is_dir() {
            for file in files_in(path)? {
                objects.extend(read(&file)?);
            }
        } else {
            objects.extend(read(path)?);
        }
    }
    Ok(objects)
}

/// The manifests of a folder, by name.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let shown = folder.display();
    let failed = |error: std::io::Error| {
        Failure::usage(format!("`{shown}` cannot be read: {}", in_words(&error)))
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let ends = path.extension().and_then(|end| end.to_str());
        if matches!(ends, Some("yaml" | "yml" | "json")) {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(
            Failure::usage(format!("`{shown}` has no files of YAML or JSON"))
                .help("name the files, or pipe them in: `… | infra import -`"),
        );
    }
    Ok(files)
}

/// What people wrote in a namespace of a cluster.
fn found(ui: Ui, args: &Import) -> Result<Vec<Input>, Failure> {
    let namespace = args.target.namespace.as_deref().unwrap_or_default();
    let labels = args.selector.as_deref().unwrap_or_default();
    let project = Project::here()?;
    let found = super::runtime()?.block_on(async {
        let connected = Connected::open(ui, &args.target, &project).await?;
        let found = engine::found(&connected.cluster, namespace, labels).await;
        found.map_err(|error| {
            let failure = Failure::failed(error.to_string());
            match error.help() {
                Some(help) => failure.help(help),
                None => failure,
            }
        })
    })?;
    for resource in &found.unread {
        ui.err(&format!(
            "warning: {resource} may not be listed, and are left out\n"
        ));
    }
    if found.objects.is_empty() {
        let which = if labels.is_empty() {
            String::new()
        } else {
            format!(" with `{labels}`")
        };
        return Err(Failure::usage(format!(
            "nobody wrote an object{which} in the namespace `{namespace}`"
        ))
        .help("is it the right `--context`, and the right namespace?"));
    }
    let input = |value: Value| {
        let id = ObjectId::of(&value);
        Input {
            value,
            place: id.to_string(),
        }
    };
    Ok(found.objects.into_iter().map(input).collect())
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
        let _ = write!(text, ", {raw} of them as they are: {}", kinds.join(", "));
    }
    text.push('\n');
    for variable in imported.variables.iter().filter(|variable| !variable.text) {
        let _ = writeln!(
            text,
            "note: `{}` of the secret `{}` is no text, which a variable cannot hold: keep it in a file, and write `secret_file(\"PATH\")`",
            variable.key, variable.secret
        );
    }
    for problem in &imported.problems {
        let _ = writeln!(text, "warning: {problem}");
    }
    text
}
