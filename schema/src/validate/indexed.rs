//! Jobs whose pods have indexes, and lists of indexes such as `1,3-5`. Source:
//! `pkg/apis/batch/validation/validation.go`, Kubernetes 1.36.

use serde_json::Value;

use super::look::{field, items, number, text};
use super::path::{Found, Path};
use super::workload::not_negative;
use super::{Violation, inner};

/// The most pods at a time, and the most indexes that may fail.
const MOST: i64 = 100_000;
/// The same of a job with more completions than that, which limits retries by index.
const MOST_OF_MANY: i64 = 10_000;
const MOST_RULES: usize = 20;
const LONGEST_LIST: usize = 64 * 1024;

/// What only a job with indexes may have, and how much of it.
pub(super) fn check(spec: &Value, path: &Path<'_>, found: &mut Found) {
    if field(spec, "maxFailedIndexes").is_some() && field(spec, "backoffLimitPerIndex").is_none() {
        path.field("backoffLimitPerIndex")
            .required(found, "when maxFailedIndexes is specified");
    }
    let mode = field(spec, "completionMode");
    if let Some(mode) = mode.filter(|mode| !matches!(mode.as_str(), Some("Indexed" | "NonIndexed")))
    {
        path.field("completionMode")
            .unsupported(found, mode, &["NonIndexed", "Indexed"]);
    }
    let is_indexed = text(spec, "completionMode") == "Indexed";
    if is_indexed {
        bounds(spec, path, found);
    }
    let is_other = mode.is_some_and(|mode| *mode != "NonIndexed");
    for name in ["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"] {
        if let Some(value) = field(spec, name)
            && !is_indexed
            && !(is_other && name != "successPolicy")
        {
            let shown = inner::shown(&format!("spec.{name}"), value);
            path.field(name)
                .invalid_text(found, &shown, "requires indexed completion mode");
        }
    }
    if is_indexed && let Some(policy) = field(spec, "successPolicy") {
        success(policy, spec, path, found);
    }
}

fn bounds(spec: &Value, path: &Path<'_>, found: &mut Found) {
    if field(spec, "completions").is_none() {
        path.field("completions")
            .required(found, "when completion mode is Indexed");
    }
    let of = |name: &str| number(spec, name);
    let (all, most_failed) = (of("completions"), of("maxFailedIndexes"));
    let mut above = |name: &str, most: i64, detail: &str| {
        if of(name).is_some_and(|given| given > most) {
            path.field(name).invalid(found, &spec[name], detail);
        }
    };
    let most = format!("must be less than or equal to {MOST}");
    above(
        "parallelism",
        MOST,
        &format!("{most} when completion mode is Indexed"),
    );
    if let Some(all) = all {
        let detail = "must be less than or equal to completions";
        above("maxFailedIndexes", all, detail);
    }
    above("maxFailedIndexes", MOST, &most);
    if all.is_some_and(|all| all > MOST) && of("backoffLimitPerIndex").is_some() {
        let detail = format!(
            "must be less than or equal to {MOST_OF_MANY} when completions are above {MOST} and used with backoff limit per index"
        );
        above("parallelism", MOST_OF_MANY, &detail);
        above("maxFailedIndexes", MOST_OF_MANY, &detail);
        if most_failed.is_none() {
            let detail = format!("must be specified when completions is above {MOST}");
            path.field("maxFailedIndexes").required(found, &detail);
        }
    }
}

