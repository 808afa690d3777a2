//! The rules of writing: validation, patches, subresources, deletion, admission.

use crate::common::{client, ready_client, send};
use kube::client::Client;
use serde_json::{Value, json};

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "app", "image": "nginx:1.29", "ports": [{"containerPort": 80}]}]},
            },
        },
    })
}

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";
const MAPS: &str = "/api/v1/namespaces/default/configmaps";
const STRATEGIC: &str = "application/strategic-merge-patch+json";
const MERGE: &str = "application/merge-patch+json";
const JSON: &str = "application/json-patch+json";
const APPLY: &str = "application/apply-patch+yaml";

async fn post(client: &Client, path: &str, body: Value) -> (u16, Value) {
    send(client, "POST", path, "application/json", Some(body)).await
}

async fn get(client: &Client, path: &str) -> (u16, Value) {
    send(client, "GET", path, "", None).await
}

#[tokio::test]
async fn refusals_have_the_servers_form() {
    let (_sandbox, client) = client();
    let mut bad = deployment();
    bad["spec"]["replicas"] = (-1).into();
    let (code, status) = post(&client, DEPLOYMENTS, bad).await;
    assert_eq!(code, 422);
    assert_eq!(
        status["message"],
        "Deployment.apps \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"
    );
    assert_eq!(
        (&status["reason"], &status["details"]["kind"]),
        (&json!("Invalid"), &json!("Deployment"))
    );
    let mut unknown = deployment();
    unknown["spec"]["replicaz"] = 1.into();
    let strict = format!("{DEPLOYMENTS}?fieldValidation=Strict");
    let (code, status) = post(&client, &strict, unknown.clone()).await;
    assert_eq!(code, 400);
    assert_eq!(
        status["message"],
        "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: unknown field \"spec.replicaz\""
    );
    let (code, made) = post(&client, DEPLOYMENTS, unknown).await;
    assert_eq!((code, &made["spec"]["replicaz"]), (201, &Value::Null));
    let path = "/api/v1/namespaces/none/configmaps";
    let (code, status) = post(&client, path, json!({"metadata": {"name": "a"}})).await;
    assert_eq!(
        (code, &status["message"]),
        (404, &json!("namespaces \"none\" not found"))
    );
    let (code, _) = get(&client, "/apis/example.com/v1/things").await;
    assert_eq!(code, 404);
    let (code, _) = send(&client, "DELETE", "/api/v1/namespaces", "", None).await;
    assert_eq!(code, 405);
    let exec = "/api/v1/namespaces/default/pods/x/exec";
    assert_eq!(get(&client, exec).await.0, 501);
}

