//! The road of a real environment: from nothing to ready, to unchanged, without one of its stores,
//! destroyed, and back.

use crate::adoption::is_of_job;
use crate::support::{Infra, needs};
use insta::assert_snapshot;
use serde_json::Value;

const SCRIPT: &str = "production.rhai --env-file sample.env";

const EXAMPLE: &str = "examples/apricode-exchange";

/// The example with names of the test's own.
fn example() -> Infra {
    Infra::on_cluster().with_copy_of(EXAMPLE)
}

/// The example, ready in a sandbox.
fn ready() -> Infra {
    let infra = example();
    infra.run(&format!("run {SCRIPT} --yes")).ends_with(0);
    infra
}

/// Takes the lines of redis out of the example's script: the statements of its constants, and every
/// other line that names it.
fn without_redis(infra: &Infra) {
    let text = infra.read("production.rhai");
    let mut kept = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        inside = inside || line.starts_with("const REDIS");
        let names_it = line.to_lowercase().contains("redis") && !line.starts_with("//");
        if !inside && !names_it {
            kept.push(line);
        }
        inside = inside && !line.ends_with(';');
    }
    infra.write("production.rhai", &kept.join("\n"));
}

fn secret(infra: &Infra, key: &str) -> String {
    let secret = infra
        .object("v1", "apricode-exchange", "secrets/app-secrets")
        .expect("the secret is there");
    secret["data"][key]
        .as_str()
        .expect("the key is there")
        .to_owned()
}

#[test]
fn from_nothing_to_ready_and_then_nothing_to_do() {
    needs!(Nodes, Whole);
    // As it stands in the repository, names and all.
    let infra = Infra::alone(&["apricode-exchange", "monitoring"]).with_copy_of(EXAMPLE);
    let first = infra.run(&format!("run {SCRIPT} --yes")).ends_with(0);
    assert_snapshot!("from_nothing_to_ready", first);
    let again = infra.run(&format!("run {SCRIPT} --yes")).ends_with(0);
    assert_snapshot!("nothing_to_do", again);
    assert_snapshot!(
        "status_when_ready",
        infra.run(&format!("status {SCRIPT}")).ends_with(0)
    );
}

#[test]
fn no_pod_of_the_application_exists_before_both_stores_are_ready() {
    needs!(Nodes);
    let infra = ready();
    let pods = infra.objects("v1", "apricode-exchange", "pods");
    let name = |pod: &Value| pod["metadata"]["name"].as_str().unwrap().to_owned();
    let ready_at = |prefix: &str| {
        let pod = pods
            .iter()
            .find(|pod| name(pod).starts_with(prefix))
            .expect(prefix);
        let conditions = pod["status"]["conditions"].as_array().unwrap();
        let ready = conditions
            .iter()
            .find(|condition| condition["type"] == "Ready")
            .unwrap();
        assert_eq!(ready["status"], "True", "{prefix}");
        ready["lastTransitionTime"].as_str().unwrap().to_owned()
    };
    let stores = [ready_at("postgres-0"), ready_at("redis-0")];
    let mut applications = 0;
    for pod in pods
        .iter()
        .filter(|pod| name(pod).starts_with("apricode-app-"))
    {
        applications += 1;
        let made = pod["metadata"]["creationTimestamp"].as_str().unwrap();
        for store in &stores {
            assert!(
                made >= store.as_str(),
                "{} was made at {made}, a store was ready at {store}",
                name(pod)
            );
        }
    }
    assert_eq!(applications, 3);
}

#[test]
fn what_is_taken_out_goes_and_what_holds_data_stays() {
    needs!(Nodes);
    let infra = ready();
    without_redis(&infra);
    assert_snapshot!(
        "plan_without_redis",
        infra.run(&format!("plan {SCRIPT}")).ends_with(0)
    );
    assert_snapshot!(
        "run_without_redis",
        infra.run(&format!("run {SCRIPT} --yes")).ends_with(0)
    );
    let there = |api: &str, object: &str| infra.object(api, "apricode-exchange", object).is_some();
    assert!(!there("apps/v1", "statefulsets/redis"));
    assert!(!there("v1", "services/redis-service"));
    let volume = "persistentvolumeclaims/redis-storage-redis-0";
    assert!(there("v1", volume));

    let again = infra.run(&format!("plan {SCRIPT}")).ends_with(0);
    assert!(again.stdout.contains("nothing to change"), "{again}");
    let delete = "--delete persistentvolumeclaim/redis-storage-redis-0 --yes";
    assert_snapshot!(
        "delete_the_volume",
        infra.run(&format!("run {SCRIPT} {delete}")).ends_with(0)
    );
    assert!(!there("v1", volume));
    let outcome = infra.run(&format!("run {SCRIPT} {delete}")).ends_with(2);
    assert_snapshot!("delete_what_is_not_kept", outcome);
}

#[test]
fn destroying_keeps_the_data_and_coming_back_finds_it() {
    needs!(Nodes);
    let infra = ready();
    let password = secret(&infra, "POSTGRES_PASSWORD");
    let address = secret(&infra, "DATABASE_URL");
    assert_snapshot!(
        "destroy",
        infra.run(&format!("destroy {SCRIPT} --yes")).ends_with(0)
    );
    assert_eq!(secret(&infra, "POSTGRES_PASSWORD"), password);
    let volumes = infra.objects("v1", "apricode-exchange", "persistentvolumeclaims");
    let names: Vec<&str> = volumes
        .iter()
        .filter_map(|claim| claim["metadata"]["name"].as_str())
        .collect();
    assert!(names.contains(&"postgres-storage-postgres-0"), "{names:?}");
    let left = infra.objects("v1", "apricode-exchange", "pods");
    // A cron job that comes due at that very moment makes one more, which is collected after it.
    let left: Vec<&Value> = left.iter().filter(|pod| !is_of_job(pod)).collect();
    assert!(left.is_empty(), "{left:#?}");

    let again = infra.run(&format!("destroy {SCRIPT} --yes")).ends_with(0);
    assert_snapshot!("destroy_again", again);

    infra.run(&format!("run {SCRIPT} --yes")).ends_with(0);
    assert_eq!(secret(&infra, "POSTGRES_PASSWORD"), password);
    assert_eq!(secret(&infra, "DATABASE_URL"), address);
    let settled = infra
        .run(&format!("plan {SCRIPT} --exit-code"))
        .ends_with(0);
    assert!(settled.stdout.contains("nothing to change"), "{settled}");
}

#[test]
fn no_secret_is_ever_shown() {
    needs!(Nodes);
    let infra = example();
    let mut everything = String::new();
    for line in [
        format!("plan {SCRIPT} -o json"),
        format!("run {SCRIPT} --yes"),
        format!("status {SCRIPT} -o yaml"),
        format!("run {SCRIPT} --yes --no-wait --set host=other.example -o json"),
        "render production.rhai --env-file sample.env".to_owned(),
        format!("destroy {SCRIPT} --yes -o json"),
    ] {
        everything.push_str(&infra.run(&line).ends_with(0).to_string());
    }
    let sample = infra.read("sample.env");
    let plain = sample
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='));
    let encoded = secret(&infra, "POSTGRES_PASSWORD");
    let secrets: Vec<String> = plain
        .map(|(_, value)| value.trim_matches('"').to_owned())
        .chain([encoded])
        .filter(|value| !value.is_empty())
        .collect();
    assert!(secrets.len() >= 5, "{secrets:?}");
    for secret in secrets {
        assert!(!everything.contains(&secret), "a secret is shown");
    }
}
