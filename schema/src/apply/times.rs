//! Writes that change nothing but a manager's time.

use serde_json::Value;

/// When two objects differ in nothing but the times of their managers, gives `new` the managers of
/// `live`, so that the write stores nothing. To be called after defaults are filled in.
pub fn keep_times(live: &Value, new: &mut Value) {
    let managers = |object: &Value| object.pointer("/metadata/managedFields").cloned();
    let (Some(before), Some(after)) = (managers(live), managers(new)) else {
        return;
    };
    if before == after || untimed(&before) != untimed(&after) {
        return;
    }
    let Some(fields) = new.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    let kept = fields.insert("managedFields".to_owned(), before);
    if new != live
        && let (Some(kept), Some(Value::Object(fields))) = (kept, new.get_mut("metadata"))
    {
        fields.insert("managedFields".to_owned(), kept);
    }
}

/// The entries without times, in an order that does not depend on them.
fn untimed(entries: &Value) -> Vec<String> {
    let mut out: Vec<String> = entries
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| {
            let mut entry = entry.clone();
            if let Some(fields) = entry.as_object_mut() {
                fields.remove("time");
            }
            entry.to_string()
        })
        .collect();
    out.sort();
    out
}
