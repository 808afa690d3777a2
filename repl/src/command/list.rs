//! `infra list`: what a script offers.

use crate::args::{List, Output};
use crate::config::Project;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::Variables;
use crate::script::{session, shown};
use crate::ui::{Look, Ui};
use crate::view;
use infra_scripting::diagnostic::Diagnostic;
use infra_scripting::session::{Description, ParamValue};
use serde_json::{Value, json};
use std::fmt::Write;

pub(crate) fn run(ui: Ui, args: List) -> Result<Exit, Failure> {
    let project = Project::of(&args.script.file)?;
    let variables = Variables::read(&args.script.env_file)?;
    let session = session(ui, &project, &variables, &args.script)?;
    let shown = |errors: Vec<Diagnostic>| shown(ui, &errors);
    let mut description = session.describe(&args.script.file).map_err(shown)?;
    description
        .choose(&args.script.environment)
        .map_err(shown)?;
    match args.output {
        Output::Text => ui.out(&text(ui.out_look(), &description)),
        output => ui.out(&view::document(output, &[("script", value(&description))])),
    }
    Ok(Exit::Done)
}

/// A value as it is typed, and an empty one so that it is seen.
fn shown_value(value: &ParamValue) -> String {
    let text = value.to_string();
    if text.is_empty() {
        "\"\"".to_owned()
    } else {
        text
    }
}

/// A heading and a row for each, as `just --list` shows them.
pub(crate) fn text(look: Look, script: &Description) -> String {
    let mut text = String::new();
    if !script.doc.is_empty() {
        let _ = writeln!(text, "{}\n", script.doc);
    }
    let parameters = script.parameters.iter().map(|parameter| {
        let default = match &parameter.default {
            Some(default) => format!("default {}", shown_value(default)),
            None => "required".to_owned(),
        };
        let set = match &parameter.value {
            Some(value) if parameter.default.as_ref() != Some(value) => {
                format!(", set to {}", shown_value(value))
            }
            _ => String::new(),
        };
        (parameter.name.clone(), format!("{default}{set}"))
    });
    let procedures = script.procedures.iter().map(|procedure| {
        let arguments: Vec<String> = procedure
            .parameters
            .iter()
            .map(|name| format!(" {}", name.to_uppercase()))
            .collect();
        let doc = procedure.doc.lines().next().unwrap_or_default().to_owned();
        (format!("{}{}", procedure.name, arguments.concat()), doc)
    });
    let environments = script
        .environments
        .iter()
        .map(|name| (name.clone(), String::new()));
    let mut section = |heading: &str, rows: Vec<(String, String)>| {
        if rows.is_empty() {
            return;
        }
        let width = rows
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        let _ = writeln!(text, "{}", look.strong(heading));
        for (name, about) in rows {
            let row = format!("  {name:width$}  {}", look.dim(&about));
            let _ = writeln!(text, "{}", row.trim_end());
        }
    };
    section("Environments (--environment NAME)", environments.collect());
    section(
        "Parameters (--set NAME=VALUE, --params FILE)",
        parameters.collect(),
    );
    section(
        "Procedures (infra run FILE NAME ARGS…)",
        procedures.collect(),
    );
    text
}

fn value(script: &Description) -> Value {
    json!({
        "doc": script.doc,
        "environments": script.environments,
        "parameters": script.parameters.iter().map(|parameter| json!({
            "name": parameter.name,
            "default": parameter.default.as_ref().map(ToString::to_string),
            "value": parameter.value.as_ref().map(ParamValue::to_json),
            "type": parameter.default.as_ref().map(ParamValue::type_name),
        })).collect::<Vec<_>>(),
        "procedures": script.procedures.iter().map(|procedure| json!({
            "name": procedure.name,
            "parameters": procedure.parameters,
            "doc": procedure.doc,
        })).collect::<Vec<_>>(),
    })
}
