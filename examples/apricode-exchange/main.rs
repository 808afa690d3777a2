//! Apricode Exchange in production, in Rust: the environment of `production.rhai`, object for object.
//!
//! It prints them as `infra render --output json` does:
//!
//! ```sh
//! cargo run -p infra-sdk --example apricode-exchange
//! ```

use infra_sdk::environment::Environment;
use infra_sdk::object::SecretText;
use infra_sdk::resource::pod::{ClaimTemplate, Container, ContainerPort, Probe};
use infra_sdk::resource::prelude::*;
use infra_sdk::resource::{
    Autoscaler, ConfigMap, CronJob, Deployment, Ingress, Namespace, PodSecurity, ScalingRules,
    Secret, Service, StatefulSet, Target, VolumeClaim,
};
use infra_sdk::types::{AccessMode, Invalid};
use serde_json::{Value, json};
use std::error::Error;
use std::str::FromStr;

const HOST: &str = "app.bitflow.biz";
const IMAGE: &str = "registry.example/apricode-exchange:2.4.1";

#[allow(clippy::print_stdout)] // It is a command.
fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", rendered()?);
    Ok(())
}

/// The objects, as `infra render --output json` prints them.
pub fn rendered() -> Result<String, Box<dyn Error>> {
    let rendered = environment()?.render()?;
    let items: Vec<Value> = rendered
        .objects
        .into_iter()
        .map(|object| object.value)
        .collect();
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": items });
    Ok(format!("{list:#}\n"))
}

/// The environment.
pub fn environment() -> Result<Environment, Invalid> {
    let settings = settings()?;
    let secrets = secrets()?;
    let uploads = VolumeClaim::new(p("uploads-pvc")?, p("50Gi")?)
        .storage_class(p("shared-files")?)
        .access_mode(AccessMode::ReadWriteMany);
    let postgres = postgres(&settings, &secrets)?;
    let redis = redis()?;
    let app = app(&settings, &secrets, &uploads)?
        .connects_to(&postgres)
        .connects_to(&redis)
        .connects_to(Target::Internet(vec![443]));
    let call_app = |name: &str, schedule: &str, container: &str| -> Result<CronJob, Invalid> {
        let script = format!(
            "fetch('http://app-service:3000/api/cron/{name}', {{method: 'POST'}})\
             .then(r => r.ok ? process.exit(0) : process.exit(1))"
        );
        Ok(CronJob::new(p(name)?, p(schedule)?)
            .image(p(IMAGE)?)
            .container_name(p(container)?)
            .run_as_user(1001)
            .command(["node"])
            .args(["-e".to_owned(), script])
            .env_from(&settings)
            .env_from(&secrets)
            .connects_to(&app)
            .successful_jobs_history_limit(3)
            .failed_jobs_history_limit(3))
    };
    let app_service = Service::new(p("app-service")?, &app);

    Ok(Environment::new("apricode-exchange")
        .add(
            Namespace::new(p("apricode-exchange")?)
                .pod_security(PodSecurity::Restricted)
                .label(p("name")?, p("apricode-exchange")?)
                .label(p("environment")?, p("production")?),
        )
        .add(Namespace::new(p("monitoring")?))
        .add(Service::new(p("postgres-service")?, &postgres).headless())
        .add(Service::new(p("redis-service")?, &redis).headless())
        .add(scaling(&app)?)
        .add(entry(&app_service)?)
        .add(call_app("cleanup-sessions", "0 * * * *", "cleanup")?)
        .add(call_app("process-notifications", "*/5 * * * *", "process")?)
        .add(settings)
        .add(secrets)
        .add(uploads)
        .add(postgres)
        .add(redis)
        .add(app)
        .add(app_service)
        .deny_by_default())
}

/// A text as one of the parsed types.
fn p<T: FromStr<Err = Invalid>>(text: &str) -> Result<T, Invalid> {
    text.parse()
}

fn settings() -> Result<ConfigMap, Invalid> {
    let url = format!("https://{HOST}");
    let values = [
        ("NODE_ENV", "production"),
        ("NEXT_PUBLIC_APP_NAME", "Apricode Exchange"),
        ("NEXT_PUBLIC_APP_URL", &url),
        ("NEXT_TELEMETRY_DISABLED", "1"),
        ("POSTGRES_HOST", "postgres-service"),
        ("POSTGRES_PORT", "5432"),
        ("POSTGRES_DB", "apricode"),
        ("REDIS_HOST", "redis-service"),
        ("REDIS_PORT", "6379"),
    ];
    values
        .into_iter()
        .try_fold(ConfigMap::new(p("app-config")?), |map, (key, value)| {
            Ok(map.value(p(key)?, value))
        })
}

/// What is generated is made once and then kept in the cluster.
fn secrets() -> Result<Secret, Invalid> {
    let generated = |name: &str| SecretText::generated(name, 32);
    let env = |name: &str| SecretText::env(name);
    let password = generated("postgres-password");
    let database = SecretText::text("postgresql://postgres:")
        .join(password.clone())
        .join(SecretText::text("@postgres-service:5432/apricode"));
    let values = [
        ("POSTGRES_PASSWORD", password),
        ("DATABASE_URL", database.clone()),
        ("DIRECT_URL", database),
        ("REDIS_URL", SecretText::text("redis://redis-service:6379")),
        ("AUTH_SECRET", generated("auth-secret")),
        ("NEXTAUTH_SECRET", generated("nextauth-secret")),
        ("KYCAID_API_KEY", env("KYCAID_API_KEY")),
        ("KYCAID_WEBHOOK_SECRET", env("KYCAID_WEBHOOK_SECRET")),
        ("RESEND_API_KEY", env("RESEND_API_KEY")),
        (
            "VERCEL_BLOB_READ_WRITE_TOKEN",
            env("VERCEL_BLOB_READ_WRITE_TOKEN"),
        ),
        ("EMAIL_FROM", SecretText::text("noreply@bitflow.biz")),
    ];
    values
        .into_iter()
        .try_fold(Secret::new(p("app-secrets")?), |secret, (key, value)| {
            Ok(secret.value(p(key)?, value))
        })
}

