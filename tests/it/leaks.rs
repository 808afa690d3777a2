//! No secret is told: every source has a mark, everything there is runs, and every byte of what is
//! printed, written or stored outside Secrets is searched for the marks in all their forms.

use crate::support::{Asked, Fake, Infra, Met, answering, needs, repository};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

/// A value that every way of writing it changes.
fn mark(source: &str) -> String {
    format!("mark of {source}/\"+=&ü")
}

/// The password in `tests/sops/secrets.yaml`.
const OF_SOPS: &str = "correct horse \"battery\" / staple ü";

const SHOP: &str = r#"const MODE = param("mode", "a");
const KEYS = secret("keys").values(#{
    ENV: secret_env("MARK"),
    FILE: secret_file("mark.key"),
    STDIN: secret_stdin(),
    SOPS: sops("sops/secrets.yaml", "db.password"),
    VAULT: vault("secret/shop", "mark"),
    EXISTING: secret_of("NAMESPACE/marks", "mark"),
    URL: "https://app:" + secret_env("MARK") + "@db/" + vault("secret/shop", "mark"),
    MADE: generated("made", 32, "!-~"),
    MODE: MODE,
});
const PULL = pull_secret("pull", "registry.example", "robot", secret_env("MARK"));
const APP = deployment("app").image("registry.example/app:1").env_from(KEYS).image_pull_secret(PULL)
    .env("URL", KEYS.key("URL")).env("MODE", MODE);

/// Runs a task.
fn task() { run_job(APP.job("task", "registry.example/app:1").command(["task"])).logs() }
/// Gives a secret.
fn give() { secret_env("MARK") }
/// Throws one.
fn throws() { throw secret_env("MARK") }

environment("shop", [KEYS, PULL, APP])
"#;

/// All the ways in which a value is written.
fn forms(value: &str) -> Vec<String> {
    let escaped = |text: &str, space: &str| {
        text.bytes().fold(String::new(), |mut escaped, byte| {
            match byte {
                b' ' => escaped.push_str(space),
                b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
                _ if byte.is_ascii_alphanumeric() => escaped.push(char::from(byte)),
                _ => write!(escaped, "%{byte:02X}").unwrap(),
            }
            escaped
        })
    };
    let encoded = STANDARD.encode(value);
    let json = serde_json::Value::from(value).to_string();
    vec![
        value.to_owned(),
        json.trim_matches('"').to_owned(),
        escaped(value, "%20"),
        escaped(value, "+"),
        escaped(&encoded, "%20"),
        encoded,
    ]
}