#[tokio::test]
async fn every_patch_changes_what_it_says() {
    let (_sandbox, client) = client();
    post(&client, DEPLOYMENTS, deployment()).await;
    let path = format!("{DEPLOYMENTS}/web");
    let patch = |ty: &'static str, body: Value| {
        let (client, path) = (client.clone(), path.clone());
        async move { send(&client, "PATCH", &path, ty, Some(body)).await }
    };
    let side = json!({"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "busybox:1"}]}}}});
    let (code, now) = patch(STRATEGIC, side).await;
    assert_eq!(code, 200, "{now}");
    assert_eq!(
        now["spec"]["template"]["spec"]["containers"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(now["metadata"]["generation"], 2);
    let (_, now) = patch(MERGE, json!({"metadata": {"labels": {"a": "b"}}})).await;
    assert_eq!(
        (
            &now["metadata"]["labels"]["a"],
            &now["metadata"]["generation"]
        ),
        (&json!("b"), &json!(2))
    );
    let (_, now) = patch(
        JSON,
        json!([{"op": "replace", "path": "/spec/replicas", "value": 4}]),
    )
    .await;
    assert_eq!(now["spec"]["replicas"], 4);
    let (code, _) = patch(
        JSON,
        json!([{"op": "test", "path": "/spec/replicas", "value": 9}]),
    )
    .await;
    assert_eq!(code, 422);
    let (code, status) = patch(
        MERGE,
        json!({"spec": {"selector": {"matchLabels": {"app": "x"}}}}),
    )
    .await;
    assert_eq!(code, 422);
    assert!(
        status["message"]
            .as_str()
            .unwrap()
            .contains("field is immutable"),
        "{status}"
    );
    let (code, _) = patch("text/plain", json!({})).await;
    assert_eq!(code, 415);
    let (code, status) = patch(
        APPLY,
        json!({"apiVersion": "apps/v1", "kind": "Deployment"}),
    )
    .await;
    assert_eq!(code, 422);
    assert_eq!(
        status["message"],
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
    );
}

#[tokio::test]
async fn a_scale_changes_replicas_under_its_own_manager() {
    let (_sandbox, client) = client();
    post(&client, DEPLOYMENTS, deployment()).await;
    let path = format!("{DEPLOYMENTS}/web/scale");
    let (_, scale) = get(&client, &path).await;
    assert_eq!(
        (&scale["kind"], &scale["spec"]["replicas"]),
        (&json!("Scale"), &json!(1))
    );
    assert_eq!(scale["status"]["selector"], "app=web");
    let by_hand = format!("{path}?fieldManager=hand");
    let (code, scale) = send(
        &client,
        "PATCH",
        &by_hand,
        MERGE,
        Some(json!({"spec": {"replicas": 3}})),
    )
    .await;
    assert_eq!((code, &scale["spec"]["replicas"]), (200, &json!(3)));
    let (_, live) = get(&client, &format!("{DEPLOYMENTS}/web")).await;
    let entries = live["metadata"]["managedFields"].as_array().unwrap();
    let entry = entries
        .iter()
        .find(|entry| entry["manager"] == "hand")
        .unwrap();
    assert_eq!(
        (&entry["subresource"], &entry["fieldsV1"]),
        (&json!("scale"), &json!({"f:spec": {"f:replicas": {}}}))
    );
}

#[tokio::test]
async fn status_and_the_rest_keep_apart() {
    let (_sandbox, client) = client();
    let path = "/api/v1/namespaces/default/persistentvolumeclaims";
    let claim = json!({"metadata": {"name": "data"}, "status": {"phase": "Bound"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1024Mi"}}}});
    let (_, made) = post(&client, path, claim).await;
    assert_eq!(
        (
            &made["status"]["phase"],
            &made["spec"]["resources"]["requests"]["storage"]
        ),
        (&json!("Pending"), &json!("1Gi"))
    );
    assert_eq!(
        made["metadata"]["finalizers"],
        json!(["kubernetes.io/pvc-protection"])
    );
    let status = json!({"status": {"phase": "Lost"}, "spec": {"volumeName": "x"}});
    let (code, now) = send(
        &client,
        "PATCH",
        &format!("{path}/data/status"),
        MERGE,
        Some(status),
    )
    .await;
    assert_eq!(
        (code, &now["status"]["phase"], &now["spec"]["volumeName"]),
        (200, &json!("Lost"), &Value::Null)
    );
}

#[tokio::test]
async fn finalizers_hold_an_object_until_they_are_gone() {
    let (_sandbox, client) = client();
    let map = json!({"metadata": {"name": "a", "finalizers": ["example.com/wait"]}});
    post(&client, MAPS, map.clone()).await;
    let path = format!("{MAPS}/a");
    let (code, marked) = send(&client, "DELETE", &path, "", None).await;
    assert_eq!(
        (code, marked["metadata"]["deletionTimestamp"].is_string()),
        (200, true)
    );
    let (code, status) = post(&client, MAPS, map).await;
    assert_eq!(code, 409);
    assert_eq!(
        status["message"],
        "object is being deleted: configmaps \"a\" already exists"
    );
    let more = json!({"metadata": {"finalizers": ["example.com/wait", "example.com/more"]}});
    assert_eq!(
        send(&client, "PATCH", &path, MERGE, Some(more)).await.0,
        422
    );
    let none = json!({"metadata": {"finalizers": null}});
    assert_eq!(
        send(&client, "PATCH", &path, MERGE, Some(none)).await.0,
        200
    );
    assert_eq!(get(&client, &path).await.0, 404);
}

#[tokio::test]
async fn a_dry_run_stores_nothing_and_a_stale_write_is_refused() {
    let (_sandbox, client) = client();
    let dry = format!("{MAPS}?dryRun=All");
    let (code, would) = post(&client, &dry, json!({"metadata": {"name": "a"}})).await;
    assert_eq!((code, would["metadata"]["uid"].is_string()), (201, true));
    assert_eq!(would["metadata"]["resourceVersion"], Value::Null);
    let path = format!("{MAPS}/a");
    assert_eq!(get(&client, &path).await.0, 404);
    let (_, mut made) = post(&client, MAPS, json!({"metadata": {"name": "a"}})).await;
    let stale = made.clone();
    made["data"] = json!({"k": "1"});
    let (_, now) = send(&client, "PUT", &path, "application/json", Some(made)).await;
    let (_, same) = send(&client, "PUT", &path, "application/json", Some(now.clone())).await;
    assert_eq!(
        now["metadata"]["resourceVersion"],
        same["metadata"]["resourceVersion"]
    );
    let (code, status) = send(&client, "PUT", &path, "application/json", Some(stale)).await;
    assert_eq!(code, 409);
    assert!(status["message"].as_str().unwrap().ends_with(
        "the object has been modified; please apply your changes to the latest version and try again"
    ));
    let wrong = json!({"preconditions": {"uid": "x"}});
    assert_eq!(
        send(&client, "DELETE", &path, "application/json", Some(wrong))
            .await
            .0,
        409
    );
}

#[tokio::test]
async fn a_quota_and_a_standard_are_held_in_the_servers_words() {
    let (_sandbox, client) = ready_client();
    post(&client, "/api/v1/namespaces/default/resourcequotas", json!({
        "metadata": {"name": "small"}, "spec": {"hard": {"configmaps": "2", "requests.cpu": "1"}},
    })).await;
    let quota = "/api/v1/namespaces/default/resourcequotas/small";
    assert_eq!(
        get(&client, quota).await.1["status"]["used"],
        json!({"configmaps": "1", "requests.cpu": "0"})
    );
    assert_eq!(
        post(&client, MAPS, json!({"metadata": {"name": "a"}}))
            .await
            .0,
        201
    );
    let (code, status) = post(&client, MAPS, json!({"metadata": {"name": "b"}})).await;
    assert_eq!(code, 403);
    assert_eq!(
        status["message"],
        "configmaps \"b\" is forbidden: exceeded quota: small, requested: configmaps=1, used: configmaps=2, limited: configmaps=2"
    );
    let pod = json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "app", "image": "x:1"}]}});
    let (_, status) = post(&client, "/api/v1/namespaces/default/pods", pod.clone()).await;
    assert_eq!(
        status["message"],
        "pods \"p\" is forbidden: failed quota: small: must specify requests.cpu for: app"
    );
    post(
        &client,
        "/api/v1/namespaces",
        json!({"metadata": {
        "name": "strict", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}),
    )
    .await;
    let (code, status) = post(&client, "/api/v1/namespaces/strict/pods", pod).await;
    assert_eq!(code, 403);
    let start = "pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false";
    assert!(
        status["message"].as_str().unwrap().starts_with(start),
        "{status}"
    );
}

#[tokio::test]
async fn a_definition_brings_its_kind_and_takes_it_along() {
    let (sandbox, client) = client();
    let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let (code, made) = post(&client, definitions, json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": {"plural": "things", "singular": "thing", "kind": "Thing"},
            "versions": [{"name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                    "spec": {"type": "object", "required": ["size"], "properties": {
                        "size": {"type": "integer", "minimum": 1},
                        "color": {"type": "string", "default": "red"},
                    }},
                    "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                }}}}],
        },
    })).await;
    assert_eq!(code, 201, "{made}");
    let (_, live) = get(&client, &format!("{definitions}/things.example.com")).await;
    let established = live["status"]["conditions"].as_array().unwrap();
    assert!(
        established
            .iter()
            .any(|c| c["type"] == "Established" && c["status"] == "True")
    );
    let things = "/apis/example.com/v1/namespaces/default/things";
    let thing = |spec: Value| json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": spec});
    let (code, made) = post(&client, things, thing(json!({"size": 2, "junk": 1}))).await;
    assert_eq!(
        (code, &made["spec"]),
        (201, &json!({"size": 2, "color": "red"}))
    );
    assert_eq!(made["metadata"]["generation"], 1);
    let (code, status) = send(
        &client,
        "PATCH",
        &format!("{things}/a"),
        MERGE,
        Some(json!({"spec": {"size": 0}})),
    )
    .await;
    assert_eq!(code, 422, "{status}");
    let apply = format!("{things}/a?fieldManager=infra&force=true");
    let (code, now) = send(
        &client,
        "PATCH",
        &apply,
        APPLY,
        Some(thing(json!({"size": 5}))),
    )
    .await;
    assert_eq!(
        (code, &now["metadata"]["generation"]),
        (200, &json!(2)),
        "{now}"
    );
    let (_, now) = send(
        &client,
        "PATCH",
        &format!("{things}/a/status"),
        MERGE,
        Some(json!({"status": {"ok": true}})),
    )
    .await;
    assert_eq!(
        (&now["status"]["ok"], &now["metadata"]["generation"]),
        (&json!(true), &json!(2))
    );
    let (_, groups) = get(&client, "/apis/example.com/v1").await;
    assert_eq!(groups["resources"][0]["name"], "things");
    send(
        &client,
        "DELETE",
        &format!("{definitions}/things.example.com"),
        "",
        None,
    )
    .await;
    assert_eq!(get(&client, things).await.0, 404);
    assert!(sandbox.objects("example.com", "Thing").is_empty());
}

#[tokio::test]
async fn a_namespace_goes_with_all_that_is_in_it() {
    let (sandbox, client) = client();
    post(
        &client,
        "/api/v1/namespaces",
        json!({"metadata": {"name": "shop"}}),
    )
    .await;
    post(
        &client,
        "/api/v1/namespaces/shop/configmaps",
        json!({"metadata": {"name": "a"}}),
    )
    .await;
    let (code, going) = send(&client, "DELETE", "/api/v1/namespaces/shop", "", None).await;
    assert_eq!(
        (code, &going["status"]["phase"]),
        (200, &json!("Terminating"))
    );
    sandbox.clock().advance(std::time::Duration::from_mins(1));
    assert_eq!(get(&client, "/api/v1/namespaces/shop").await.0, 404);
    assert!(sandbox.object("", "ConfigMap", "shop", "a").is_none());
    let (code, _) = send(&client, "DELETE", "/api/v1/namespaces/default", "", None).await;
    assert_eq!(code, 403);
}
