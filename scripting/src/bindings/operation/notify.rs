//! `notify(webhook, text)` and `pagerduty(key)`: telling people.

use super::http::send;
use crate::table::{Fault, HostIo, Row, ScriptType, Secret, row};
use http::Method;
use infra_sdk::operation::{HttpRequest, PagerDuty, Severity, message};

impl ScriptType for PagerDuty {
    const NAME: &'static str = "pagerduty";
}

crate::table::parsed_params! {
    Severity, "string", "`critical`, `error`, `warning` or `info`";
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "notify",
            &["webhook", "text"],
            |webhook: Secret, text: Secret, live: HostIo| {
                tell(&message(webhook.0, text.0), &live)
            },
        )
        .doc(
            "Sends a message to a chat: to the webhook of a channel of Slack, or of what understands \
             the same (Mattermost, Rocket.Chat, Discord's `/slack`). Who knows the webhook can write \
             there: keep it a secret. A dry run only says that it would.",
        )
        .example(r#"notify(secret_env("SLACK_WEBHOOK"), "app 1.4.2 is live")"#),
        row("pagerduty", &["key"], |key: Secret| PagerDuty::new(key.0))
            .doc("A service of PagerDuty, by the key of its integration (Events API v2).")
            .example(
                r#"pagerduty(secret_env("PAGERDUTY_KEY")).trigger("restore", "the restore failed")"#,
            ),
        row(
            "address",
            &["self", "url"],
            |this: PagerDuty, url: String| this.address(url),
        )
        .doc("Where its events go; `https://events.pagerduty.com` by default.")
        .example(
            r#"pagerduty(secret_env("KEY")).address("https://events.eu.pagerduty.com").resolve("x")"#,
        ),
        row(
            "source",
            &["self", "name"],
            |this: PagerDuty, name: String| this.source(name),
        )
        .doc("What its events are about: a host, a cluster; `infra` by default.")
        .example(r#"pagerduty(secret_env("KEY")).source("production").trigger("x", "x is down")"#),
        row(
            "severity",
            &["self", "severity"],
            |this: PagerDuty, severity: Severity| this.severity(severity),
        )
        .doc("How bad it is: `critical` (the default), `error`, `warning` or `info`.")
        .example(r#"pagerduty(secret_env("KEY")).severity("warning").trigger("x", "x is slow")"#),
        row(
            "trigger",
            &["self", "incident", "summary"],
            |this: PagerDuty, incident: String, summary: String, live: HostIo| {
                tell(&this.trigger(&incident, &summary), &live)
            },
        )
        .doc("Opens an incident, or adds to the open one of the same key.")
        .example(r#"pagerduty(secret_env("KEY")).trigger("restore", "the restore failed")"#),
        row(
            "acknowledge",
            &["self", "incident"],
            |this: PagerDuty, incident: String, live: HostIo| {
                tell(&this.acknowledge(&incident), &live)
            },
        )
        .doc("Says that somebody works on the incident of this key.")
        .example(r#"pagerduty(secret_env("KEY")).acknowledge("restore")"#),
        row(
            "resolve",
            &["self", "incident"],
            |this: PagerDuty, incident: String, live: HostIo| {
                tell(&this.resolve(&incident), &live)
            },
        )
        .doc("Ends the incident of this key.")
        .example(r#"pagerduty(secret_env("KEY")).resolve("restore")"#),
    ]
}

fn tell(request: &HttpRequest, live: &HostIo) -> Result<(), Fault> {
    let answer = send(request, Method::POST, live)?;
    if answer.is_ok() {
        return Ok(());
    }
    Err(Fault::new(format!(
        "nobody was told: `{}` answered {}",
        answer.request,
        answer.summary()
    )))
}
