//! The builders in an environment: what they say of each other is what rendering needs.

use super::problems;
use crate::environment::{EdgeKind, Environment};
use crate::object::SecretText;
use crate::resource::pod::{ClaimTemplate, HasContainer, Workload};
use crate::resource::*;
use std::{fmt::Debug, str::FromStr};

fn p<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect(text)
}

struct Shop {
    settings: ConfigMap,
    secrets: Secret,
    db: StatefulSet,
    app: Deployment,
    door: Service,
}

fn shop() -> Shop {
    let settings = ConfigMap::new(p("settings")).value(p("HOST"), "db");
    let password = SecretText::generated("db", 20);
    let secrets = Secret::new(p("secrets")).value(p("PASSWORD"), password);
    let db = StatefulSet::new(p("db"))
        .image(p("postgres:17"))
        .port((p("sql"), p("5432")))
        .env(p("PASSWORD"), secrets.key(p("PASSWORD")))
        .volume(p("/data"), ClaimTemplate::new(p("data"), p("1Gi")));
    let app = Deployment::new(p("app"))
        .image(p("app:1"))
        .port((p("http"), p("3000")))
        .env_from(&settings)
        .connects_to(&db);
    let door = Service::new(p("door"), &app);
    Shop {
        settings,
        secrets,
        db,
        app,
        door,
    }
}

#[test]
fn a_shop_of_builders_renders_in_the_order_of_its_needs() {
    let Shop {
        settings,
        secrets,
        db,
        app,
        door,
    } = shop();
    let service = Service::new(p("db"), &db).headless();
    let scaler = Autoscaler::new(&app).replicas(2, 4).cpu(70);
    let ingress = Ingress::new(p("in")).host(p("shop.example.com"), &door);
    let environment = Environment::new("shop")
        .add(ingress)
        .add(scaler)
        .add(door)
        .add(app)
        .add(db)
        .add(service)
        .add(secrets)
        .add(settings)
        .deny_by_default();
    let rendered = super::rendered(&environment);
    let names = super::names(&rendered);
    let place = |name: &str| {
        names
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| panic!("{name} in {names:?}"))
    };
    for (before, after, kind) in [
        ("statefulset/db", "deployment/app", EdgeKind::Ready),
        ("service/db", "statefulset/db", EdgeKind::Applied),
        ("service/door", "ingress/in", EdgeKind::Applied),
        ("secret/secrets", "statefulset/db", EdgeKind::Applied),
        ("configmap/settings", "deployment/app", EdgeKind::Applied),
        (
            "poddisruptionbudget/app",
            "deployment/app",
            EdgeKind::Applied,
        ),
        ("networkpolicy/db", "statefulset/db", EdgeKind::Applied),
    ] {
        let (before, after) = (place(before), place(after));
        let edge = rendered
            .edges
            .iter()
            .find(|edge| (edge.before, edge.after) == (before, after));
        assert_eq!(
            edge.map(|edge| edge.kind),
            Some(kind),
            "{} → {}",
            names[before],
            names[after]
        );
    }
}

#[test]
fn what_was_forgotten_is_told_once() {
    let Shop { app, door, .. } = shop();
    let lines = problems(&Environment::new("shop").add(app).add(door));
    let messages: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.split(": ").nth(1))
        .collect();
    assert_eq!(
        messages,
        [
            "`deployment/app` uses `configmap/settings`, which is not in the environment | add it to the environment, or name it with `existing(\"ConfigMap\", \"settings\")`",
            "`deployment/app` connects to `statefulset/db`, which is not in the environment | add it to the environment, or name it with `existing(\"StatefulSet\", \"db\")`",
        ]
    );
    let Shop {
        settings, db, door, ..
    } = shop();
    let lines = problems(&Environment::new("shop").add(settings).add(db).add(door));
    assert_eq!(lines.len(), 2, "{lines:#?}");
}

#[test]
fn what_is_made_for_a_workload_is_in_its_namespace() {
    let db = StatefulSet::new(p("db"))
        .namespace(p("stores"))
        .image(p("postgres:17"))
        .port((p("sql"), p("5432")));
    let service = Service::new(p("door"), &db).headless();
    let scaler = Autoscaler::new(&db).replicas(1, 2).cpu(70);
    let elsewhere = Service::new(p("far"), &db).namespace(p("shop"));
    for (resource, namespace) in [
        (&service as &dyn crate::resource::Resource, "stores"),
        (&scaler, "stores"),
        (&elsewhere, "shop"),
    ] {
        let reference = resource.reference();
        assert_eq!(
            reference.namespace.as_deref(),
            Some(namespace),
            "{reference}"
        );
    }
}
