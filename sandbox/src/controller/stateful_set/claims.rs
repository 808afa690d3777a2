//! Whether claims go with their set or with their pod (`persistentVolumeClaimRetentionPolicy`):
//! owner references that the garbage collector then follows.

use serde_json::{Value, json};

use super::super::effect::{Action, Decision};
use super::super::json::{child_list, items, text};
use super::super::meta::{name, uid};
use super::View;
use super::identity::claim_name;

impl View<'_> {
    /// Makes the set the owner of an ordinal's claims, or stops it from being that; a pod that is
    /// about to go for good owns them where they are to go with it.
    pub(super) fn own_claims(
        &self,
        ordinal: i64,
        leaving: Option<&Value>,
        decision: &mut Decision,
    ) {
        let policy = |when: &str| {
            let path = format!("spec.persistentVolumeClaimRetentionPolicy.{when}");
            text(self.set, &path) == "Delete"
        };
        for template in items(self.set, "spec.volumeClaimTemplates") {
            let wanted = claim_name(self.set, template, ordinal);
            let Some(claim) = self.claims.iter().find(|claim| name(claim) == wanted) else {
                continue;
            };
            let mut after = Value::clone(claim);
            own(&mut after, self.set, policy("whenDeleted"));
            if let Some(pod) = leaving {
                own(&mut after, pod, policy("whenScaled"));
            }
            if after != **claim {
                decision.push(Action::Update(after));
            }
        }
    }
}

fn own(claim: &mut Value, owner: &Value, wanted: bool) {
    let has = items(claim, "metadata.ownerReferences")
        .iter()
        .any(|one| text(one, "uid") == uid(owner));
    if has == wanted {
        return;
    }
    let owners = child_list(claim, "metadata.ownerReferences");
    if wanted {
        owners.push(json!({
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": name(owner),
            "uid": uid(owner),
        }));
    } else {
        owners.retain(|one| text(one, "uid") != uid(owner));
    }
}
