//! Certificates that their issuer will never get.

use super::problem;
use crate::environment::{Problem, items, view::View};
use serde_json::Value;

/// A wildcard can be shown to be ours only by a DNS record.
pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for (position, object) in view.objects.iter().enumerate() {
        if (object.id.group.as_str(), object.id.kind.as_str()) != ("cert-manager.io", "Certificate")
        {
            continue;
        }
        let names = items(&object.value["spec"]["dnsNames"]).iter();
        let mut names = names.filter_map(Value::as_str);
        let Some(wildcard) = names.find(|name| name.starts_with("*.")) else {
            continue;
        };
        let issuers = view.references[position].iter();
        for issuer in issuers.filter(|one| one.kind.ends_with("Issuer")) {
            let Some(found) = view.index.get(issuer.target()) else {
                continue;
            };
            let found = &view.objects[found];
            let solvers = items(&found.value["spec"]["acme"]["solvers"]);
            if solvers.is_empty() || solvers.iter().any(|one| one["dns01"].is_object()) {
                continue;
            }
            problems.push(problem(
                format!(
                    "`{}` is for `{wildcard}`, which `{}` can show to be ours only by a DNS record",
                    object.id.short(),
                    found.id.short()
                ),
                view.at(position, "spec.dnsNames", None),
                "add a way to the issuer: `.dns01(\"route53\", #{ region: \"eu-central-1\" })`"
                    .to_owned(),
            ));
        }
    }
}
