//! The reference as a whole.

use super::*;
use crate::bindings::table;
use crate::table::Vocabulary;

fn reference() -> Reference {
    Reference::of(&Vocabulary::new(vec![table()]))
}

fn titles(topics: &[&Topic]) -> Vec<String> {
    topics.iter().map(|topic| topic.entry.title()).collect()
}

#[test]
fn what_means_the_same_for_several_types_is_one_topic() {
    let reference = reference();
    let answer = reference.find("host_network");
    assert_eq!(answer.exact.len(), 1);
    assert!(answer.exact[0].is_of("deployment") && answer.exact[0].is_of("cron_job"));
    let entry = answer.exact[0].of_type("cron_job");
    assert_eq!(entry.result, "cron_job");
    assert!(entry.signature().starts_with("cron_job.host_network("));
}

#[test]
fn a_name_a_field_and_words_are_found() {
    let reference = reference();
    let first = |asked: &str| titles(&reference.find(asked).exact).first().cloned();
    for (asked, found) in [
        ("deployment.replicas", "deployment.replicas"),
        ("environment", "environment"),
        ("environment()", "environment"),
        ("array.filter", "array.filter"),
    ] {
        assert_eq!(first(asked).as_deref(), Some(found), "{asked}");
    }
    let grace = reference.find("terminationGracePeriodSeconds");
    assert!(
        titles(&grace.exact)
            .iter()
            .all(|title| title.ends_with("termination_grace_period"))
    );
    assert!(!grace.exact.is_empty());
    let deployment = reference.find("deployment");
    assert_eq!(deployment.ty, Some("deployment"));
    assert_eq!(titles(&deployment.exact), ["deployment"]);
    let words = reference.find("persistent volume claim");
    assert!(words.exact.is_empty() && !words.related.is_empty());
}

#[test]
fn a_slip_is_told_what_was_meant() {
    let reference = reference();
    for (asked, meant) in [
        ("deploymnt", Some("deployment")),
        ("deployment.replcas", Some("deployment.replicas")),
        ("zzzzzz", None),
    ] {
        let answer = reference.find(asked);
        assert!(answer.is_empty(), "{asked}");
        assert_eq!(answer.meant.as_deref(), meant, "{asked}");
    }
}

#[test]
fn every_row_stands_on_the_page_and_in_the_definitions() {
    let reference = reference();
    let page = page(&reference);
    let files = definitions(&reference);
    assert_eq!(files[0].0, "infra.d.rhai");
    for row in &table().rows {
        assert!(page.contains(&format!("{}(", row.name)), "{}", row.name);
        assert!(
            files[0].1.contains(&format!("\nfn {}(", row.name)),
            "{}",
            row.name
        );
    }
    let anchors: Vec<&str> = page
        .split("](#")
        .skip(1)
        .filter_map(|link| link.split(')').next())
        .collect();
    let headings: Vec<String> = page
        .lines()
        .filter_map(|line| {
            line.strip_prefix("## ")
                .or_else(|| line.strip_prefix("### "))
        })
        .map(|title| {
            title
                .to_lowercase()
                .replace(' ', "-")
                .replace([',', '`'], "")
        })
        .collect();
    for anchor in anchors {
        assert!(headings.iter().any(|heading| heading == anchor), "{anchor}");
    }
}
