//! One call of a row: its arguments, its place, and the state of the run.

use super::fault::{Fault, Mismatch, ScriptError};
use super::param::{Param, ParamKind};
use super::row::Row;
use super::vocabulary::Vocabulary;
use crate::diagnostic::article;
use crate::session::{ClusterHandle, State};
use infra_sdk::object::Location;
use infra_sdk::resource::Resource;
use rhai::{Dynamic, FnPtr, NativeCallContext};
use std::{any::TypeId, sync::Arc};

/// A call that is being made.
pub struct Call<'a, 'b> {
    pub(crate) context: &'a NativeCallContext<'a>,
    pub(crate) state: &'a Arc<State>,
    pub(crate) row: &'a Row,
    pub(crate) arguments: &'a mut [&'b mut Dynamic],
    pub(crate) next: usize,
    /// The cluster that it is a method of, where it is one.
    pub(crate) on: Option<&'a ClusterHandle>,
}

impl Call<'_, '_> {
    /// The next parameter: from the script's arguments, or from the host.
    pub(crate) fn take<P: Param>(&mut self) -> Result<P, Fault> {
        if !matches!(P::KIND, ParamKind::Script) {
            return P::from_host(self);
        }
        let index = self.next;
        self.next += 1;
        // What is left out reads as `()`, which only a parameter that may be left out takes.
        let value = self
            .arguments
            .get_mut(index)
            .map(|value| std::mem::take(*value));
        let value = value.unwrap_or_default().flatten();
        let given = Given::of(&value);
        P::from_value(value, self).map_err(|mut mismatch| {
            if mismatch.is_form() {
                mismatch.problem = format!("must be {}, got {}", P::expected(), given.words(self));
            }
            let receiver = usize::from(self.row.receiver.is_some());
            Fault::Argument(index.saturating_sub(receiver), mismatch)
        })
    }

    /// Where the call stands.
    pub fn location(&self) -> Location {
        let file = self.context.call_source().unwrap_or_default();
        let position = self.context.call_position();
        Location {
            file: self.state.sources.name(file),
            line: position.line().unwrap_or(1) as u32,
            column: position.position().unwrap_or(1) as u32,
            inside: None,
        }
    }

    /// Calls a function of the script. Its error keeps its own place.
    pub fn invoke(&self, function: &FnPtr, arguments: Vec<Dynamic>) -> Result<Dynamic, Fault> {
        function
            .call_raw(self.context, None, arguments)
            .map_err(|error| Fault::Script(ScriptError::new(error)))
    }

    /// The words of the language.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.state.vocabulary
    }

    /// A script's value as something that an environment can hold.
    pub fn resource(&self, value: &Dynamic) -> Option<Arc<dyn Resource>> {
        let entry = self.state.vocabulary.entry(value.type_id())?;
        (entry.resource)(value)
    }

    /// The content of a file below the project root; else what is wrong.
    pub fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        self.state.read_bytes(path).map_err(|fault| match fault {
            Fault::Failed { message, .. } => message,
            _ => format!("`{path}` cannot be read"),
        })
    }

    /// How a value is called: "a deployment", "a string".
    pub fn describe(&self, value: &Dynamic) -> String {
        Given::of(value).words(self)
    }

    /// The text of a value's mismatch with what was expected.
    pub(crate) fn mismatch(&self, expected: &str, value: &Dynamic) -> Mismatch {
        Mismatch::new(format!("must be {expected}, got {}", self.describe(value)))
    }
}

/// What was given: its type, called by its name only for a message.
pub(crate) struct Given(TypeId, &'static str);

impl Given {
    pub(crate) fn of(value: &Dynamic) -> Self {
        Self(value.type_id(), value.type_name())
    }

    pub(crate) fn words(&self, call: &Call<'_, '_>) -> String {
        article(call.state.vocabulary.type_name(self.0).unwrap_or(self.1))
    }
}
