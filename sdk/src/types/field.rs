//! The name of a field.

text_type! {
    /// A field of an object, by its path from the top, as the API server writes it; quotes and a
    /// first dot may be left out. It means all that stands in it. A list without `[…]` means every
    /// item: `spec.template.spec.containers.image`.
    FieldName, "a field", is_path,
    "a path from the top of the object, such as `spec.replicas`, `data.KEY` or `spec.template.spec.containers[name=app].image`"
}

fn is_path(text: &str) -> bool {
    let path = text.strip_prefix('.').unwrap_or(text);
    path.starts_with(|c: char| c.is_ascii_alphabetic())
        && !path.ends_with(['.', '['])
        && !path.contains("..")
        && !path.contains(char::is_whitespace)
        && path.matches('[').count() == path.matches(']').count()
}

impl FieldName {
    /// Whether the field at a path is this one, or stands in it.
    pub(crate) fn covers(&self, path: &str) -> bool {
        let plain = |path: &str| path.trim_start_matches('.').replace('"', "");
        let (own, mut path) = (plain(&self.0), plain(path));
        if !own.contains('[') {
            path = without_items(&path);
        }
        path.strip_prefix(&own)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

/// A path without what picks items of lists.
fn without_items(path: &str) -> String {
    let mut depth = 0_usize;
    path.chars()
        .filter(|c| {
            let before = depth;
            match c {
                '[' => depth += 1,
                ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            before == 0 && *c != '['
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_itself_and_all_that_stands_in_it() {
        let image = r#".spec.template.spec.containers[name="app"].image"#;
        for (field, path, covered) in [
            ("spec.replicas", ".spec.replicas", true),
            (".spec.replicas", ".spec.replicas", true),
            ("spec", ".spec.replicas", true),
            ("spec.rep", ".spec.replicas", false),
            ("spec.template", image, true),
            ("spec.template.spec.containers[name=app].image", image, true),
            ("spec.template.spec.containers[name=\"app\"]", image, true),
            (
                "spec.template.spec.containers[name=log].image",
                image,
                false,
            ),
            ("spec.template.spec.containers.image", image, true),
            ("spec.template.spec.containers.name", image, false),
            (
                "metadata.labels",
                ".metadata.labels.app.kubernetes.io/name",
                true,
            ),
            (
                "metadata.finalizers",
                r#".metadata.finalizers[="x/y"]"#,
                true,
            ),
        ] {
            let field: FieldName = field.parse().unwrap();
            assert_eq!(field.covers(path), covered, "{field} {path}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", ".", "spec.", "spec..x", "a b", "[0]", "spec[x", "/spec"] {
            assert!(text.parse::<FieldName>().is_err(), "{text}");
        }
    }
}
