//! `http(url)`: requests to the world outside the cluster.

use super::time::duration;
use crate::table::{
    Any, Fault, Fields, HostIo, JsonText, Row, ScriptType, Secret, dynamic_of, row,
};
use http::Method;
use infra_sdk::object::{Encoding, SecretText};
use infra_sdk::operation::{HttpAnswer, HttpError, HttpRequest};
use infra_sdk::types::Duration;
use rhai::Dynamic;

impl ScriptType for HttpRequest {
    const NAME: &'static str = "http_request";

    fn text(&self) -> String {
        self.shown()
    }
}

impl ScriptType for HttpAnswer {
    const NAME: &'static str = "http_answer";

    fn text(&self) -> String {
        self.summary()
    }
}

/// Sends a request. In a dry run one that changes something is reported and not sent, and what
/// follows goes on as if all had gone well.
pub(super) fn send(
    request: &HttpRequest,
    method: Method,
    live: &HostIo,
) -> Result<HttpAnswer, Fault> {
    let live = &live.0;
    let name = format!("{method} {}", request.shown());
    if !method.is_safe() {
        live.note(format!("send {name}"));
        if live.dry_run() {
            return Ok(HttpAnswer::unsent(name));
        }
    }
    let (request, outside) = (request.clone(), live.outside());
    let answer = live.run(async move { request.send(method, &outside).await })?;
    answer.map_err(failed)
}

pub(super) fn bearer(request: HttpRequest, token: Secret) -> HttpRequest {
    request.header("Authorization", SecretText::text("Bearer ").join(token.0))
}

fn failed(error: HttpError) -> Fault {
    let message = error.to_string();
    match error {
        HttpError::Unread(unread) => Fault::Failed {
            message,
            help: unread.help,
        },
        HttpError::Redirected { .. } => Fault::with_help(
            message,
            "ask the last address itself, or let the redirect be the answer: `.redirects(0)`",
        ),
        HttpError::Unfit(_) | HttpError::Unanswered { .. } => Fault::new(message),
    }
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = request_rows();
    rows.extend(method_rows());
    rows.extend(answer_rows());
    rows
}

