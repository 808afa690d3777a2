//! Where an answer points elsewhere: whether it is followed, and with what.

use http::{Method, StatusCode};
use reqwest::Url;

/// The next request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its method.
    pub(super) method: Method,
    /// Where it goes.
    pub(super) url: Url,
    /// Whether it goes to the same host and port, so that it may have what the first one had.
    pub(super) same_host: bool,
    /// Whether it has the body of the first one.
    pub(super) keeps_body: bool,
}

/// What follows after an answer; nothing where it is the last one. An error where it points to what
/// must not be followed.
pub(super) fn next(
    method: &Method,
    from: &Url,
    status: StatusCode,
    location: Option<&str>,
) -> Result<Option<Step>, String> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = location else {
        return Ok(None);
    };
    let url = from
        .join(location)
        .map_err(|_| "it redirects to what is no address".to_owned())?;
    if url.scheme() != from.scheme() {
        return Err(format!(
            "it redirects from `{}` to `{}`, which is not followed",
            from.scheme(),
            url.scheme()
        ));
    }
    let place = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_owned();
        (host, url.port_or_known_default())
    };
    // As browsers do: what was posted is not posted again, unless the answer says so (307, 308).
    let reads = match status.as_u16() {
        303 => method != Method::HEAD,
        301 | 302 => method == Method::POST,
        _ => false,
    };
    Ok(Some(Step {
        method: if reads { Method::GET } else { method.clone() },
        same_host: place(&url) == place(from),
        keeps_body: !reads && method != Method::HEAD,
        url,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_followed_and_with_what() {
        let from = Url::parse("https://a.example/x/y?z=1").unwrap();
        for (method, status, location, expected) in [
            ("GET", 200, Some("/z"), None),
            ("GET", 304, Some("/z"), None),
            ("GET", 302, None, None),
            (
                "GET",
                301,
                Some("/z"),
                Some("GET https://a.example/z same body"),
            ),
            (
                "GET",
                302,
                Some("z"),
                Some("GET https://a.example/x/z same body"),
            ),
            (
                "GET",
                302,
                Some("//b.example/z"),
                Some("GET https://b.example/z other body"),
            ),
            (
                "GET",
                302,
                Some("https://a.example:444/"),
                Some("GET https://a.example:444/ other body"),
            ),
            (
                "GET",
                302,
                Some("https://a.example:443/"),
                Some("GET https://a.example/ same body"),
            ),
            (
                "GET",
                302,
                Some("https://A.example/"),
                Some("GET https://a.example/ same body"),
            ),
            (
                "POST",
                301,
                Some("/z"),
                Some("GET https://a.example/z same bare"),
            ),
            (
                "POST",
                303,
                Some("/z"),
                Some("GET https://a.example/z same bare"),
            ),
            (
                "PUT",
                303,
                Some("/z"),
                Some("GET https://a.example/z same bare"),
            ),
            (
                "PUT",
                302,
                Some("/z"),
                Some("PUT https://a.example/z same body"),
            ),
            (
                "POST",
                307,
                Some("/z"),
                Some("POST https://a.example/z same body"),
            ),
            (
                "POST",
                308,
                Some("https://b.example/"),
                Some("POST https://b.example/ other body"),
            ),
            (
                "HEAD",
                303,
                Some("/z"),
                Some("HEAD https://a.example/z same bare"),
            ),
            (
                "GET",
                302,
                Some("http://a.example/"),
                Some("refused `https` to `http`"),
            ),
            (
                "GET",
                302,
                Some("ftp://a.example/"),
                Some("refused `https` to `ftp`"),
            ),
            (
                "GET",
                302,
                Some("javascript:alert(1)"),
                Some("refused `https` to `javascript`"),
            ),
            ("GET", 302, Some("https://"), Some("refused")),
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let status = StatusCode::from_u16(status).unwrap();
            let found = match next(&method, &from, status, location) {
                Ok(None) => None,
                Ok(Some(step)) => Some(format!(
                    "{} {} {} {}",
                    step.method,
                    step.url,
                    if step.same_host { "same" } else { "other" },
                    if step.keeps_body { "body" } else { "bare" },
                )),
                Err(problem) => {
                    let (_, schemes) = problem.split_once("from ").unwrap_or_default();
                    let schemes = schemes.split(',').next().unwrap_or_default();
                    Some(format!("refused {schemes}").trim().to_owned())
                }
            };
            assert_eq!(found.as_deref(), expected, "{method} {status} {location:?}");
        }
    }
}
