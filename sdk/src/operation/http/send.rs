//! Sending: again where that helps, and on where the answer points.

use super::super::outside::{Outside, is_secret};
use super::{
    HttpAnswer, HttpError, HttpRequest,
    redirect::{self, Step},
    repeat::{self, Met},
};
use crate::engine::mask::Hidden;
use crate::engine::wait::Mask;
use crate::object::SecretText;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use reqwest::Url;
use std::{str, sync::Arc};
use zeroize::Zeroizing;

/// A request with the values of its secrets.
struct Unveiled {
    url: Url,
    /// Its address for messages.
    shown: String,
    headers: HeaderMap,
    body: Bytes,
    /// Whether the body holds a secret.
    secret_body: bool,
    /// Whether the host of the address is secret.
    secret_host: bool,
    mask: Mask,
}

impl HttpRequest {
    /// Sends it, and gives the last answer, whatever its status.
    pub async fn send(&self, method: Method, outside: &Outside) -> Result<HttpAnswer, HttpError> {
        let mut request = self.unveil(outside).await?;
        let (mut method, mut followed) = (method, 0);
        loop {
            let name = format!("{method} {}", request.shown);
            let answer = self.attempts(&method, &request, &name, outside).await?;
            let location = answer.headers().get(header::LOCATION);
            let location = location.and_then(|location| location.to_str().ok());
            let step = if self.redirects == 0 {
                None
            } else {
                redirect::next(&method, &request.url, answer.status(), location)
                    .map_err(|problem| redirected(&name, problem))?
            };
            let Some(step) = step else {
                let (head, body) = answer.into_parts();
                let mask = |text: &str| (request.mask)(text);
                return Ok(HttpAnswer::new(
                    name,
                    head.status,
                    &head.headers,
                    &body,
                    &mask,
                ));
            };
            followed += 1;
            if followed > self.redirects {
                let problem = format!("there are more than {} redirects", self.redirects);
                return Err(redirected(&name, problem));
            }
            method = step.method.clone();
            request = request
                .after(step)
                .map_err(|problem| redirected(&name, problem))?;
        }
    }

    /// The answer to one request, sent again where that helps and does no harm.
    async fn attempts(
        &self,
        method: &Method,
        request: &Unveiled,
        name: &str,
        outside: &Outside,
    ) -> Result<Response<Bytes>, HttpError> {
        let mut attempt = 1;
        loop {
            let met = outside
                .exchange
                .exchange(request.sent_as(method)?, self.timeout)
                .await;
            let how = match &met {
                Ok(answer) => Met::Answered(answer.status(), repeat::asked(answer.headers())),
                Err(unanswered) if unanswered.sent => Met::Silence,
                Err(_) => Met::Unsent,
            };
            let Some(delay) = repeat::delay(method, how, attempt, self.retries) else {
                return met.map_err(|unanswered| HttpError::Unanswered {
                    request: name.to_owned(),
                    attempts: attempt,
                    problem: (request.mask)(&unanswered.problem),
                });
            };
            outside.cluster.clock().sleep(delay).await;
            attempt += 1;
        }
    }

