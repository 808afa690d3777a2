//! The words of the language, one file for each builder of the SDK.

mod config_map;
mod deployment;
mod described;
mod environment;
mod inputs;
mod params;
mod pod;
mod secret;
mod secret_text;
mod service;

use crate::table::{Row, Table};
use std::sync::{Arc, OnceLock};

/// The table of the language, built once in a process.
pub fn table() -> Arc<Table> {
    static TABLE: OnceLock<Arc<Table>> = OnceLock::new();
    Arc::clone(TABLE.get_or_init(|| Arc::new(Table::new(rows()))))
}

/// Every row of the language, in the order of the reference.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::with_capacity(1024);
    rows.extend(environment::rows());
    rows.extend(inputs::rows());
    rows.extend(secret_text::rows());
    rows.extend(config_map::rows());
    rows.extend(secret::rows());
    rows.extend(deployment::rows());
    rows.extend(service::rows());
    rows.extend(pod::rows());
    rows
}

#[cfg(test)]
mod tests;
