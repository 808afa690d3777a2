//! What a pod has beside its containers: for every workload.

use super::super::params::{AnyLink, AnyTarget, Keyed, words};
use super::affinity::affinity_rows;
use crate::table::{OneOrMany, Row, Scalar, ScriptType, row};
use infra_sdk::resource::Job;
use infra_sdk::resource::pod::{Container, DnsPolicy, Workload};
use infra_sdk::types::{DnsLabel, ImageRef, LabelKey, LabelValue, Name, Seconds};
use std::net::IpAddr;

/// The setters of every workload's pod.
pub(crate) fn workload_rows<W: Workload + ScriptType>() -> Vec<Row> {
    let mut rows = vec![
        row(
            "job",
            &["self", "name", "image"],
            |this: W, name: Name, image: ImageRef| Job::like(&this, name, image),
        )
        .doc(
            "A job that runs an image as this workload runs its own: with its environment, \
             volumes, user, service account, nodes, and whom it talks to, but without its \
             ports, probes, hooks, other containers and labels.",
        )
        .example(r#"deployment("app").image("a:1").job("migrate", "a:2").command(["migrate"])"#),
        row(
            "container_name",
            &["self", "name"],
            |this: W, name: DnsLabel| this.container_name(name),
        )
        .doc(
            "The name of the main container (`containers[0].name`). Default: the \
             workload's.",
        )
        .maps("containers.name")
        .property()
        .example(r#"deployment("app").image("a:1").container_name("main")"#),
        row(
            "init",
            &["self", "container"],
            |this: W, container: OneOrMany<Container>| container.set(this, W::init),
        )
        .doc(
            "Adds an init container (`initContainers[]`): it must succeed before the others \
             start. One, or an array of them.",
        )
        .maps("initContainers")
        .example(
            r#"deployment("app").image("a:1")
    .init(container("wait").image("b:1").command(["wait"]))"#,
        ),
        row(
            "sidecar",
            &["self", "container"],
            |this: W, container: OneOrMany<Container>| container.set(this, W::sidecar),
        )
        .doc(
            "Adds a sidecar (`initContainers[]` with `restartPolicy: Always`): it starts \
             before the init containers that come after it, and stops after the main \
             container. One, or an array of them.",
        )
        .maps("initContainers")
        .example(r#"deployment("app").image("a:1").sidecar(container("proxy").image("p:1"))"#),
        row(
            "container",
            &["self", "container"],
            |this: W, container: OneOrMany<Container>| container.set(this, W::container),
        )
        .doc(
            "Adds a container beside the main one (`containers[]`). One, or an array of \
             them.",
        )
        .maps("containers")
        .example(
            r#"deployment("app").image("a:1")
    .container(container("metrics").image("exporter:1").port(9090))"#,
        ),
        row(
            "connects_to",
            &["self", "target"],
            |this: W, target: OneOrMany<AnyTarget>| {
                target.set(this, |this, one| this.connects_to(one.0))
            },
        )
        .doc(
            "It talks to another workload or service, to the internet or to the API server: it \
             starts when that is ready, and where traffic is denied by default this much is \
             allowed, on both sides. One, or an array of them.",
        )
        .maps("connects_to")
        .example(
            r#"deployment("app").image("a:1")
    .connects_to([existing("service", "db"), internet(443)])"#,
        ),
        row(
            "selector",
            &["self", "labels"],
            |this: W, labels: Keyed<LabelKey, LabelValue>| this.selector(labels.0),
        )
        .doc(
            "The labels that select its pods (`spec.selector.matchLabels`), which cannot \
             change later. Default: `app`, where its labels have one, else \
             `app.kubernetes.io/name: NAME`.",
        )
        .maps("spec.selector.matchLabels")
        .property()
        .example(r#"deployment("app").image("a:1").selector(#{ run: "app" })"#),
        row(
            "pod_label",
            &["self", "key", "value"],
            |this: W, key: LabelKey, value: LabelValue| this.pod_label(key, value),
        )
        .doc("A label of the pods alone (`template.metadata.labels`).")
        .maps("template.metadata.labels")
        .example(r#"deployment("app").image("a:1").pod_label("version", "v1.0.0")"#),
        row(
            "pod_annotation",
            &["self", "key", "value"],
            |this: W, key: LabelKey, value: String| this.pod_annotation(key, value),
        )
        .doc("An annotation of the pods (`template.metadata.annotations`).")
        .maps("template.metadata.annotations")
        .example(
            r#"deployment("app").image("a:1")
    .pod_annotation("example.com/team", "checkout")"#,
        ),
        row(
            "service_account",
            &["self", "account"],
            |this: W, account: AnyLink| this.service_account(account.0),
        )
        .doc(
            "The service account (`serviceAccountName`), whose token the pod then gets. \
             Default: one of its own, named after the workload, without a token \
             (`.without(\"service_account\")`: the namespace's `default`).",
        )
        .maps("serviceAccountName")
        .property()
        .example(
            r#"deployment("app").image("a:1")
    .service_account(service_account("shared"))"#,
        ),
        row(
            "automount_service_account_token",
            &["self", "yes"],
            |this: W, yes: bool| this.automount_service_account_token(yes),
        )
        .doc(
            "Whether the pod gets its service account's token \
             (`automountServiceAccountToken`). Default: only where a service account is \
             named.",
        )
        .maps("automountServiceAccountToken")
        .property()
        .example(r#"deployment("app").image("a:1").automount_service_account_token(true)"#),
        row(
            "image_pull_secret",
            &["self", "secret"],
            |this: W, secret: OneOrMany<AnyLink>| {
                secret.set(this, |this, one| this.image_pull_secret(one.0))
            },
        )
        .doc(
            "A secret with which images are fetched (`imagePullSecrets[]`). One, or an \
             array of them.",
        )
        .maps("imagePullSecrets")
        .example(
            r#"deployment("app").image("a:1")
    .image_pull_secret(existing("secret", "registry"))"#,
        ),
        row("fs_group", &["self", "id"], |this: W, id: u32| {
            this.fs_group(id)
        })
        .doc(
            "The group that owns the volumes (`securityContext.fsGroup`). Default: the \
             group, else the user, that the pod runs as, where it mounts persistent \
             volumes.",
        )
        .maps("securityContext.fsGroup")
        .property()
        .example(r#"deployment("app").image("a:1").fs_group(1001)"#),
        row(
            "supplemental_group",
            &["self", "id"],
            |this: W, id: OneOrMany<u32>| id.set(this, W::supplemental_group),
        )
        .doc(
            "A further group of every process (`securityContext.supplementalGroups[]`). \
             One, or an array of them.",
        )
        .maps("securityContext.supplementalGroups")
        .example(r#"deployment("app").image("a:1").supplemental_group(2000)"#),
        row(
            "sysctl",
            &["self", "name", "value"],
            |this: W, name: String, value: String| this.sysctl(name, value),
        )
        .doc("A kernel parameter (`securityContext.sysctls[]`).")
        .maps("securityContext.sysctls")
        .example(
            r#"deployment("app").image("a:1")
    .sysctl("net.ipv4.ip_local_port_range", "1024 65535")"#,
        ),
        row(
            "termination_grace_period",
            &["self", "period"],
            |this: W, period: Seconds| this.termination_grace_period(period),
        )
        .doc(
            "How long its containers have to stop (`terminationGracePeriodSeconds`). \
             Default: 30s.",
        )
        .maps("terminationGracePeriodSeconds")
        .property()
        .example(r#"deployment("app").image("a:1").termination_grace_period("60s")"#),
        row(
            "dns_policy",
            &["self", "policy"],
            |this: W, policy: DnsPolicy| this.dns_policy(policy),
        )
        .doc("How names are resolved (`dnsPolicy`). Default: `ClusterFirst`.")
        .maps("dnsPolicy")
        .property()
        .example(r#"deployment("app").image("a:1").dns_policy("Default")"#),
        row(
            "dns_nameserver",
            &["self", "address"],
            |this: W, address: OneOrMany<IpAddr>| address.set(this, W::dns_nameserver),
        )
        .doc(
            "A DNS server by its address (`dnsConfig.nameservers[]`). One, or an array of \
             them.",
        )
        .maps("dnsConfig.nameservers")
        .example(r#"deployment("app").image("a:1").dns_nameserver("10.0.0.53")"#),
        row(
            "dns_search",
            &["self", "domain"],
            |this: W, domain: OneOrMany<String>| domain.set(this, W::dns_search),
        )
        .doc(
            "A domain in which short names are looked for (`dnsConfig.searches[]`). One, or \
             an array of them.",
        )
        .maps("dnsConfig.searches")
        .example(r#"deployment("app").image("a:1").dns_search("internal.example")"#),
        row(
            "dns_option",
            &["self", "name", "value"],
            |this: W, name: String, value: Option<String>| this.dns_option(name, value),
        )
        .doc("An option of the resolver (`dnsConfig.options[]`), such as `ndots` with `2`.")
        .maps("dnsConfig.options")
        .example(r#"deployment("app").image("a:1").dns_option("ndots", "2")"#),
        row(
            "host_alias",
            &["self", "address", "names"],
            |this: W, address: IpAddr, names: OneOrMany<Scalar>| {
                this.host_alias(address, words(names.0))
            },
        )
        .doc("Names of an address in `/etc/hosts` (`hostAliases[]`).")
        .maps("hostAliases")
        .example(
            r#"deployment("app").image("a:1")
    .host_alias("10.0.0.7", ["legacy.example"])"#,
        ),
        row("host_network", &["self", "yes"], |this: W, yes: bool| {
            this.host_network(yes)
        })
        .doc(
            "Whether it is on the node's own network (`hostNetwork`): its ports are the node's. \
             Names of the cluster are found all the same (`dnsPolicy`). Default: no.",
        )
        .maps("hostNetwork")
        .property()
        .example(r#"deployment("app").image("a:1").host_network(true)"#),
        row("host_pid", &["self", "yes"], |this: W, yes: bool| {
            this.host_pid(yes)
        })
        .doc("Whether it sees the node's processes (`hostPID`). Default: no.")
        .maps("hostPID")
        .property()
        .example(r#"deployment("app").image("a:1").host_pid(true)"#),
        row("host_ipc", &["self", "yes"], |this: W, yes: bool| {
            this.host_ipc(yes)
        })
        .doc("Whether it shares memory with the node's processes (`hostIPC`). Default: no.")
        .maps("hostIPC")
        .property()
        .example(r#"deployment("app").image("a:1").host_ipc(true)"#),
        row("host_users", &["self", "yes"], |this: W, yes: bool| {
            this.host_users(yes)
        })
        .doc(
            "Whether its users are the node's (`hostUsers`): where they are not, root inside is \
             nobody outside. Default: they are.",
        )
        .maps("hostUsers")
        .property()
        .example(r#"deployment("app").image("a:1").host_users(false)"#),
        row(
            "share_process_namespace",
            &["self", "yes"],
            |this: W, yes: bool| this.share_process_namespace(yes),
        )
        .doc(
            "Whether its containers see each other's processes (`shareProcessNamespace`). \
             Default: no.",
        )
        .maps("shareProcessNamespace")
        .property()
        .example(r#"deployment("app").image("a:1").share_process_namespace(true)"#),
        row("hostname", &["self", "name"], |this: W, name: DnsLabel| {
            this.hostname(name)
        })
        .doc("The host name inside (`hostname`). Default: the pod's name.")
        .maps("hostname")
        .property()
        .example(r#"deployment("app").image("a:1").hostname("app")"#),
        row("subdomain", &["self", "name"], |this: W, name: DnsLabel| {
            this.subdomain(name)
        })
        .doc(
            "The subdomain of its full host name (`subdomain`): the name of a headless \
             service.",
        )
        .maps("subdomain")
        .property()
        .example(r#"deployment("app").image("a:1").hostname("app").subdomain("apps")"#),
        row(
            "enable_service_links",
            &["self", "yes"],
            |this: W, yes: bool| this.enable_service_links(yes),
        )
        .doc(
            "Whether it gets variables for every service of its namespace \
             (`enableServiceLinks`). Default: Kubernetes' own, yes.",
        )
        .maps("enableServiceLinks")
        .property()
        .example(r#"deployment("app").image("a:1").enable_service_links(false)"#),
    ];
    rows.extend(affinity_rows::<W>());
    rows
}