    async fn unveil(&self, outside: &Outside) -> Result<Unveiled, HttpError> {
        let mut texts: Vec<&SecretText> = vec![&self.url];
        texts.extend(self.headers.iter().map(|(_, value)| value));
        texts.extend(&self.body);
        let unveiled = outside.unveil(&texts).await.map_err(HttpError::Unread)?;
        let mut values = unveiled.values.into_iter();
        let url = values.next().unwrap_or_default();
        let shown = self.shown();
        let mut url = address(str::from_utf8(&url).unwrap_or_default(), &shown)?;
        let mut headers = HeaderMap::new();
        let mut mask = unveiled.mask;
        if let Some((login, header)) = login(&mut url) {
            if is_secret(&self.url) {
                let mut hidden = Hidden::default();
                hidden.add(&login);
                let (first, then) = (mask, hidden.mask());
                mask = Arc::new(move |text| then(&first(text)));
            }
            headers.insert(header::AUTHORIZATION, header);
        }
        let host = url.host_str().unwrap_or_default();
        let secret_host = is_secret(&self.url) && !shown.contains(host);
        for ((name, text), value) in self.headers.iter().zip(&mut values) {
            let unfit = |problem: &str| HttpError::Unfit(format!("the header `{name}` {problem}"));
            let parsed: HeaderName = name
                .parse()
                .map_err(|_| unfit("has a name that no header can have"))?;
            let mut value = HeaderValue::from_bytes(&value)
                .map_err(|_| unfit("holds a character that no header can hold"))?;
            value.set_sensitive(is_secret(text));
            headers.insert(parsed, value);
        }
        let body = values.next();
        Ok(Unveiled {
            url,
            shown,
            headers,
            body: body.map_or_else(Bytes::new, |body| Bytes::copy_from_slice(&body)),
            secret_body: self.body.as_ref().is_some_and(is_secret),
            secret_host,
            mask,
        })
    }
}

fn redirected(request: &str, problem: String) -> HttpError {
    HttpError::Redirected {
        request: request.to_owned(),
        problem,
    }
}

fn address(text: &str, shown: &str) -> Result<Url, HttpError> {
    let url = Url::parse(text).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| no_address(shown))
}

fn no_address(shown: &str) -> HttpError {
    HttpError::Unfit(format!(
        "`{shown}` is no address: expected `https://…` or `http://…`"
    ))
}

/// The user and the password in an address, which go out of it, and the header that stands for them.
fn login(url: &mut Url) -> Option<(Zeroizing<Vec<u8>>, HeaderValue)> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let plain = |text: &str| percent_decoded(text);
    let mut login = Zeroizing::new(plain(url.username()));
    login.push(b':');
    login.extend(plain(url.password().unwrap_or_default()));
    let header = Zeroizing::new(format!("Basic {}", STANDARD.encode(&*login)));
    // An address with a host can always be without them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let mut header = HeaderValue::from_str(&header).ok()?;
    header.set_sensitive(true);
    Some((login, header))
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let escaped = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() {
            &after[2..]
        } else {
            after
        };
    }
    bytes
}

/// Headers that say who sends a request.
const CREDENTIALS: [HeaderName; 3] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::PROXY_AUTHORIZATION,
];

impl Unveiled {
    fn sent_as(&self, method: &Method) -> Result<Request<Bytes>, HttpError> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = method.clone();
        request.headers_mut().clone_from(&self.headers);
        *request.uri_mut() = self
            .url
            .as_str()
            .parse()
            .map_err(|_| no_address(&self.shown))?;
        Ok(request)
    }

    /// What is sent on: to another host nothing that is secret, or says who sends it.
    fn after(mut self, step: Step) -> Result<Self, String> {
        if !step.keeps_body {
            self.body = Bytes::new();
            self.secret_body = false;
            self.headers.remove(header::CONTENT_TYPE);
        }
        if !step.same_host {
            if self.secret_body {
                return Err(format!(
                    "it redirects to `{}`, another host, and its body holds a secret",
                    step.url.host_str().unwrap_or_default()
                ));
            }
            let secret: Vec<HeaderName> = self
                .headers
                .iter()
                .filter(|(name, value)| value.is_sensitive() || CREDENTIALS.contains(name))
                .map(|(name, _)| name.clone())
                .collect();
            for name in secret {
                self.headers.remove(name);
            }
        }
        // A part of the path before may be secret, and an answer may repeat it.
        let host = step.url.host_str().unwrap_or_default();
        let host = if self.secret_host { "(secret)" } else { host };
        self.shown = (self.mask)(&format!("{}://{host}/…", step.url.scheme()));
        self.url = step.url;
        Ok(self)
    }
}
