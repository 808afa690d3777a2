//! `certificate(name)`.

use super::custom::custom_rows;
use super::params::AnyIssuer;
use crate::table::{OneOrMany, Row, row};
use infra_sdk::resource::Certificate;
use infra_sdk::types::{DataKey, Duration, HostName, Name};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("certificate", &["name"], |name: Name| {
            Certificate::new(name)
        })
        .doc(
            "A certificate that cert-manager gets and renews (`Certificate`). It stands in a \
             Secret with the keys `tls.crt` and `tls.key`, for the `tls` of an ingress or for \
             the volumes of workloads, which wait until it is ready.",
        )
        .example(
            r#"certificate("shop-tls").dns_name(["shop.example", "*.shop.example"])
    .cluster_issuer("letsencrypt")"#,
        ),
        row(
            "dns_name",
            &["self", "host"],
            |this: Certificate, host: OneOrMany<HostName>| host.set(this, Certificate::dns_name),
        )
        .doc(
            "A host that it is for (`spec.dnsNames[]`); `*.example.com` for all direct \
             children. One, or an array of them.",
        )
        .maps("spec.dnsNames")
        .example(r#"certificate("shop-tls").dns_name("shop.example").issuer("internal")"#),
        row(
            "issuer",
            &["self", "issuer"],
            |this: Certificate, issuer: AnyIssuer| this.issuer(issuer.0),
        )
        .doc(
            "Who issues it (`spec.issuerRef`): an issuer or cluster issuer of the \
             environment, or one of the namespace by its name.",
        )
        .maps("spec.issuerRef")
        .property()
        .example(
            r#"certificate("shop-tls").dns_name("shop.example")
    .issuer(issuer("internal").self_signed())"#,
        ),
        row(
            "cluster_issuer",
            &["self", "name"],
            |this: Certificate, name: Name| this.cluster_issuer(name),
        )
        .doc("Who issues it, of the cluster, by name (`spec.issuerRef`).")
        .maps("spec.issuerRef")
        .property()
        .example(
            r#"certificate("shop-tls").dns_name("shop.example")
    .cluster_issuer("letsencrypt")"#,
        ),
        row(
            "secret",
            &["self", "name"],
            |this: Certificate, name: Name| this.secret(name),
        )
        .doc("The name of the Secret (`spec.secretName`). Default: its own.")
        .maps("spec.secretName")
        .property()
        .example(
            r#"certificate("shop").dns_name("shop.example").issuer("internal")
    .secret("shop-tls")"#,
        ),
        row(
            "common_name",
            &["self", "name"],
            |this: Certificate, name: String| this.common_name(&name),
        )
        .doc("The name of who it is for, where that is no host (`spec.commonName`).")
        .maps("spec.commonName")
        .property()
        .example(r#"certificate("client").common_name("worker").issuer("internal")"#),
        row(
            "duration",
            &["self", "time"],
            |this: Certificate, time: Duration| this.duration(time),
        )
        .doc("How long it is asked to be valid (`spec.duration`). Default: 90 days.")
        .maps("spec.duration")
        .property()
        .example(
            r#"certificate("shop-tls").dns_name("shop.example").issuer("internal")
    .duration("365d")"#,
        ),
        row(
            "renew_before",
            &["self", "time"],
            |this: Certificate, time: Duration| this.renew_before(time),
        )
        .doc(
            "How long before its end it is renewed (`spec.renewBefore`). Default: a third of \
             its duration.",
        )
        .maps("spec.renewBefore")
        .property()
        .example(
            r#"certificate("shop-tls").dns_name("shop.example").issuer("internal")
    .renew_before("30d")"#,
        ),
        row("is_ca", &["self"], |this: Certificate| this.is_ca())
            .doc("It may sign others (`spec.isCA`): the authority of an issuer.")
            .maps("spec.isCA")
            .example(r#"certificate("authority").common_name("shop").is_ca().issuer("root")"#),
        row(
            "key",
            &["self", "key"],
            |this: Certificate, key: DataKey| this.key(key),
        )
        .doc("One key of the Secret, as the value of an environment variable.")
        .example(
            r#"let tls = certificate("shop-tls").dns_name("shop.example")
    .issuer("internal");
let app = deployment("app").image("a:1")
    .env("CERTIFICATE", tls.key("tls.crt"))"#,
        ),
    ];
    rows.extend(custom_rows::<Certificate>(
        r#"certificate("shop-tls").dns_name("shop.example").issuer("internal")
    .spec(#{ privateKey: #{ algorithm: "ECDSA", size: 256 } })"#,
    ));
    rows
}

crate::table::resources!(Certificate = "certificate");
