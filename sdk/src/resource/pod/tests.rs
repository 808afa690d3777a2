//! The whole pod: every setter against the JSON that it means.

use super::*;
use crate::resource::testing::{lower, p, problems};
use crate::resource::{
    ConfigMap, Convention, Deployment, Described, Link, Secret, ServiceAccount, VolumeClaim,
};
use crate::types::Port;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

/// A deployment without defaults, so that a test shows what it sets and nothing else.
fn bare() -> Deployment {
    let app = Deployment::new(p("app")).image(p("app:1"));
    Convention::ALL
        .iter()
        .fold(app, |app, convention| app.without(*convention))
}

fn spec(app: &Deployment) -> Value {
    lower(&[app])[0]["spec"]["template"]["spec"].take()
}

#[test]
fn every_setter_of_a_container() {
    let app = bare()
        .image_pull_policy(ImagePullPolicy::Always)
        .working_dir("/srv")
        .port(
            ContainerPort::new(p("53"))
                .protocol(p("UDP"))
                .host_port(p("5353")),
        )
        .env(p("IP"), FieldRef::PodIp)
        .env(p("CPU"), ResourceRef::limit("cpu").divisor(p("1m")))
        .liveness_probe(
            Probe::tcp_socket(p("53"))
                .failure_threshold(5)
                .termination_grace_period(p("1m")),
        )
        .readiness_probe(
            Probe::grpc(p("9000"))
                .service("health")
                .success_threshold(2),
        )
        .startup_probe(
            Probe::http_get("/", p("80"))
                .https()
                .header("Host", "a")
                .timeout(p("2s")),
        )
        .post_start(Hook::exec(["true"]))
        .pre_stop(Hook::sleep(p("5s")))
        .add_capability("NET_BIND_SERVICE")
        .drop_capability("ALL")
        .read_only_root_filesystem(true)
        .allow_privilege_escalation(false)
        .resize_policy("cpu", ResizePolicy::NotRequired)
        .log_as_termination_message()
        .stdin(true)
        .tty(true);
    assert_eq!(
        spec(&app)["containers"][0],
        json!({
            "name": "app",
            "image": "app:1",
            "imagePullPolicy": "Always",
            "workingDir": "/srv",
            "ports": [{ "containerPort": 53, "protocol": "UDP", "hostPort": 5353 }],
            "env": [
                { "name": "IP", "valueFrom": { "fieldRef": { "fieldPath": "status.podIP" } } },
                { "name": "CPU", "valueFrom": { "resourceFieldRef": { "resource": "limits.cpu", "divisor": "1m" } } },
            ],
            "livenessProbe": {
                "tcpSocket": { "port": 53 }, "failureThreshold": 5, "terminationGracePeriodSeconds": 60,
            },
            "readinessProbe": { "grpc": { "port": 9000, "service": "health" }, "successThreshold": 2 },
            "startupProbe": {
                "httpGet": {
                    "path": "/", "port": 80, "scheme": "HTTPS",
                    "httpHeaders": [{ "name": "Host", "value": "a" }],
                },
                "timeoutSeconds": 2,
            },
            "lifecycle": {
                "postStart": { "exec": { "command": ["true"] } },
                "preStop": { "sleep": { "seconds": 5 } },
            },
            "securityContext": {
                "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true,
                "capabilities": { "add": ["NET_BIND_SERVICE"], "drop": ["ALL"] },
            },
            "resizePolicy": [{ "resourceName": "cpu", "restartPolicy": "NotRequired" }],
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "stdin": true,
            "tty": true,
        })
    );
}

