//! Resource quotas: ready when they bound what they are told to.

use super::Status;
use super::read::text;
use infra_schema::quantity::Quantity;
use serde_json::Value;

/// A quota bounds nothing before its controller has written `status.hard`, and the former bounds
/// until it has written them anew.
pub(super) fn status(object: &Value) -> Status {
    let bounds = object.pointer("/spec/hard").and_then(Value::as_object);
    let bounds = || bounds.into_iter().flatten();
    let seen = |name: &str| amount(object.pointer("/status/hard")?.get(name)?);
    let is_seen =
        bounds().all(|(name, hard)| amount(hard).is_some_and(|hard| seen(name) == Some(hard)));
    let of_status = object.pointer("/status/hard").and_then(Value::as_object);
    if !is_seen || of_status.map_or(0, serde_json::Map::len) != bounds().count() {
        return Status::progressing(Status::UNSEEN);
    }
    let full = bounds().filter_map(|(name, hard)| {
        let hard = amount(hard).filter(|hard| !hard.is_zero())?;
        let used = amount(object.pointer("/status/used")?.get(name)?)?;
        (used >= hard).then(|| format!("`{name}` is used up: {used} of {hard}"))
    });
    full.fold(Status::ready("is in force"), Status::note)
}

fn amount(value: &Value) -> Option<Quantity> {
    match value.as_i64() {
        Some(number) => number.to_string().parse().ok(),
        None => text(value, "")?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Progressing, Ready};
    use crate::status::cases::{merged, table};
    use crate::status::{Evidence, status};

    const QUOTA: &str = "{apiVersion: v1, kind: ResourceQuota, metadata: {name: team}, spec: {hard: {pods: '50', requests.cpu: 2000m}}}";

    #[test]
    fn a_quota_is_ready_once_it_is_in_force() {
        let waits = "its controller has not seen the change yet";
        table(
            QUOTA,
            &[
                ("{}", Progressing, waits),
                ("{status: {hard: {}}}", Progressing, waits),
                ("{status: {hard: {pods: '50'}}}", Progressing, waits),
                (
                    "{status: {hard: {pods: '40', requests.cpu: '2'}}}",
                    Progressing,
                    waits,
                ),
                (
                    "{status: {hard: {pods: '50', requests.cpu: '2', secrets: '1'}}}",
                    Progressing,
                    waits,
                ),
                (
                    "{status: {hard: {pods: '50', requests.cpu: '2'}}}",
                    Ready,
                    "is in force",
                ),
                ("{spec: null}", Ready, "is in force"),
            ],
        );
        let full = merged(
            QUOTA,
            "{status: {hard: {pods: '50', requests.cpu: '2'}, used: {pods: '3', requests.cpu: 2000m}}}",
        );
        assert_eq!(
            status(&Evidence::of(&full)).notes,
            ["`requests.cpu` is used up: 2 of 2"]
        );
    }
}
