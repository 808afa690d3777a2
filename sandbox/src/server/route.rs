//! From a path to what it names.

use super::query::decode;

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// `/version`.
    Version,
    /// `/healthz`, `/livez`, `/readyz`.
    Health,
    /// `/api`: the versions of the core group.
    CoreVersions,
    /// `/apis`: the groups.
    Groups,
    /// `/apis/apps`: one group.
    Group(String),
    /// `/api/v1`, `/apis/apps/v1`: the resources of a version.
    Resources { group: String, version: String },
    /// Objects.
    Objects(Target),
    /// Nothing that the sandbox has.
    Unknown,
}

/// The objects a path names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    /// The API group; empty for the core group.
    pub(super) group: String,
    /// The version.
    pub(super) version: String,
    /// The plural resource name.
    pub(super) plural: String,
    /// The namespace; empty for all of them, and for cluster-scoped kinds.
    pub(super) namespace: String,
    /// The name; empty for the collection.
    pub(super) name: String,
    /// The subresource; empty for the object itself.
    pub(super) subresource: String,
}

/// Parses a path.
pub(super) fn parse(path: &str) -> Route {
    let parts: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| decode(part).into_owned())
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["version"] => Route::Version,
        ["healthz" | "livez" | "readyz", ..] => Route::Health,
        ["api"] => Route::CoreVersions,
        ["apis"] => Route::Groups,
        ["apis", group] => Route::Group((*group).to_owned()),
        ["api", version] => Route::Resources {
            group: String::new(),
            version: (*version).to_owned(),
        },
        ["apis", group, version] => Route::Resources {
            group: (*group).to_owned(),
            version: (*version).to_owned(),
        },
        ["api", version, rest @ ..] => objects("", version, rest),
        ["apis", group, version, rest @ ..] => objects(group, version, rest),
        _ => Route::Unknown,
    }
}

fn objects(group: &str, version: &str, rest: &[&str]) -> Route {
    // `namespaces/x` is the namespace, and so are its two subresources; anything else below it is
    // a resource in it.
    let (namespace, rest) = match rest {
        ["namespaces", _] | ["namespaces", _, "status" | "finalize"] if group.is_empty() => {
            ("", rest)
        }
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (*namespace, rest),
        rest => ("", rest),
    };
    let (plural, name, subresource) = match rest {
        [plural] => (*plural, "", ""),
        [plural, name] => (*plural, *name, ""),
        [plural, name, subresource] => (*plural, *name, *subresource),
        _ => return Route::Unknown,
    };
    Route::Objects(Target {
        group: group.to_owned(),
        version: version.to_owned(),
        plural: plural.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        subresource: subresource.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_objects() {
        let cases = [
            ("/api/v1/pods", ("", "pods", "", "", "")),
            ("/api/v1/namespaces", ("", "namespaces", "", "", "")),
            (
                "/api/v1/namespaces/shop",
                ("", "namespaces", "", "shop", ""),
            ),
            (
                "/api/v1/namespaces/shop/finalize",
                ("", "namespaces", "", "shop", "finalize"),
            ),
            ("/api/v1/namespaces/shop/pods", ("", "pods", "shop", "", "")),
            (
                "/api/v1/namespaces/shop/pods/web-0/log",
                ("", "pods", "shop", "web-0", "log"),
            ),
            (
                "/apis/apps/v1/namespaces/s/deployments/web",
                ("apps", "deployments", "s", "web", ""),
            ),
        ];
        for (path, (group, plural, namespace, name, subresource)) in cases {
            let Route::Objects(target) = parse(path) else {
                panic!("{path}")
            };
            let got = (
                target.group.as_str(),
                target.plural.as_str(),
                target.namespace.as_str(),
                target.name.as_str(),
                target.subresource.as_str(),
            );
            assert_eq!(got, (group, plural, namespace, name, subresource), "{path}");
        }
        assert_eq!(parse("/apis/apps"), Route::Group("apps".into()));
        assert_eq!(parse("/openapi/v3"), Route::Unknown);
    }
}
