//! From objects to a script that gives the same objects.
//!
//! A script is proposed, evaluated and rendered as any other, and what comes out is compared with what
//! was wanted. Where the two differ, the builder is given a patch; where that would be most of it, the
//! object stands as it is. So nothing has to be known twice: what a setter sets is asked of the table
//! (`setters`), what a default is of the server's defaults (`infra_sdk::written`), and what a
//! proposal comes to of the builders themselves.

mod code;
mod context;
mod conventions;
mod input;
mod kind;
mod names;
mod pod;
mod proposal;
mod script;
mod setters;
mod verify;
mod wanted;

pub use input::{Input, inputs};
pub use wanted::Variable;

use std::collections::BTreeMap;

/// How objects are imported.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The environment's name. Default: what most objects say that they are part of, else its namespace.
    pub name: Option<String>,
    /// The environment's namespace. Default: the one that most objects are in.
    pub namespace: Option<String>,
    /// The objects were read from a cluster: what it allocated is not what people wrote.
    pub live: bool,
}

/// A script, and what is to be known of it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The script.
    pub script: String,
    /// The variables that it needs: the values of secrets.
    pub variables: Vec<Variable>,
    /// How many objects of each kind have a builder, and how many stand as they are.
    pub kinds: BTreeMap<String, (usize, usize)>,
    /// What is wrong with the objects: `infra render` and `infra plan` would say it of the script.
    pub problems: Vec<String>,
}

/// Why objects cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// There are none.
    #[error("there is nothing to import")]
    Nothing,
    /// It is not YAML.
    #[error("`{place}` is no YAML: {message}")]
    Yaml {
        /// The file, with line and column.
        place: String,
        /// What is wrong.
        message: String,
        /// What to do.
        help: Option<&'static str>,
    },
    /// A document is no object.
    #[error("{place} is no object of Kubernetes: {what} has no `{field}`")]
    NoObject {
        /// The file and the number of the document.
        place: String,
        /// "it", or its kind.
        what: String,
        /// What is missing.
        field: &'static str,
    },
    /// A name that no object can have.
    #[error("{place}: `{name}` cannot be the name of a {kind}")]
    Name {
        /// The file and the number of the document.
        place: String,
        /// The kind.
        kind: String,
        /// The name.
        name: String,
    },
    /// An object that is there already.
    #[error("{place}: `{id}` is there twice, first in {first}")]
    Twice {
        /// The file and the number of the document.
        place: String,
        /// Which object.
        id: String,
        /// Where it stood first.
        first: String,
    },
    /// No proposal could be evaluated.
    #[error("no script could be made of the objects: {0}")]
    Fault(String),
}

impl ImportError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Yaml { help, .. } => *help,
            Self::Nothing => Some("expected manifests with `apiVersion`, `kind` and `metadata`"),
            Self::NoObject {
                field: "metadata.name",
                ..
            } => {
                Some("an object that gets its name when it is created cannot be described: name it")
            }
            Self::NoObject { .. } => {
                Some("expected a manifest, or several with `---` between them")
            }
            Self::Name { .. } => Some("expected one that can stand in a URL, without `/` and `%`"),
            Self::Twice { .. } => Some("leave one of the two out"),
            Self::Fault(_) => None,
        }
    }
}

/// A script whose environment gives these objects.
///
/// # Errors
/// Objects that cannot stand in an environment: without a name, or twice.
pub fn import(objects: Vec<Input>, options: &Options) -> Result<Imported, ImportError> {
    if objects.is_empty() {
        return Err(ImportError::Nothing);
    }
    let read = wanted::read(objects, options.live)?;
    verify::verified(read, options)
}

#[cfg(test)]
mod tests;
