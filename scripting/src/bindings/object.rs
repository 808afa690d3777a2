//! `object(#{…})` and `yaml("file")`.

use super::described::described_rows;
use crate::table::{Fault, Inputs, Json, Mismatch, Row, row};
use infra_sdk::resource::{ManifestError, RawObject};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "object",
            &["value"],
            |value: Json| -> Result<RawObject, Fault> {
                RawObject::new(value.0)
                    .map_err(|error| Fault::Argument(0, Mismatch::sentence(error.to_string())))
            },
        )
        .doc(
            "Any object, as it is: of a kind that has no builder, or of a custom \
             resource. It must have `apiVersion`, `kind` and `metadata.name`.",
        )
        .example(
            r#"object(#{
    apiVersion: "v1", kind: "LimitRange",
    metadata: #{ name: "limits" }, spec: #{ limits: [] },
})"#,
        ),
        row(
            "yaml",
            &["path"],
            |path: String, inputs: Inputs| -> Result<Vec<RawObject>, Fault> {
                let text = inputs.0.read_text(&path)?;
                RawObject::from_yaml(&text).map_err(|error| {
                    Fault::new(match error {
                        ManifestError::Yaml(error) => {
                            format!("`{}` is no YAML: {}", error.place(&path), error.message)
                        }
                        ManifestError::Object { .. } => format!("`{path}` cannot be used: {error}"),
                    })
                })
            },
        )
        .doc(
            "The objects of a YAML file below the project root, which may have several \
             documents, as an array.",
        )
        .example(r#"environment("shop", [yaml("app.yaml")])"#),
    ];
    rows.extend(described_rows::<RawObject>());
    rows
}

crate::table::resources!(RawObject = "object");
