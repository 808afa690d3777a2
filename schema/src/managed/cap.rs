//! A limit to the number of updaters that are remembered.

use super::{Manager, Managers, Operation};

/// How many updaters an object may have.
const LIMIT: usize = 10;
/// The name under which the oldest are merged, one entry for each version.
const MERGED: &str = "ancient-changes";

/// Merges the oldest updaters of each version until no more than ten are left.
pub(crate) fn cap_updaters(managers: &mut Managers) {
    let mut updaters: Vec<Manager> = managers
        .iter()
        .filter(|m| m.operation == Operation::Update)
        .cloned()
        .collect();
    let mut left = updaters.len();
    if left <= LIMIT {
        return;
    }
    updaters.sort_by(|a, b| {
        let time = |m: &Manager| m.time.clone().unwrap_or_default();
        time(a)
            .cmp(&time(b))
            .then_with(|| a.identity().cmp(&b.identity()))
    });
    let mut firsts: Vec<Manager> = Vec::new();
    for updater in updaters {
        if left <= LIMIT {
            break;
        }
        let version = updater.api_version.clone();
        let Some(first) = firsts.iter().find(|f| f.api_version == version) else {
            firsts.push(updater);
            continue;
        };
        let mut bucket = Manager::new(MERGED, Operation::Update, &version, "");
        if let Some(known) = managers.get(&bucket).or_else(|| managers.get(first)) {
            bucket.fields = known.fields.clone();
        }
        managers.remove(first);
        managers.remove(&updater);
        bucket.fields = bucket.fields.union(&updater.fields);
        bucket.time = updater.time;
        managers.put(bucket);
        left -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::{FieldPath, FieldSet};

    #[test]
    fn the_oldest_become_one() {
        let mut managers = Managers::new();
        for at in 0..12 {
            let mut manager = Manager::new(&format!("m{at:02}"), Operation::Update, "v1", "");
            manager.time = Some(format!("2026-01-01T00:00:{at:02}Z"));
            let name = format!("k{at}");
            manager.fields = FieldSet::of(&[FieldPath::fields(&["data", &name])]);
            managers.put(manager);
        }
        cap_updaters(&mut managers);
        assert_eq!(managers.iter().count(), 10);
        let merged = managers
            .get(&Manager::new(MERGED, Operation::Update, "v1", ""))
            .expect("made");
        assert_eq!(merged.fields.len(), 3);
        assert_eq!(merged.time.as_deref(), Some("2026-01-01T00:00:02Z"));
    }
}
