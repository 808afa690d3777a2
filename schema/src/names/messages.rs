//! How the server puts it.

/// A message with examples and the expression that is expected.
pub(super) fn expected(message: &str, expression: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples
        .iter()
        .map(|example| format!("'{example}', "))
        .collect();
    let such = if examples.is_empty() {
        String::new()
    } else {
        format!("e.g. {}", examples.join(" or "))
    };
    format!("{message} ({such}regex used for validation is '{expression}')")
}

/// Something is too long.
pub(super) fn too_long(most: usize) -> String {
    format!("must be no more than {most} characters")
}

/// Something is too long, where the server counts bytes.
pub(super) fn too_many_bytes(most: usize) -> String {
    format!("must be no more than {most} bytes")
}

/// Whether a text is of certain characters and begins and ends with stricter ones.
pub(super) fn is_made_of(
    text: &str,
    first: impl Fn(u8) -> bool,
    inner: impl Fn(u8) -> bool,
    last: impl Fn(u8) -> bool,
) -> bool {
    match text.as_bytes() {
        [] => false,
        [one] => first(*one) && last(*one),
        [start, middle @ .., end] => {
            first(*start) && middle.iter().all(|b| inner(*b)) && last(*end)
        }
    }
}
