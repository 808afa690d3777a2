//! `external_service(host, port, secret)`.

use super::described::described_rows;
use super::params::{AnyEnv, AnyEnvFrom, Keyed};
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::ExternalService;
use infra_sdk::types::{Cidr, DnsLabel, EnvName, Port, ServerName};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "external_service",
            &["host", "port"],
            |host: ServerName, port: Port| ExternalService::new(host, port),
        )
        .doc(
            "A server outside the cluster that workloads talk to, such as a managed database, by \
             its host and TCP port. It stands in the environment as a resource does; who connects \
             to it may reach it. Network policies know addresses and no names: without `cidr`, \
             every address on this port may be reached.",
        )
        .example(
            r#"let rds = external_service("shop.c2xk.eu-central-1.rds.amazonaws.com", 5432)
    .cidr("10.0.20.0/24");
environment("shop", [rds, deployment("api").image("api:1").connects_to(rds)])"#,
        ),
        row(
            "external_service",
            &["host", "port", "secret"],
            |host: ServerName, port: Port, secret: AnyEnvFrom| {
                ExternalService::new(host, port).secret(secret.0)
            },
        )
        .doc(
            "The same with the secret that holds its credentials: all keys are environment \
             variables of who connects to it.",
        )
        .example(
            r#"let keys = existing("secret", "redis-credentials");
let redis = external_service("redis.example.com", 6379, keys);
environment("shop", [redis, deployment("api").image("api:1").connects_to(redis)])"#,
        ),
        row(
            "port",
            &["self", "port"],
            |this: ExternalService, port: OneOrMany<Port>| port.set(this, ExternalService::port),
        )
        .doc("A further TCP port that it listens on. One, or an array of them.")
        .example(r#"external_service("clickhouse.example.com", 8123).port(9000)"#),
        row(
            "secret",
            &["self", "secret"],
            |this: ExternalService, secret: OneOrMany<AnyEnvFrom>| {
                secret.set(this, |this, one| this.secret(one.0))
            },
        )
        .doc(
            "The secret with its credentials: all keys are environment variables of the main \
             container of who connects (`envFrom[]`). One, or an array of them.",
        )
        .maps("secret")
        .example(
            r#"external_service("db.example.com", 5432)
    .secret(secret("db").values(#{ USER: "app", PASSWORD: secret_env("DB_PASSWORD") }).prefixed("DB_"))"#,
        ),
        row(
            "env",
            &["self", "variables"],
            |this: ExternalService, variables: Keyed<EnvName, AnyEnv>| {
                variables
                    .0
                    .into_iter()
                    .fold(this, |this, (name, value)| this.env(name, value.0))
            },
        )
        .doc(
            "Environment variables of the main container of who connects (`env[]`), from a map. \
             What the container sets itself wins.",
        )
        .maps("env")
        .example(
            r#"external_service("redis.example.com", 6379)
    .env(#{ REDIS_URL: existing("secret", "redis-secrets").key("url") })"#,
        ),
        row(
            "env",
            &["self", "name", "value"],
            |this: ExternalService, name: EnvName, value: AnyEnv| this.env(name, value.0),
        )
        .doc(
            "An environment variable of the main container of who connects (`env[]`). What the \
             container sets itself wins.",
        )
        .maps("env")
        .example(r#"external_service("redis.example.com", 6379).env("REDIS_TLS", "true")"#),
        row(
            "cidr",
            &["self", "range"],
            |this: ExternalService, range: OneOrMany<Cidr>| range.set(this, ExternalService::cidr),
        )
        .doc(
            "Addresses that it may have (`ipBlock.cidr`): network policies allow these and no \
             others. Default: every address on its ports, because policies know no names. One, or \
             an array of them.",
        )
        .maps("ipBlock.cidr")
        .example(r#"external_service("db.example.com", 5432).cidr(["10.0.20.0/24", "10.0.21.0/24"])"#),
        row(
            "name",
            &["self", "name"],
            |this: ExternalService, name: DnsLabel| this.name(name),
        )
        .doc(
            "A name for it inside the cluster: a service of type `ExternalName`, so that workloads \
             need not change when the host does. Certificates are made out for the host, not for \
             this name.",
        )
        .maps("name")
        .property()
        .example(r#"external_service("shop.c2xk.eu-central-1.rds.amazonaws.com", 5432).name("postgres")"#),
    ];
    rows.extend(described_rows::<ExternalService>());
    rows
}

crate::table::resources!(ExternalService = "external_service");
