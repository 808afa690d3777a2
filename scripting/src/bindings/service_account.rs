//! `service_account(name)`.

use super::described::described_rows;
use super::params::AnyLink;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::ServiceAccount;
use infra_sdk::types::Name;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("service_account", &["name"], |name: Name| {
            ServiceAccount::new(name)
        })
        .doc("A service account without rights.")
        .example(r#"deployment("app").image("a:1").service_account(service_account("app"))"#),
        row(
            "image_pull_secret",
            &["self", "secret"],
            |this: ServiceAccount, secret: OneOrMany<AnyLink>| {
                secret.set(this, |this, one| this.image_pull_secret(one.0))
            },
        )
        .doc(
            "A secret with which the images of its pods are fetched (`imagePullSecrets[]`). \
             One, or an array of them.",
        )
        .maps("imagePullSecrets")
        .example(
            r#"service_account("shared")
    .image_pull_secret(existing("secret", "registry"))"#,
        ),
        row(
            "automount_service_account_token",
            &["self", "yes"],
            |this: ServiceAccount, yes: bool| this.automount_service_account_token(yes),
        )
        .doc(
            "Whether its pods get its token where they do not say \
             (`automountServiceAccountToken`). Default: yes.",
        )
        .maps("automountServiceAccountToken")
        .property()
        .example(r#"service_account("shared").automount_service_account_token(true)"#),
    ];
    rows.extend(described_rows::<ServiceAccount>());
    rows
}

crate::table::resources!(ServiceAccount = "service_account");
