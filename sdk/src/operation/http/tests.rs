//! Requests over a network that answers by a list.

use super::*;
use crate::cluster::sandboxed;
use crate::engine::{SecretSource, Unread};
use crate::object::{SecretBytes, SecretFrom, SecretText};
use crate::operation::Outside;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::future::BoxFuture;
use http::Method;
use infra_sandbox::Sandbox;
use std::fmt::Write as _;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

struct Known;

impl SecretSource for Known {
    fn read<'a>(&'a self, from: &'a SecretFrom) -> BoxFuture<'a, Result<SecretBytes, Unread>> {
        let value = match from {
            SecretFrom::Env(name) if name == "TOKEN" => Ok("t0k3n-value".to_owned().into()),
            _ => Err(Unread::new(format!("there is no {from}"))),
        };
        Box::pin(std::future::ready(value))
    }
}

type Answers = VecDeque<Result<(u16, &'static [(&'static str, &'static str)], &'static str), bool>>;

/// Answers in order, and keeps what it was asked.
#[derive(Default)]
struct Listed {
    answers: Mutex<Answers>,
    asked: Mutex<Vec<String>>,
}

impl Exchange for Listed {
    fn exchange(
        &self,
        request: WireRequest,
        _: Duration,
    ) -> BoxFuture<'_, Result<WireAnswer, Unanswered>> {
        let mut line = format!("{} {}", request.method(), request.uri());
        for name in ["authorization", "x-plain", "content-type"] {
            if let Some(value) = request.headers().get(name) {
                let _ = write!(line, " {name}={}", value.to_str().unwrap());
            }
        }
        let _ = write!(line, " {}", String::from_utf8_lossy(request.body()));
        self.asked.lock().unwrap().push(line.trim().to_owned());
        let answer = self
            .answers
            .lock()
            .unwrap()
            .pop_front()
            .expect("an answer is left");
        Box::pin(std::future::ready(match answer {
            Ok((status, headers, text)) => {
                let mut answer = WireAnswer::new(text.into());
                *answer.status_mut() = status.try_into().unwrap();
                for (name, value) in headers {
                    answer.headers_mut().insert(*name, value.parse().unwrap());
                }
                Ok(answer)
            }
            Err(sent) => Err(Unanswered {
                problem: "connection refused".to_owned(),
                sent,
            }),
        }))
    }
}

fn run(
    request: &HttpRequest,
    method: Method,
    answers: Answers,
) -> (Result<HttpAnswer, HttpError>, Vec<String>, Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let sandbox = Sandbox::new();
    let listed = Arc::new(Listed {
        answers: Mutex::new(answers),
        ..Listed::default()
    });
    runtime.block_on(async {
        let cluster = sandboxed(&sandbox);
        let outside = Outside {
            exchange: Arc::clone(&listed) as _,
            secrets: Arc::new(Known),
            cluster: cluster.clone(),
            namespace: "default".to_owned(),
            objects: Arc::new(Vec::new),
        };
        let started = cluster.clock().now();
        let answer = request.send(method, &outside).await;
        let took = cluster.clock().now().saturating_sub(started);
        let asked = listed.asked.lock().unwrap().clone();
        (answer, asked, took)
    })
}

fn request(url: &str) -> HttpRequest {
    let token = SecretText::text("Bearer ").join(SecretText::env("TOKEN"));
    HttpRequest::new(SecretText::text(url))
        .header("Authorization", token)
        .header("X-Plain", SecretText::text("1"))
}

#[test]
fn a_request_has_its_secrets_and_an_answer_does_not_repeat_them() {
    let body = SecretText::text("{\"t\":")
        .join(SecretText::env("TOKEN"))
        .join("}".into());
    let (answer, asked, _) = run(
        &request("https://a.example/x").json(body),
        Method::POST,
        [Ok((
            200,
            &[("x-said", "t0k3n-value")][..],
            "you said Bearer t0k3n-value",
        ))]
        .into(),
    );
    let answer = answer.unwrap();
    assert_eq!(
        asked,
        [
            "POST https://a.example/x authorization=Bearer t0k3n-value x-plain=1 \
          content-type=application/json {\"t\":t0k3n-value}"
        ]
    );
    assert_eq!(answer.text, "you said Bearer (secret)");
    assert_eq!(answer.header("X-Said"), Some("(secret)"));
}

#[test]
fn what_passes_is_tried_again_on_the_clusters_clock() {
    let (answer, asked, took) = run(
        &request("https://a.example/x"),
        Method::GET,
        [
            Err(false),
            Ok((503, &[("retry-after", "7")][..], "")),
            Ok((200, &[][..], "well")),
        ]
        .into(),
    );
    assert_eq!(answer.unwrap().text, "well");
    assert_eq!((asked.len(), took.as_secs()), (3, 8));

    let (answer, asked, _) = run(
        &request("https://a.example/x"),
        Method::POST,
        [Err(true)].into(),
    );
    assert_eq!(
        answer.unwrap_err().to_string(),
        "no answer to `POST https://a.example/x`: connection refused"
    );
    assert_eq!(asked.len(), 1);
}

