//! All managers of an object.

use serde_json::Value;

use super::{ManagedError, Manager, Operation};
use crate::fields::FieldSet;

/// The managers of one object, each with an identity of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Managers {
    entries: Vec<Manager>,
}

impl Managers {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads `metadata.managedFields` of an object; an object without them has no managers.
    pub fn of(object: &Value) -> Result<Self, ManagedError> {
        match object.pointer("/metadata/managedFields") {
            None | Some(Value::Null) => Ok(Self::new()),
            Some(entries) => Self::from_json(entries),
        }
    }

    /// Reads a list of entries. A later entry with the identity of an earlier one replaces it.
    pub fn from_json(entries: &Value) -> Result<Self, ManagedError> {
        let entries = entries.as_array().ok_or(ManagedError::NoObject(0))?;
        let mut out = Self::new();
        for (at, entry) in entries.iter().enumerate() {
            out.put(Manager::from_json(entry, at)?);
        }
        Ok(out)
    }

    /// The entries in the server's order: appliers first, then by time, name, version, subresource.
    pub fn to_json(&self) -> Value {
        Self::ordered(&self.entries)
    }

    fn ordered(entries: &[Manager]) -> Value {
        let mut entries: Vec<&Manager> = entries.iter().collect();
        entries.sort_by(|a, b| {
            let key = |m: &Manager| (m.operation, m.time.clone().unwrap_or_default());
            key(a)
                .cmp(&key(b))
                .then_with(|| a.name.cmp(&b.name))
                .then_with(|| a.api_version.cmp(&b.api_version))
                .then_with(|| a.subresource.cmp(&b.subresource))
        });
        Value::Array(entries.into_iter().map(Manager::to_json).collect())
    }

    /// Writes the managers into an object; without any, the object has no `managedFields`.
    pub fn write(&self, object: &mut Value) {
        if self.is_empty() {
            take(object);
            return;
        }
        if let Some(object) = object.as_object_mut() {
            let metadata = object
                .entry("metadata")
                .or_insert_with(|| Value::Object(serde_json::Map::new()));
            if let Some(metadata) = metadata.as_object_mut() {
                metadata.insert("managedFields".to_owned(), self.to_json());
            }
        }
    }

    /// Writes entries into an object of which several may have one identity, which a server makes
    /// at times: who reads them knows the last of them alone.
    pub fn write_entries(entries: &[Manager], object: &mut Value) {
        take(object);
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut)
            && !entries.is_empty()
        {
            metadata.insert("managedFields".to_owned(), Self::ordered(entries));
        }
    }

    /// Whether nobody owns anything.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The managers, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Manager> {
        self.entries.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Manager> {
        self.entries.iter_mut()
    }

    /// The manager with the identity of `like`.
    pub fn get(&self, like: &Manager) -> Option<&Manager> {
        self.entries.iter().find(|m| m.is(like))
    }

    /// What an applier of this name owns on the main endpoint.
    pub fn applied_by(&self, name: &str) -> Option<&FieldSet> {
        self.get(&Manager::new(name, Operation::Apply, "", ""))
            .map(|m| &m.fields)
    }

    /// Adds a manager, or replaces the one with its identity.
    pub fn put(&mut self, manager: Manager) {
        match self.entries.iter_mut().find(|m| m.is(&manager)) {
            Some(known) => *known = manager,
            None => self.entries.push(manager),
        }
    }

    /// Removes and gives the manager with the identity of `like`.
    pub fn remove(&mut self, like: &Manager) -> Option<Manager> {
        let at = self.entries.iter().position(|m| m.is(like))?;
        Some(self.entries.remove(at))
    }

    pub(crate) fn drop_empty(&mut self) {
        self.entries.retain(|m| !m.fields.is_empty());
    }

    /// Everything that anybody owns.
    pub fn all_fields(&self) -> FieldSet {
        self.entries
            .iter()
            .fold(FieldSet::new(), |all, m| all.union(&m.fields))
    }
}

/// Takes `metadata.managedFields` out of an object.
pub fn take(object: &mut Value) -> Option<Value> {
    object
        .get_mut("metadata")?
        .as_object_mut()?
        .remove("managedFields")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(manager: &str, operation: &str, version: &str, time: Option<&str>) -> Value {
        let mut entry = json!({"manager": manager, "operation": operation, "apiVersion": version,
            "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {}}});
        if let Some(time) = time {
            entry["time"] = json!(time);
        }
        entry
    }

    #[test]
    fn entries_keep_identity_and_order() {
        let later = Some("2026-01-02T00:00:00Z");
        let earlier = Some("2026-01-01T00:00:00Z");
        let entries = json!([
            entry("z", "Update", "v1", earlier),
            entry("b", "Apply", "v1", later),
            entry("c", "Apply", "v1", None),
            entry("b", "Apply", "v2", earlier),
            entry("z", "Update", "v2", earlier),
            entry("a", "Update", "v1", later),
        ]);
        let managers = Managers::from_json(&entries).expect("readable");
        let order: Vec<String> = managers
            .to_json()
            .as_array()
            .expect("list")
            .iter()
            .map(|e| {
                format!(
                    "{} {}",
                    e["manager"].as_str().unwrap(),
                    e["apiVersion"].as_str().unwrap()
                )
            })
            .collect();
        assert_eq!(order, ["c v1", "b v2", "z v1", "z v2", "a v1"]);
    }

    #[test]
    fn bad_entries_are_named() {
        let mut bad = entry("a", "Update", "v1", None);
        bad["fieldsType"] = json!("");
        let error = Managers::from_json(&json!([bad])).expect_err("bad");
        assert_eq!(
            error.to_string(),
            "missing fieldsType in managed fields entry 0"
        );
        let error =
            Managers::from_json(&json!([entry("a", "Patch", "v1", None)])).expect_err("bad");
        assert_eq!(error.to_string(), "operation must be `Apply` or `Update`");
    }
}