#[test]
fn every_setter_of_a_pod() {
    let address = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    let app = bare()
        .container_name(p("main"))
        .pod_annotation(p("a"), "b")
        .service_account(&ServiceAccount::new(p("robot")))
        .image_pull_secret(&Secret::new(p("registry")))
        .run_as_user(1000)
        .run_as_group(1001)
        .fs_group(1002)
        .supplemental_group(1003)
        .sysctl("kernel.shm_rmid_forced", "1")
        .seccomp_profile("profiles/app.json")
        .app_armor_profile("app")
        .se_linux_level("s0:c1,c2")
        .node_selector(p("disk"), p("ssd"))
        .toleration(
            Toleration::key(p("type"))
                .value("api")
                .effect(TaintEffect::NoSchedule),
        )
        .toleration(Toleration::all().time(p("1m")))
        .topology_spread(TopologySpread::over(p("zone")).max_skew(2).min_domains(3))
        .priority_class(p("high"))
        .runtime_class(p("gvisor"))
        .scheduler("mine")
        .termination_grace_period(p("1m"))
        .dns_policy(DnsPolicy::None)
        .dns_nameserver(address)
        .dns_search("svc.local")
        .dns_option("ndots", Some("2".to_owned()))
        .host_alias(address, ["a.local"])
        .host_network(true)
        .host_pid(false)
        .host_ipc(false)
        .host_users(false)
        .share_process_namespace(true)
        .hostname(p("h"))
        .subdomain(p("s"))
        .enable_service_links(false);
    let mut pod = spec(&app);
    assert_eq!(pod["containers"][0]["name"], "main");
    pod["containers"].take();
    assert_eq!(
        pod,
        json!({
            "containers": null,
            "serviceAccountName": "robot",
            "imagePullSecrets": [{ "name": "registry" }],
            "securityContext": {
                "runAsUser": 1000,
                "runAsGroup": 1001,
                "fsGroup": 1002,
                "supplementalGroups": [1003],
                "sysctls": [{ "name": "kernel.shm_rmid_forced", "value": "1" }],
                "seccompProfile": { "type": "Localhost", "localhostProfile": "profiles/app.json" },
                "appArmorProfile": { "type": "Localhost", "localhostProfile": "app" },
                "seLinuxOptions": { "level": "s0:c1,c2" },
            },
            "nodeSelector": { "disk": "ssd" },
            "tolerations": [
                { "key": "type", "operator": "Equal", "value": "api", "effect": "NoSchedule" },
                { "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60 },
            ],
            "topologySpreadConstraints": [{
                "labelSelector": { "matchLabels": { "app": "app" } },
                "matchLabelKeys": ["pod-template-hash"],
                "maxSkew": 2,
                "minDomains": 3,
                "topologyKey": "zone",
                "whenUnsatisfiable": "DoNotSchedule",
            }],
            "priorityClassName": "high",
            "runtimeClassName": "gvisor",
            "schedulerName": "mine",
            "terminationGracePeriodSeconds": 60,
            "dnsPolicy": "None",
            "dnsConfig": {
                "nameservers": ["10.0.0.1"],
                "searches": ["svc.local"],
                "options": [{ "name": "ndots", "value": "2" }],
            },
            "hostAliases": [{ "ip": "10.0.0.1", "hostnames": ["a.local"] }],
            "hostNetwork": true,
            "hostPID": false,
            "hostIPC": false,
            "hostUsers": false,
            "shareProcessNamespace": true,
            "hostname": "h",
            "subdomain": "s",
            "enableServiceLinks": false,
        })
    );
}

#[test]
fn every_volume() {
    let config = ConfigMap::new(p("conf"));
    let secret = Secret::new(p("conf"));
    let disk = VolumeClaim::new(p("disk"), p("1Gi")).block();
    let files = Files::config_map(&config).item(p("a"), "a.txt").optional();
    let fields = DownwardApi::new()
        .field("name", FieldRef::Name)
        .resource("cpu", ResourceRef::request("cpu").container(p("app")));
    let token = Projected::new()
        .key(secret.key(p("k")), "key")
        .token("token", Some("vault".to_owned()), Some(p("1h")))
        .mode(p("0440"));
    let app = bare()
        .volume(p("/conf"), files)
        .volume(p("/secret"), &secret)
        .volume(p("/tmp"), EmptyDir::new())
        .volume(
            p("/var/cache"),
            EmptyDir::new()
                .memory()
                .size_limit(p("64Mi"))
                .name(p("cache")),
        )
        .volume(
            p("/host"),
            HostPath::new("/var/log")
                .kind(HostPathType::Directory)
                .read_only(),
        )
        .volume(p("/fields"), fields)
        .volume(p("/token"), token)
        .volume(p("/nfs"), Nfs::new("nfs.local", "/export").read_only())
        .volume(
            p("/csi"),
            Csi::new(p("secrets-store.csi.k8s.io"))
                .attribute("class", "a")
                .read_only(),
        )
        .volume(p("/image"), ImageVolume::new(p("files:1")))
        .device(p("/dev/xvda"), &disk)
        .init(
            Container::new(p("prepare"))
                .image(p("app:1"))
                .volume(p("/tmp"), EmptyDir::new())
                .volume(
                    p("/cache"),
                    EmptyDir::new()
                        .memory()
                        .size_limit(p("64Mi"))
                        .name(p("cache")),
                ),
        );
    let pod = spec(&app);
    assert_eq!(
        pod["volumes"],
        json!([
            { "name": "cache", "emptyDir": { "medium": "Memory", "sizeLimit": "64Mi" } },
            { "name": "conf", "configMap": {
                "name": "conf", "items": [{ "key": "a", "path": "a.txt" }], "optional": true } },
            { "name": "conf-2", "secret": { "secretName": "conf" } },
            { "name": "tmp", "emptyDir": {} },
            { "name": "host", "hostPath": { "path": "/var/log", "type": "Directory" } },
            { "name": "fields", "downwardAPI": { "items": [
                { "path": "name", "fieldRef": { "fieldPath": "metadata.name" } },
                { "path": "cpu", "resourceFieldRef": { "containerName": "app", "resource": "requests.cpu" } },
            ] } },
            { "name": "token", "projected": { "defaultMode": 288, "sources": [
                { "secret": { "name": "conf", "items": [{ "key": "k", "path": "key" }] } },
                { "serviceAccountToken": { "audience": "vault", "expirationSeconds": 3600, "path": "token" } },
            ] } },
            { "name": "nfs", "nfs": { "server": "nfs.local", "path": "/export", "readOnly": true } },
            { "name": "csi", "csi": {
                "driver": "secrets-store.csi.k8s.io", "readOnly": true, "volumeAttributes": { "class": "a" } } },
            { "name": "image", "image": { "reference": "files:1" } },
            { "name": "disk", "persistentVolumeClaim": { "claimName": "disk" } },
            { "name": "tmp-2", "emptyDir": {} },
        ])
    );
    assert_eq!(
        pod["containers"][0]["volumeDevices"],
        json!([{ "devicePath": "/dev/xvda", "name": "disk" }])
    );
    assert_eq!(
        pod["initContainers"][0]["volumeMounts"],
        json!([{ "mountPath": "/tmp", "name": "tmp-2" }, { "mountPath": "/cache", "name": "cache" }])
    );
}

#[test]
fn who_runs_near_whom() {
    let other = Deployment::new(p("cache")).image(p("cache:1"));
    let app = bare()
        .require_nodes(p("arch"), ["arm64"])
        .require_nodes(p("gpu"), Vec::<String>::new())
        .prefer_nodes(10, p("disk"), ["ssd"])
        .require_near(&other, p("zone"))
        .prefer_apart(&other, p("host"));
    let term = |key: &str| {
        json!({
            "labelSelector": { "matchLabels": { "app.kubernetes.io/name": "cache" } },
            "topologyKey": key,
        })
    };
    let pod = lower(&[&app, &other])[0]["spec"]["template"]["spec"].take();
    assert_eq!(
        pod["affinity"],
        json!({
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": { "nodeSelectorTerms": [{
                    "matchExpressions": [
                        { "key": "arch", "operator": "In", "values": ["arm64"] },
                        { "key": "gpu", "operator": "Exists" },
                    ],
                }] },
                "preferredDuringSchedulingIgnoredDuringExecution": [{
                    "weight": 10,
                    "preference": { "matchExpressions": [
                        { "key": "disk", "operator": "In", "values": ["ssd"] },
                    ] },
                }],
            },
            "podAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": [term("zone")] },
            "podAntiAffinity": { "preferredDuringSchedulingIgnoredDuringExecution": [
                { "weight": 100, "podAffinityTerm": term("host") },
            ] },
        })
    );
}

