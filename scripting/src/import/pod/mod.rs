//! Pods: of every workload, written once.

mod container;
mod env;
mod probe;
mod volume;

use super::code::{Code, call, json, text};
use super::context::Context;
use super::setters::{self, get};
use container::{container, main_container};
use infra_sdk::resource::Convention;
use serde_json::{Map, Value};

/// A pod of a workload, for what is proposed of it.
pub(super) struct Pod<'a> {
    /// The workload: its word in scripts, its object, its namespace.
    pub(super) receiver: &'static str,
    pub(super) object: &'a Value,
    pub(super) home: &'a str,
    /// The template of its pods.
    pub(super) template: &'a Value,
    pub(super) context: &'a Context<'a>,
}

/// Setters of the pod that are fields of its spec and no more.
const PLAIN: [&str; 21] = [
    "run_as_user",
    "run_as_group",
    "run_as_non_root",
    "fs_group",
    "supplemental_group",
    "se_linux_level",
    "termination_grace_period",
    "dns_policy",
    "dns_nameserver",
    "dns_search",
    "host_network",
    "host_pid",
    "host_ipc",
    "host_users",
    "hostname",
    "subdomain",
    "enable_service_links",
    "automount_service_account_token",
    "share_process_namespace",
    "runtime_class",
    "scheduler",
];

impl Pod<'_> {
    fn spec(&self) -> &Value {
        &self.template["spec"]
    }

    /// Adds the pod to a workload.
    pub(super) fn add(&self, mut code: Code) -> Code {
        code = self.labels(code);
        let none = Vec::new();
        let containers = self.spec()["containers"].as_array().unwrap_or(&none);
        if let Some((main, others)) = containers.split_first() {
            code = main_container(self, code, main);
            for init in self.spec()["initContainers"].as_array().unwrap_or(&none) {
                let setter = if init["restartPolicy"] == "Always" {
                    "sidecar"
                } else {
                    "init"
                };
                code = code.then(setter, [container(self, init)]);
            }
            for other in others {
                code = code.then("container", [container(self, other)]);
            }
        }
        self.around(code)
    }

    fn around(&self, mut code: Code) -> Code {
        let spec = self.spec();
        code = setters::set(code, self.receiver, spec, "", |name| PLAIN.contains(&name));
        if let Some(profile) = seccomp(&spec["securityContext"]["seccompProfile"]) {
            code = code.then("seccomp_profile", [profile]);
        }
        if let Some(name) = spec["serviceAccountName"].as_str() {
            code = code.then(
                "service_account",
                [self.context.link("", "ServiceAccount", self.home, name)],
            );
        }
        for secret in names(&spec["imagePullSecrets"]) {
            code = code.then(
                "image_pull_secret",
                [self.context.link("", "Secret", self.home, secret)],
            );
        }
        if let Some(class) = spec["priorityClassName"].as_str() {
            code = code.then("priority_class", [text(class)]);
        }
        for (key, value) in fields(&spec["nodeSelector"]) {
            code = code.then("node_selector", [text(key), json(value)]);
        }
        for one in items(&spec["tolerations"]) {
            code = code.then("toleration", [toleration(one)]);
        }
        for one in items(&spec["topologySpreadConstraints"]) {
            if let Some(spread) = spread(one) {
                code = code.then("topology_spread", [spread]);
            }
        }
        for one in items(&spec["securityContext"]["sysctls"]) {
            code = code.then("sysctl", [json(&one["name"]), json(&one["value"])]);
        }
        for one in items(&spec["hostAliases"]) {
            code = code.then("host_alias", [json(&one["ip"]), json(&one["hostnames"])]);
        }
        for one in items(&spec["dnsConfig"]["options"]) {
            if one["value"].is_string() {
                code = code.then("dns_option", [json(&one["name"]), json(&one["value"])]);
            }
        }
        self.affinity(code)
    }

    fn affinity(&self, mut code: Code) -> Code {
        let nodes = get(
            self.spec(),
            "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution",
        );
        let [term] = items(&nodes["nodeSelectorTerms"]) else {
            return code;
        };
        for one in items(&term["matchExpressions"]) {
            if one["operator"] == "In" {
                code = code.then("require_nodes", [json(&one["key"]), json(&one["values"])]);
            }
        }
        code
    }

    /// Labels of the object that its pods have too are the workload's, others of its pods the pods'.
    fn labels(&self, mut code: Code) -> Code {
        let own = fields(&self.object["metadata"]["labels"]);
        let of_pods = &self.template["metadata"]["labels"];
        let common: Map<String, Value> = own
            .filter(|(key, value)| of_pods.get(key) == Some(value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let selector = get(self.object, "spec.selector.matchLabels");
        let by_default = self.selector(&common);
        if !common.is_empty() {
            code = code.then("labels", [json(&Value::Object(common.clone()))]);
        }
        let selects = fields(selector).next().is_some();
        if selects && *selector != by_default {
            code = code.then("selector", [json(selector)]);
        }
        for (key, value) in fields(of_pods) {
            if !common.contains_key(key) && selector.get(key) != Some(value) {
                code = code.then("pod_label", [text(key), json(value)]);
            }
        }
        for (key, value) in fields(&self.template["metadata"]["annotations"]) {
            code = code.then("pod_annotation", [text(key), json(value)]);
        }
        code
    }

    /// What a workload with these labels selects unless it says otherwise.
    fn selector(&self, labels: &Map<String, Value>) -> Value {
        const NAME: &str = "app.kubernetes.io/name";
        let standard = self.context.on.contains(&Convention::StandardLabels);
        let named = standard || labels.contains_key(NAME);
        let key = if labels.contains_key("app") || !named {
            "app"
        } else {
            NAME
        };
        let name = &self.object["metadata"]["name"];
        Value::Object(Map::from_iter([(
            key.to_owned(),
            labels.get(key).unwrap_or(name).clone(),
        )]))
    }
}

fn seccomp(profile: &Value) -> Option<Code> {
    match profile["type"].as_str()? {
        "Localhost" => Some(json(&profile["localhostProfile"])),
        word => Some(text(word)),
    }
}

fn toleration(one: &Value) -> Code {
    let mut code = match one["key"].as_str() {
        Some(key) => call("tolerate", [text(key)]),
        None => call("tolerate_all", []),
    };
    if one["operator"] != "Exists" && one["key"].is_string() {
        code = code.then("value", [text(one["value"].as_str().unwrap_or_default())]);
    }
    setters::set(code, "toleration", one, "", |name| {
        matches!(name, "effect" | "time")
    })
}

fn spread(one: &Value) -> Option<Code> {
    let code = call("spread_over", [text(one["topologyKey"].as_str()?)]);
    let code = setters::set(code, "topology_spread", one, "", |name| {
        matches!(name, "max_skew" | "min_domains")
    });
    let required = one["whenUnsatisfiable"] != "ScheduleAnyway";
    Some(if required {
        code.then("required", [])
    } else {
        code
    })
}

/// The items of a list, none where there is none.
pub(super) fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// The fields of a map, none where there is none.
pub(super) fn fields(map: &Value) -> impl Iterator<Item = (&String, &Value)> {
    map.as_object().into_iter().flatten()
}

/// The names in a list of references.
pub(super) fn names(list: &Value) -> impl Iterator<Item = &str> {
    items(list).iter().filter_map(|one| one["name"].as_str())
}
