//! `infra check`: what can be found without a cluster.

use crate::args::{Check, CheckOutput};
use crate::config::Project;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::script::{evaluated, with_platform};
use crate::ui::Ui;
use crate::view::{self, Shown};
use infra_scripting::diagnostic::Sources;
use infra_sdk::analysis::{check, check_manifests};
use infra_sdk::types::in_words;
use std::path::{Path, PathBuf};

pub(crate) fn run(ui: Ui, args: Check) -> Result<Exit, Failure> {
    let shown = if is_manifests(&args.script.file) {
        manifests(&args)?
    } else {
        script(ui, &args)?
    };
    let fails = shown.iter().any(|shown| shown.finding.fails());
    match args.output {
        CheckOutput::Text => {
            let text = view::check(ui.out_look(), &shown, args.accepted, args.info);
            ui.out(&text);
        }
        CheckOutput::Json => ui.out(&view::document(
            crate::args::Output::Json,
            &view::findings(&shown),
        )),
        CheckOutput::Sarif => ui.out(&view::sarif(&shown)),
    }
    Ok(if fails { Exit::Failed } else { Exit::Done })
}

/// Whether a path is one of manifests: a file of YAML or JSON, or a folder.
fn is_manifests(path: &Path) -> bool {
    path.is_dir() || is_yaml(path)
}

fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml" | "json"))
}

fn script(ui: Ui, args: &Check) -> Result<Vec<Shown>, Failure> {
    let (project, _, script) = evaluated(ui, &args.script)?;
    if script.environments().is_empty() {
        let message = format!("`{}` gives no environment", args.script.file.display());
        return Err(Failure::usage(message).help("end it with `environment(\"name\", [ … ])`"));
    }
    let found = with_platform(&project, |platform| check(script.environments(), platform))?;
    let shown = found.into_iter().map(|finding| Shown {
        span: finding.at.as_ref().and_then(|at| script.locate(at)),
        finding,
    });
    Ok(shown.collect())
}

fn manifests(args: &Check) -> Result<Vec<Shown>, Failure> {
    let path = &args.script.file;
    let project = Project::of(path)?;
    let mut paths = Vec::new();
    if path.is_dir() {
        collect(path, &mut paths)?;
    } else {
        paths.push(path.clone());
    }
    if paths.is_empty() {
        let message = format!("there is no file of YAML or JSON in `{}`", path.display());
        return Err(
            Failure::usage(message).help("name a script, a file of manifests, or their folder")
        );
    }
    let sources = Sources::default();
    let mut texts = Vec::new();
    for path in &paths {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::usage(format!("cannot read `{name}`: {}", in_words(&error)))
        })?;
        sources.add(&name, &text);
        texts.push((name, text));
    }
    let files = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    let found = with_platform(&project, |platform| check_manifests(files, platform))?
        .map_err(|error| Failure::usage(error.to_string()))?;
    let shown = found.into_iter().map(|finding| Shown {
        span: finding.at.as_ref().and_then(|at| sources.span(at)),
        finding,
    });
    Ok(shown.collect())
}

/// The manifests below a folder, by their names.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let broken = |error: std::io::Error| {
        Failure::usage(format!(
            "cannot read `{}`: {}",
            folder.display(),
            in_words(&error)
        ))
    };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(broken)? {
        let entry = entry.map_err(broken)?;
        // A link may lead back to where it stands.
        let kind = entry.file_type().map_err(broken)?;
        entries.push((entry.path(), kind.is_dir()));
    }
    entries.sort();
    for (path, is_folder) in entries {
        if is_folder {
            collect(&path, found)?;
        } else if is_yaml(&path) {
            found.push(path);
        }
    }
    Ok(())
}