#[test]
fn containers_beside_the_main_one() {
    let beside = |name: &str| Container::new(p(name)).image(p("beside:1"));
    let app = bare()
        .without(Convention::StandardLabels)
        .init(beside("first"))
        .sidecar(beside("proxy"))
        .container(beside("log").run_as_user(0));
    let pod = spec(&app);
    assert_eq!(
        pod["initContainers"],
        json!([
            { "name": "first", "image": "beside:1" },
            { "name": "proxy", "image": "beside:1", "restartPolicy": "Always" },
        ])
    );
    assert_eq!(
        pod["containers"][1]["securityContext"],
        json!({ "runAsUser": 0 })
    );
}

#[test]
fn defaults_give_way_to_what_contradicts_them() {
    let app = || Deployment::new(p("app")).image(p("app:1"));
    let root = spec(&app().run_as_user(0));
    assert!(root["securityContext"].get("runAsNonRoot").is_none());
    let beside = Container::new(p("c")).image(p("c:1")).run_as_user(0);
    let pod = spec(&app().container(beside));
    assert_eq!(
        pod["containers"][1]["securityContext"]["runAsNonRoot"],
        false
    );
    let privileged = spec(&app().privileged(true));
    assert_eq!(
        privileged["containers"][0]["securityContext"],
        json!({ "privileged": true })
    );
    let account = spec(&app().service_account(&ServiceAccount::new(p("robot"))));
    assert!(account.get("automountServiceAccountToken").is_none());
    let limited = spec(&app().limit("memory", p("64Mi")));
    assert_eq!(
        limited["containers"][0]["resources"],
        json!({ "limits": { "memory": "64Mi" }, "requests": { "cpu": "100m" } })
    );
}

