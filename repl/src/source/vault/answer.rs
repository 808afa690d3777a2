//! What Vault says, understood: mounts, secrets and refusals. Nothing here speaks to it.

use super::Read;
use infra_sdk::engine::Unread;
use infra_sdk::object::SecretBytes;
use reqwest::StatusCode;
use serde_json::Value;
use std::collections::BTreeMap;

/// A key-value store.
#[derive(Debug, PartialEq)]
pub(super) struct Mount {
    /// Where it is, with a slash at its end.
    path: String,
    /// The first version has no versions of its secrets.
    versioned: bool,
}

/// The values of a secret.
#[derive(Debug)]
pub(super) struct Secret(BTreeMap<String, SecretBytes>);

impl Mount {
    /// The store that a path is in, by what Vault says of it; where it says nothing, the first part of
    /// the path.
    pub(super) fn of(path: &str, answer: &Value) -> Self {
        let told = answer["data"]["path"].as_str();
        let told = told.filter(|mount| path.starts_with(mount.trim_end_matches('/')));
        match told {
            Some(mount) => Self {
                path: mount.to_owned(),
                versioned: answer["data"]["options"]["version"] == "2",
            },
            None => Self {
                path: format!("{}/", path.split('/').next().unwrap_or_default()),
                versioned: true,
            },
        }
    }

    /// Where a secret of it is read. Both `secret/app` and, as the API has it, `secret/data/app` name
    /// one.
    pub(super) fn address(&self, path: &str) -> String {
        let own = path.strip_prefix(self.path.as_str()).unwrap_or_default();
        if self.versioned {
            let own = own.strip_prefix("data/").unwrap_or(own);
            format!("{}data/{own}", self.path)
        } else {
            format!("{}{own}", self.path)
        }
    }

    /// The secret of an answer.
    pub(super) fn secret(&self, path: &str, mut answer: Value) -> Result<Secret, Unread> {
        let place = if self.versioned {
            "/data/data"
        } else {
            "/data"
        };
        let Some(Value::Object(values)) = answer.pointer_mut(place).map(Value::take) else {
            let problem = format!("what Vault has at `{path}` is no secret of a key-value store");
            return Err(Unread::new(problem));
        };
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let values = values.into_iter();
        Ok(Secret(
            values
                .map(|(key, value)| (key, text(value).into()))
                .collect(),
        ))
    }
}

impl Secret {
    /// One of its values.
    pub(super) fn key(&self, path: &str, key: &str) -> Read {
        self.0.get(key).cloned().ok_or_else(|| {
            let keys: Vec<&str> = self.0.keys().map(String::as_str).collect();
            Unread::new(format!("the secret `{path}` in Vault has no key `{key}`")).help(match keys
                .as_slice()
            {
                [] => "it has no keys at all".to_owned(),
                keys => format!("its keys are `{}`", keys.join("`, `")),
            })
        })
    }
}

/// Nothing is there, or no longer.
pub(super) fn missing(address: &str, path: &str, answer: &Value) -> Unread {
    let metadata = &answer["data"]["metadata"];
    if metadata["destroyed"] == true {
        return Unread::new(format!("the secret `{path}` in Vault was destroyed")).help(format!(
            "its value is gone for good: `vault kv put {path} …` writes a new one"
        ));
    }
    let deleted = metadata["deletion_time"].as_str();
    if deleted.is_some_and(|time| !time.is_empty()) {
        return Unread::new(format!("the secret `{path}` in Vault was deleted")).help(format!(
            "`vault kv undelete` brings a version back: see `vault kv metadata get {path}`"
        ));
    }
    Unread::new(format!("Vault at `{address}` has no secret `{path}`"))
        .help("its path is that of `vault kv get`, such as `secret/shop`")
}

/// Vault lets nobody in with this role and this pod's token.
pub(super) fn locked_out(
    address: &str,
    mount: &str,
    role: &str,
    status: StatusCode,
    answer: &Value,
) -> Unread {
    let what = format!("let the role `{role}` in at `auth/{mount}`");
    let unread = refused(address, &what, status, answer);
    if status.is_server_error() {
        return unread;
    }
    unread.help(format!(
        "`vault read auth/{mount}/role/{role}` says which service accounts it is for; a login that is \
         mounted elsewhere is named by `login` under `[vault]` in infra.toml"
    ))
}

/// Vault does not do what we ask.
pub(super) fn refused(address: &str, what: &str, status: StatusCode, answer: &Value) -> Unread {
    let errors = answer["errors"].as_array().into_iter().flatten();
    // Several are told as a list with a line that counts them.
    let lines = errors.filter_map(Value::as_str).flat_map(str::lines);
    let lines = lines.map(|line| line.trim().trim_start_matches("* "));
    let lines: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.ends_with(" occurred:"))
        .collect();
    let told = lines.join("; ");
    if told.contains("sealed") || status == StatusCode::SERVICE_UNAVAILABLE {
        return Unread::new(format!("Vault at `{address}` is sealed"))
            .help("whoever runs it must unseal it first: `vault operator unseal`");
    }
    let told = if told.is_empty() {
        status.to_string()
    } else {
        told
    };
    let unread = Unread::new(format!("Vault at `{address}` does not {what}: {told}"));
    match status {
        StatusCode::FORBIDDEN => unread.help(
            "the token has ended, or its policy does not let it; `vault token lookup` says more",
        ),
        _ => unread,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_is_read_where_its_store_has_it() {
        let mount = |path: &str, version: Option<&str>| json!({"data": {"path": path, "type": "kv", "options": version.map(|v| json!({"version": v}))}});
        let nothing = json!({"errors": ["preflight capability check returned 403"]});
        for (path, answer, expected) in [
            ("secret/app", mount("secret/", Some("2")), "secret/data/app"),
            (
                "secret/data/app",
                mount("secret/", Some("2")),
                "secret/data/app",
            ),
            (
                "teams/web/app/db",
                mount("teams/web/", Some("2")),
                "teams/web/data/app/db",
            ),
            ("old/app", mount("old/", Some("1")), "old/app"),
            ("old/app", mount("old/", None), "old/app"),
            ("secret/app", nothing.clone(), "secret/data/app"),
            ("secret/data/app", nothing.clone(), "secret/data/app"),
            ("secret", nothing, "secret/data/"),
        ] {
            assert_eq!(
                Mount::of(path, &answer).address(path),
                expected,
                "{path} {answer}"
            );
        }
    }

    #[test]
    fn values_that_are_no_texts_are_written_as_json() {
        let mount = Mount::of("secret/app", &Value::Null);
        let answer =
            json!({"data": {"data": {"port": 5432, "tls": true, "list": ["a"], "text": "t"}}});
        let secret = mount.secret("secret/app", answer).expect("a secret");
        for (key, expected) in [
            ("port", "5432"),
            ("tls", "true"),
            ("list", "[\"a\"]"),
            ("text", "t"),
        ] {
            let value = secret.key("secret/app", key).expect(key);
            assert_eq!(value.as_bytes(), expected.as_bytes());
        }
        let missing = secret.key("secret/app", "no").expect_err("there is none");
        assert_eq!(
            missing.help.as_deref(),
            Some("its keys are `list`, `port`, `text`, `tls`")
        );
    }
}
