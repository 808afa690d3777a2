//! Errors of our own, as they travel through the engine.

use super::Diagnostic;
use crate::table::{Effect, Fault, Mismatch, Row, ScriptError};
use rhai::{Dynamic, EvalAltResult, NativeCallContext, Position};
use std::sync::Arc;

/// An error of our own, as it travels through the engine.
#[derive(Clone, Debug)]
pub(crate) struct Raised(Arc<Kind>);

#[derive(Debug)]
pub(super) enum Kind {
    /// A row's call failed: its name as a user writes it, its parameters, its signature.
    Row {
        name: String,
        parameters: Vec<&'static str>,
        signature: String,
        effect: Effect,
        fault: Fault,
    },
    /// Something else failed where the call stands.
    Failed { message: String, help: String },
    /// Errors with their own places.
    Diagnosed(Vec<Diagnostic>),
    /// What several functions of the script threw.
    #[allow(clippy::vec_box, reason = "the engine's errors are boxed")]
    Several(Vec<Box<EvalAltResult>>),
}

#[allow(
    clippy::unnecessary_box_returns,
    reason = "the engine's errors are boxed"
)]
impl Raised {
    pub(super) fn kind(&self) -> &Kind {
        &self.0
    }

    fn boxed(kind: Kind, position: Position) -> Box<EvalAltResult> {
        Box::new(EvalAltResult::ErrorRuntime(
            Dynamic::from(Self(Arc::new(kind))),
            position,
        ))
    }

    /// A row's fault, at its call. Rhai itself gives calls of `module::function()` no position.
    pub(crate) fn in_row(
        context: &NativeCallContext<'_>,
        row: &Row,
        fault: Fault,
    ) -> Box<EvalAltResult> {
        match fault {
            Fault::Cancelled => Box::new(EvalAltResult::ErrorTerminated(
                "cancelled".into(),
                context.call_position(),
            )),
            Fault::Diagnosed(diagnostics) => Self::many(diagnostics),
            Fault::Script(error) => error.take().unwrap_or_else(|| {
                let position = context.call_position();
                Box::new(EvalAltResult::ErrorTerminated("cancelled".into(), position))
            }),
            Fault::Scripts(errors) => {
                let errors = errors.iter().filter_map(ScriptError::take).collect();
                Self::boxed(Kind::Several(errors), context.call_position())
            }
            fault => Self::boxed(
                Kind::Row {
                    name: row.name.to_owned(),
                    parameters: row.arguments.iter().map(|argument| argument.name).collect(),
                    signature: row.signature(),
                    effect: row.effect,
                    fault,
                },
                context.call_position(),
            ),
        }
    }

    pub(crate) fn failed(
        context: &NativeCallContext<'_>,
        message: &str,
        help: &str,
    ) -> Box<EvalAltResult> {
        Self::boxed(
            Kind::Failed {
                message: message.to_owned(),
                help: help.to_owned(),
            },
            context.call_position(),
        )
    }

    pub(crate) fn diagnosed(diagnostic: Diagnostic) -> Box<EvalAltResult> {
        Self::many(vec![diagnostic])
    }

    pub(crate) fn many(diagnostics: Vec<Diagnostic>) -> Box<EvalAltResult> {
        Self::boxed(Kind::Diagnosed(diagnostics), Position::NONE)
    }

    /// The message, for `catch (error)`.
    pub(crate) fn message(&self) -> String {
        match self.0.as_ref() {
            Kind::Row {
                name,
                parameters,
                fault,
                ..
            } => match fault {
                Fault::Argument(index, mismatch) => argument(name, parameters, *index, mismatch),
                Fault::Failed { message, .. } => message.clone(),
                _ => format!("`{name}` cannot be called here"),
            },
            Kind::Failed { message, .. } => message.clone(),
            Kind::Several(errors) => {
                let texts = errors.iter().map(|error| message_of(error));
                texts.collect::<Vec<_>>().join("; ")
            }
            Kind::Diagnosed(diagnostics) => diagnostics
                .first()
                .map(|diagnostic| diagnostic.message.clone())
                .unwrap_or_default(),
        }
    }
}

fn argument(name: &str, parameters: &[&str], index: usize, mismatch: &Mismatch) -> String {
    if let Some(sentence) = &mismatch.sentence {
        return sentence.clone();
    }
    let problem = &mismatch.problem;
    let inside = match mismatch.path.as_slice() {
        [] => String::new(),
        path => path
            .iter()
            .rev()
            .fold(String::new(), |text, step| match step.parse::<usize>() {
                Ok(index) => format!("{text}element {} of ", index + 1),
                Err(_) => format!("{text}`{step}` of "),
            }),
    };
    match parameters {
        [only] if name == *only => format!("{inside}`{name}` {problem}"),
        _ => match parameters.get(index) {
            Some(parameter) => format!("{inside}`{parameter}` of `{name}` {problem}"),
            None => format!("an argument of `{name}` {problem}"),
        },
    }
}

/// What an error of a script's function says, in one line.
pub(crate) fn message_of(error: &EvalAltResult) -> String {
    match error.unwrap_inner() {
        EvalAltResult::ErrorRuntime(value, _) => match value.read_lock::<Raised>() {
            Some(raised) => raised.message(),
            None => value.to_string(),
        },
        other => other.to_string(),
    }
}
