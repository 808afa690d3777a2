//! The order of lists after a strategic merge (`$setElementOrder`).

use serde_json::Value;

/// What identifies an item: the value of its merge key, or itself.
pub(super) fn identity<'v>(item: &'v Value, key: &str) -> &'v Value {
    if key.is_empty() {
        item
    } else {
        item.get(key).unwrap_or(&Value::Null)
    }
}

/// Puts the items that the patch's order names into that order, and the others where they stood
/// among them before.
pub(super) fn ordered(
    items: Vec<Value>,
    wanted: &[Value],
    before: &[Value],
    key: &str,
) -> Vec<Value> {
    let place = |list: &[Value], item: &Value| {
        let wanted = identity(item, key);
        list.iter().position(|other| identity(other, key) == wanted)
    };
    let (mut named, kept): (Vec<Value>, Vec<Value>) = items
        .into_iter()
        .partition(|item| place(wanted, item).is_some());
    named.sort_by_key(|item| place(wanted, item));
    let (mut named, mut kept) = (named.into_iter().peekable(), kept.into_iter().peekable());
    let mut out = Vec::new();
    loop {
        let next = match (kept.peek(), named.peek()) {
            (None, None) => return out,
            (Some(_), None) => kept.next(),
            (None, Some(_)) => named.next(),
            (Some(k), Some(n)) => match (place(before, k), place(before, n)) {
                (Some(k), Some(n)) if k < n => kept.next(),
                _ => named.next(),
            },
        };
        out.extend(next);
    }
}
