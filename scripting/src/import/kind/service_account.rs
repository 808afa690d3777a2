//! `service_account(name)`.

use super::Subject;
use crate::import::code::{Code, call, text};
use crate::import::pod::names;
use crate::import::setters::set;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let mut code = call("service_account", [text(subject.name())]);
    for secret in names(&subject.value["imagePullSecrets"]) {
        let secret = subject.context.link("", "Secret", subject.home, secret);
        code = code.then("image_pull_secret", [secret]);
    }
    Some(set(code, "service_account", subject.value, "", |name| {
        name == "automount_service_account_token"
    }))
}
