//! The named settings of an ingress that nginx and cert-manager read.

use super::params::{AnyLink, words};
use crate::table::{OneOrMany, Row, Scalar, row};
use infra_sdk::resource::{BackendProtocol, Ingress, NginxSettings, NginxSize};
use infra_sdk::types::{Cidr, Name, Seconds};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "cluster_issuer",
            &["self", "name"],
            |this: Ingress, name: Name| this.cluster_issuer(name),
        )
        .doc(
            "The issuer of its certificates, for all namespaces \
             (`cert-manager.io/cluster-issuer`).",
        )
        .maps("metadata.annotations")
        .property()
        .example(
            r#"ingress("entry").host("shop.example", "web").tls("shop-tls")
    .cluster_issuer("letsencrypt")"#,
        ),
        row("issuer", &["self", "name"], |this: Ingress, name: Name| {
            this.issuer(name)
        })
        .doc(
            "The issuer of its certificates, of its own namespace \
             (`cert-manager.io/issuer`).",
        )
        .maps("metadata.annotations")
        .property()
        .example(
            r#"ingress("entry").host("shop.example", "web").tls("shop-tls")
    .issuer("letsencrypt")"#,
        ),
        row(
            "basic_auth",
            &["self", "secret"],
            |this: Ingress, secret: AnyLink| this.basic_auth(secret.0),
        )
        .doc(
            "Users and passwords from a secret's key `auth`, as `htpasswd` writes them \
             (`auth-type: basic`, `auth-secret`).",
        )
        .maps("metadata.annotations")
        .property()
        .example(
            r#"ingress("entry").host("shop.example", "web")
    .basic_auth(existing("secret", "users"))"#,
        ),
        row("force_https", &["self"], |this: Ingress| this.force_https())
            .doc(
                "HTTP is answered with a redirect to HTTPS (`ssl-redirect`, \
             `force-ssl-redirect`). Default: only where there is a certificate.",
            )
            .maps("metadata.annotations")
            .example(
                r#"ingress("entry").host("shop.example", "web").tls("shop-tls")
    .force_https()"#,
            ),
        row(
            "max_body",
            &["self", "size"],
            |this: Ingress, size: NginxSize| this.max_body(size),
        )
        .doc("How large a request may be (`proxy-body-size`). Default: `1m`.")
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("entry").host("shop.example", "web").max_body("50m")"#),
        row(
            "limit_rpm",
            &["self", "requests"],
            |this: Ingress, requests: u32| this.limit_rpm(requests),
        )
        .doc(
            "How many requests a client may send in a minute (`limit-rpm`), five times as \
             many in a burst. Default: any number.",
        )
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("entry").host("shop.example", "web").limit_rpm(100)"#),
        row(
            "limit_rps",
            &["self", "requests"],
            |this: Ingress, requests: u32| this.limit_rps(requests),
        )
        .doc(
            "How many requests a client may send in a second (`limit-rps`), five times as \
             many in a burst. Default: any number.",
        )
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("entry").host("shop.example", "web").limit_rps(10)"#),
        row(
            "limit_burst_multiplier",
            &["self", "times"],
            |this: Ingress, times: u32| this.limit_burst_multiplier(times),
        )
        .doc(
            "How many times as many requests a burst may have as a limit says \
             (`limit-burst-multiplier`). Default: 5.",
        )
        .maps("metadata.annotations")
        .property()
        .example(
            r#"ingress("entry").host("shop.example", "web")
    .limit_rps(10).limit_burst_multiplier(2)"#,
        ),
        row(
            "custom_headers",
            &["self", "config_map"],
            |this: Ingress, config_map: AnyLink| this.custom_headers(config_map.0),
        )
        .doc(
            "Headers of every answer, from a config map with a key for each (`custom-headers`); \
             the controller names those that it allows.",
        )
        .maps("metadata.annotations")
        .property()
        .example(
            r#"let headers = config_map("headers").values(#{ "X-Frame-Options": "SAMEORIGIN" });
let entry = ingress("entry").host("shop.example", "web").custom_headers(headers)"#,
        ),
        row(
            "limit_connections",
            &["self", "connections"],
            |this: Ingress, connections: u32| this.limit_connections(connections),
        )
        .doc(
            "How many connections a client may have (`limit-connections`). Default: any \
             number.",
        )
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("entry").host("shop.example", "web").limit_connections(20)"#),
        row(
            "connect_timeout",
            &["self", "time"],
            |this: Ingress, time: Seconds| this.connect_timeout(time),
        )
        .doc("How long connecting to a pod may take (`proxy-connect-timeout`). Default: 5s.")
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("entry").host("shop.example", "web").connect_timeout("75s")"#),
        row(
            "read_timeout",
            &["self", "time"],
            |this: Ingress, time: Seconds| this.read_timeout(time),
        )
        .doc(
            "How long a pod may be silent while it answers (`proxy-read-timeout`). Default: \
             60s.",
        )
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("entry").host("shop.example", "web").read_timeout("5m")"#),
        row(
            "send_timeout",
            &["self", "time"],
            |this: Ingress, time: Seconds| this.send_timeout(time),
        )
        .doc(
            "How long a pod may take nothing while it is sent a request \
             (`proxy-send-timeout`). Default: 60s.",
        )
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("entry").host("shop.example", "web").send_timeout("5m")"#),
        row(
            "redirect",
            &["self", "url"],
            |this: Ingress, url: String| this.redirect(url),
        )
        .doc(
            "Every request is answered with a lasting redirect to an address \
             (`permanent-redirect`).",
        )
        .maps("metadata.annotations")
        .property()
        .example(
            r#"ingress("old").host("old.example", "web")
    .redirect("https://shop.example")"#,
        ),
        row("redirect_www", &["self"], |this: Ingress| {
            this.redirect_www()
        })
        .doc(
            "`www.` before a host leads to the host, and the other way round where the host \
             starts with it (`from-to-www-redirect`).",
        )
        .maps("metadata.annotations")
        .example(r#"ingress("entry").host("shop.example", "web").redirect_www()"#),
        row(
            "app_root",
            &["self", "path"],
            |this: Ingress, path: String| this.app_root(path),
        )
        .doc("`/` leads to this path (`app-root`).")
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("entry").host("shop.example", "web").app_root("/shop")"#),
        row(
            "rewrite_target",
            &["self", "path"],
            |this: Ingress, path: String| this.rewrite_target(path),
        )
        .doc("The path that pods see (`rewrite-target`).")
        .maps("metadata.annotations")
        .property()
        .example(
            r#"ingress("entry").path("shop.example", "/api", "api")
    .rewrite_target("/")"#,
        ),
        row(
            "whitelist",
            &["self", "ranges"],
            |this: Ingress, ranges: OneOrMany<Cidr>| this.whitelist(ranges.0),
        )
        .doc("Only clients with these addresses (`whitelist-source-range`). Default: all.")
        .maps("metadata.annotations")
        .property()
        .example(
            r#"ingress("admin").host("admin.example", "admin")
    .whitelist(["10.0.0.0/8", "192.0.2.7/32"])"#,
        ),
        row(
            "backend_protocol",
            &["self", "protocol"],
            |this: Ingress, protocol: BackendProtocol| this.backend_protocol(protocol),
        )
        .doc("What pods speak (`backend-protocol`). Default: HTTP.")
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("rpc").host("rpc.example", "rpc").backend_protocol("GRPC")"#),
        row(
            "sticky",
            &["self", "cookie"],
            |this: Ingress, cookie: String| this.sticky(cookie),
        )
        .doc(
            "Requests of one client go to one pod, by a cookie of this name (`affinity: \
             cookie`, `session-cookie-name`).",
        )
        .maps("affinity")
        .property()
        .example(r#"ingress("entry").host("shop.example", "web").sticky("shop")"#),
        row(
            "cors",
            &["self", "origins"],
            |this: Ingress, origins: OneOrMany<Scalar>| this.cors(words(origins.0)),
        )
        .doc("Pages of these origins may send requests (`enable-cors`, `cors-allow-origin`).")
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("api").host("api.example", "api").cors("https://shop.example")"#),
        row("buffering", &["self", "yes"], |this: Ingress, yes: bool| {
            this.buffering(yes)
        })
        .doc(
            "Whether answers are collected before they are sent on (`proxy-buffering`). \
             Default: no.",
        )
        .maps("metadata.annotations")
        .property()
        .example(r#"ingress("entry").host("shop.example", "web").buffering(true)"#),
    ]
}
