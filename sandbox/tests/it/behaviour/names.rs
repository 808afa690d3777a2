//! Names that are made anew each time, as names that are always the same.
//!
//! | what | becomes |
//! | --- | --- |
//! | the scenario's namespace | `<namespace>` |
//! | the n-th pod template hash of a deployment | `[n]` |
//! | the n-th revision's hash of a stateful or daemon set | `{n}` |
//! | the random end of a generated name | `*` |
//! | the minute in the name of a cron job's n-th job | `(n)` |
//! | a node that a pod was on | `<node>` |
//! | its zone and region | `<zone>`, `<region>` |
//! | uids, times, addresses | `<uid>`, `<time>`, `<address>` |
//! | ids of containers and images | `<container>`, `…@<digest>` |

use super::observe::Seen;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The masks of a scenario.
pub(super) struct Names {
    /// What stands for what; the longest come first.
    plain: Vec<(String, String)>,
    /// Prefixes of generated names, which five characters follow.
    generated: Vec<String>,
}

impl Names {
    /// The masks for what was seen.
    pub(super) fn of(seen: &Seen, namespace: &str) -> Self {
        let mut plain = vec![(namespace.to_owned(), "<namespace>".to_owned())];
        let mut generated = Vec::new();
        let mut numbers: BTreeMap<(String, String), usize> = BTreeMap::new();
        for track in &seen.tracks {
            let object = track.last();
            let metadata = &object["metadata"];
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            plain.push((word(&metadata["uid"]), "<uid>".to_owned()));
            let owner = word(&metadata["ownerReferences"][0]["uid"]);
            let mut number = || {
                let number = numbers.entry((track.kind.clone(), owner.clone()));
                let number = number.or_default();
                *number += 1;
                *number
            };
            let labels = &metadata["labels"];
            match track.kind.as_str() {
                "ReplicaSet" if labels["pod-template-hash"].is_string() => {
                    plain.push((
                        word(&labels["pod-template-hash"]),
                        format!("[{}]", number()),
                    ));
                }
                "ControllerRevision" => {
                    let hash = track.name.rsplit('-').next().unwrap_or_default();
                    plain.push((hash.to_owned(), format!("{{{}}}", number())));
                }
                "Job" if metadata["ownerReferences"][0]["kind"] == "CronJob" => {
                    let minute = track.name.rsplit('-').next().unwrap_or_default();
                    plain.push((minute.to_owned(), format!("({})", number())));
                }
                "Pod" => {
                    for state in &track.states {
                        plain.push((word(&state["spec"]["nodeName"]), "<node>".to_owned()));
                        for (of, mask) in [("zone", "<zone>"), ("region", "<region>")] {
                            let label = format!("topology.kubernetes.io/{of}");
                            let labels = &state["metadata"]["labels"];
                            plain.push((word(&labels[label]), mask.to_owned()));
                        }
                    }
                }
                _ => {}
            }
            if let Some(prefix) = metadata["generateName"].as_str() {
                generated.push(prefix.to_owned());
            }
        }
        plain.retain(|(real, _)| !real.is_empty());
        plain.sort_by(|one, two| (two.0.len(), &one.0).cmp(&(one.0.len(), &two.0)));
        plain.dedup();
        generated.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        generated.dedup();
        Self { plain, generated }
    }

    /// A text with everything masked.
    pub(super) fn mask(&self, text: &str) -> String {
        if text.parse::<Timestamp>().is_ok() {
            return "<time>".to_owned();
        }
        if text.parse::<IpAddr>().is_ok() {
            return "<address>".to_owned();
        }
        if text.starts_with("containerd://") {
            return "<container>".to_owned();
        }
        if let Some((image, _)) = text.split_once("@sha256:") {
            return format!("{image}@<digest>");
        }
        let mut text = text.to_owned();
        for prefix in &self.generated {
            text = mask_ends(&text, prefix);
        }
        for (real, mask) in &self.plain {
            text = text.replace(real, mask);
        }
        text
    }
}

/// Puts `*` for the random end of each name with this prefix.
fn mask_ends(text: &str, prefix: &str) -> String {
    const RANDOM: usize = 5;
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(prefix) {
        let (before, after) = rest.split_at(at + prefix.len());
        out.push_str(before);
        let end = after
            .find(|letter: char| !letter.is_ascii_alphanumeric())
            .unwrap_or(after.len());
        rest = if end == RANDOM {
            out.push('*');
            &after[end..]
        } else {
            after
        };
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_that_are_made_anew_are_masked() {
        let mut seen = Seen::default();
        seen.note(
            "ReplicaSet",
            "ADDED",
            json!({"metadata": {
                "name": "web-7d9f", "uid": "u-1", "labels": {"pod-template-hash": "7d9f"},
            }}),
        );
        seen.note(
            "Pod",
            "ADDED",
            json!({"metadata": {
                "name": "web-7d9f-x2k4p", "uid": "u-2", "generateName": "web-7d9f-",
            }}),
        );
        let names = Names::of(&seen, "rollout-17");
        for (text, wanted) in [
            ("Created pod: web-7d9f-x2k4p", "Created pod: web-[1]-*"),
            ("web-7d9f-x2k4p web-7d9f-aaaaa", "web-[1]-* web-[1]-*"),
            ("web-7d9f-other-x", "web-[1]-*-x"),
            ("rollout-17/web", "<namespace>/web"),
            ("2026-01-01T00:00:00Z", "<time>"),
            ("pvc-u-2", "pvc-<uid>"),
        ] {
            assert_eq!(names.mask(text), wanted);
        }
    }
}
