//! Objects as they come in: the documents of YAML files.

use super::ImportError;
use infra_sdk::types::yaml;
use serde_json::Value;

/// One object, and where it stood.
#[derive(Clone, Debug)]
pub struct Input {
    /// The object.
    pub value: Value,
    /// Where it stood, for messages: `` `app.yaml`, document 2 ``.
    pub place: String,
}

/// The objects of a YAML text, which may have several documents and lists.
///
/// # Errors
/// A text that is no YAML; one that is a template is told as such.
pub fn inputs(file: &str, text: &str) -> Result<Vec<Input>, ImportError> {
    let documents = yaml::documents(text).map_err(|error| {
        let template = text.contains("{{");
        let (place, message) = match template.then(|| first_template(text)).flatten() {
            Some((line, column)) => (
                format!("{file}:{line}:{column}"),
                "it is a template, which holds `{{`".to_owned(),
            ),
            None => (error.place(file), error.message.clone()),
        };
        let help = template.then_some(
            "render it first: `helm template RELEASE CHART | infra import -`, or `kubectl kustomize DIR`",
        );
        ImportError::Yaml { place, message, help }
    })?;
    let many = documents.len() > 1;
    let documents = documents.into_iter().enumerate();
    Ok(documents
        .map(|(index, value)| Input {
            value,
            place: if many {
                format!("`{file}`, object {}", index + 1)
            } else {
                format!("`{file}`")
            },
        })
        .collect())
}

fn first_template(text: &str) -> Option<(usize, usize)> {
    let mut lines = text.lines().enumerate();
    lines.find_map(|(index, line)| Some((index + 1, line.find("{{")? + 1)))
}
