//! `crd("file.yaml")`: definitions of custom kinds.

use super::described::described_rows;
use crate::table::{Fault, Inputs, Mismatch, Row, row};
use infra_sdk::resource::{Crd, CrdFileError, CustomResource, ManifestError};
use infra_sdk::types::Name;

fn read(path: &str, kind: Option<&str>, inputs: &Inputs) -> Result<Crd, Fault> {
    let text = inputs.0.read_text(path)?;
    Crd::from_yaml(&text, kind).map_err(|error| match &error {
        CrdFileError::Manifest(ManifestError::Yaml(yaml)) => Fault::new(format!(
            "`{}` is no YAML: {}",
            yaml.place(path),
            yaml.message
        )),
        CrdFileError::Several(kinds) => Fault::with_help(
            format!("`{path}` cannot be used: {error}"),
            format!("name one: `crd(\"{path}\", \"{}\")`", kinds[0]),
        ),
        CrdFileError::Missing(kinds) => {
            let kind = kind.unwrap_or("CustomResourceDefinition");
            let message = format!("`{path}` has no definition of `{kind}`: {error}");
            match crate::diagnostic::did_you_mean(kind, kinds.iter().map(String::as_str)) {
                Some(meant) => Fault::Argument(1, Mismatch::sentence(message).help(Some(meant))),
                None => Fault::new(message),
            }
        }
        _ => Fault::new(format!("`{path}` cannot be used: {error}")),
    })
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("crd", &["path"], |path: String, inputs: Inputs| -> Result<Crd, Fault> {
            read(&path, None, &inputs)
        })
        .doc(
            "A definition of a custom kind (`CustomResourceDefinition`) from a YAML file below the \
             project root. In an environment it is made before the objects of its kind; they are \
             checked against it whether it is in the environment or not.",
        )
        .example(
            r#"let CRONTAB = crd("crontab.yaml");
environment("jobs", [CRONTAB, CRONTAB.resource("nightly").spec(#{ schedule: "0 2 * * *", image: "a:1" })])"#,
        ),
        row(
            "crd",
            &["path", "kind"],
            |path: String, kind: String, inputs: Inputs| -> Result<Crd, Fault> {
                read(&path, Some(&kind), &inputs)
            },
        )
        .doc("The definition of one kind, from a YAML file that defines several.")
        .example(r#"crd("crontab.yaml", "CronTab")"#),
        row("resource", &["self", "name"], |this: Crd, name: Name| -> CustomResource {
            this.resource(name)
        })
        .doc("An object of the kind, in the version that objects are kept in.")
        .example(
            r#"crd("crontab.yaml").resource("nightly").spec(#{ schedule: "0 2 * * *", image: "a:1" })"#,
        ),
    ];
    rows.extend(described_rows::<Crd>());
    rows
}

crate::table::resources!(Crd = "crd");