/// A store. Its selector stays `app`, as it was: a selector cannot change.
fn store(name: &str, image: &str, user: u32) -> Result<StatefulSet, Invalid> {
    Ok(StatefulSet::new(p(name)?)
        .image(p(image)?)
        .run_as_user(user)
        .label(p("app")?, p(name)?))
}

/// A disk that each of a store's pods has.
fn disk(name: &str, size: &str) -> Result<ClaimTemplate, Invalid> {
    Ok(ClaimTemplate::new(p(name)?, p(size)?).storage_class(p("fast-ssd")?))
}

fn postgres(settings: &ConfigMap, secrets: &Secret) -> Result<StatefulSet, Invalid> {
    let is_ready = Probe::exec(["pg_isready", "-U", "postgres"]);
    Ok(store("postgres", "postgres:15-alpine", 70)?
        .port(ContainerPort::named(p("postgres")?, p("5432")?))
        .env(p("PGDATA")?, "/var/lib/postgresql/data/pgdata")
        .env(p("POSTGRES_DB")?, settings.key(p("POSTGRES_DB")?))
        .env(
            p("POSTGRES_PASSWORD")?,
            secrets.key(p("POSTGRES_PASSWORD")?),
        )
        .env(p("POSTGRES_USER")?, "postgres")
        .requests([("cpu", p("2")?), ("memory", p("4Gi")?)])
        .limits([("cpu", p("4")?), ("memory", p("8Gi")?)])
        .volume(
            p("/var/lib/postgresql/data")?,
            disk("postgres-storage", "100Gi")?,
        )
        .liveness_probe(is_ready.clone().initial_delay(p("30s")?).period(p("10s")?))
        .readiness_probe(is_ready.initial_delay(p("5s")?).period(p("5s")?)))
}

fn redis() -> Result<StatefulSet, Invalid> {
    let ping = Probe::exec(["redis-cli", "ping"]);
    Ok(store("redis", "redis:7-alpine", 999)?
        .port(ContainerPort::named(p("redis")?, p("6379")?))
        .command([
            "redis-server",
            "--appendonly",
            "yes",
            "--maxmemory",
            "1gb",
            "--maxmemory-policy",
            "allkeys-lru",
        ])
        .requests([("cpu", p("250m")?), ("memory", p("512Mi")?)])
        .limits([("cpu", p("1")?), ("memory", p("2Gi")?)])
        .volume(p("/data")?, disk("redis-storage", "10Gi")?)
        .liveness_probe(ping.clone().initial_delay(p("30s")?).period(p("10s")?))
        .readiness_probe(ping.initial_delay(p("5s")?).period(p("5s")?)))
}

/// The application. Its image runs as user 1001.
fn app(
    settings: &ConfigMap,
    secrets: &Secret,
    uploads: &VolumeClaim,
) -> Result<Deployment, Invalid> {
    let health = Probe::http_get("/api/health", p("http")?);
    let migrate = Container::new(p("migrate")?)
        .image(p(IMAGE)?)
        .command(["npx", "prisma", "migrate", "deploy"])
        .env_from(settings)
        .env_from(secrets);
    let alive = health.clone().initial_delay(p("60s")?).period(p("30s")?);
    let ready = health.initial_delay(p("30s")?).period(p("10s")?);
    Ok(Deployment::new(p("apricode-app")?)
        .label(p("app")?, p("apricode-app")?)
        .image(p(IMAGE)?)
        .container_name(p("app")?)
        .run_as_user(1001)
        .port(ContainerPort::named(p("http")?, p("3000")?))
        .env_from(settings)
        .env_from(secrets)
        .init(migrate)
        .requests([("cpu", p("500m")?), ("memory", p("1Gi")?)])
        .limits([("cpu", p("2")?), ("memory", p("3Gi")?)])
        .liveness_probe(alive.timeout(p("10s")?))
        .readiness_probe(ready.timeout(p("5s")?))
        .volume(p("/app/public/uploads")?, uploads))
}

fn scaling(app: &Deployment) -> Result<Autoscaler, Invalid> {
    let up = ScalingRules::new().percent(100, p("30s")?);
    let down = ScalingRules::new().percent(50, p("60s")?);
    Ok(Autoscaler::new(app)
        .name(p("apricode-app-hpa")?)
        .replicas(3, 10)
        .cpu(70)
        .memory(80)
        .scale_up(up.stabilization(p("60s")?))
        .scale_down(down.stabilization(p("5m")?)))
}

fn entry(service: &Service) -> Result<Ingress, Invalid> {
    Ok(Ingress::new(p("apricode-ingress")?)
        .class(p("nginx")?)
        .host(p(HOST)?, service)
        .tls(p("apricode-tls")?)
        .cluster_issuer(p("letsencrypt-prod")?)
        .force_https()
        .max_body(p("50m")?)
        .limit_rpm(100)
        .limit_rps(10))
}
