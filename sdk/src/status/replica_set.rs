//! Replica sets that stand alone.

use super::read::int;
use super::{State, Status};
use serde_json::Value;
use std::fmt::Write as _;

pub(super) fn status(object: &Value) -> Status {
    let wanted = int(object, "/spec/replicas").unwrap_or(1);
    let of = |field: &str| int(object, &format!("/status/{field}")).unwrap_or(0);
    let (all, ready, available) = (of("replicas"), of("readyReplicas"), of("availableReplicas"));

    let mut reason = format!("{ready} of {wanted} pods are ready");
    if all > wanted {
        let _ = write!(reason, ", {} too many", all - wanted);
    } else if ready >= wanted && available < wanted {
        reason = format!("{available} of {wanted} pods are available for long enough");
    } else if wanted == 0 {
        "is scaled to 0".clone_into(&mut reason);
    }
    let done = all == wanted && available == wanted && ready >= wanted;
    let state = if done {
        State::Ready
    } else {
        State::Progressing
    };
    Status::new(state, reason).count(ready, wanted)
}
