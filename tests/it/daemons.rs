//! Daemon sets: a pod on every node, with rights on it, reached by others through a service.

use crate::support::{Infra, needs};
use insta::assert_snapshot;
use serde_json::{Value, json};

/// Docker-in-docker runners, as a platform that builds images runs them.
const RUNNERS: &str = r#"const IMAGE = param("image", "docker:27.3-dind");
const SPACE = namespace("shop").pod_security("privileged");
const DOCKER = daemon_set("docker")
    .image(IMAGE)
    .args(["dockerd", "--host=tcp://0.0.0.0:2375"])
    .privileged(true)
    .port("docker", 2375)
    .requests(#{ cpu: "2000m", memory: "4Gi" }).limits(#{ cpu: "8000m", memory: "16Gi" })
    .volume("/var/lib/docker", host_path("/var/lib/runners").type("DirectoryOrCreate"))
    .readiness_probe(tcp_socket("docker").period("1s"));
const WEB = service("docker", DOCKER);
const API = deployment("api").image("registry.example/api:1.4.2").port("http", 3000)
    .env("DOCKER_HOST", "tcp://docker:2375")
    .connects_to(DOCKER);
environment("shop", [SPACE, DOCKER, WEB, API]).deny_by_default()
"#;

fn daemon(infra: &Infra, name: &str) -> Value {
    let found = infra.object("apps/v1", "shop", &format!("daemonsets/{name}"));
    found.expect("there")
}

fn nodes(infra: &Infra) -> usize {
    infra.api().list("/api/v1/nodes").len()
}

#[test]
fn a_pod_on_every_node_before_those_who_connect_to_it() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", RUNNERS);
    let run = infra.run("run shop.rhai --yes").ends_with(0);
    let ready = |what: &str| {
        let line = format!("ready {what} after");
        run.stderr.find(&line)
    };
    assert!(ready("daemonset/docker") < ready("deployment/api"), "{run}");
    let docker = daemon(&infra, "docker");
    let status = &docker["status"];
    assert_eq!(status["numberReady"], status["desiredNumberScheduled"]);
    assert_eq!(status["numberReady"], nodes(&infra));
    let pod = &docker["spec"]["template"]["spec"];
    assert_eq!(pod["serviceAccountName"], "docker");
    assert_eq!(
        pod["containers"][0]["securityContext"],
        json!({"privileged": true})
    );
    let policy = infra.object("networking.k8s.io/v1", "shop", "networkpolicies/docker");
    assert_eq!(
        policy.expect("what connects to it is let in")["spec"]["ingress"][0]["ports"],
        json!([{"port": 2375, "protocol": "TCP"}])
    );
    assert_snapshot!("nothing_to_do", infra.run("plan shop.rhai").ends_with(0));
    infra.run("destroy shop.rhai --yes").ends_with(0);
    assert!(infra.objects("apps/v1", "shop", "daemonsets").is_empty());
}

#[test]
fn a_new_image_goes_from_node_to_node() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write("shop.rhai", RUNNERS);
    infra.run("run shop.rhai --yes").ends_with(0);
    let next = "--set image=docker:28.0-dind";
    assert_snapshot!(
        "new_image_plan",
        infra.run(&format!("plan shop.rhai {next}")).ends_with(0)
    );
    infra
        .run(&format!("run shop.rhai --yes {next}"))
        .ends_with(0);
    let status = daemon(&infra, "docker")["status"].clone();
    assert_eq!(status["updatedNumberScheduled"], nodes(&infra));
    let pods = infra.objects("v1", "shop", "pods");
    let images = pods.iter().filter_map(|pod| {
        let image = pod["spec"]["containers"][0]["image"].as_str()?;
        image.starts_with("docker:").then_some(image)
    });
    assert!(images.clone().count() >= nodes(&infra));
    assert!(
        images.clone().all(|image| image == "docker:28.0-dind"),
        "{pods:?}"
    );
}

/// Without `min_ready`: the controller of Kubernetes 1.36 forgets to look again at a surged pod that becomes ready while
/// it still waits for the one before.
#[test]
fn a_surge_brings_the_new_pod_before_the_old_one_goes() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    let text = |version: &str| {
        format!(
            r#"environment("shop", [daemon_set("agent").image("agent:{version}").max_surge(1)])
"#
        )
    };
    infra.write("shop.rhai", &text("1.9"));
    infra.run("run shop.rhai --yes").ends_with(0);
    infra.write("shop.rhai", &text("2.0"));
    infra.run("run shop.rhai --yes").ends_with(0);
    let agent = daemon(&infra, "agent");
    assert_eq!(
        agent["spec"]["updateStrategy"]["rollingUpdate"]["maxUnavailable"],
        0
    );
    assert_eq!(agent["status"]["updatedNumberScheduled"], nodes(&infra));
    assert_eq!(agent["status"]["numberAvailable"], nodes(&infra));
    infra.run("plan shop.rhai --exit-code").ends_with(0);
}

#[test]
fn why_a_daemon_set_is_not_ready() {
    needs!(Nodes, Faults);
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        r#"const AGENT = daemon_set("agent").image("registry.example/agent:9.9")
    .pod_annotation("sandbox.infra.dev/image-not-found", "agent");
environment("shop", [AGENT])
"#,
    );
    let failed = infra.run("run shop.rhai --yes --timeout 2m");
    assert_snapshot!("image_not_found", failed.ends_with(5));
}

#[test]
fn what_matches_no_node_says_so_and_holds_nobody_up() {
    needs!(Nodes);
    let infra = Infra::on_cluster();
    infra.write(
        "shop.rhai",
        r#"const GPU = daemon_set("gpu").image("registry.example/gpu:1").node_selector("example.com/gpu", "none");
environment("shop", [GPU])
"#,
    );
    assert_snapshot!("no_node", infra.run("run shop.rhai --yes").ends_with(0));
    assert_snapshot!("no_node_status", infra.run("status shop.rhai").ends_with(0));
}
