//! `custom_resource(api_version, kind, name)`.

use super::custom::custom_rows;
use crate::table::{Fault, Json, Mismatch, Row, row};
use infra_sdk::resource::{Crd, CustomResource};
use infra_sdk::types::Name;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "custom_resource",
            &["api_version", "kind", "name"],
            |api_version: String, kind: String, name: Name| -> Result<CustomResource, Fault> {
                CustomResource::new(&api_version, &kind, name).map_err(|error| {
                    let index = usize::from(error.found == kind);
                    Fault::Argument(index, Mismatch::sentence(error.to_string()))
                })
            },
        )
        .doc(
            "An object of a kind that others define. Its fields are checked against the \
             definition of the kind, where that is known: given with `.crd(…)`, in the \
             environment, or among what the platform provides.",
        )
        .example(
            r#"custom_resource("stable.example.com/v1", "CronTab", "nightly")
    .crd(crd("crontab.yaml"))
    .spec(#{ schedule: "0 2 * * *", image: "a:1" })"#,
        ),
        row("crd", &["self", "definition"], |this: CustomResource, definition: Crd| {
            this.crd(&definition)
        })
        .doc(
            "The definition of its kind, which its fields are checked against. It need not be \
             in the environment.",
        )
        .maps("crd")
        .example(
            r#"custom_resource("stable.example.com/v1", "CronTab", "nightly")
    .crd(crd("crontab.yaml"))"#,
        ),
        row(
            "field",
            &["self", "name", "value"],
            |this: CustomResource, name: String, value: Json| this.field(name, value.0),
        )
        .doc(
            "Any other field beside `metadata`, for kinds that have no `spec`: merged into what \
             was set before, map by map.",
        )
        .maps("field")
        .example(
            r#"custom_resource("example.com/v1", "Palette", "dark").field("colors", ["black", "blue"])"#,
        ),
    ];
    rows.extend(custom_rows::<CustomResource>(
        r#"custom_resource("stable.example.com/v1", "CronTab", "nightly").spec(#{ schedule: "0 2 * * *" })"#,
    ));
    rows
}

crate::table::resources!(CustomResource = "custom_resource");
