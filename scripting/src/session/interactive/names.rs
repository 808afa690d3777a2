//! What a session has defined, for completion and for whoever asks.

use super::Inner;

/// Something that a session has defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: NameKind,
}

/// What a name of a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A variable, and the type of its value.
    Variable(String),
    /// A constant, and the type of its value.
    Constant(String),
    /// A function, and its parameters.
    Function(Vec<String>),
    /// An imported script.
    Module,
}

impl Inner {
    pub(super) fn names(&self) -> Vec<Name> {
        let variables = self.scope.iter_raw().map(|(name, constant, value)| {
            let known = self.state.vocabulary.type_name(value.type_id());
            let ty = known.unwrap_or_else(|| plain(value.type_name())).to_owned();
            let kind = if constant {
                NameKind::Constant(ty)
            } else {
                NameKind::Variable(ty)
            };
            (name.to_owned(), kind)
        });
        let mut names: Vec<Name> = variables.map(|(name, kind)| Name { name, kind }).collect();
        names.extend(
            self.state
                .earlier
                .all_functions()
                .into_iter()
                .map(|(name, parameters)| Name {
                    name,
                    kind: NameKind::Function(parameters),
                }),
        );
        names.extend(self.imports.iter().map(|name| Name {
            name: name.clone(),
            kind: NameKind::Module,
        }));
        names.sort_by(|a, b| a.name.cmp(&b.name));
        names
    }
}

/// Rhai's name of a plain type, in our words.
fn plain(name: &str) -> &str {
    match name {
        "i64" => "int",
        "f64" => "number",
        "char" => "string",
        "Fn" => "function",
        other => other,
    }
}
