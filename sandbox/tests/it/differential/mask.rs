//! Takes out of answers what two servers cannot have in common. Each mask says why. What has an
//! identity (uids, versions, addresses) is numbered by its first appearance, so that the same value
//! twice stays the same, and two values stay two.

use serde_json::Value;
use std::collections::HashMap;

/// What stands before a version in messages. A bare number there may be anything.
const VERSION_FOLLOWS: [&str; 6] = [
    "ResourceVersion in precondition: ",
    "ResourceVersion in object meta: ",
    "ResourceVersion in the precondition (",
    "ResourceVersion in record (",
    "resource version: ",
    "\\\"resourceVersion\\\":\\\"",
];

/// The times that bodies are given; all others are a clock's.
const GIVEN: &str = "2021-03-04";

/// What a server says of the end of a definition: whether the time of it changes, and so is the
/// server's, depends on whether a second passes between two of its own writes.
const TERMINATING: &str = "k:{\"type\":\"Terminating\"}";

/// What one end has shown so far.
#[derive(Debug, Default)]
pub(crate) struct Mask {
    numbers: HashMap<(&'static str, String), usize>,
    counts: HashMap<&'static str, usize>,
}

impl Mask {
    /// The answer without what must differ.
    pub(crate) fn masked(&mut self, mut answer: Value) -> Value {
        let is_list = answer.get("items").is_some();
        if is_list && let Some(Value::Object(metadata)) = answer.get_mut("metadata") {
            // The version of a list is that of the whole store, which others write into as well.
            for field in ["resourceVersion", "continue"] {
                if metadata.contains_key(field) {
                    metadata.insert(field.into(), "…".into());
                }
            }
        }
        if answer["type"] == "BOOKMARK" {
            // So is that of a bookmark.
            answer["object"]["metadata"]["resourceVersion"] = "…".into();
        }
        unread_by_chance(&mut answer);
        self.walk(&mut answer, "");
        order_causes(&mut answer);
        order_finalizers(&mut answer, false);
        let text = answer.to_string();
        let text = self.uids(&text);
        let text = suffixes(&text, "kube-api-access-");
        let text = suffixes(&text, "made-");
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn number(&mut self, what: &'static str, value: &str) -> Value {
        let counts = self.counts.entry(what).or_default();
        let number = self
            .numbers
            .entry((what, value.to_owned()))
            .or_insert_with(|| {
                *counts += 1;
                *counts
            });
        format!("{what}-{number}").into()
    }

    fn walk(&mut self, value: &mut Value, parent: &str) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item, parent)),
            Value::Object(fields) => {
                if parent == TERMINATING {
                    fields.remove("f:lastTransitionTime");
                }
                for (name, value) in fields.iter_mut() {
                    match (parent, name.as_str()) {
                        // The clocks differ.
                        ("metadata", "creationTimestamp" | "deletionTimestamp")
                        | ("managedFields", "time") => *value = "…".into(),
                        // So do they in what a server itself says of a definition.
                        ("conditions", "lastTransitionTime")
                            if value.as_str().is_some_and(|t| !t.starts_with(GIVEN)) =>
                        {
                            *value = "…".into();
                        }
                        // Versions are those of the whole store.
                        ("metadata", "resourceVersion") => {
                            if let Some(text) =
                                value.as_str().filter(|t| *t != "…").map(str::to_owned)
                            {
                                *value = self.number("version", &text);
                            }
                        }
                        // Addresses and ports come out of a pool.
                        ("spec", "clusterIP" | "clusterIPs") => self.addresses(value),
                        (_, "nodePort" | "healthCheckNodePort") => {
                            if let Some(port) = value.as_u64().filter(|port| *port >= 30_000) {
                                *value = self.number("port", &port.to_string());
                            }
                        }
                        (_, "message") if value.is_string() => self.message(value),
                        (_, "managedFields") => {
                            self.walk(value, "managedFields");
                            order_managers(value);
                        }
                        _ => self.walk(value, name),
                    }
                }
            }
            _ => {}
        }
    }

    fn addresses(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.addresses(item)),
            Value::String(text) if text.starts_with("10.") => {
                let text = text.clone();
                *value = self.number("address", &text);
            }
            _ => {}
        }
    }

    /// Messages repeat versions and addresses.
    fn message(&mut self, value: &mut Value) {
        let Some(mut text) = value.as_str().map(str::to_owned) else {
            return;
        };
        for ((what, known), number) in &self.numbers {
            if *what == "version" {
                continue;
            }
            for mark in ["\"", "(", " "] {
                text = text.replace(&format!("{mark}{known}"), &format!("{mark}{what}-{number}"));
            }
        }
        for before in VERSION_FOLLOWS {
            text = self.number_after(before, "version", &text, |_| true);
        }
        text = self.number_after("Duplicate value: ", "port", &text, |port| {
            (30_000..=32_767).contains(&port)
        });
        *value = without_managers(&times(&text)).into();
    }

    /// Puts its number for what follows these words, where it is one: no answer may have shown it before.
    fn number_after(
        &mut self,
        before: &str,
        what: &'static str,
        text: &str,
        is_one: impl Fn(u64) -> bool,
    ) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(before) {
            let (head, tail) = rest.split_at(at + before.len());
            let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
            out.push_str(head);
            let (value, tail) = tail.split_at(digits);
            if value.parse().is_ok_and(&is_one) {
                let number = self.number(what, value);
                out.push_str(number.as_str().unwrap_or_default());
            } else {
                out.push_str(value);
            }
            rest = tail;
        }
        out + rest
    }

    /// Uids are made by chance; they stand in messages, labels and keys as well.
    fn uids(&mut self, text: &str) -> String {
        const FORM: [usize; 5] = [8, 4, 4, 4, 12];
        let bytes = text.as_bytes();
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        let mut at = 0;
        while at + 36 <= bytes.len() {
            let mut end = at;
            let fits = FORM.iter().enumerate().all(|(index, length)| {
                let part = &bytes[end..end + length];
                end += length + 1;
                part.iter()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
                    && (index == 4 || bytes[end - 1] == b'-')
            });
            if fits {
                out.push_str(&text[from..at]);
                let number = self.number("uid", &text[at..at + 36]);
                out.push_str(number.as_str().unwrap_or_default());
                at += 36;
                from = at;
            } else {
                at += 1;
            }
        }
        out.push_str(&text[from..]);
        out
    }
}

