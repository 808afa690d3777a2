//! The words of the language, one file for each builder of the SDK.

mod environment;
mod inputs;
mod secret_text;

use crate::table::{Row, Table};
use std::sync::{Arc, OnceLock};

/// The table of the language, built once in a process.
pub fn table() -> Arc<Table> {
    static TABLE: OnceLock<Arc<Table>> = OnceLock::new();
    Arc::clone(TABLE.get_or_init(|| Arc::new(Table::new(rows()))))
}

/// Every row of the language, in the order of the reference.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::with_capacity(512);
    rows.extend(environment::rows());
    rows.extend(inputs::rows());
    rows.extend(secret_text::rows());
    rows
}
