//! What a script may know of the world: its parameters, variables that it names, and files.

use crate::session::{ParamError, ParamValue};
use crate::table::{Any, Fault, Inputs, Mismatch, Row, row};
use rhai::Dynamic;

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("param", &["name", "default"], |name: String, default: Any, inputs: Inputs| {
            let default = param_value(&default.0).ok_or_else(|| {
                Fault::Argument(1, Mismatch::new("must be a string, a number, or `true` or `false`"))
            })?;
            ask(&name, Some(default), &inputs)
        })
        .doc("A parameter of the script, set with `--set NAME=VALUE`. Its type is that of \
             the default.")
        .example(r#"let replicas = param("replicas", 3);"#),
        row("param", &["name"], |name: String, inputs: Inputs| ask(&name, None, &inputs))
            .doc("A required parameter of the script, a string, set with `--set NAME=VALUE`."),
        row("env_var", &["name"], |name: String, inputs: Inputs| {
            (inputs.0.host.variables)(&name).ok_or_else(|| {
                Fault::with_help(
                    format!("the variable `{name}` of the environment is not set"),
                    format!("set it, put it into an `--env-file`, or give a default: `env_var(\"{name}\", \"…\")`"),
                )
            })
        })
        .doc("A variable of the caller's environment, or of an `--env-file`, as a plain \
             string. Secrets come with `secret_env`."),
        row("env_var", &["name", "default"], |name: String, default: String, inputs: Inputs| {
            (inputs.0.host.variables)(&name).unwrap_or(default)
        })
        .doc("A variable of the caller's environment, or a default where it is not set.")
        .example(r#"let region = env_var("REGION", "eu-central-1");"#),
        row("file", &["path"], |path: String, inputs: Inputs| inputs.0.read_text(&path))
            .doc("The text of a file below the project root."),
    ]
}

fn param_value(value: &Dynamic) -> Option<ParamValue> {
    if let Ok(value) = value.as_bool() {
        return Some(ParamValue::Bool(value));
    }
    if let Ok(value) = value.as_int() {
        return Some(ParamValue::Int(value));
    }
    if let Ok(value) = value.as_float() {
        return Some(ParamValue::Float(value));
    }
    let text = value.as_immutable_string_ref().ok()?;
    Some(ParamValue::Text(text.to_string()))
}

fn ask(name: &str, default: Option<ParamValue>, inputs: &Inputs) -> Result<Any, Fault> {
    let value = inputs
        .0
        .parameters
        .ask(name, default)
        .map_err(|error| match error {
            ParamError::Missing => Fault::with_help(
                format!("the parameter `{name}` is required and not set"),
                format!("set it: `--set {name}=VALUE`"),
            ),
            ParamError::Mistyped { given, expected } => Fault::new(format!(
                "the parameter `{name}` was set to `{given}` and must be {expected}"
            )),
        })?;
    Ok(Any(match value {
        ParamValue::Bool(value) => value.into(),
        ParamValue::Int(value) => value.into(),
        ParamValue::Float(value) => value.into(),
        ParamValue::Text(value) => value.into(),
    }))
}