fn request_rows() -> Vec<Row> {
    vec![
        row("http", &["url"], |url: Secret| HttpRequest::new(url.0))
            .doc(
                "A request to an address, which may hold secrets. `.get()` and the like send it, in \
                 a procedure. Each attempt has 30 s, one that is harmless to repeat is sent up to \
                 three times, and redirects are followed, though never to another scheme, and to \
                 another host without what is secret.",
            )
            .example(r#"let answer = http("https://app.example/health").get();
if !answer.ok() { throw "the app is not well: " + answer; }"#),
        row(
            "header",
            &["self", "name", "value"],
            |this: HttpRequest, name: String, value: Secret| this.header(name, value.0),
        )
        .doc("Sets a header.")
        .example(r#"http("https://api.example/v1").header("X-Api-Key", secret_env("KEY")).get()"#),
        row(
            "headers",
            &["self", "headers"],
            |this: HttpRequest, headers: Fields<Secret>| {
                let headers = headers.0.into_iter();
                headers.fold(this, |this, (name, value)| this.header(name, value.0))
            },
        )
        .doc("Sets several headers.")
        .example(
            r#"http("https://api.example/v1").headers(#{ Accept: "text/plain" }).get().text()"#,
        ),
        row(
            "bearer",
            &["self", "token"],
            |this: HttpRequest, token: Secret| bearer(this, token),
        )
        .doc("Logs in with a token (`Authorization: Bearer …`).")
        .example(r#"http("https://api.example/v1").bearer(secret_env("TOKEN")).get()"#),
        row(
            "basic_auth",
            &["self", "user", "password"],
            |this: HttpRequest, user: String, password: Secret| {
                let login = SecretText::text(user + ":").join(password.0);
                let value = SecretText::text("Basic ").join(login.encoded(Encoding::Base64));
                this.header("Authorization", value)
            },
        )
        .doc("Logs in with a user and a password (`Authorization: Basic …`).")
        .example(r#"http("https://api.example/v1").basic_auth("app", secret_env("PW")).get()"#),
        row(
            "query",
            &["self", "name", "value"],
            |this: HttpRequest, name: String, value: crate::table::Scalar| {
                this.query(&name, &value.0)
            },
        )
        .doc("Adds `name=value` to the address, escaped.")
        .example(r#"http("https://api.example/find").query("name", "a b").get()"#),
        row(
            "json",
            &["self", "body"],
            |this: HttpRequest, body: JsonText| this.json(body.0),
        )
        .doc("Its body, as JSON; secrets may stand in it.")
        .example(
            r#"http("https://api.example/users").json(#{ name: "app", password: secret_env("PW") }).post()"#,
        ),
        row(
            "body",
            &["self", "content_type", "text"],
            |this: HttpRequest, content_type: String, text: Secret| {
                this.body(&content_type, text.0)
            },
        )
        .doc("Its body, as a text of some type.")
        .example(r#"http("https://api.example/import").body("text/csv", "a,b\n1,2\n").post()"#),
        row(
            "timeout",
            &["self", "time"],
            |this: HttpRequest, time: Duration| this.timeout(duration(&time)),
        )
        .doc("How long each attempt may take; 30 s by default.")
        .example(r#"http("https://app.example/health").timeout("2s").get()"#),
        row("retries", &["self", "count"], |this: HttpRequest, count: u32| {
            this.retries(count)
        })
        .doc(
            "How often it is sent again where nobody answered, or with 429, 502, 503 or 504: twice \
             by default, a second later, then two, or when the answer says. A POST or PATCH is sent \
             again only where it did not leave.",
        )
        .example(r#"http("https://app.example/health").retries(0).get()"#),
        row(
            "redirects",
            &["self", "count"],
            |this: HttpRequest, count: u32| this.redirects(count),
        )
        .doc("How many redirects are followed; 10 by default. With 0 the redirect is the answer.")
        .example(
            r#"http("https://app.example/old").redirects(0).get().header("location")"#,
        ),
    ]
}

fn method_rows() -> Vec<Row> {
    macro_rules! method {
        ($name:literal, $method:expr, $doc:literal, $example:literal) => {
            row($name, &["self"], |this: HttpRequest, live: HostIo| {
                send(&this, $method, &live)
            })
            .doc($doc)
            .example($example)
        };
    }
    vec![
        method!(
            "get",
            Method::GET,
            "Sends it as a GET.",
            r#"let version = http("https://app.example/version").get().text();"#
        ),
        method!(
            "head",
            Method::HEAD,
            "Sends it as a HEAD: the answer has no body.",
            r#"http("https://app.example/big").head().header("content-length")"#
        ),
        method!(
            "post",
            Method::POST,
            "Sends it as a POST. A dry run only says that it would.",
            r#"http("https://api.example/users").json(#{ name: "app" }).post().expect(201)"#
        ),
        method!(
            "put",
            Method::PUT,
            "Sends it as a PUT. A dry run only says that it would.",
            r#"http("https://api.example/users/1").json(#{ name: "app" }).put()"#
        ),
        method!(
            "patch",
            Method::PATCH,
            "Sends it as a PATCH. A dry run only says that it would.",
            r#"http("https://api.example/users/1").json(#{ name: "app" }).patch()"#
        ),
        method!(
            "delete",
            Method::DELETE,
            "Sends it as a DELETE. A dry run only says that it would.",
            r#"http("https://api.example/users/1").delete()"#
        ),
    ]
}

fn answer_rows() -> Vec<Row> {
    vec![
        row("status", &["self"], |this: HttpAnswer| {
            i64::from(this.status)
        })
        .doc("The status: 200, 404 and the like. 200 for what a dry run did not send.")
        .example(r#"http("https://app.example/health").get().status() == 200"#),
        row("ok", &["self"], |this: HttpAnswer| this.is_ok())
            .doc("Whether the status says that all went well: 200 to 299.")
            .example(r#"http("https://app.example/health").get().ok()"#),
        row(
            "expect",
            &["self", "status"],
            // It has an effect, so that its result can be thrown away.
            |this: HttpAnswer, status: u16, _: HostIo| -> Result<HttpAnswer, Fault> {
                if this.status == status || this.is_unsent() {
                    return Ok(this);
                }
                Err(Fault::new(format!(
                    "`{}` answered {}, expected {status}",
                    this.request,
                    this.summary()
                )))
            },
        )
        .doc("The answer itself; an error where its status is another one.")
        .example(r#"let health = http("https://app.example/health").get().expect(200).json();"#),
        row(
            "header",
            &["self", "name"],
            |this: HttpAnswer, name: String| {
                Any(this
                    .header(&name)
                    .map_or(Dynamic::UNIT, |value| value.to_owned().into()))
            },
        )
        .doc("A header, whatever the case of its name; `()` where there is none.")
        .example(r#"http("https://app.example/").get().header("content-type")"#),
        row("text", &["self"], |this: HttpAnswer| this.text)
            .doc("The body. The values of secrets that were sent are masked in it.")
            .example(r#"http("https://app.example/version").get().text()"#),
        row(
            "json",
            &["self"],
            |this: HttpAnswer| -> Result<Any, Fault> {
                if this.is_unsent() {
                    return Ok(Any(Dynamic::from_map(rhai::Map::new())));
                }
                let json = this.json().map_err(Fault::new)?;
                Ok(Any(dynamic_of(json)))
            },
        )
        .doc("The body, read as JSON. An empty map for what a dry run did not send.")
        .example(
            r#"let health = http("https://app.example/health").get().json();
if health.status != "ok" { throw "not well"; }"#,
        ),
    ]
}