/// What a service that became a name once said of traffic is stored and not shown: the server takes it
/// out of what it reads. An event that comes while the watch is open is not read but passed on as it was
/// dispatched, with the field; one from the history is without. Which of the two the last writes before a
/// watch are depends on how far the server's own watch has come by then.
fn unread_by_chance(event: &mut Value) {
    if let Some(object) = event.get_mut("object")
        && object["kind"] == "Service"
        && object["spec"]["type"] == "ExternalName"
        && let Some(spec) = object["spec"].as_object_mut()
    {
        spec.remove("internalTrafficPolicy");
    }
}

/// Entries are kept in the order of their times, which the clocks of two ends do not share.
fn order_managers(value: &mut Value) {
    if let Some(entries) = value.as_array_mut() {
        entries.sort_by_cached_key(|entry| {
            let text = |field: &str| entry[field].as_str().unwrap_or_default().to_owned();
            (
                text("operation"),
                text("manager"),
                text("apiVersion"),
                text("subresource"),
            )
        });
    }
}

/// The same where a message repeats a whole object, as JSON in a JSON string. Who owns what is seen in
/// the objects themselves.
fn without_managers(text: &str) -> String {
    const FIELD: &str = "managedFields\\\":[";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(FIELD) {
        let (head, tail) = rest.split_at(at + FIELD.len());
        let mut depth = 1_usize;
        let end = tail.find(|letter| {
            match letter {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        out.push_str(head);
        out.push('…');
        rest = &tail[end.unwrap_or(tail.len())..];
    }
    out + rest
}

/// A namespace that is deleted gets its finalizers in an order of chance: the server takes them out
/// of a map.
fn order_finalizers(value: &mut Value, is_of_list: bool) {
    let kind = value["kind"].as_str().unwrap_or_default();
    if is_of_list || kind == "Namespace" {
        let finalizers = value.pointer_mut("/metadata/finalizers");
        if let Some(Value::Array(finalizers)) = finalizers {
            finalizers.sort_by_cached_key(ToString::to_string);
        }
    } else if kind == "NamespaceList" {
        let items = value["items"].as_array_mut().into_iter().flatten();
        items.for_each(|item| order_finalizers(item, true));
    } else if let Some(object) = value.get_mut("object") {
        order_finalizers(object, false);
    }
}

/// A server walks through maps in no order: causes are compared as a set.
fn order_causes(answer: &mut Value) {
    let name = answer["message"]
        .as_str()
        .and_then(|m| m.split_once("is invalid: "))
        .map(|(head, _)| head.to_owned());
    let causes = answer.pointer_mut("/details/causes");
    let Some(causes) = causes.and_then(Value::as_array_mut) else {
        return;
    };
    causes.sort_by_cached_key(ToString::to_string);
    let texts: Vec<String> = causes
        .iter()
        .map(|cause| {
            let text = |field: &str| cause[field].as_str().unwrap_or_default().to_owned();
            format!("{}: {}", text("field"), text("message"))
        })
        .collect();
    let all = |message: &str| texts.iter().all(|text| message.contains(text.as_str()));
    if let Some(name) = name
        && texts.len() > 1
        && answer["message"].as_str().is_some_and(all)
    {
        answer["message"] = format!("{name}is invalid: [{}]", texts.join(", ")).into();
    }
}

/// Messages that repeat whole objects repeat their times.
fn times(text: &str) -> String {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:ddZ";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (head, tail) = rest.split_at(start);
        out.push_str(head);
        let bytes = tail.as_bytes();
        let is_time = bytes.len() >= FORM.len()
            && FORM.iter().zip(bytes).all(|(form, byte)| match form {
                b'd' => byte.is_ascii_digit(),
                form => form == byte,
            });
        let end = if is_time && !tail.starts_with(GIVEN) {
            out.push('…');
            FORM.len()
        } else {
            let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
            // A given time is passed over as a whole.
            let end = if is_time { FORM.len() } else { digits };
            out.push_str(&tail[..end]);
            end
        };
        rest = &tail[end..];
    }
    out + rest
}

/// Five letters that are drawn by chance.
fn suffixes(text: &str, prefix: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(prefix) {
        let (head, tail) = rest.split_at(at + prefix.len());
        out.push_str(head);
        let drawn = tail
            .bytes()
            .take(5)
            .take_while(|b| b"bcdfghjklmnpqrstvwxz2456789".contains(b))
            .count();
        if drawn == 5 {
            out.push('…');
            rest = &tail[5..];
        } else {
            rest = tail;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_two_servers_cannot_share_is_masked_alike() {
        let answer = |version: u32, uid: &str, time: &str, drawn: &str, managers: [&str; 2]| {
            let managers = managers.map(|name| json!({"manager": name, "time": time}));
            let dumped = format!(
                "patch: Invalid value: \"{{\\\"managedFields\\\":[{{\\\"manager\\\":\\\"{}\\\",\\\"x\\\":[1]}}],\\\"t\\\":\\\"{time}\\\"}}\"",
                managers[0]["manager"]
            );
            json!({
                "metadata": {
                    "name": format!("made-{drawn}"), "uid": uid, "resourceVersion": version.to_string(),
                    "creationTimestamp": time, "managedFields": managers,
                },
                "spec": {"clusterIP": format!("10.96.0.{version}"), "at": "2021-03-04T05:06:07Z"},
                "status": {"message": format!(
                    "the ResourceVersion in the precondition ({version}) and in Precondition failed: \
                     ResourceVersion in precondition: {version}, at {time}"
                )},
                "message": dumped,
            })
        };
        let uids = [
            "11111111-2222-3333-4444-555555555555",
            "aaaaaaaa-2222-3333-4444-555555555555",
        ];
        let one = answer(7, uids[0], "2026-11-21T15:45:35Z", "bcdfg", ["a", "b"]);
        let two = answer(12_345, uids[1], "2026-01-01T00:00:00Z", "x5z6z", ["b", "a"]);
        let masked = Mask::default().masked(one);
        assert_eq!(masked, Mask::default().masked(two), "{masked:#}");
        assert_eq!(masked["spec"]["at"], "2021-03-04T05:06:07Z");
    }

    #[test]
    fn a_name_shows_its_traffic_by_chance_in_events_alone() {
        for (kind, is_chance) in [("ExternalName", true), ("ClusterIP", false)] {
            let spec = json!({"type": kind, "internalTrafficPolicy": "Local"});
            let object = json!({"kind": "Service", "spec": spec});
            let event = Mask::default().masked(json!({"type": "MODIFIED", "object": object}));
            let shown = event.pointer("/object/spec/internalTrafficPolicy");
            assert_eq!(shown.is_none(), is_chance, "{event}");
            assert_eq!(Mask::default().masked(object.clone()), object);
        }
    }

    #[test]
    fn a_port_that_is_told_and_never_shown_is_masked() {
        let told =
            |message: &str| Mask::default().masked(json!({"message": message}))["message"].clone();
        for (message, masked) in [
            (
                "nodePort: Duplicate value: 31998",
                "nodePort: Duplicate value: port-1",
            ),
            (
                "port: Duplicate value: 80, x",
                "port: Duplicate value: 80, x",
            ),
            (
                "name: Duplicate value: \"31998\"",
                "name: Duplicate value: \"31998\"",
            ),
        ] {
            assert_eq!(told(message), masked);
        }
    }

    #[test]
    fn two_values_stay_two() {
        let mut mask = Mask::default();
        let object = |version: &str| json!({"metadata": {"resourceVersion": version}});
        let first = mask.masked(object("5"));
        assert_ne!(first, mask.masked(object("6")));
        assert_eq!(first, mask.masked(object("5")));
    }
}
