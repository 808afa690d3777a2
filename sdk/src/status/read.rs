//! Reading live objects without types: unknown fields stay, missing ones read as nothing.

use serde_json::Value;

/// No count or generation is larger than this; sums of them cannot overflow.
const LARGEST: i64 = 1 << 48;

/// The integer at a JSON pointer.
pub(super) fn int(value: &Value, pointer: &str) -> Option<i64> {
    let number = value.pointer(pointer)?.as_i64()?;
    Some(number.clamp(-LARGEST, LARGEST))
}

/// The text at a JSON pointer; an empty one reads as nothing.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

/// Whether `true` stands at a JSON pointer.
pub(super) fn flag(value: &Value, pointer: &str) -> bool {
    value
        .pointer(pointer)
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

/// The list at a JSON pointer, empty when there is none.
pub(super) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// `metadata.name`.
pub(super) fn name(value: &Value) -> &str {
    text(value, "/metadata/name").unwrap_or_default()
}

/// `metadata.uid`.
pub(super) fn uid(value: &Value) -> &str {
    text(value, "/metadata/uid").unwrap_or_default()
}

/// `kind/name`, as a user types it.
pub(super) fn short(value: &Value) -> String {
    format!(
        "{}/{}",
        text(value, "/kind").unwrap_or_default().to_lowercase(),
        name(value)
    )
}

/// Whether `owner` controls the object.
pub(super) fn controlled_by(value: &Value, owner: &Value) -> bool {
    let owner = uid(owner);
    !owner.is_empty()
        && list(value, "/metadata/ownerReferences")
            .iter()
            .any(|one| flag(one, "/controller") && text(one, "/uid") == Some(owner))
}

/// One condition of `status.conditions`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Condition<'a> {
    /// `True`, `False` or `Unknown`.
    pub(super) status: &'a str,
    pub(super) reason: &'a str,
    pub(super) message: &'a str,
}

impl Condition<'_> {
    pub(super) fn is_true(self) -> bool {
        self.status == "True"
    }

    pub(super) fn is_false(self) -> bool {
        self.status == "False"
    }

    /// Message, else reason, for a sentence.
    pub(super) fn words(&self) -> String {
        sentence(if self.message.is_empty() {
            self.reason
        } else {
            self.message
        })
    }
}

/// The condition of this type.
pub(super) fn condition<'a>(object: &'a Value, kind: &str) -> Option<Condition<'a>> {
    list(object, "/status/conditions")
        .iter()
        .find(|one| text(one, "/type") == Some(kind))
        .map(|one| Condition {
            status: text(one, "/status").unwrap_or_default(),
            reason: text(one, "/reason").unwrap_or_default(),
            message: text(one, "/message").unwrap_or_default(),
        })
}

/// `1 pod`, `3 pods`.
pub(super) fn many(count: i64, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}

/// The same text as part of a sentence of ours: one line, no full stop.
pub(super) fn sentence(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.strip_suffix('.').unwrap_or(&line).to_owned()
}
