//! How values and types are called in messages.

/// A type's name as a noun: `stateful_set` is "stateful set".
pub(crate) fn in_words(name: &str) -> String {
    match name {
        "i64" | "int" => "whole number".to_owned(),
        "f64" | "float" => "number".to_owned(),
        "bool" => "true or false".to_owned(),
        "&str | ImmutableString | String" | "string" => "string".to_owned(),
        "Fn" => "function".to_owned(),
        "()" => "nothing".to_owned(),
        "char" => "character in single quotes".to_owned(),
        _ => name.replace('_', " "),
    }
}

/// A type's name with its article: "a deployment", "an ingress", "nothing".
pub(crate) fn article(name: &str) -> String {
    let words = in_words(name);
    match words.as_str() {
        "nothing" => "nothing (`()`)".to_owned(),
        "true or false" => words,
        _ if words.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) => format!("an {words}"),
        _ => format!("a {words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_called_by_their_nouns() {
        for (name, expected) in [
            ("stateful_set", "a stateful set"),
            ("ingress", "an ingress"),
            ("i64", "a whole number"),
            ("&str | ImmutableString | String", "a string"),
            ("()", "nothing (`()`)"),
            ("array", "an array"),
        ] {
            assert_eq!(article(name), expected);
        }
    }
}
