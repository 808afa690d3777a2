//! Discovery: which resources there are, in both forms clients ask for.

use super::answer::Answer;
use super::handle::Context;
use crate::error::Status;
use crate::kinds::Served;
use crate::world::World;
use infra_schema::kind::Subresource;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// Subresources that every server has and the sandbox does not.
const WITHOUT: [&str; 5] = ["attach", "exec", "portforward", "proxy", "token"];

fn subresources(kind: &Served) -> impl Iterator<Item = &Subresource> {
    kind.subresources
        .iter()
        .filter(|sub| !WITHOUT.contains(&sub.name.as_ref()))
}

/// The kinds of a group by version, the newest first.
type Versions = Vec<(String, Vec<Served>)>;

/// The kinds by group and version; the newest version first, the core group apart from the others.
fn versions(world: &World, core: bool) -> Vec<(String, Versions)> {
    let mut groups: BTreeMap<String, BTreeMap<String, Vec<Served>>> = BTreeMap::new();
    for kind in world
        .kinds
        .all()
        .filter(|kind| kind.group.is_empty() == core)
    {
        let versions = groups.entry(kind.group.to_string()).or_default();
        versions
            .entry(kind.version.to_string())
            .or_default()
            .push(kind);
    }
    let newest_first = |versions: BTreeMap<String, Vec<Served>>| {
        let mut versions: Vec<_> = versions.into_iter().collect();
        versions.sort_by_key(|(version, _)| std::cmp::Reverse(rank(version)));
        versions
    };
    groups
        .into_iter()
        .map(|(group, versions)| (group, newest_first(versions)))
        .collect()
}

/// Kubernetes' order of versions: stable before beta before alpha, then by number.
fn rank(version: &str) -> (u8, u32, u32) {
    let number = |text: &str| text.parse().unwrap_or_default();
    let rest = version.strip_prefix('v').unwrap_or_default();
    for (stage, word) in [(1, "beta"), (0, "alpha")] {
        if let Some((major, minor)) = rest.split_once(word) {
            return (stage, number(major), number(minor));
        }
    }
    (2, number(rest), 0)
}

fn wants_aggregated(context: &Context<'_>) -> bool {
    context
        .accept
        .contains("g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
}

fn aggregated(world: &World, core: bool) -> Answer {
    let items: Vec<Value> = versions(world, core)
        .into_iter()
        .map(|(group, versions)| {
            let versions: Vec<Value> = versions
                .iter()
                .map(|(version, kinds)| {
                    let resources: Vec<Value> = kinds.iter().map(aggregated_resource).collect();
                    json!({"version": version, "freshness": "Current", "resources": resources})
                })
                .collect();
            json!({"metadata": {"name": group}, "versions": versions})
        })
        .collect();
    let list = json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {}, "items": items,
    });
    Answer::json(200, &list).typed(AGGREGATED)
}

fn aggregated_resource(kind: &Served) -> Value {
    let subresources: Vec<Value> = subresources(kind)
        .map(|sub| {
            json!({
                "subresource": sub.name, "verbs": sub.verbs,
                "responseKind": {"group": sub.group, "version": sub.version, "kind": sub.kind},
            })
        })
        .collect();
    let mut resource = json!({
        "resource": kind.plural, "singularResource": kind.singular, "verbs": kind.verbs,
        "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
        "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
    });
    if !kind.short_names.is_empty() {
        resource["shortNames"] = json!(kind.short_names);
    }
    if !kind.categories.is_empty() {
        resource["categories"] = json!(kind.categories);
    }
    if !subresources.is_empty() {
        resource["subresources"] = subresources.into();
    }
    resource
}

/// `/api`.
pub(super) fn core_versions(world: &World, context: &Context<'_>) -> Answer {
    if wants_aggregated(context) {
        return aggregated(world, true);
    }
    Answer::json(
        200,
        &json!({
            "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [],
        }),
    )
}

fn group_json(group: &str, versions: &[(String, Vec<Served>)]) -> Value {
    let entry = |version: &String| json!({"groupVersion": format!("{group}/{version}"), "version": version});
    let all: Vec<Value> = versions.iter().map(|(version, _)| entry(version)).collect();
    json!({"name": group, "preferredVersion": all.first(), "versions": all})
}

/// `/apis`.
pub(super) fn groups(world: &World, context: &Context<'_>) -> Answer {
    if wants_aggregated(context) {
        return aggregated(world, false);
    }
    let groups: Vec<Value> = versions(world, false)
        .iter()
        .map(|(group, versions)| group_json(group, versions))
        .collect();
    Answer::json(
        200,
        &json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}),
    )
}

/// `/apis/<group>`.
pub(super) fn group(world: &World, name: &str) -> Result<Answer, Status> {
    let groups = versions(world, false);
    let (_, versions) = groups
        .iter()
        .find(|(group, _)| group == name)
        .ok_or_else(Status::no_route)?;
    let mut group = group_json(name, versions);
    group["kind"] = "APIGroup".into();
    group["apiVersion"] = "v1".into();
    Ok(Answer::json(200, &group))
}

/// `/api/v1`, `/apis/<group>/<version>`.
pub(super) fn resources(world: &World, group: &str, version: &str) -> Result<Answer, Status> {
    let mut resources = Vec::new();
    for kind in world.kinds.all() {
        if kind.group != group || kind.version != version {
            continue;
        }
        let mut resource = json!({
            "name": kind.plural, "singularName": kind.singular, "namespaced": kind.namespaced,
            "kind": kind.kind, "verbs": kind.verbs,
        });
        if !kind.short_names.is_empty() {
            resource["shortNames"] = json!(kind.short_names);
        }
        if !kind.categories.is_empty() {
            resource["categories"] = json!(kind.categories);
        }
        resources.push(resource);
        for sub in subresources(&kind) {
            resources.push(json!({
                "name": format!("{}/{}", kind.plural, sub.name), "singularName": "",
                "namespaced": kind.namespaced, "group": sub.group, "version": sub.version,
                "kind": sub.kind, "verbs": sub.verbs,
            }));
        }
    }
    if resources.is_empty() {
        return Err(Status::no_route());
    }
    let group_version = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    Ok(Answer::json(
        200,
        &json!({
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version,
            "resources": resources,
        }),
    ))
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn stable_versions_come_first() {
        let mut versions = ["v1alpha1", "v2", "v1beta2", "v1", "v10"];
        versions.sort_by_key(|version| std::cmp::Reverse(rank(version)));
        assert_eq!(versions, ["v10", "v2", "v1", "v1beta2", "v1alpha1"]);
    }
}
