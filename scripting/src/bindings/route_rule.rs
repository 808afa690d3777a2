//! `route_rule()`: rules of a route.

use super::backend::AnyBackend;
use crate::table::{Call, Mismatch, Param, Row, Type, row};
use infra_sdk::resource::{HttpMethod, RedirectStatus, RouteRule};
use infra_sdk::types::{HostName, Seconds};
use rhai::Dynamic;
use std::borrow::Cow;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("route_rule", &[], RouteRule::new)
            .doc(
            "One rule of a route (`spec.rules[]`): which requests, what is done to them, \
             where they go. What is said of requests must hold together; `.or()` begins \
             another way to match.",
        )
            .example(
                r#"route_rule().path("/api").method("GET").backend(backend("api", 80))"#,
            ),
        row("path", &["self", "path"], |this: RouteRule, path: String| this.path(path))
            .doc(
            "Requests whose path starts with this one (`matches[].path`, `type: PathPrefix`).",
        )
            .example(r#"route_rule().path("/api").backend(backend("api", 80))"#),
        row("exact_path", &["self", "path"], |this: RouteRule, path: String| this.exact_path(path))
            .doc("Requests for exactly this path (`matches[].path`, `type: Exact`).")
            .example(r#"route_rule().exact_path("/api").backend(backend("api", 80))"#),
        row("header", &["self", "name", "value"], |this: RouteRule, name: String, value: String| this.header(name, value))
            .doc("Requests with a header of this value (`matches[].headers`).")
            .example(r#"route_rule().header("x-canary", "yes").backend(backend("canary", 80))"#),
        row("query_param", &["self", "name", "value"], |this: RouteRule, name: String, value: String| this.query_param(name, value))
            .doc(
            "Requests with a parameter of this value in their query \
             (`matches[].queryParams`).",
        )
            .example(r#"route_rule().query_param("beta", "1").backend(backend("beta", 80))"#),
        row("method", &["self", "method"], |this: RouteRule, method: HttpMethod| this.method(method))
            .doc("Requests of a method (`matches[].method`).")
            .example(r#"route_rule().method("POST").backend(backend("api", 80))"#),
        row("or", &["self"], |this: RouteRule| this.or())
            .doc(
            "Another way to match: what is said from here on stands beside what was said \
             before.",
        )
            .example(
            r#"route_rule().path("/api").or().path("/v2").header("x-api", "2")
    .backend(backend("api", 80))"#,
        ),
        row("backend", &["self", "backend"], |this: RouteRule, backend: AnyBackend| this.backend(backend.0))
            .doc(
            "Where requests go (`backendRefs`): a service, or a workload that has one. \
             Several share the requests evenly, unless they have weights.",
        )
            .example(r#"route_rule().backend(backend("web", 80))"#),
        row("backend", &["self", "backend", "weight"], |this: RouteRule, backend: AnyBackend, weight: u32| this.weighted_backend(backend.0, weight))
            .doc(
            "Where requests go, and how many of all weights (`backendRefs[].weight`): 90 and \
             10 for a tenth.",
        )
            .example(
            r#"route_rule().backend(backend("web", 80), 90)
    .backend(backend("canary", 80), 10)"#,
        ),
        row("set_header", &["self", "name", "value"], |this: RouteRule, name: String, value: String| this.set_header(name, value))
            .doc(
            "A header of the request, set on its way to the backend (`filters[]`, \
             `RequestHeaderModifier.set`).",
        )
            .example(r#"route_rule().set_header("x-from", "door").backend(backend("web", 80))"#),
        row("add_header", &["self", "name", "value"], |this: RouteRule, name: String, value: String| this.add_header(name, value))
            .doc(
            "A header of the request, added on its way to the backend \
             (`RequestHeaderModifier.add`).",
        )
            .example(r#"route_rule().add_header("x-from", "door").backend(backend("web", 80))"#),
        row("remove_header", &["self", "name"], |this: RouteRule, name: String| this.remove_header(name))
            .doc(
            "A header of the request, taken away on its way to the backend \
             (`RequestHeaderModifier.remove`).",
        )
            .example(r#"route_rule().remove_header("x-debug").backend(backend("web", 80))"#),
        row("set_response_header", &["self", "name", "value"], |this: RouteRule, name: String, value: String| this.set_response_header(name, value))
            .doc(
            "A header of the answer, set on its way back (`filters[]`, \
             `ResponseHeaderModifier.set`).",
        )
            .example(
            r#"route_rule()
    .set_response_header("strict-transport-security", "max-age=31536000").backend(backend("web", 80))"#,
        ),
        row("add_response_header", &["self", "name", "value"], |this: RouteRule, name: String, value: String| this.add_response_header(name, value))
            .doc(
            "A header of the answer, added on its way back (`ResponseHeaderModifier.add`).",
        )
            .example(
            r#"route_rule().add_response_header("vary", "origin")
    .backend(backend("web", 80))"#,
        ),
        row("remove_response_header", &["self", "name"], |this: RouteRule, name: String| this.remove_response_header(name))
            .doc(
            "A header of the answer, taken away on its way back \
             (`ResponseHeaderModifier.remove`).",
        )
            .example(r#"route_rule().remove_response_header("server").backend(backend("web", 80))"#),
        row("redirect_https", &["self"], |this: RouteRule| this.redirect_https())
            .doc(
            "Requests are answered with a lasting redirect to HTTPS (`filters[]`, \
             `RequestRedirect`).",
        )
            .example("route_rule().redirect_https()"),
        row("redirect_host", &["self", "host"], |this: RouteRule, host: HostName| this.redirect_host(host))
            .doc(
            "Requests are answered with a redirect to another host \
             (`RequestRedirect.hostname`).",
        )
            .example(r#"route_rule().redirect_host("www.shop.example")"#),
        row("redirect_path", &["self", "prefix"], |this: RouteRule, prefix: String| this.redirect_path(prefix))
            .doc(
            "Requests are answered with a redirect to another path (`RequestRedirect.path`): \
             what matched is replaced, what follows stays.",
        )
            .example(r#"route_rule().path("/old").redirect_path("/new")"#),
        row("redirect_status", &["self", "code"], |this: RouteRule, code: RedirectStatus| this.redirect_status(code))
            .doc(
            "Whether the redirect is lasting, 301 or 308, or for now, 302, 303 or 307 \
             (`RequestRedirect.statusCode`).",
        )
            .example(r#"route_rule().redirect_host("www.shop.example").redirect_status(301)"#),
        row("rewrite_path", &["self", "prefix"], |this: RouteRule, prefix: String| this.rewrite_path(prefix))
            .doc(
            "The path that backends see: what matched is replaced, what follows stays \
             (`filters[]`, `URLRewrite.path`, `ReplacePrefixMatch`).",
        )
            .example(r#"route_rule().path("/api").rewrite_path("/").backend(backend("api", 80))"#),
        row("rewrite_full_path", &["self", "path"], |this: RouteRule, path: String| this.rewrite_full_path(path))
            .doc(
            "The whole path that backends see (`URLRewrite.path`, `ReplaceFullPath`).",
        )
            .example(
            r#"route_rule().path("/api").rewrite_full_path("/index")
    .backend(backend("api", 80))"#,
        ),
        row("rewrite_host", &["self", "host"], |this: RouteRule, host: HostName| this.rewrite_host(host))
            .doc("The host that backends see (`URLRewrite.hostname`).")
            .example(r#"route_rule().rewrite_host("api.internal").backend(backend("api", 80))"#),
        row("request_timeout", &["self", "time"], |this: RouteRule, time: Seconds| this.request_timeout(time))
            .doc(
            "How long an answer may take in all (`timeouts.request`). Default: the gateway's.",
        )
            .example(r#"route_rule().backend(backend("api", 80)).request_timeout("10s")"#),
        row("backend_request_timeout", &["self", "time"], |this: RouteRule, time: Seconds| this.backend_request_timeout(time))
            .doc(
            "How long a single backend may take (`timeouts.backendRequest`). Default: the \
             gateway's.",
        )
            .example(
            r#"route_rule().backend(backend("api", 80)).request_timeout("10s")
    .backend_request_timeout("2s")"#,
        ),
    ]
}

crate::table::values!(RouteRule = "route_rule");

impl Param for RedirectStatus {
    fn ty() -> Type {
        Type {
            name: Cow::Borrowed("int"),
            entry: None,
        }
    }

    fn expected() -> Cow<'static, str> {
        Cow::Borrowed("the status of a redirect such as 301")
    }

    fn from_value(value: Dynamic, _call: &Call<'_, '_>) -> Result<Self, Mismatch> {
        let code = value.as_int().map_err(|_| Mismatch::form())?;
        Self::try_from(code).map_err(|error| Mismatch::sentence(error.to_string()))
    }
}
