//! Completion indexes: `0-3,5`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::json::{annotation, int, text};

/// The label and annotation of a pod's index.
pub(super) const INDEX: &str = "batch.kubernetes.io/job-completion-index";

/// Whether each completion of a job has a number.
pub(super) fn is_indexed(job: &Value) -> bool {
    text(job, "spec.completionMode") == "Indexed"
}

/// The index of a pod.
pub(super) fn index_of(pod: &Value) -> Option<i64> {
    annotation(pod, INDEX)?.parse().ok()
}

/// The indexes that a text names.
pub(super) fn parse(text: &str) -> BTreeSet<i64> {
    let parts = text.split(',').filter_map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse::<i64>().ok()?..=last.parse::<i64>().ok()?)
    });
    parts.flatten().collect()
}

/// Indexes as a text: runs of three and more with a dash.
pub(super) fn print(indexes: &BTreeSet<i64>) -> String {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for &index in indexes {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == index => *last = index,
            _ => runs.push((index, index)),
        }
    }
    let parts = runs.iter().map(|&(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first},{last}"),
        _ => format!("{first}-{last}"),
    });
    parts.collect::<Vec<_>>().join(",")
}

/// The indexes that have neither been completed nor are at work, lowest first.
pub(super) fn missing(job: &Value, done: &BTreeSet<i64>, active: &[i64]) -> Vec<i64> {
    let all = 0..int(job, "spec.completions").unwrap_or(0);
    all.filter(|index| !done.contains(index) && !active.contains(index))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in ["", "0", "0,1", "0-2", "0,2-4,6,7"] {
            assert_eq!(print(&parse(text)), text);
        }
    }
}
