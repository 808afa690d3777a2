//! What runs around the life of a container.

use crate::table::{Row, row};
use infra_sdk::resource::pod::Hook;
use infra_sdk::types::Seconds;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("sleep", &["time"], |time: Seconds| Hook::sleep(time))
            .doc("Waits (`sleep`).")
            .instead_of_library()
            .example(r#"deployment("app").image("a:1").pre_stop(sleep("5s"))"#),
    ]
}
