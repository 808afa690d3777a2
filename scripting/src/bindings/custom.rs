//! What every builder of a custom kind has beside what every builder has: `.spec(#{…})`.

use super::described::described_rows;
use crate::table::{Here, Json, Row, ScriptType, row};
use infra_sdk::resource::{CustomKind, Resource};

/// The setters of every builder of a custom kind, those of every builder too; with an example of
/// `spec`.
pub(crate) fn custom_rows<W: CustomKind + ScriptType>(example: &'static str) -> Vec<Row> {
    let mut rows = vec![
        row(
            "spec",
            &["self", "fields"],
            |mut this: W, fields: Json, here: Here| {
                Resource::origin_mut(&mut this).set_within("spec", &fields.0, &here.0);
                this.spec(fields.0)
            },
        )
        .doc(
            "Fields of `spec`, as the API has them, merged deeply into what the other setters make, \
             over which they win: maps key by key, lists whose items have a name item by item, \
             `()` removes.",
        )
        .example(example),
    ];
    rows.extend(described_rows::<W>());
    rows
}
