//! Pods restart when what they read changes: which checksums stand in which templates.

use crate::environment::{Environment, Rendered};
use crate::object::{Checksum, Object, SecretText};
use crate::resource::pod::{Files, Projected};
use crate::resource::{prelude::*, *};
use serde_json::Value;
use std::collections::BTreeMap;
use std::{fmt::Debug, str::FromStr};

fn p<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect(text)
}

fn settings(a: &str, b: &str) -> ConfigMap {
    ConfigMap::new(p("settings"))
        .value(p("A"), a)
        .value(p("B"), b)
}

fn app() -> Deployment {
    Deployment::new(p("app")).image(p("app:1"))
}

fn find<'a>(rendered: &'a Rendered, kind: &str, name: &str) -> &'a Object {
    let mut objects = rendered.objects.iter();
    objects
        .find(|object| object.id.kind == kind && object.id.name == name)
        .unwrap_or_else(|| panic!("{kind} {name}"))
}

/// The checksums in the template of an object.
fn sums(object: &Object) -> BTreeMap<String, Value> {
    let template = &object.value["spec"]["template"]["metadata"]["annotations"];
    let annotations = template.as_object().into_iter().flatten();
    annotations
        .filter(|(key, _)| key.starts_with("checksum/"))
        .map(|(key, sum)| (key.clone(), sum.clone()))
        .collect()
}

fn render(environment: Environment) -> Rendered {
    environment.render().expect("no problems")
}

#[test]
fn only_what_is_read_counts() {
    type Use = fn(Deployment, &ConfigMap) -> Deployment;
    let by_key: Use = |app, map| app.env(p("A"), map.key(p("A")));
    let whole: Use = |app, map| app.env_from(map);
    let mounted: Use = |app, map| app.volume(p("/etc/a"), map.files());
    let item: Use = |app, map| app.volume(p("/etc/a"), map.files().item(p("A"), "a"));
    let projected: Use = |app, map| {
        let files = Files::config_map(map).item(p("A"), "a");
        app.volume(p("/etc/a"), Projected::new().files(files))
    };
    let sidecar: Use =
        |app, map| app.container(pod::Container::new(p("b")).image(p("b:1")).env_from(map));
    let nothing: Use = |app, _| app;
    let off: Use = |app, map| app.env_from(map).without(Convention::RestartOnChange);
    for (name, uses, of_a, of_b) in [
        ("by key", by_key, true, false),
        ("whole", whole, true, true),
        ("mounted", mounted, true, true),
        ("one item", item, true, false),
        ("projected", projected, true, false),
        ("in a sidecar", sidecar, true, true),
        ("not read", nothing, false, false),
        ("turned off", off, false, false),
    ] {
        let of = |settings: ConfigMap| {
            let app = uses(app(), &settings);
            let rendered = render(Environment::new("shop").add(settings).add(app));
            sums(find(&rendered, "Deployment", "app"))
        };
        let before = of(settings("1", "1"));
        assert_eq!(before, of(settings("1", "1")), "{name}");
        assert_eq!(before != of(settings("2", "1")), of_a, "{name}");
        assert_eq!(before != of(settings("1", "2")), of_b, "{name}");
        assert_eq!(before.is_empty(), !of_a && !of_b, "{name}");
    }
}

#[test]
fn what_never_changes_or_is_not_known_has_no_checksum_and_neither_have_jobs() {
    let immutable = ConfigMap::new(p("fixed")).value(p("A"), "1").immutable();
    let there = Existing::new("secret", p("there")).expect("a kind");
    let settings = settings("1", "1");
    let app = app()
        .env_from(&immutable)
        .env(p("T"), there.key(p("T")).expect("a key"));
    let job = Job::new(p("job")).image(p("app:1")).env_from(&settings);
    let cron = CronJob::new(p("cron"), p("@daily"))
        .image(p("app:1"))
        .env_from(&settings);
    let raw = RawObject::new(serde_json::json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "raw"},
        "spec": {
            "selector": {"matchLabels": {"app": "raw"}},
            "template": {
                "metadata": {"labels": {"app": "raw"}},
                "spec": {"containers": [{"name": "raw", "image": "raw:1",
                    "envFrom": [{"configMapRef": {"name": "settings"}}]}]},
            },
        },
    }));
    let environment = Environment::new("shop")
        .add(immutable)
        .add(there)
        .add(settings);
    let environment = environment
        .add(app)
        .add(job)
        .add(cron)
        .add(raw.expect("an object"));
    for object in &render(environment).objects {
        assert_eq!(sums(object), BTreeMap::new(), "{}", object.id);
        assert!(object.checksums.is_empty(), "{}", object.id);
        assert_ne!(object.id.name, "infra-shop-checksums");
    }
}

#[test]
fn a_secrets_checksum_waits_for_a_key_that_the_cluster_keeps() {
    let text = SecretText::env("TOKEN");
    let keys = Secret::new(p("keys"))
        .value(p("TOKEN"), text.clone())
        .value(p("OTHER"), "x");
    let app = app().env(p("TOKEN"), keys.key(p("TOKEN")));
    let rendered = render(Environment::new("shop").add(keys).add(app));
    let app = find(&rendered, "Deployment", "app");
    assert_eq!(sums(app)["checksum/secret.keys"], Checksum::TOKEN);
    let texts = BTreeMap::from([("TOKEN".to_owned(), text)]);
    assert_eq!(app.checksums[0].secrets, Some(texts));
    let key = find(&rendered, "Secret", "infra-shop-checksums");
    assert_eq!(
        key.value["data"],
        serde_json::json!({ "checksum-key": "(secret: generated key of checksums)" })
    );
    let place = |of: &Object| rendered.objects.iter().position(|one| one.id == of.id);
    let (key, app) = (place(key), place(app));
    assert!(
        rendered
            .edges
            .iter()
            .any(|edge| (Some(edge.before), Some(edge.after)) == (key, app)),
        "{:?}",
        rendered.edges
    );
}
