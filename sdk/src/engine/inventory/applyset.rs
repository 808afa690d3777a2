//! The `ApplySet` convention (KEP-3659), so that other tools recognise what we own.

use super::Inventory;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// The label of the parent, with the set's id.
pub(crate) const ID: &str = "applyset.kubernetes.io/id";
/// The label of every member, with the set's id.
pub(crate) const PART_OF: &str = "applyset.kubernetes.io/part-of";
/// The annotation with the tool that owns the set.
pub(crate) const TOOLING: &str = "applyset.kubernetes.io/tooling";
/// The annotation with the kinds of the members.
pub(crate) const GROUP_KINDS: &str = "applyset.kubernetes.io/contains-group-kinds";
/// The annotation with the members' namespaces other than the parent's.
pub(crate) const NAMESPACES: &str = "applyset.kubernetes.io/additional-namespaces";

/// The tool and its version, as the annotation wants them.
pub(crate) fn tooling() -> String {
    format!("infra/v{}", env!("CARGO_PKG_VERSION"))
}

/// The id of the set whose parent is the config map `name` in `namespace`.
pub(crate) fn id(name: &str, namespace: &str) -> String {
    let hash = Sha256::digest(format!("{name}.{namespace}.ConfigMap."));
    format!("applyset-{}-v1", URL_SAFE_NO_PAD.encode(hash))
}

/// `ConfigMap,Deployment.apps`: the kinds of the members, sorted.
pub(crate) fn group_kinds(inventory: &Inventory) -> String {
    let kinds: BTreeSet<String> = inventory
        .members
        .keys()
        .map(|id| {
            if id.group.is_empty() {
                id.kind.clone()
            } else {
                format!("{}.{}", id.kind, id.group)
            }
        })
        .collect();
    kinds.into_iter().collect::<Vec<_>>().join(",")
}

/// The members' namespaces other than the parent's, sorted.
pub(crate) fn namespaces(inventory: &Inventory, parent: &str) -> String {
    let namespaces: BTreeSet<&str> = inventory
        .members
        .keys()
        .filter_map(|id| id.namespace.as_deref())
        .filter(|namespace| *namespace != parent)
        .collect();
    namespaces.into_iter().collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_the_conventions() {
        // printf 'infra-production.shop.ConfigMap.' | sha256sum | xxd -r -p | basenc --base64url
        assert_eq!(
            id("infra-production", "shop"),
            "applyset-nykPcgX9Hiu4MssaSCQc5W75Gw_N7xHyTKhoOBP1wJs-v1"
        );
    }
}
