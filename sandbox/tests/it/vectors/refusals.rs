//! Configurations that do not fit their type, and those that barely do.

use super::api::{Api, Target};
use serde_json::{Value, json};

const DEPLOYMENT: Target = Target::DEPLOYMENT;

fn deployment(containers: Value) -> Value {
    json!({"spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers}},
    }})
}

pub(super) async fn v10_what_does_not_fit(api: &mut Api) {
    let app = json!([{"name": "a", "image": "x"}]);
    let twice = json!([{"name": "a", "image": "x"}, {"name": "a", "image": "x"}]);
    let mut unknown = deployment(app.clone());
    unknown["spec"]["foo"] = json!(1);
    let mut text = deployment(app.clone());
    text["spec"]["replicas"] = json!("2");
    for (config, message) in [
        (
            deployment(twice),
            r#".spec.template.spec.containers: duplicate entries for key [name="a"]"#,
        ),
        (unknown, ".spec.foo: field not declared in schema"),
        (
            text,
            ".spec.replicas: expected numeric (int or float), got string",
        ),
    ] {
        let refused = api.apply(DEPLOYMENT, "a", config).await;
        let told = refused.refused(500);
        assert!(
            told.starts_with("failed to create typed patch object (") && told.ends_with(message),
            "{told}"
        );
    }
    let mut old = deployment(app.clone());
    old["apiVersion"] = json!("apps/v1beta1");
    api.apply(DEPLOYMENT, "a", old).await.refused(400);
    for unfit in [json!([{"image": "x"}]), json!([])] {
        let unfit = deployment(unfit);
        api.apply(DEPLOYMENT, "a", unfit).await.refused(422);
    }
    let mut empty = deployment(app);
    empty["metadata"]["labels"] = Value::Null;
    empty["spec"]["replicas"] = Value::Null;
    empty["spec"]["template"]["spec"]["nodeSelector"] = json!({});
    empty["spec"]["template"]["spec"]["initContainers"] = json!([]);
    let made = api.apply(DEPLOYMENT, "a", empty).await;
    let owned = made.fields("a");
    assert_eq!(owned["f:metadata"], json!({"f:labels": {}}));
    assert_eq!(owned["f:spec"]["f:replicas"], json!({}));
    let pod = &owned["f:spec"]["f:template"]["f:spec"];
    assert_eq!(pod["f:nodeSelector"], json!({}));
    assert_eq!(pod["f:initContainers"], Value::Null);
    assert_eq!(*made.at("/metadata/labels"), Value::Null);
    assert_eq!(*made.at("/spec/replicas"), json!(1), "the default");
}
