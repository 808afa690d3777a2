//! How much is told: `-q` and `-v`.

use crate::support::{Infra, needs};
use insta::assert_snapshot;

const SHOP: &str = r#"print("reading");
const KEYS = secret("keys").values(#{ TOKEN: secret_env("TOKEN") });
environment("shop", [KEYS, config_map("settings").values(#{ MODE: "production" })])
"#;

fn shop() -> Infra {
    let infra = Infra::on_cluster().variable("TOKEN", "hunter2-hunter2");
    infra.write("shop.rhai", SHOP);
    infra
}

#[test]
fn quiet_is_the_result_and_errors_alone() {
    let infra = shop();
    assert_snapshot!("quiet_plan", infra.run("plan shop.rhai -q").ends_with(0));
    assert_snapshot!(
        "quiet_run",
        infra.run("run -q shop.rhai --yes").ends_with(0)
    );
    assert_snapshot!(
        "quiet_again",
        infra.run("run shop.rhai --yes -q").ends_with(0)
    );
    assert_snapshot!(
        "quiet_wrong",
        infra.run("plan nowhere.rhai --quiet").ends_with(2)
    );
    let both = infra.run("plan shop.rhai -q -v").ends_with(2);
    assert!(both.stderr.contains("cannot be used with"), "{both}");
}

/// The lines about requests, without what differs between two runs.
fn requests(infra: &Infra, line: &str) -> Vec<String> {
    let outcome = infra.run(line).ends_with(0);
    for told in [&outcome.stdout, &outcome.stderr] {
        assert!(
            !told.contains("hunter2") && !told.contains("aHVudGVyMi"),
            "{outcome}"
        );
    }
    let methods = ["GET ", "PATCH ", "POST ", "DELETE "];
    let lines = outcome.stderr.lines();
    lines
        .filter(|line| methods.iter().any(|method| line.starts_with(method)))
        .map(|line| {
            let (request, took) = line.rsplit_once(' ').unwrap();
            let number = took.strip_suffix("ms").unwrap();
            assert!(number.parse::<u64>().is_ok(), "{line}");
            // The environment's mark is made of its name, which is another on a shared cluster.
            let mark = request.split_once("applyset-");
            mark.map_or(request.to_owned(), |(before, rest)| {
                let (_, after) = rest.split_once("-v1").unwrap();
                format!("{before}MARK{after}")
            })
        })
        .collect()
}

#[test]
fn each_request_is_told_with_its_time_and_never_a_body() {
    needs!(Nodes);
    let infra = shop();
    let mut told = requests(&infra, "plan shop.rhai -v");
    // Those that run side by side end in any order.
    told.sort();
    assert_snapshot!(told.join("\n"));
    let told = requests(&infra, "run shop.rhai --yes --verbose");
    let of = |method: &str, path: &str| {
        let is = |line: &&String| line.starts_with(method) && line.contains(path);
        told.iter().filter(is).count()
    };
    assert!(of("PATCH", "/secrets/keys") >= 1, "{told:#?}");
    assert!(of("PATCH", "/configmaps/settings") >= 1, "{told:#?}");
    assert!(
        told.iter()
            .all(|line| line.ends_with(" 200") || line.ends_with(" 201") || line.ends_with(" 404"))
    );
}
