//! `issuer(name)` and `cluster_issuer(name)`.

use super::custom::custom_rows;
use super::params::AnySecret;
use crate::table::{Json, Row, ScriptType, row};
use infra_sdk::resource::{ClusterIssuer, Issuer, Issues};
use infra_sdk::types::Name;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("issuer", &["name"], |name: Name| Issuer::new(name))
            .doc("Who issues the certificates of a namespace (`Issuer` of cert-manager).")
            .example(r#"issuer("internal").self_signed()"#),
        row("cluster_issuer", &["name"], |name: Name| {
            ClusterIssuer::new(name)
        })
        .doc(
            "Who issues the certificates of all namespaces (`ClusterIssuer` of cert-manager). \
             The secrets that it names are in cert-manager's own namespace.",
        )
        .example(
            r#"cluster_issuer("letsencrypt").lets_encrypt("ops@shop.example")
    .http01("nginx")"#,
        ),
    ];
    rows.extend(issuer_rows::<Issuer>([
        r#"issuer("internal").acme("https://acme.example/directory", "ops@shop.example").http01("nginx")"#,
        r#"issuer("public").lets_encrypt("ops@shop.example").http01("nginx")"#,
        r#"issuer("trial").lets_encrypt_staging("ops@shop.example").http01("nginx")"#,
        r#"issuer("public").lets_encrypt("ops@shop.example").http01("nginx")"#,
        r#"issuer("public").lets_encrypt("ops@shop.example").dns01("route53", #{ region: "eu-central-1" })"#,
        r#"issuer("root").self_signed()"#,
        r#"issuer("internal").ca(certificate("authority").common_name("shop").is_ca().issuer("root"))"#,
        r#"issuer("vault").spec(#{ vault: #{ server: "https://vault.example", path: "pki/sign/shop" } })"#,
    ]));
    rows.extend(issuer_rows::<ClusterIssuer>([
        r#"cluster_issuer("internal").acme("https://acme.example/directory", "ops@shop.example").http01("nginx")"#,
        r#"cluster_issuer("public").lets_encrypt("ops@shop.example").http01("nginx")"#,
        r#"cluster_issuer("trial").lets_encrypt_staging("ops@shop.example").http01("nginx")"#,
        r#"cluster_issuer("public").lets_encrypt("ops@shop.example").http01("nginx")"#,
        r#"cluster_issuer("public").lets_encrypt("ops@shop.example")
    .dns01("cloudflare", #{ apiTokenSecretRef: #{ name: "cloudflare", key: "token" } })"#,
        r#"cluster_issuer("root").self_signed()"#,
        r#"cluster_issuer("internal").ca("authority")"#,
        r#"cluster_issuer("vault").spec(#{ vault: #{ server: "https://vault.example", path: "pki/sign/shop" } })"#,
    ]));
    rows
}

fn issuer_rows<W: Issues + ScriptType>(examples: [&'static str; 8]) -> Vec<Row> {
    let [
        acme,
        lets_encrypt,
        staging,
        http01,
        dns01,
        self_signed,
        ca,
        spec,
    ] = examples;
    let mut rows = vec![
        row(
            "acme",
            &["self", "server", "email"],
            |this: W, server: String, email: String| this.acme(&server, &email),
        )
        .doc(
            "Asks an ACME server (`spec.acme`), which wants to be shown that a host is ours \
             (`http01`, `dns01`) and writes to an address before a certificate ends. The \
             account's key is kept in a secret named after the issuer.",
        )
        .maps("spec.acme")
        .example(acme),
        row(
            "lets_encrypt",
            &["self", "email"],
            |this: W, email: String| this.lets_encrypt(&email),
        )
        .doc("Asks Let's Encrypt (`spec.acme`).")
        .maps("spec.acme")
        .example(lets_encrypt),
        row(
            "lets_encrypt_staging",
            &["self", "email"],
            |this: W, email: String| this.lets_encrypt_staging(&email),
        )
        .doc(
            "Asks Let's Encrypt's staging server, whose certificates no browser trusts and \
             whose limits are wide (`spec.acme`).",
        )
        .maps("spec.acme")
        .example(staging),
        row("http01", &["self", "class"], |this: W, class: Name| {
            this.http01(class)
        })
        .doc(
            "A host is shown to be ours by an answer to an HTTP request, through an ingress \
             class (`spec.acme.solvers[].http01`). Not for wildcards.",
        )
        .maps("spec.acme.solvers")
        .example(http01),
        row(
            "dns01",
            &["self", "provider", "settings"],
            |this: W, provider: String, settings: Json| this.dns01(&provider, settings.0),
        )
        .doc(
            "A host is shown to be ours by a DNS record, which a provider's settings let \
             cert-manager write (`spec.acme.solvers[].dns01`): `route53`, `cloudflare`, \
             `cloudDNS` and the like.",
        )
        .maps("spec.acme.solvers")
        .example(dns01),
        row("self_signed", &["self"], |this: W| this.self_signed())
            .doc(
                "Every certificate signs itself (`spec.selfSigned`): the start of a chain of \
             one's own.",
            )
            .maps("spec.selfSigned")
            .example(self_signed),
        row("ca", &["self", "secret"], |this: W, secret: AnySecret| {
            this.ca(secret.0)
        })
        .doc(
            "Signs with the certificate of a secret, by its name or as a value, or of a \
             certificate that is made here (`spec.ca`).",
        )
        .maps("spec.ca")
        .example(ca),
    ];
    rows.extend(custom_rows::<W>(spec));
    rows
}

crate::table::resources! {
    Issuer = "issuer",
    ClusterIssuer = "cluster_issuer",
}
