//! Whatever a script hands to a function of the language: no panic, neither at once nor when what came
//! of it is rendered.

use super::tests::example_host;
use super::*;
use crate::session::Session;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Mutex;

/// Values that somebody may hand over, as a script writes them.
const VALUES: [&str; 40] = [
    "()",
    "true",
    "0",
    "-1",
    "1",
    "65536",
    "2147483648",
    "9223372036854775807",
    "-9223372036854775807",
    "1.5",
    "\"\"",
    "\"a\"",
    "\"ä\"",
    "\"日本語\"",
    "\"🦀:🦀\"",
    "\"e\\u0301/\"",
    "\"a\\nb\"",
    "\"/\"",
    "\":\"",
    "\"-\"",
    "\"1\"",
    "\"99999999999999999999999\"",
    "\"9e18\"",
    "\"1e999999999\"",
    "\"-9223372036854775809\"",
    "\"9223372036854775807Ei\"",
    "\"2562047788015h99m\"",
    "\"100%\"",
    "\"99999999999%\"",
    "\"* * * * *\"",
    "\"0 0 31 2 *\"",
    "\"0/0 * * * *\"",
    "\"255.255.255.255/99\"",
    "\"::/0\"",
    "[]",
    "[[1, \"a\"], ()]",
    "#{}",
    "#{ \"\": (), \"ä\": [#{}], spec: #{ containers: 1, template: [] }, metadata: 5 }",
    "generated(\"p\", 8)",
    "|x| x",
];

/// Where a value that is no resource may be put into one, so that it is lowered.
const HOLDERS: [&str; 16] = [
    "[APP.liveness_probe(x)]",
    "[APP.pre_stop(x)]",
    "[APP.volume(\"/v\", x)]",
    "[APP.volume(\"/v\", projected().files(x))]",
    "[APP.env(\"A\", x)]",
    "[APP.env_from(x)]",
    "[APP.container(x)]",
    "[APP.port(x)]",
    "[APP.toleration(x)]",
    "[APP.topology_spread(x)]",
    "[APP.connects_to(x)]",
    "[secret(\"s\").value(\"k\", x)]",
    "[network_policy(\"n\").ingress(x)]",
    "[network_policy(\"n\").ingress(allow().peer(x))]",
    "[APP, service(\"s\", APP).port(x)]",
    "[APP, autoscaler(APP).external(\"m\", #{}, x)]",
];

/// Expressions of types that no row's example gives.
const MORE: [&str; 30] = [
    "#{ a: #{ b: 1 }, c: [1] }",
    "backend(service(\"web\", deployment(\"app\").image(\"a:1\").port(\"http\", 80)), \"http\")",
    "volume_claim(\"data\", \"1Gi\")",
    "claim(\"data\", \"1Gi\")",
    "claim_mount(volume_claim(\"data\", \"1Gi\"))",
    "empty_dir()",
    "host_path(\"/var/log\")",
    "image_volume(\"a:1\")",
    "nfs(\"server\", \"/path\")",
    "csi(\"driver\")",
    "projected()",
    "downward_api()",
    "config_map(\"settings\").files()",
    "config_map(\"settings\").prefixed(\"P_\")",
    "limit_of(\"cpu\")",
    "container_port(80)",
    "service_port(80)",
    "service_account(\"app\")",
    "existing(\"secret\", \"keys\")",
    "allow()",
    "pods_with(#{ app: \"web\" })",
    "http_get(\"/ready\", 80)",
    "tolerate(\"gpu\")",
    "spread_over(\"zone\")",
    "container(\"a\")",
    "job(\"import\")",
    "crd(\"crontab.yaml\")",
    "http(\"https://a.example\")",
    "prometheus(\"https://a.example\")",
    "pagerduty(\"key\")",
];

/// Types that only a procedure has values of.
const IN_PROCEDURES: [&str; 3] = ["cluster", "http_answer", "live_object"];

#[test]
fn nothing_that_a_script_hands_over_ends_in_a_panic() {
    let rows: Vec<Row> = rows()
        .into_iter()
        .filter(|row| !row.arguments.is_empty())
        .collect();
    let made = examples();
    let (mut tried, mut without, mut rendered) = (BTreeSet::new(), BTreeSet::new(), 0);
    for row in &rows {
        let receiver = match row.receiver_name().map(|name| (name, made.get(name))) {
            None => String::new(),
            Some((_, Some(example))) => format!("({example})."),
            Some((name, None)) if IN_PROCEDURES.contains(&name) => continue,
            Some((name, None)) => {
                without.insert(name.to_owned());
                continue;
            }
        };
        // Rhai's own `drain` of arrays is found first where one is given, and parses names of functions.
        if row.name == "drain" {
            continue;
        }
        // The same setter of another workload.
        if !tried.insert((row.name, row.arguments.len(), row.doc)) {
            continue;
        }
        let host = example_host("");
        let text = script(&receiver, row);
        let script = Session::new(host)
            .load_text("hostile.rhai", &text)
            .unwrap_or_else(|errors| panic!("{row:?}\n{}\n{text}", errors[0]));
        for environment in script.environments() {
            rendered += usize::from(environment.render().is_ok());
        }
    }
    assert!(without.is_empty(), "no example gives {without:?}");
    assert!(
        tried.len() > 250,
        "only {} functions were tried",
        tried.len()
    );
    assert!(
        rendered > 700,
        "only {rendered} environments could be rendered"
    );
}

/// For every type, an example that gives one.
fn examples() -> BTreeMap<String, String> {
    let mut made = BTreeMap::new();
    let rows = rows();
    let of_rows = rows.iter().map(|row| (&*row.result.name, row.example));
    for (result, example) in of_rows.chain(MORE.map(|example| ("", example))) {
        if example.starts_with("let ") || made.contains_key(result) {
            continue;
        }
        let ty = Arc::new(Mutex::new(String::new()));
        let mut host = example_host(example);
        let said = Arc::clone(&ty);
        host.print = Arc::new(move |text| text.clone_into(&mut said.lock().unwrap()));
        let text = format!("fn example() {{ print(type_of({example})); }} example();");
        if Session::new(host).load_text("example.rhai", &text).is_ok() {
            made.insert(ty.lock().unwrap().clone(), example.to_owned());
        }
    }
    made
}

/// Calls a row with every value, and puts what it gives wherever it may stand.
fn script(receiver: &str, row: &Row) -> String {
    let mut text = String::from(
        "const APP = deployment(\"app\").image(\"a:1\");\nfn hold(x) {\n let held = [];\n",
    );
    text.push_str(" try { return environment(\"e\", [x]); } catch {}\n");
    for holder in HOLDERS {
        let _ = writeln!(
            text,
            " try {{ held.push(environment(\"e\", {holder})); }} catch {{}}"
        );
    }
    text.push_str(" held\n}\nlet all = [];\n");
    for (index, value) in VALUES.iter().enumerate() {
        // Further arguments vary too, so that they meet in other pairs.
        let others =
            (1..row.arguments.len()).map(|more| VALUES[(index * 7 + more * 13) % VALUES.len()]);
        let arguments: Vec<&str> = std::iter::once(*value).chain(others).collect();
        let _ = writeln!(
            text,
            "try {{ all += hold({receiver}{}({})); }} catch {{}}",
            row.name,
            arguments.join(", ")
        );
    }
    text.push_str("all\n");
    text
}
