//! The example environment against the document that it was written after.

use crate::difference::{Difference, differences};
use crate::support::{Infra, repository};
use infra_sdk::analysis::{Endpoint, Traffic, reachable};
use infra_sdk::object::{Object, Origin, Ref};
use infra_sdk::types::yaml;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const EXAMPLE: &str = "examples/apricode-exchange";

/// The objects of the example, as `infra render` prints them.
fn rendered() -> Vec<Value> {
    let infra = Infra::new().with_copy_of(EXAMPLE);
    let outcome = infra
        .run("render production.rhai --output json --env-file sample.env")
        .ends_with(0);
    let list: Value = serde_json::from_str(&outcome.stdout).unwrap();
    list["items"].as_array().unwrap().clone()
}

/// By `Kind/name`: the example has one object of each.
fn by_name(objects: impl IntoIterator<Item = Value>) -> BTreeMap<String, Value> {
    let mut named = BTreeMap::new();
    for object in objects {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let name = format!(
            "{}/{}",
            text(&object["kind"]),
            text(&object["metadata"]["name"])
        );
        assert!(
            named.insert(name.clone(), object).is_none(),
            "{name} stands twice"
        );
    }
    named
}

fn manifests() -> Vec<Value> {
    let folder = repository().join("tests/manifests/apricode-exchange");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |path| yaml::documents(&std::fs::read_to_string(path).unwrap()).unwrap();
    files.into_iter().flat_map(read).collect()
}

/// A difference as a row of the table, to be copied there.
fn row(difference: &Difference) -> String {
    let value = |name: &str, value: &Option<Value>| {
        value
            .as_ref()
            .map(|value| format!("  {name}: {value}\n"))
            .unwrap_or_default()
    };
    let Difference { object, path, .. } = difference;
    let path = if path.is_empty() {
        String::new()
    } else {
        format!("  path: {}\n", json!(path))
    };
    let (document, ours) = (
        value("document", &difference.document),
        value("ours", &difference.ours),
    );
    format!("- object: {object}\n{path}{document}{ours}  reason: ?\n")
}

#[test]
fn every_difference_from_the_document_stands_in_the_table_with_its_reason() {
    let table =
        std::fs::read_to_string(repository().join(EXAMPLE).join("differences.yaml")).unwrap();
    let table = yaml::documents(&table).unwrap().remove(0);
    let rows: Vec<Difference> = serde_json::from_value(table).unwrap();

    let (document, ours) = (by_name(manifests()), by_name(rendered()));
    let names: std::collections::BTreeSet<&String> = document.keys().chain(ours.keys()).collect();
    let found: Vec<Difference> = names
        .into_iter()
        .flat_map(|name| differences(name, document.get(name), ours.get(name)))
        .collect();

    let unexplained: Vec<String> = found
        .iter()
        .filter(|one| !rows.iter().any(|row| row.is(one)))
        .map(row)
        .collect();
    assert!(
        unexplained.is_empty(),
        "differences without a row:\n{}",
        unexplained.concat()
    );
    let stale: Vec<String> = rows
        .iter()
        .filter(|row| !found.iter().any(|one| row.is(one)))
        .map(row)
        .collect();
    assert!(
        stale.is_empty(),
        "rows that no longer apply:\n{}",
        stale.concat()
    );
    for (index, one) in rows.iter().enumerate() {
        assert!(
            !one.reason.trim().is_empty(),
            "a row without a reason:\n{}",
            row(one)
        );
        assert!(
            !rows[..index].iter().any(|other| other.is(one)),
            "a row stands twice:\n{}",
            row(one)
        );
    }
}

#[test]
fn the_script_is_one_that_a_user_would_read() {
    let mut lines = 0;
    for entry in std::fs::read_dir(repository().join(EXAMPLE)).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "rhai")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            lines += text.lines().count();
            for word in ["object(", "yaml(", ".patch("] {
                assert!(!text.contains(word), "{} uses `{word}`", path.display());
            }
        }
    }
    assert!(lines < 200, "{lines} lines");
}

#[test]
fn network_policies_allow_what_is_needed_and_nothing_else() {
    let objects: Vec<Object> = rendered()
        .into_iter()
        .map(|value| Object::new(value, Origin::default()))
        .collect();
    let workload =
        |group: &str, kind: &str, name: &str| Endpoint::Workload(Ref::new(group, kind, name));
    let app = workload("apps", "Deployment", "apricode-app");
    let postgres = workload("apps", "StatefulSet", "postgres");
    let redis = workload("apps", "StatefulSet", "redis");
    let cleanup = workload("batch", "CronJob", "cleanup-sessions");
    let notify = workload("batch", "CronJob", "process-notifications");
    let dns = Endpoint::pods("kube-system", [("k8s-app", "kube-dns")]);
    let controller = Endpoint::pods(
        "ingress-nginx",
        [("app.kubernetes.io/name", "ingress-nginx")],
    );
    let stranger = Endpoint::pods("monitoring", [("app", "stranger")]);
    let neighbour = Endpoint::pods("apricode-exchange", [("app", "stranger")]);
    let outside = Endpoint::Address("93.184.216.34".parse().unwrap());
    let outside6 = Endpoint::Address("2606:2800:220:1::1".parse().unwrap());
    let metadata = Endpoint::Address("169.254.169.254".parse().unwrap());
    let private = Endpoint::Address("10.1.2.3".parse().unwrap());
    let tcp = Traffic::from;

    let allowed = [
        (&app, &postgres, tcp(5432)),
        (&app, &redis, tcp(6379)),
        (&app, &dns, Traffic::udp(53)),
        (&app, &dns, tcp(53)),
        (&app, &outside, tcp(443)),
        (&app, &outside6, tcp(443)),
        (&cleanup, &app, tcp(3000)),
        (&cleanup, &dns, Traffic::udp(53)),
        (&notify, &app, tcp(3000)),
        (&notify, &dns, Traffic::udp(53)),
        (&controller, &app, tcp(3000)),
    ];
    let denied = [
        (&app, &postgres, tcp(6379)),
        (&app, &outside, tcp(80)),
        (&app, &metadata, tcp(443)),
        (&app, &private, tcp(443)),
        (&app, &cleanup, tcp(3000)),
        (&cleanup, &postgres, tcp(5432)),
        (&cleanup, &redis, tcp(6379)),
        (&cleanup, &outside, tcp(443)),
        (&notify, &postgres, tcp(5432)),
        (&notify, &redis, tcp(6379)),
        (&controller, &postgres, tcp(5432)),
        (&controller, &redis, tcp(6379)),
        (&controller, &app, tcp(9229)),
        (&stranger, &app, tcp(3000)),
        (&stranger, &postgres, tcp(5432)),
        (&neighbour, &postgres, tcp(5432)),
        (&neighbour, &redis, tcp(6379)),
        (&neighbour, &app, tcp(3000)),
        (&neighbour, &outside, tcp(443)),
        (&postgres, &redis, tcp(6379)),
        (&redis, &postgres, tcp(5432)),
        (&postgres, &outside, tcp(443)),
        (&outside, &app, tcp(3000)),
    ];
    let expected = allowed
        .iter()
        .map(|one| (one, true))
        .chain(denied.iter().map(|one| (one, false)));
    for ((from, to, traffic), expected) in expected {
        let verdict = reachable(&objects, from, to, *traffic);
        assert_eq!(verdict.reachable, expected, "{}", verdict.reason);
    }
}
