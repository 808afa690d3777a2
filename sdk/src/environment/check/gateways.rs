//! Routes that their gateway does not take, and names across namespaces that nobody allows.

use super::{
    problem,
    suggest::{did_you_mean, listed},
};
use crate::environment::{
    Problem,
    index::namespace,
    refs::{GATEWAY, items, route_backends},
    view::View,
};
use serde_json::Value;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for (position, object) in view.objects.iter().enumerate() {
        if object.id.group != GATEWAY {
            continue;
        }
        let spec = &object.value["spec"];
        match object.id.kind.as_str() {
            "Gateway" => {
                let listeners = items(&spec["listeners"]).iter();
                for secret in listeners.flat_map(|one| items(&one["tls"]["certificateRefs"])) {
                    granted(view, position, secret, "Secret", "spec.listeners", problems);
                }
            }
            kind if kind.ends_with("Route") => {
                for parent in items(&spec["parentRefs"]) {
                    attached(view, position, parent, problems);
                }
                for backend in route_backends(spec) {
                    granted(view, position, backend, "Service", "spec.rules", problems);
                }
            }
            _ => {}
        }
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// Whether a gateway of the environment takes a route: it has the listener that is named, for the
/// route's namespace and for one of its hosts.
fn attached(view: &View<'_>, position: usize, parent: &Value, problems: &mut Vec<Problem>) {
    let route = &view.objects[position];
    let home = namespace(route);
    if !matches!(parent["kind"].as_str(), None | Some("Gateway")) {
        return;
    }
    let away = parent["namespace"].as_str().unwrap_or(home);
    let name = text(parent, "name");
    let target = (GATEWAY, "Gateway", away, name);
    let Some(gateway) = view.index.get(target) else {
        return;
    };
    let listeners = items(&view.objects[gateway].value["spec"]["listeners"]);
    let short = route.id.short();
    let mut tell = |message: String, help: String, path: &str| {
        problems.push(problem(
            message,
            view.at(position, path, Some(target)),
            help,
        ));
    };
    let section = parent["sectionName"].as_str();
    let meant: Vec<&Value> = listeners
        .iter()
        .filter(|listener| section.is_none_or(|section| text(listener, "name") == section))
        .collect();
    if let (Some(section), true) = (section, meant.is_empty()) {
        let names = || listeners.iter().map(|listener| text(listener, "name"));
        let help = did_you_mean(section, names(), || format!("it has {}", listed(names())));
        let message = format!(
            "`{short}` is at the listener `{section}` of `gateway/{name}`, which has none of that name"
        );
        tell(message, help, "spec.parentRefs");
        return;
    }
    let own = |listener: &&Value| {
        matches!(
            listener["allowedRoutes"]["namespaces"]["from"].as_str(),
            None | Some("Same")
        )
    };
    if home != away && !meant.is_empty() && meant.iter().all(own) {
        let message = format!(
            "`{short}` in `{home}` is at `gateway/{name}` in `{away}`, which takes routes of its own namespace alone"
        );
        let help = "let the gateway take routes of others: `.any_namespace()`";
        tell(message, help.to_owned(), "spec.parentRefs");
    }
    let hosts: Vec<&str> = items(&route.value["spec"]["hostnames"])
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let takes = |listener: &&Value| match listener["hostname"].as_str() {
        None => true,
        Some(own) => hosts.is_empty() || hosts.iter().any(|host| meet(own, host)),
    };
    if !meant.is_empty() && !meant.iter().any(takes) {
        let own = listed(
            meant
                .iter()
                .filter_map(|listener| listener["hostname"].as_str()),
        );
        let message = format!(
            "`{short}` is for {}, and `gateway/{name}` listens for {own}",
            listed(hosts)
        );
        let help = "give the gateway a listener for the host, or the route another host";
        tell(message, help.to_owned(), "spec.hostnames");
    }
}

/// Whether requests may be for both hosts: they are the same, or the star of one stands for the
/// beginning of the other.
fn meet(one: &str, other: &str) -> bool {
    let covers = |star: &str, host: &str| {
        star.strip_prefix('*')
            .is_some_and(|rest| host.ends_with(rest) && host.len() > rest.len())
    };
    one == other || covers(one, other) || covers(other, one)
}

/// Whether what is named in another namespace, and made here, may be named from this one.
fn granted(
    view: &View<'_>,
    position: usize,
    reference: &Value,
    kind: &str,
    path: &str,
    problems: &mut Vec<Problem>,
) {
    let object = &view.objects[position];
    let home = namespace(object);
    let kind = reference["kind"].as_str().unwrap_or(kind);
    let (group, name) = (text(reference, "group"), text(reference, "name"));
    let away = reference["namespace"].as_str().unwrap_or(home);
    let target = (group, kind, away, name);
    if away == home || view.index.get(target).is_none() {
        return;
    }
    let allows = |grant: &Value| {
        let from = items(&grant["from"]).iter().any(|from| {
            text(from, "group") == GATEWAY
                && text(from, "kind") == object.id.kind
                && text(from, "namespace") == home
        });
        let to = items(&grant["to"]).iter().any(|to| {
            text(to, "group") == group
                && text(to, "kind") == kind
                && to["name"].as_str().is_none_or(|only| only == name)
        });
        from && to
    };
    let allowed = view.objects.iter().any(|grant| {
        grant.id.group == GATEWAY
            && grant.id.kind == "ReferenceGrant"
            && namespace(grant) == away
            && allows(&grant.value["spec"])
    });
    if !allowed {
        problems.push(problem(
            format!(
                "`{}` in `{home}` names `{}/{name}` in `{away}`, where nothing allows it",
                object.id.short(),
                kind.to_lowercase()
            ),
            view.at(position, path, Some(target)),
            format!("add a `ReferenceGrant` to `{away}`, or make it with `http_route(…)` and `gateway(…)`, which add it"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_meet_where_a_star_stands_for_a_beginning() {
        for (one, other, expected) in [
            ("shop.example", "shop.example", true),
            ("*.shop.example", "www.shop.example", true),
            ("*.shop.example", "a.b.shop.example", true),
            ("*.shop.example", "shop.example", false),
            ("www.shop.example", "*.shop.example", true),
            ("*.shop.example", "*.www.shop.example", true),
            ("shop.example", "other.example", false),
        ] {
            assert_eq!(meet(one, other), expected, "{one} {other}");
        }
    }
}
