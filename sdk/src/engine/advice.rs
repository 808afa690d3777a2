//! What to do about a refusal, where the API server's words do not say it.

use crate::cluster::{ApiError, certificate};

/// What to do next, where it is known.
pub(crate) fn advice(error: &ApiError) -> Option<String> {
    connection(error)
        .map(str::to_owned)
        .or_else(|| right(&error.message))
        .or_else(|| webhook(&error.message))
}

/// What to do about a connection that one side does not trust, and a login that is not accepted.
fn connection(error: &ApiError) -> Option<&'static str> {
    const NO_API_SERVER: &str =
        "is the server's address right? what answers there, perhaps a proxy, is no API server";
    match error.code {
        0 => {}
        401 => {
            return Some(
                "log in again, or see that the context's user in the kubeconfig is still the right one",
            );
        }
        404 if error.reason.is_empty() => return Some(NO_API_SERVER),
        409 if error.is_precondition_failed() => {
            return Some("somebody else changed it meanwhile: try again");
        }
        413 => {
            return Some(
                "it is too large for the API server: split it, or keep its content elsewhere",
            );
        }
        429 => return Some("the API server has too much to do: try again later"),
        _ => return None,
    }
    Some(match error.reason.as_str() {
        certificate::UNKNOWN_AUTHORITY => {
            "if it is the right cluster, name its authority in the kubeconfig \
             (`certificate-authority`); else somebody stands between you and it"
        }
        certificate::EXPIRED => {
            "whoever runs the cluster must renew it; is this machine's clock right?"
        }
        certificate::NOT_YET_VALID => "is this machine's clock right?",
        certificate::OTHER_NAME => {
            "name the server by one of the certificate's names, or say which it is \
             (`tls-server-name` in the kubeconfig)"
        }
        certificate::LOGIN_REFUSED => {
            "log in again, or see that `client-certificate` and `client-key` in the kubeconfig are \
             this cluster's and have not expired"
        }
        certificate::NO_API_SERVER => NO_API_SERVER,
        certificate::NO_TLS => "is the server's address in the kubeconfig right, with its port?",
        _ => return None,
    })
}

/// Who may not do something, where that is what the API server says.
pub(crate) fn forbidden_user(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("is forbidden: User \"")?;
    let (user, rest) = rest.split_once("\" cannot ")?;
    let (verb, _) = rest.split_once(" resource \"")?;
    (verb != "impersonate").then_some(user)
}

/// `… is forbidden: User "u" cannot list resource "secrets" in API group "" in the namespace "shop"`.
fn right(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("\" cannot ")?;
    let (verb, rest) = rest.split_once(" resource \"")?;
    let (resource, rest) = rest.split_once("\" in API group \"")?;
    let (group, place) = rest.split_once('"')?;
    let group = if group.is_empty() {
        String::new()
    } else {
        format!(".{group}")
    };
    let place = match place.strip_prefix(" in the namespace \"") {
        Some(namespace) => format!("the namespace `{}`", namespace.split('"').next()?),
        None => "the whole cluster".to_owned(),
    };
    if verb == "impersonate" {
        return Some(format!(
            "only who has the right to `impersonate` `{resource}{group}` in {place} can use `--as`"
        ));
    }
    if resource == "namespaces" {
        return Some(format!(
            "where others make the namespace, say `.existing_namespace()`; else ask an administrator for \
             the right to `{verb}` `namespaces` in {place}"
        ));
    }
    Some(format!(
        "ask an administrator for the right to `{verb}` `{resource}{group}` in {place}; what is managed \
         here takes `get`, `list`, `watch`, `create`, `patch` and `delete`"
    ))
}

/// `failed calling webhook "policy.example.com": failed to call webhook: Post …`, and its like.
fn webhook(message: &str) -> Option<String> {
    let named = |before: &str| {
        let (_, rest) = message.split_once(before)?;
        rest.split('"').next()
    };
    if let Some(name) = named("failed calling webhook \"") {
        return Some(format!(
            "the API server asks the webhook `{name}` before it takes this object, and gets no answer: \
             see that it runs, or ask who does"
        ));
    }
    let name =
        named("admission webhook \"").filter(|_| message.contains("does not support dry run"))?;
    Some(format!(
        "nothing that the webhook `{name}` sees can be planned; it must say `sideEffects: None` or \
         `NoneOnDryRun`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let takes =
            "; what is managed here takes `get`, `list`, `watch`, `create`, `patch` and `delete`";
        for (message, expected) in [
            (
                r#"secrets is forbidden: User "u" cannot list resource "secrets" in API group "" in the namespace "shop""#,
                format!("ask an administrator for the right to `list` `secrets` in the namespace `shop`{takes}"),
            ),
            (
                r#"deployments.apps "web" is forbidden: User "u" cannot patch resource "deployments" in API group "apps" in the namespace "shop": RBAC: role "x" not found"#,
                format!("ask an administrator for the right to `patch` `deployments.apps` in the namespace `shop`{takes}"),
            ),
            (
                r#"namespaces "shop" is forbidden: User "u" cannot patch resource "namespaces" in API group "" at the cluster scope"#,
                "where others make the namespace, say `.existing_namespace()`; else ask an administrator for \
                 the right to `patch` `namespaces` in the whole cluster"
                    .to_owned(),
            ),
            (
                r#"Internal error occurred: failed calling webhook "a.b.c": failed to call webhook: Post "https://a/": EOF"#,
                "the API server asks the webhook `a.b.c` before it takes this object, and gets no answer: see \
                 that it runs, or ask who does"
                    .to_owned(),
            ),
            (
                r#"admission webhook "a.b.c" does not support dry run"#,
                "nothing that the webhook `a.b.c` sees can be planned; it must say `sideEffects: None` or \
                 `NoneOnDryRun`"
                    .to_owned(),
            ),
            (r#"pods "x" is forbidden: exceeded quota: small"#, String::new()),
            (r#"admission webhook "a.b.c" denied the request: no"#, String::new()),
        ] {
            let body = serde_json::json!({"message": message}).to_string();
            let error = ApiError::answered("GET /x", 403, None, body.as_bytes());
            assert_eq!(advice(&error).unwrap_or_default(), expected);
        }
    }
}
