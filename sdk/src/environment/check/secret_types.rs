//! Secrets that are named for what they cannot do.

use super::problem;
use crate::environment::{Problem, view::View};
use crate::object::Object;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for (position, references) in view.references.iter().enumerate() {
        for reference in references.iter().filter(|one| one.kind == "Secret") {
            let Some(found) = view.index.get(reference.target()) else {
                continue;
            };
            let path = reference.path();
            let Some((does, help)) = cannot(&view.objects[found], &path) else {
                continue;
            };
            let message = format!(
                "`{}` {does} `{}`, which is no secret for that",
                view.objects[position].id.short(),
                view.objects[found].id.short()
            );
            let at = view.at(position, &path, Some(reference.target()));
            problems.push(problem(message, at, help.to_owned()));
        }
    }
}

/// What a secret is named for by a field at this path and cannot do, with what to do about it.
fn cannot(secret: &Object, path: &str) -> Option<(&'static str, &'static str)> {
    let kind = secret.value["type"].as_str().unwrap_or("Opaque");
    if path.ends_with("imagePullSecrets.name") {
        let fetches = ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"];
        let problem = (
            "fetches images with",
            "make it with `pull_secret(name, registry, username, password)`",
        );
        return (!fetches.contains(&kind)).then_some(problem);
    }
    if path.ends_with("tls.secretName") {
        let has = |key: &str| secret.value["data"].get(key).is_some();
        let problem = (
            "serves TLS with",
            "make it with `tls_secret(name, certificate, private_key)`, or give it the keys `tls.crt` and `tls.key`",
        );
        return (!(has("tls.crt") && has("tls.key"))).then_some(problem);
    }
    None
}
