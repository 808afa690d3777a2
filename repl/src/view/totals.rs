//! What an environment asks for, as a table.

use crate::ui::Look;
use infra_sdk::analysis::{Amounts, Counted, Totals, WorkloadTotal};
use std::fmt::Write;

/// One line of the table, cell by cell.
type Row = Vec<String>;

/// A row for each workload, and one for the whole; empty where nothing asks for anything.
pub(crate) fn totals(look: Look, totals: &Totals) -> String {
    if totals.is_empty() {
        return String::new();
    }
    let mut rows = vec![heading()];
    rows.extend(totals.workloads.iter().map(workload));
    rows.push(row("in all", &totals.min, &totals.max));
    for (name, amounts) in [
        ("on each node besides", &totals.per_node),
        ("while all jobs run besides", &totals.while_running),
    ] {
        if amounts.pods > 0 {
            rows.push(row(name, amounts, amounts));
        }
    }
    without_empty_columns(&mut rows);
    if rows[0].len() == 1 {
        return String::new();
    }
    let mut text = lines(look, &rows);
    if text.lines().any(|line| line.chars().count() > look.width) {
        // Without the limits it is half as wide.
        let limits: Vec<bool> = rows[0].iter().map(|name| name == LIMIT).collect();
        for row in &mut rows {
            let mut limit = limits.iter();
            row.retain(|_| limit.next() != Some(&true));
        }
        text = lines(look, &rows);
    }
    text
}

/// The heading of limits.
const LIMIT: &str = "up to";

/// Takes out what no row says anything about.
fn without_empty_columns(rows: &mut [Row]) {
    let said = |column: usize| rows[1..].iter().any(|row| !row[column].is_empty());
    let said: Vec<bool> = (0..rows[0].len()).map(said).collect();
    for row in rows {
        let mut said = said.iter();
        row.retain(|_| said.next() == Some(&true));
    }
}

fn heading() -> Row {
    ["", "pods", "cpu", LIMIT, "memory", LIMIT, "storage"]
        .map(str::to_owned)
        .to_vec()
}

fn workload(one: &WorkloadTotal) -> Row {
    let when = match one.counted {
        Counted::Always => "",
        Counted::PerNode => " (each node)",
        Counted::WhileRunning => " (while it runs)",
    };
    row(&format!("{}{when}", one.id.short()), &one.min, &one.max)
}

fn row(name: &str, min: &Amounts, max: &Amounts) -> Row {
    let limit = |amounts: &Amounts, name: &str| match amounts.limits.get(name) {
        _ if amounts.unlimited.contains(name) => "no limit".to_owned(),
        Some(limit) => limit.to_string(),
        None => String::new(),
    };
    let request = |amounts: &Amounts, name: &str| {
        let quantity = amounts.requests.get(name);
        quantity.map_or_else(String::new, ToString::to_string)
    };
    let pods = |amounts: &Amounts| match amounts.pods {
        0 => String::new(),
        pods => pods.to_string(),
    };
    let storage = |amounts: &Amounts| match amounts.storage {
        none if none.is_zero() => String::new(),
        storage => storage.to_string(),
    };
    vec![
        name.to_owned(),
        range(&pods(min), &pods(max)),
        range(&request(min, "cpu"), &request(max, "cpu")),
        range(&limit(min, "cpu"), &limit(max, "cpu")),
        range(&request(min, "memory"), &request(max, "memory")),
        range(&limit(min, "memory"), &limit(max, "memory")),
        range(&storage(min), &storage(max)),
    ]
}

fn range(min: &str, max: &str) -> String {
    match min {
        _ if min == max => max.to_owned(),
        "" => format!("0–{max}"),
        _ => format!("{min}–{max}"),
    }
}

fn lines(look: Look, rows: &[Row]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(&widths) {
            let _ = write!(line, "  {cell:width$}");
        }
        let line = line.trim_end();
        let line = if index == 0 {
            look.dim(line)
        } else {
            line.to_owned()
        };
        let _ = writeln!(text, "{line}");
    }
    text
}