/// When a job is done before all of its indexes are.
fn success(policy: &Value, spec: &Value, path: &Path<'_>, found: &mut Found) {
    let all = number(spec, "completions").unwrap_or_default();
    let path = path.field("successPolicy");
    let list = path.field("rules");
    let rules = items(policy, "rules");
    if rules.is_empty() {
        let detail = "at least one rules must be specified when the successPolicy is specified";
        list.required(found, detail);
    }
    if rules.len() > MOST_RULES {
        let (have, most) = (rules.len() as u64, MOST_RULES as u64);
        found.push(Violation::too_many(&list.to_string(), have, most));
    }
    for (at, rule) in rules.iter().enumerate() {
        let path = list.index(at);
        let indexes = field(rule, "succeededIndexes").and_then(Value::as_str);
        let wanted = number(rule, "succeededCount");
        if indexes.is_none() && wanted.is_none() {
            let detail = "at least one of succeededCount or succeededIndexes must be specified";
            path.required(found, detail);
        }
        let mut listed = 0;
        if let Some(indexes) = indexes {
            let path = path.field("succeededIndexes");
            if indexes.len() > LONGEST_LIST {
                path.too_long(found, LONGEST_LIST as u64);
            }
            match count(indexes, all) {
                Ok(count) => listed = count,
                Err(why) => {
                    let detail = format!("error parsing succeededIndexes: {why}");
                    path.invalid(found, &Value::from(indexes), &detail);
                }
            }
        }
        let Some(wanted) = wanted else { continue };
        not_negative(rule, "succeededCount", &path, found);
        let path = path.field("succeededCount");
        let mut above = |most: i64, of: &str| {
            if wanted > most {
                let detail = format!("must be less than or equal to {most} (the number of {of})");
                path.invalid(found, &Value::from(wanted), &detail);
            }
        };
        above(all, "specified completions");
        if indexes.is_some() {
            above(listed, "indexes in the specified succeededIndexes field");
        }
    }
}

/// How many indexes a list has, all below `completions`; or why it is no list.
pub(super) fn count(list: &str, completions: i64) -> Result<i64, String> {
    let (mut total, mut last) = (0, None);
    if list.is_empty() {
        return Ok(total);
    }
    for text in list.split(',') {
        let (from, to) = interval(text, completions)?;
        if let Some(last) = last.filter(|last| *last >= from) {
            return Err(not_increasing(last, from));
        }
        total += to - from + 1;
        last = Some(to);
    }
    Ok(total)
}

/// The first index that two lists have in common. What is no interval is passed over.
pub(super) fn overlap(one: &str, other: &str, completions: i64) -> Option<i64> {
    let intervals = |list: &str| -> Vec<(i64, i64)> {
        let all = list.split(',').map(|text| interval(text, completions));
        all.filter_map(Result::ok).collect()
    };
    let (one, other) = (intervals(one), intervals(other));
    let (mut here, mut there) = (0, 0);
    while let (Some((a, b)), Some((c, d))) = (one.get(here), other.get(there)) {
        if a <= d && c <= b {
            return Some(*a.max(c));
        }
        if a <= c {
            here += 1;
        } else {
            there += 1;
        }
    }
    None
}

fn interval(text: &str, completions: i64) -> Result<(i64, i64), String> {
    let index = |text: &str| {
        let index: i64 = text
            .parse()
            .map_err(|_| format!("cannot convert string to integer for index: {text:?}"))?;
        if index < completions {
            Ok(index)
        } else {
            Err(format!("too large index: {text:?}"))
        }
    };
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [one] => index(one).map(|one| (one, one)),
        [from, to] => {
            let (from, to) = (index(from)?, index(to)?);
            if from < to {
                Ok((from, to))
            } else {
                Err(not_increasing(from, to))
            }
        }
        _ => Err(format!(
            "the fragment {text:?} violates the requirement that an index interval can have at most two parts separated by '-'"
        )),
    }
}

fn not_increasing(before: i64, now: i64) -> String {
    format!("non-increasing order, previous: {before}, current: {now}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_indexes() {
        for (list, expected) in [
            ("", Ok(0)),
            ("1", Ok(1)),
            ("0,2-4,9", Ok(5)),
            ("10", Err("too large index: \"10\"")),
            (
                "2-a",
                Err("cannot convert string to integer for index: \"a\""),
            ),
            ("1,1", Err("non-increasing order, previous: 1, current: 1")),
            ("3-2", Err("non-increasing order, previous: 3, current: 2")),
            (
                "1-2-3",
                Err(
                    "the fragment \"1-2-3\" violates the requirement that an index interval can have at most two parts separated by '-'",
                ),
            ),
        ] {
            assert_eq!(count(list, 10), expected.map_err(str::to_owned), "{list}");
        }
        for (one, other, expected) in [
            ("0,2-4", "1,5", None),
            ("0,2-4", "1,3", Some(3)),
            ("x,1-3", "0-1", Some(1)),
        ] {
            assert_eq!(overlap(one, other, 10), expected, "{one} {other}");
        }
    }
}
