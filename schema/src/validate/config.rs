//! Config maps and secrets.

use serde_json::Value;

use super::look::{entries, text};
use super::path::{Found, Path};
use super::tls;
use crate::names;

/// Bytes that all values together may have.
const MOST: u64 = 1024 * 1024;

pub(super) fn config_map(object: &Value, found: &mut Found) {
    let mut size = keys(object, "data", found);
    size += keys(object, "binaryData", found) * 3 / 4;
    for (key, _) in entries(object, "binaryData") {
        if object["data"].get(key).is_some() {
            let data = Path::ROOT.field("data");
            let message = "duplicate of key present in binaryData";
            data.key(key)
                .invalid(found, &Value::from(key.as_str()), message);
        }
    }
    if size > MOST {
        Path::ROOT.too_long(found, MOST);
    }
}

pub(super) fn secret(object: &Value, found: &mut Found) {
    let size = keys(object, "data", found) * 3 / 4;
    if size > MOST {
        Path::ROOT.field("data").too_long(found, MOST);
    }
    let needed: &[&str] = match text(object, "type") {
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        _ => &[],
    };
    let data = Path::ROOT.field("data");
    for key in needed
        .iter()
        .filter(|key| object["data"].get(**key).is_none())
    {
        data.key(key).required(found, "");
    }
    if needed.first().is_some_and(|key| key.starts_with(".docker"))
        && let Some(why) = needed
            .first()
            .and_then(|key| no_json(&object["data"][*key]))
    {
        let shown = Value::from("<secret contents redacted>");
        data.key(needed[0]).invalid(found, &shown, &why);
    }
    let given = |key: &str| object["data"].get(key).is_some();
    if text(object, "type") == "kubernetes.io/basic-auth"
        && !given("username")
        && !given("password")
    {
        for key in ["username", "password"] {
            data.key(key).required(found, "");
        }
    }
    if text(object, "type") == "kubernetes.io/service-account-token" {
        let annotation = "kubernetes.io/service-account.name";
        let annotations = &object["metadata"]["annotations"];
        if text(annotations, annotation).is_empty() {
            let path = Path::ROOT.field("metadata");
            let path = path.field("annotations");
            path.key(annotation).required(found, "");
        }
    }
}

/// Why a value, which is base64, is no JSON object, in Go's words.
fn no_json(value: &Value) -> Option<String> {
    let text = String::from_utf8_lossy(&tls::decoded(value.as_str()?)).into_owned();
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(_) | Value::Null) => None,
        Ok(other) => Some(format!(
            "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            super::convert::json_kind(&other)
        )),
        Err(_) => Some(match text.trim_start().chars().next() {
            Some(first) if !first.is_ascii_digit() && !"{[\"-tfn".contains(first) => {
                format!("invalid character '{first}' looking for beginning of value")
            }
            _ => "unexpected end of JSON input".to_owned(),
        }),
    }
}

/// Checks keys and gives the size of their values.
fn keys(object: &Value, name: &str, found: &mut Found) -> u64 {
    let path = Path::ROOT.field(name);
    let mut size = 0;
    for (key, value) in entries(object, name) {
        path.key(key)
            .invalid_each(found, &Value::from(key.as_str()), names::config_key(key));
        size += value.as_str().map_or(0, str::len) as u64;
    }
    size
}