#[track_caller]
fn search(what: &str, text: &str, secrets: &[String]) {
    for secret in secrets {
        for form in forms(secret) {
            assert!(!text.contains(&form), "{what} tells `{form}`:\n{text}");
        }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn no_marked_secret_is_told() {
    needs!(Nodes);
    let vault = answering(|asked: &Asked| {
        let text = if asked.line.contains("/mounts/") {
            serde_json::json!({"data": {"path": "secret/", "options": {"version": "2"}}})
        } else {
            serde_json::json!({"data": {"data": {"mark": mark("vault")}}})
        };
        (200, text.to_string())
    });
    let keys = repository().join("tests/sops/keys.txt");
    let infra = Infra::on_cluster()
        .with_copy_of_at("tests/sops", "sops")
        .variable("MARK", &mark("env"))
        .variable("MARK_THERE", &mark("existing"))
        .variable("VAULT_ADDR", &vault)
        .variable("VAULT_TOKEN", "hvs.token-of-the-vault")
        .variable("SOPS_AGE_KEY_FILE", &keys.to_string_lossy());
    infra.write("mark.key", &mark("file"));
    let there =
        "environment(\"marks\", [secret(\"marks\").value(\"mark\", secret_env(\"MARK_THERE\"))])\n";
    infra.write("marks.rhai", there);
    infra.write(
        "shop.rhai",
        &SHOP.replace("NAMESPACE", &infra.name("marks")),
    );
    infra.run("run marks.rhai --yes").ends_with(0);

    let mut secrets: Vec<String> = ["env", "file", "stdin", "vault", "existing"]
        .iter()
        .map(|source| mark(source))
        .collect();
    let key = std::fs::read_to_string(&keys).unwrap();
    secrets.extend(
        key.lines()
            .filter(|line| line.starts_with("AGE-"))
            .map(str::to_owned),
    );
    secrets.push(format!("https://app:{}@db/{}", mark("env"), mark("vault")));
    secrets.push(OF_SOPS.to_owned());
    secrets.push("hvs.token-of-the-vault".to_owned());
    secrets.push(STANDARD.encode(format!("robot:{}", mark("env"))));

    let mut told = Vec::new();
    for (line, code) in [
        ("list shop.rhai", 0),
        ("render shop.rhai", 0),
        ("render shop.rhai -o json", 0),
        ("render shop.rhai --output-dir out", 0),
        ("plan shop.rhai -v", 0),
        ("plan shop.rhai -o json", 0),
        ("plan shop.rhai -o markdown", 0),
        ("run shop.rhai --dry-run -v", 0),
        ("run shop.rhai --yes -v", 0),
        ("plan shop.rhai --exit-code -o yaml", 0),
        ("plan shop.rhai --set mode=b -v", 0),
        ("run shop.rhai --yes --set mode=b -o json -v", 0),
        ("status shop.rhai -o yaml -v", 0),
        ("status shop.rhai", 0),
        ("run shop.rhai task -v", 0),
        ("run shop.rhai give", 0),
        ("run shop.rhai throws", 1),
    ] {
        let outcome = infra.run_piped(line, &mark("stdin")).ends_with(code);
        told.push((line.to_owned(), outcome.to_string()));
    }
    // What only the cluster knows.
    let keys = infra.object("v1", "shop", "secrets/keys").unwrap();
    let made = STANDARD
        .decode(keys["data"]["MADE"].as_str().unwrap())
        .unwrap();
    secrets.push(String::from_utf8(made).unwrap());

    for (api, plural) in [
        ("v1", "configmaps"),
        ("v1", "pods"),
        ("v1", "events"),
        ("v1", "serviceaccounts"),
        ("apps/v1", "deployments"),
        ("apps/v1", "replicasets"),
        ("batch/v1", "jobs"),
        ("networking.k8s.io/v1", "networkpolicies"),
        ("coordination.k8s.io/v1", "leases"),
    ] {
        for object in infra.objects(api, "shop", plural) {
            told.push((plural.to_owned(), object.to_string()));
        }
    }

    // The end of a run that is stopped, and of one whose pods print what they should not.
    infra.write(
        "sudden.rhai",
        &SHOP
            .replace("NAMESPACE", &infra.name("marks"))
            .replace("secret_stdin()", "\"none\"")
            .replace("app:1", "app:2"),
    );
    told.push((
        "a stop".to_owned(),
        infra
            .start("run sudden.rhai --yes -v")
            .interrupt()
            .to_string(),
    ));
    let line = "destroy shop.rhai --yes -o json -v";
    told.push((line.to_owned(), infra.run(line).ends_with(0).to_string()));
    for (what, text) in &told {
        search(what, text, &secrets);
    }
    assert!(search_files(&infra, &secrets) > 8);
}

/// Searches all that the commands and their test wrote, but for what is a source of secrets; how many files.
#[track_caller]
fn search_files(infra: &Infra, secrets: &[String]) -> usize {
    let mut written = Vec::new();
    files(infra.home(), &mut written);
    // The sandbox is the cluster, and holds its Secrets.
    written.retain(|path| {
        !path.starts_with(infra.sandboxes())
            && !path.ends_with("mark.key")
            && !path.ends_with("sops/keys.txt")
    });
    for path in &written {
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        search(&path.display().to_string(), &text, secrets);
    }
    written.len()
}

/// A run that is killed while its secret is on the way to the API server: nothing of it is left on this machine.
#[test]
fn a_run_that_is_killed_leaves_nothing_of_its_secrets() {
    let (on_the_way, received) = channel();
    let server = Fake::serve(move |asked| {
        if asked.writes() && asked.path.contains("/secrets/keys") {
            let _ = on_the_way.send(asked.body.to_string());
            loop {
                std::thread::park();
            }
        }
        Met::Well
    });
    let infra = Infra::new().variable("MARK", &mark("env"));
    let temporary = infra.home().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let infra = infra.variable("TMPDIR", &temporary.display().to_string());
    server.lead(&infra, "", "");
    infra.write("mark.key", &mark("file"));
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [secret(\"keys\").values(#{\n    MARK: secret_env(\"MARK\"), FILE: secret_file(\"mark.key\"),\n})])\n",
    );
    let running = infra.start("run shop.rhai --yes -v --kubeconfig kube.yaml");
    let body = received.recv_timeout(Duration::from_mins(2)).unwrap();
    assert!(body.contains(&STANDARD.encode(mark("env"))), "{body}");
    let killed = running.kill();
    assert_eq!(killed.code, -1);
    let secrets = [mark("env"), mark("file")];
    search("a killed run", &killed.to_string(), &secrets);
    search_files(&infra, &secrets);
}

#[test]
fn what_a_pod_prints_of_its_secrets_is_hidden() {
    needs!(Nodes, Faults);
    let infra = Infra::on_cluster().variable("MARK", "mark-of-env/+=");
    infra.write(
        "shop.rhai",
        r#"let keys = secret("keys").values(#{ URL: "redis://:" + secret_env("MARK") + "@redis" });
let app = deployment("app").image("registry.example/app:1").env_from(keys)
    .pod_annotation("sandbox.infra.dev/crash", "app")
    .pod_annotation("sandbox.infra.dev/crash-log", "cannot dial redis://:mark-of-env%2F%2B%3D@redis\nbad password mark-of-env/+=");
environment("shop", [keys, app])
"#,
    );
    let outcome = infra.run("run shop.rhai --yes --timeout 2m").ends_with(5);
    assert!(
        outcome.stderr.contains("bad password (secret)"),
        "{outcome}"
    );
    search(
        "a crash",
        &outcome.to_string(),
        &["mark-of-env/+=".to_owned()],
    );
}

/// An API server, or a webhook behind it, that says no and quotes all that it was sent.
#[test]
fn a_refusal_that_quotes_the_body_is_hidden() {
    let status = |code: u16, reason: &str, message: &str| {
        let status = serde_json::json!({"kind": "Status", "apiVersion": "v1", "status": "Failure",
            "reason": reason, "code": code, "message": message});
        (code, status.to_string())
    };
    let server = answering(move |asked: &Asked| {
        let path = asked.line.split(['?', ' ']).nth(1).unwrap_or_default();
        if !asked.line.starts_with("GET ") {
            let message = format!(
                "admission webhook \"all.example\" denied the request: {}",
                asked.body
            );
            return status(403, "Forbidden", &message);
        }
        if path == "/api/v1/namespaces/shop" {
            let shop = serde_json::json!({"kind": "Namespace", "apiVersion": "v1",
                "metadata": {"name": "shop", "uid": "1"}, "status": {"phase": "Active"}});
            return (200, shop.to_string());
        }
        let is_one = path.split('/').count() > 6;
        if is_one {
            let mut parts = path.rsplit('/');
            let details = serde_json::json!({"name": parts.next(), "kind": parts.next()});
            let status = serde_json::json!({"kind": "Status", "apiVersion": "v1", "status": "Failure",
                "reason": "NotFound", "code": 404, "message": "not found", "details": details});
            return (404, status.to_string());
        }
        let list =
            serde_json::json!({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []});
        (200, list.to_string())
    });
    let infra = Infra::new().variable("MARK", &mark("env"));
    let kubeconfig = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters: [{{name: a, cluster: {{server: \"{server}\"}}}}]\nusers: [{{name: a, user: {{}}}}]\ncontexts: [{{name: a, context: {{cluster: a, user: a}}}}]\n"
    );
    infra.write("kube.yaml", &kubeconfig);
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [secret(\"keys\").values(#{\n    MARK: secret_env(\"MARK\"),\n    URL: \"x:\" + secret_env(\"MARK\"),\n})]).existing_namespace()\n",
    );
    for line in [
        "plan shop.rhai",
        "run shop.rhai --yes -v",
        "plan shop.rhai -o json -v",
    ] {
        let outcome = infra
            .run(&format!("{line} --kubeconfig kube.yaml"))
            .ends_with(1);
        assert!(outcome.stderr.contains("denied the request"), "{outcome}");
        assert!(outcome.stderr.contains("(secret)"), "{outcome}");
        let secrets = [mark("env"), format!("x:{}", mark("env"))];
        search(line, &outcome.to_string(), &secrets);
    }
}
