//! What a script may know of the world: its parameters, variables that it names, and files.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::session::{ParamError, ParamValue};
use crate::table::{Any, Fault, Here, Inputs, Mismatch, Row, Value, row};
use infra_sdk::object::SecretText;

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            "param",
            &["name", "default"],
            |name: String, default: Any, inputs: Inputs, here: Here| {
                if default.0.type_id() == std::any::TypeId::of::<Value<SecretText>>() {
                    let mismatch = "cannot be a secret: what `--set` is given, everybody on the \
                        machine can see";
                    let help =
                        "take it from a variable or a file: `secret_env(…)`, `secret_file(…)`";
                    return Err(Fault::Argument(
                        1,
                        Mismatch::new(mismatch).help(Some(help.to_owned())),
                    ));
                }
                let default = ParamValue::from_script(&default.0)
                    .filter(|default| *default != ParamValue::Unit)
                    .ok_or_else(|| {
                        let expected = "must be made of strings, numbers, `true` and `false`, \
                    and arrays and maps of them";
                        Fault::Argument(1, Mismatch::new(expected))
                    })?;
                ask(&name, Some(default), &inputs, &here)
            },
        )
        .doc(
            "A parameter of the script, set with `--set NAME=VALUE` or in a file of `--params`. \
             Its type is that of the default. Where that is a map, what is set changes it key by \
             key; `--set NAME.KEY=VALUE` sets one.",
        )
        .example(
            r#"let replicas = param("replicas", 3);
let sizes = param("sizes", #{ web: #{ cpu: "500m", memory: "1Gi" } });"#,
        ),
        row(
            "param",
            &["name"],
            |name: String, inputs: Inputs, here: Here| ask(&name, None, &inputs, &here),
        )
        .doc(
            "A required parameter of the script, a string, set with `--set NAME=VALUE` or in a \
             file of `--params`.",
        )
        .example(r#"deployment("app").image(`registry.example/app:${param("version")}`)"#),
        row("env_var", &["name"], |name: String, inputs: Inputs| {
            (inputs.0.host.variables)(&name).ok_or_else(|| {
                Fault::with_help(
                    format!("the variable `{name}` of the environment is not set"),
                    format!(
                        "set it, put it into an `--env-file`, or give a default: \
                        `env_var(\"{name}\", \"…\")`"
                    ),
                )
            })
        })
        .doc(
            "A variable of the caller's environment, or of an `--env-file`, as a plain \
             string. Secrets come with `secret_env`.",
        )
        .example(r#"deployment("app").image("a:1").env("REGION", env_var("REGION"))"#),
        row(
            "env_var",
            &["name", "default"],
            |name: String, default: String, inputs: Inputs| {
                (inputs.0.host.variables)(&name).unwrap_or(default)
            },
        )
        .doc("A variable of the caller's environment, or a default where it is not set.")
        .example(r#"let region = env_var("REGION", "eu-central-1");"#),
        row("file", &["path"], |path: String, inputs: Inputs| {
            inputs.0.read_text(&path)
        })
        .doc("The text of a file below the project root.")
        .example(r#"config_map("settings").value("app.conf", file("app.conf"))"#),
    ]
}

fn ask(
    name: &str,
    default: Option<ParamValue>,
    inputs: &Inputs,
    here: &Here,
) -> Result<Any, Fault> {
    let value = inputs
        .0
        .parameters
        .ask(name, default)
        .map_err(|error| match error {
            ParamError::Missing => Fault::with_help(
                format!("the parameter `{name}` is required and not set"),
                format!("set it: `--set {name}=VALUE`, or in a file of `--params`"),
            ),
            ParamError::Secret(name) => {
                let message = format!(
                    "`--set {name}` gives a secret, which everybody on the machine can see there"
                );
                let help = "take it from a variable, a file or standard input: `secret_env(…)`, \
                    `secret_file(…)`, `secret_stdin()`; a parameter that only names one is called so, such \
                    as `token_name`";
                Fault::with_help(message, help)
            }
            ParamError::Mistyped {
                name,
                given,
                expected,
            } => Fault::new(format!(
                "the parameter `{name}` was set to `{given}` and must be {expected}"
            )),
            ParamError::NoKey { name, key, known } => {
                let message = format!("`--set {name}`: there is no key `{key}` in the parameter");
                match (
                    did_you_mean(&key, known.iter().map(String::as_str)),
                    known.as_slice(),
                ) {
                    (Some(meant), _) => Fault::with_help(message, meant),
                    (None, []) => Fault::new(message),
                    (None, keys) => {
                        Fault::with_help(message, format!("the keys are `{}`", keys.join("`, `")))
                    }
                }
            }
            ParamError::Misfit(found) => {
                let (misfit, at) = *found;
                let inside = match misfit.path.as_slice() {
                    [] => String::new(),
                    path => format!("`{}` of ", path.join(".")),
                };
                let (expected, given) = (misfit.expected, misfit.given);
                let diagnostic = Diagnostic::new(format!(
                    "{inside}the parameter `{name}` must be {expected}, got {given}"
                ))
                .at(Some(at))
                .note(
                    "the script asks for it here",
                    inputs.0.sources.span(&here.0),
                );
                Fault::Diagnosed(vec![match misfit.help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                }])
            }
        })?;
    Ok(Any(value.into_script()))
}
