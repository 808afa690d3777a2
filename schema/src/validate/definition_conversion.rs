//! How a definition converts its objects from version to version.

use serde_json::Value;

use super::look::{field, items, number, text};
use super::path::{Found, Path};
use crate::names;

/// Versions of the question that servers know to ask.
const ASKED: [&str; 2] = ["v1", "v1beta1"];

/// `spec.conversion`. The server's inner form has what a webhook is told without `webhook` around it.
pub(super) fn check(conversion: &Value, path: &Path<'_>, found: &mut Found) {
    let webhook = field(conversion, "webhook").unwrap_or(&Value::Null);
    let client = field(webhook, "clientConfig");
    let versions = path.field("conversionReviewVersions");
    let client_path = path.field("webhookClientConfig");
    match text(conversion, "strategy") {
        "Webhook" => {
            match client {
                None => {
                    client_path.required(found, "required when strategy is set to Webhook");
                }
                Some(client) => self::client(client, &client_path, found),
            }
            review_versions(webhook, &versions, found);
            return;
        }
        "None" => {}
        "" => path.field("strategy").required(found, ""),
        _ => {
            path.field("strategy").unsupported(
                found,
                &conversion["strategy"],
                &["None", "Webhook"],
            );
        }
    }
    let detail = "should not be set when strategy is not set to Webhook";
    if client.is_some() {
        client_path.forbidden(found, detail);
    }
    if !items(webhook, "conversionReviewVersions").is_empty() {
        versions.forbidden(found, detail);
    }
}

fn client(client: &Value, path: &Path<'_>, found: &mut Found) {
    match (field(client, "url"), field(client, "service")) {
        (Some(url), None) => {
            self::url(url.as_str().unwrap_or_default(), &path.field("url"), found);
        }
        (None, Some(service)) => self::service(service, &path.field("service"), found),
        _ => path.required(found, "exactly one of url or service is required"),
    }
}

/// The parts of an address: scheme, who asks, host, query and fragment.
fn parts(url: &str) -> [&str; 5] {
    let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let is_scheme = |scheme: &str| {
        let mut letters = scheme.chars();
        letters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let (scheme, rest) = match rest.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        _ => ("", rest),
    };
    let host = rest.strip_prefix("//").unwrap_or_default();
    let host = host.split('/').next().unwrap_or_default();
    let (user, host) = host.rsplit_once('@').unwrap_or(("", host));
    [scheme, user, host, query, fragment]
}

fn url(url: &str, path: &Path<'_>, found: &mut Found) {
    const FORM: &str = "; desired format: https://host[/path]";
    let [scheme, user, host, query, fragment] = parts(url);
    let mut say = |part: &str, detail: &str| path.invalid(found, &Value::from(part), detail);
    if scheme != "https" {
        say(
            scheme,
            &format!("'https' is the only allowed URL scheme{FORM}"),
        );
    }
    if host.is_empty() {
        say(host, &format!("host must be specified{FORM}"));
    }
    for (part, detail) in [
        (user, "user information is not permitted in the URL"),
        (fragment, "fragments are not permitted in the URL"),
        (query, "query parameters are not permitted in the URL"),
    ] {
        if !part.is_empty() {
            say(part, detail);
        }
    }
}

fn service(service: &Value, path: &Path<'_>, found: &mut Found) {
    for name in ["name", "namespace"] {
        if text(service, name).is_empty() {
            path.field(name).required(found, "");
        }
    }
    // Who names no port means that of HTTPS.
    let port = number(service, "port").unwrap_or(443);
    let wrong = names::port_number(port);
    if !wrong.is_empty() {
        let detail = format!("port is not valid: {}", wrong.join(", "));
        path.field("port")
            .invalid(found, &Value::from(port), &detail);
    }
    let given = text(service, "path");
    if matches!(given, "" | "/") {
        return;
    }
    let path = path.field("path");
    let mut say = |detail: &str| path.invalid(found, &service["path"], detail);
    if given == "//" {
        say("segment[0] may not be empty");
        return;
    }
    if !given.starts_with('/') {
        say("must start with a '/'");
    }
    // The first letter is taken for the slash, whatever it is.
    let mut letters = given.chars();
    letters.next();
    let rest = letters.as_str();
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    for (at, step) in rest.split('/').enumerate() {
        if step.is_empty() {
            say(&format!("segment[{at}] may not be empty"));
            continue;
        }
        for wrong in names::dns1123_subdomain(step) {
            say(&format!("segment[{at}]: {wrong}"));
        }
    }
}

fn review_versions(webhook: &Value, path: &Path<'_>, found: &mut Found) {
    let all = items(webhook, "conversionReviewVersions");
    if all.is_empty() {
        path.required(found, "");
        return;
    }
    for (at, version) in all.iter().enumerate() {
        let path = path.index(at);
        if all[..at].contains(version) {
            path.invalid(found, version, "duplicate version");
            continue;
        }
        let wrong = names::dns1035_label(version.as_str().unwrap_or_default());
        path.invalid_each(found, version, wrong);
    }
    if !ASKED.iter().any(|known| all.iter().any(|one| one == known)) {
        let detail = format!("must include at least one of {}", ASKED.join(", "));
        path.invalid(found, &webhook["conversionReviewVersions"], &detail);
    }
}
