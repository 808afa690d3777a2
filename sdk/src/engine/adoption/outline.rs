//! Many fields in few words.

use infra_schema::fields::{FieldPath, FieldSet, PathElement};

/// The record of `kubectl apply`, and the label that the API server gives a namespace: nobody set
/// them.
const UNTOLD: [&str; 2] = [RECORD, "kubernetes.io/metadata.name"];
const RECORD: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The fields of a set, a parent in place of all that stands in it: as far up as nothing of `rest`
/// stands in it too.
pub(crate) fn outline(set: &FieldSet, rest: &FieldSet) -> Vec<String> {
    let mut found: Vec<FieldPath> = Vec::new();
    for leaf in set.leaves() {
        if matches!(leaf.0.last(), Some(PathElement::Field(name)) if UNTOLD.contains(&&**name)) {
            continue;
        }
        // All of `metadata` is nobody's, whatever the notes say.
        let least = if leaf.0.first() == Some(&PathElement::field("metadata")) {
            2
        } else {
            1
        };
        let parents = (least..leaf.0.len()).map(|end| &leaf.0[..end]);
        let whole = parents
            .into_iter()
            .find(|parent| !stands_in(rest, parent))
            .unwrap_or(&leaf.0);
        // The path of an item's key stands beside the item.
        if !found.iter().any(|known| whole.starts_with(&known.0)) {
            found.push(FieldPath(whole.to_vec()));
        }
    }
    found.iter().map(ToString::to_string).collect()
}

/// Whether a path of the set is `parent` or lies below it.
fn stands_in(set: &FieldSet, parent: &[PathElement]) -> bool {
    let mut below = set;
    for element in parent {
        match below.child(element) {
            Some(children) => below = children,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(paths: &[&[&str]]) -> FieldSet {
        let paths: Vec<FieldPath> = paths.iter().map(|path| FieldPath::fields(path)).collect();
        FieldSet::of(&paths)
    }

    #[test]
    fn a_parent_stands_for_what_is_in_it_unless_others_have_something_there() {
        let fields = set(&[
            &["metadata", "annotations", RECORD],
            &["metadata", "labels", "app"],
            &["metadata", "labels", "tier"],
            &["spec", "replicas"],
            &["spec", "template", "spec", "image"],
            &["spec", "template", "spec", "name"],
        ]);
        for (rest, expected) in [
            (set(&[]), vec![".metadata.labels", ".spec"]),
            (
                set(&[&["metadata", "annotations", "revision"], &["status", "x"]]),
                vec![".metadata.labels", ".spec"],
            ),
            (
                set(&[&["spec", "template", "spec", "image", "x"]]),
                vec![
                    ".metadata.labels",
                    ".spec.replicas",
                    ".spec.template.spec.image",
                    ".spec.template.spec.name",
                ],
            ),
            (
                set(&[&["metadata", "labels", "team"], &["spec", "paused"]]),
                vec![
                    ".metadata.labels.app",
                    ".metadata.labels.tier",
                    ".spec.replicas",
                    ".spec.template",
                ],
            ),
        ] {
            assert_eq!(outline(&fields, &rest), expected, "{rest:?}");
        }
    }
}
