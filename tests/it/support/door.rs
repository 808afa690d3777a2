//! How a test's commands come into the cluster, where that is not as its administrator.

use super::cluster::{Access, Target};
use super::{Api, Infra};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// Where a pod finds its service account.
const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Kind and name of a role, of which `cluster-admin` is given in the whole cluster.
type Role = (&'static str, &'static str);

/// A way in.
pub(crate) enum Door {
    /// By a context of a kubeconfig.
    Context(Access),
    /// As a pod's: no kubeconfig, the address in variables, the service account in files.
    Pod {
        /// The files that the pod would see.
        files: PathBuf,
        /// Host and port.
        address: (String, String),
    },
}

impl Door {
    /// The second user of the control plane, let into a namespace of the test's.
    pub(crate) fn restricted(infra: &Infra, namespace: &str) -> Self {
        let access = Target::get().access().unwrap();
        let user = format!("{}-restricted", access.context);
        let subject =
            json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user});
        bind(infra, namespace, ("ClusterRole", "restricted"), &subject);
        Self::Context(Access {
            context: user,
            ..access.clone()
        })
    }

    /// A service account with the rights of a role in a namespace of the test's.
    pub(crate) fn account(infra: &Infra, namespace: &str, role: Role) -> Self {
        let mut kubeconfig = Target::get().access().unwrap().read();
        kubeconfig["users"][0]["user"] = json!({"token": token(infra, namespace, role)});
        kubeconfig["contexts"][0]["context"]["user"] = kubeconfig["users"][0]["name"].clone();
        let path = infra.home().join("account.kubeconfig");
        std::fs::write(&path, kubeconfig.to_string()).unwrap();
        Self::Context(Access {
            kubeconfig: path,
            context: text(&kubeconfig["contexts"][0]["name"]),
        })
    }

    /// A pod with such a service account.
    pub(crate) fn pod(infra: &Infra, namespace: &str, role: Role) -> Self {
        let kubeconfig = Target::get().access().unwrap().read();
        let server = text(&kubeconfig["clusters"][0]["cluster"]["server"]);
        let (host, port) = server
            .trim_start_matches("https://")
            .rsplit_once(':')
            .unwrap();
        let files = infra.home().join("account");
        std::fs::create_dir(&files).unwrap();
        let authority = Target::get().folder().join("pki/ca.crt");
        std::fs::copy(authority, files.join("ca.crt")).unwrap();
        std::fs::write(files.join("namespace"), infra.name(namespace)).unwrap();
        std::fs::write(files.join("token"), token(infra, namespace, role)).unwrap();
        Self::Pod {
            files,
            address: (host.to_owned(), port.to_owned()),
        }
    }

    /// How the command is told.
    pub(super) fn flags(&self) -> Vec<String> {
        match self {
            Self::Context(access) => access.flags(),
            Self::Pod { .. } => Vec::new(),
        }
    }

    /// The command behind the door. What it is given by `env_clear` comes before this.
    pub(super) fn command(&self, program: &str) -> Command {
        match self {
            Self::Context(_) => Command::new(program),
            Self::Pod { files, address } => {
                // Mounts that this process alone sees, with the service account where every pod has it.
                let script = format!(
                    "mount -t tmpfs none \"$(realpath /var/run)\" && mkdir -p {MOUNT} && cp \"$0\"/* {MOUNT}/ &&
                     export KUBERNETES_SERVICE_HOST={} KUBERNETES_SERVICE_PORT={} && exec \"$@\"",
                    address.0, address.1
                );
                let mut command = Command::new("unshare");
                command
                    .args(["-rm", "sh", "-c", &script])
                    .arg(files)
                    .arg(program);
                command
            }
        }
    }
}

impl Access {
    /// The kubeconfig, which the launcher writes as JSON.
    fn read(&self) -> Value {
        serde_json::from_slice(&std::fs::read(&self.kubeconfig).unwrap()).unwrap()
    }
}

/// Makes a service account with the rights of a role in its namespace, and a token of it.
fn token(infra: &Infra, namespace: &str, role: Role) -> String {
    let name = "engineer";
    let accounts = infra.path("v1", namespace, "serviceaccounts");
    let api: Api = infra.api();
    api.create(
        &accounts,
        &json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}),
    );
    let subject =
        json!({"kind": "ServiceAccount", "name": name, "namespace": infra.name(namespace)});
    bind(infra, namespace, role, &subject);
    let request =
        json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let answer = api.create(&format!("{accounts}/{name}/token"), &request);
    text(&answer["status"]["token"])
}

/// Gives somebody the rights of a role in a namespace of the test's.
fn bind(infra: &Infra, namespace: &str, role: Role, subject: &Value) {
    let group = "rbac.authorization.k8s.io";
    let api = infra.api();
    let role_ref = json!({"apiGroup": group, "kind": role.0, "name": role.1});
    if role.1 == "cluster-admin" {
        let name = infra.name(namespace);
        let home = api.get(&format!("/api/v1/namespaces/{name}")).unwrap();
        let binding = json!({
            "apiVersion": format!("{group}/v1"), "kind": "ClusterRoleBinding",
            // It goes with the namespace.
            "metadata": {"name": name, "ownerReferences": [{
                "apiVersion": "v1", "kind": "Namespace", "name": name, "uid": home["metadata"]["uid"],
            }]},
            "roleRef": role_ref, "subjects": [subject],
        });
        api.create(&format!("/apis/{group}/v1/clusterrolebindings"), &binding);
        return until_allowed(infra, namespace, role, subject);
    }
    let bindings = infra.path(&format!("{group}/v1"), namespace, "rolebindings");
    let binding = json!({
        "apiVersion": format!("{group}/v1"), "kind": "RoleBinding",
        "metadata": {"name": "engineer"},
        "roleRef": role_ref, "subjects": [subject],
    });
    api.create(&bindings, &binding);
    until_allowed(infra, namespace, role, subject);
}

/// Waits until the API server has heard of what it wrote: it judges by what its own watch shows.
fn until_allowed(infra: &Infra, namespace: &str, role: Role, subject: &Value) {
    let api = infra.api();
    let rbac = "rbac.authorization.k8s.io/v1";
    let definition = match role.0 {
        "Role" => infra.path(rbac, namespace, &format!("roles/{}", role.1)),
        _ => format!("/apis/{rbac}/clusterroles/{}", role.1),
    };
    let definition = api.get(&definition).expect("the role is there");
    let rule = &definition["rules"][0];
    let resource = text(&rule["resources"][0]);
    let (resource, sub) = resource.split_once('/').unwrap_or((&resource, ""));
    let name = text(&subject["name"]);
    let user = match subject["namespace"].as_str() {
        Some(home) => format!("system:serviceaccount:{home}:{name}"),
        None => name,
    };
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
        "spec": {"user": user, "resourceAttributes": {
            "namespace": infra.name(namespace), "verb": rule["verbs"][0], "group": rule["apiGroups"][0],
            "resource": resource, "subresource": sub,
        }},
    });
    let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    let end = Instant::now() + Duration::from_mins(1);
    while api.create(path, &review)["status"]["allowed"] != true {
        assert!(Instant::now() < end, "{user} has no rights: {rule}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