#[test]
fn what_is_wrong() {
    let config = ConfigMap::new(p("conf"));
    let app = || Deployment::new(p("app")).image(p("app:1"));
    let beside = |name: &str| Container::new(p(name)).image(p("beside:1"));
    let dir = |name: &str| EmptyDir::new().name(p(name));
    for (app, expected) in vec![
        (
            app().container(beside("app")),
            "deployment `app` has two containers named `app`",
        ),
        (
            app().init(Container::new(p("init"))),
            "container `init` of deployment `app` has no image",
        ),
        (
            app().init(beside("init").liveness_probe(Probe::exec(["true"]))),
            "init container `init` of deployment `app` cannot have probes",
        ),
        (
            app().port(p::<Port>("80")).port(p::<Port>("80")),
            "container `app` of deployment `app` has port 80 twice",
        ),
        (
            app().volume(p("/a"), dir("a")).volume(p("/a"), dir("b")),
            "container `app` of deployment `app` mounts two volumes at `/a`",
        ),
        (
            app()
                .volume(p("/a"), dir("a"))
                .volume(p("/b"), dir("a").size_limit(p("1Gi"))),
            "deployment `app` has two different volumes named `a`",
        ),
        (
            app().volume(p("/a"), ClaimTemplate::new(p("data"), p("1Gi"))),
            "deployment `app` cannot have the claim `data` for each pod: only a stateful set can",
        ),
        (
            app().service_account(Link::from(&config)),
            "the service account of deployment `app` is config map `conf`",
        ),
        (
            app().env_from(EnvFrom::secret(&config)),
            "a source of the variables of deployment `app` is config map `conf`",
        ),
    ] {
        assert_eq!(problems(&[&app]), [expected]);
    }
}
