//! What an environment asks for: in its status for people, in plan and status for programs.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use serde_json::Value;

const SHOP: &str = r#"let api = deployment("api").image("registry.example/api:1.4.2")
    .requests(#{ cpu: "500m", memory: "1Gi" }).limits(#{ cpu: "1", memory: "2Gi" })
    .sidecar(container("logs").image("registry.example/logs:2")
        .requests(#{ cpu: "50m", memory: "64Mi" }).limits(#{ cpu: "100m", memory: "64Mi" }));

environment("shop", [
    api,
    autoscaler(api).replicas(2, 6).cpu(70),
    deployment("worker").image("registry.example/api:1.4.2").replicas(2),
    stateful_set("db").image("postgres:17.2").run_as_user(70)
        .requests(#{ cpu: "1", memory: "4Gi" }).limits(#{ memory: "4Gi" })
        .volume("/var/lib/postgresql/data", claim("data", "100Gi")),
    volume_claim("uploads", "50Gi"),
    cron_job("report", "0 2 * * *").image("registry.example/api:1.4.2")
        .requests(#{ cpu: "250m", memory: "512Mi" }),
])
"#;

#[test]
fn a_plan_sums_what_the_environment_will_ask_for() {
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    let plan = infra.run("plan shop.rhai --output json").ends_with(0);
    let plan: Value = serde_json::from_str(&plan.stdout).unwrap();
    assert_eq!(plan["version"], 1);
    let mut totals = plan["plans"][0]["totals"].clone();
    for one in totals["workloads"].as_array_mut().unwrap() {
        one["id"]["namespace"].take();
    }
    assert_snapshot!(format!("{totals:#}"));
}

#[test]
fn what_nothing_asks_for_has_no_column() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        r#"environment("shop", [
    deployment("app").image("registry.example/app:1.4.2").requests(#{ memory: "1Gi" }).limits(#{ cpu: "1" }),
])
"#,
    );
    infra.run("run shop.rhai --yes").ends_with(0);
    let status = infra.run("status shop.rhai").ends_with(0);
    let heading = status.stdout.lines().find(|line| line.contains("pods  "));
    let words: Vec<&str> = heading.unwrap().split_whitespace().collect();
    assert_eq!(words.join(" "), "pods cpu up to memory up to", "{status}");
}

#[test]
fn a_status_shows_them_as_a_table() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", SHOP);
    infra.run("run shop.rhai --yes").ends_with(0);
    let status = infra.run("status shop.rhai").ends_with(0);
    let table = status
        .stdout
        .lines()
        .skip_while(|line| !line.trim_start().starts_with("pods"))
        .collect::<Vec<_>>()
        .join("\n");
    assert!(table.lines().all(|line| line.chars().count() <= 100));
    assert_snapshot!(table);
    let json = infra.run("status shop.rhai --output json").ends_with(0);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let plan = infra.run("plan shop.rhai --output json").ends_with(0);
    let plan: Value = serde_json::from_str(&plan.stdout).unwrap();
    for field in ["min", "max", "per_node", "while_running"] {
        let (there, planned) = (
            &json["statuses"][0]["totals"][field],
            &plan["plans"][0]["totals"][field],
        );
        assert_eq!(there, planned, "{field}");
    }
}
