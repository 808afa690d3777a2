//! What clusters bring before anything is applied.

use super::scope::defines;
use serde_json::Value;
use std::cell::OnceCell;
use std::fmt;

/// What clusters bring before anything is applied: the objects that a platform team provides. Asked
/// for only when something in an environment depends on it.
#[derive(Default)]
pub struct Platform<'a> {
    read: Option<Box<dyn Fn() -> Vec<Value> + 'a>>,
    objects: OnceCell<Vec<Value>>,
}

impl<'a> Platform<'a> {
    /// A platform whose objects are read when they are first needed.
    pub fn new(read: impl Fn() -> Vec<Value> + 'a) -> Self {
        Self {
            read: Some(Box::new(read)),
            objects: OnceCell::new(),
        }
    }

    /// The definition of a kind, where it brings one.
    pub(crate) fn definition(&self, group: &str, kind: &str) -> Option<&Value> {
        self.objects().iter().find(|object| {
            object["kind"] == "CustomResourceDefinition" && defines(object) == (group, kind)
        })
    }

    fn objects(&self) -> &[Value] {
        self.objects
            .get_or_init(|| self.read.as_ref().map(|read| read()).unwrap_or_default())
    }
}

impl fmt::Debug for Platform<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform").finish_non_exhaustive()
    }
}