#[test]
fn a_redirect_takes_no_secret_to_another_host_and_leads_to_no_other_scheme() {
    let to = |location: &'static [(&'static str, &'static str)]| Ok((302, location, ""));
    let done = || Ok((200, &[][..], "done"));
    let (answer, asked, _) = run(
        &request("https://a.example/x"),
        Method::GET,
        [
            to(&[("location", "/y")]),
            to(&[("location", "https://b.example/z")]),
            done(),
        ]
        .into(),
    );
    assert_eq!(answer.unwrap().text, "done");
    assert_eq!(
        asked[1..],
        [
            "GET https://a.example/y authorization=Bearer t0k3n-value x-plain=1",
            "GET https://b.example/z x-plain=1",
        ]
    );

    let down = [to(&[("location", "http://a.example/")])].into();
    let (answer, asked, _) = run(&request("https://a.example/x"), Method::GET, down);
    let error = answer.unwrap_err().to_string();
    assert!(error.contains("from `https` to `http`"), "{error}");
    assert_eq!(asked.len(), 1);

    let body = request("https://a.example/x").json(SecretText::env("TOKEN"));
    let on = [Ok((307, &[("location", "https://b.example/")][..], ""))].into();
    let (answer, _, _) = run(&body, Method::POST, on);
    let error = answer.unwrap_err().to_string();
    assert!(error.contains("its body holds a secret"), "{error}");

    let round = (0..11).map(|_| to(&[("location", "/x")])).collect();
    let (answer, _, _) = run(&request("https://a.example/x"), Method::GET, round);
    let error = answer.unwrap_err().to_string();
    assert!(error.contains("more than 10 redirects"), "{error}");
}

#[test]
fn a_login_in_an_address_is_a_header_and_hidden() {
    let url = SecretText::text("https://app:").join(SecretText::env("TOKEN"));
    let url = HttpRequest::new(url.join("@a.example/x".into())).retries(0);
    let (answer, asked, _) = run(&url, Method::GET, [Err(false)].into());
    assert_eq!(
        asked,
        ["GET https://a.example/x authorization=Basic YXBwOnQwazNuLXZhbHVl"]
    );
    assert_eq!(
        answer.unwrap_err().to_string(),
        "no answer to `GET https://app:(secret)@a.example/x`: connection refused"
    );
}

#[test]
fn what_cannot_be_sent_is_said_before() {
    for (request, expected) in [
        (
            request("ftp://a.example"),
            "`ftp://a.example` is no address",
        ),
        (request("a.example"), "`a.example` is no address"),
        (request("https://"), "is no address"),
        (
            request("https://a.example").header("a b", SecretText::text("x")),
            "the header `a b` has a name that no header can have",
        ),
        (
            request("https://a.example").header("a", SecretText::text("x\ny")),
            "the header `a` holds a character that no header can hold",
        ),
        (
            request("https://a.example").header("a", SecretText::env("NO")),
            "there is no env NO",
        ),
    ] {
        let (answer, asked, _) = run(&request, Method::GET, Answers::new());
        let error = answer.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(asked.is_empty());
    }
}

#[test]
fn what_was_read_from_the_cluster_is_hidden_and_not_taken_to_another_host() {
    let read = || SecretText::read("hunter2-of-db");
    let url = SecretText::text("https://a.example/").join(read());
    let url = HttpRequest::new(url).header("Authorization", read());
    assert_eq!(url.shown(), "https://a.example/(secret)");
    let answers = [
        Ok((307, &[("location", "https://b.example/z")][..], "")),
        Ok((200, &[][..], "you said hunter2-of-db")),
    ];
    let (answer, asked, _) = run(&url, Method::GET, answers.into());
    let expected = [
        "GET https://a.example/hunter2-of-db authorization=hunter2-of-db",
        "GET https://b.example/z",
    ];
    assert_eq!(asked, expected);
    assert_eq!(answer.unwrap().text, "you said (secret)");
}

#[test]
fn an_address_that_is_secret_stays_so_when_it_is_repeated_or_left() {
    let url = SecretText::text("https://abcd:").join(SecretText::env("TOKEN"));
    let url = HttpRequest::new(url.join("@a.example/x".into()));
    let echo = STANDARD.encode("abcd:t0k3n-value");
    let echo: &'static str = Box::leak(format!("Basic {echo}").into_boxed_str());
    let (answer, ..) = run(&url, Method::GET, [Ok((200, &[][..], echo))].into());
    assert_eq!(answer.unwrap().text, "Basic (secret)");

    let hook = HttpRequest::new(SecretText::read("https://hooks.example/of-db")).retries(0);
    let answers = [Ok((302, &[("location", "/y")][..], "")), Err(true)];
    let (answer, ..) = run(&hook, Method::GET, answers.into());
    let error = answer.unwrap_err().to_string();
    assert!(!error.contains("hooks.example"), "{error}");
}
