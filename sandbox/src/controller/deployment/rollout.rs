//! Going from the old template to the new one: rolling, or stopping first.

use super::super::json::{int, text};
use super::super::meta::is_controlled_by;
use super::super::pod::is_finished;
use super::{Sync, reported, spec_replicas};
use serde_json::Value;

/// `maxSurge` or `maxUnavailable` as a number of pods.
pub(crate) fn resolve(value: &Value, total: i64, up: bool) -> i64 {
    if let Some(number) = value.as_i64() {
        return number;
    }
    let Some(percent) = value
        .as_str()
        .and_then(|text| text.strip_suffix('%')?.parse::<i64>().ok())
    else {
        return 0;
    };
    let hundredths = percent * total;
    if up {
        (hundredths + 99).div_euclid(100)
    } else {
        hundredths.div_euclid(100)
    }
}

impl Sync<'_> {
    fn fence_posts(&self) -> (i64, i64) {
        let rolling = super::super::json::at(&self.deployment, "spec.strategy.rollingUpdate");
        let wanted = self.wanted();
        let surge = resolve(&rolling["maxSurge"], wanted, true);
        let unavailable = resolve(&rolling["maxUnavailable"], wanted, false);
        // Both zero would never get anywhere.
        if surge == 0 && unavailable == 0 {
            (0, 1)
        } else {
            (surge, unavailable)
        }
    }

    /// How many pods there may be beyond what is wanted.
    pub(super) fn max_surge(&self) -> i64 {
        if text(&self.deployment, "spec.strategy.type") == "Recreate" {
            0
        } else {
            self.fence_posts().0
        }
    }

    /// How many pods may be missing during a rollout.
    pub(super) fn max_unavailable(&self) -> i64 {
        let wanted = self.wanted();
        if text(&self.deployment, "spec.strategy.type") == "Recreate" || wanted == 0 {
            return 0;
        }
        self.fence_posts().1.min(wanted)
    }

    /// One step of a rolling update.
    pub(super) fn roll(&mut self) {
        self.revise(true);
        if self.grow_new() || self.shrink_old() {
            self.write_status(true);
            return;
        }
        if self.is_complete() {
            self.clean_up();
        }
        self.write_status(true);
    }

    /// One step of an update that stops the old pods first.
    pub(super) fn recreate(&mut self) {
        self.revise(false);
        let mut scaled = false;
        for index in 0..self.old.len() {
            if spec_replicas(&self.old[index]) > 0 {
                self.scale_old(index, 0);
                scaled = true;
            }
        }
        if scaled || self.old_pods_run() {
            self.write_status(true);
            return;
        }
        self.revise(true);
        self.scale_new(self.wanted());
        if self.is_complete() {
            self.clean_up();
        }
        self.write_status(true);
    }

    fn old_pods_run(&self) -> bool {
        self.old.iter().any(|set| {
            reported(set, "replicas") > 0
                || self
                    .pods
                    .iter()
                    .any(|pod| is_controlled_by(pod, set) && !is_finished(pod))
        })
    }

    /// Scales the new set as far up as surge allows, or down to what is wanted.
    fn grow_new(&mut self) -> bool {
        let wanted = self.wanted();
        let Some(new) = &self.new else { return false };
        let size = spec_replicas(new);
        let target = if size >= wanted {
            wanted
        } else {
            let total: i64 = self.all().map(spec_replicas).sum();
            let room = wanted + self.max_surge() - total;
            size + room.clamp(0, wanted - size)
        };
        if target == size {
            return false;
        }
        self.scale_new(target);
        true
    }

    /// Scales old sets down: first pods that do not work, then as many as may be missed.
    fn shrink_old(&mut self) -> bool {
        let wanted = self.wanted();
        let old: i64 = self.old.iter().map(spec_replicas).sum();
        if old == 0 {
            return false;
        }
        let Some(new) = &self.new else { return false };
        let least = wanted - self.max_unavailable();
        let new_missing = spec_replicas(new) - reported(new, "availableReplicas");
        let all = old + spec_replicas(new);
        let most_down = all - least - new_missing;
        if most_down <= 0 {
            return false;
        }
        let mut down = 0;
        for index in 0..self.old.len() {
            let size = spec_replicas(&self.old[index]);
            let missing = size - reported(&self.old[index], "availableReplicas");
            let take = missing.min(most_down - down);
            if size > 0 && take > 0 {
                self.scale_old(index, size - take);
                down += take;
            }
        }
        let available: i64 = self
            .all()
            .map(|set| reported(set, "availableReplicas"))
            .sum();
        let mut spare = available - least;
        for index in 0..self.old.len() {
            let size = spec_replicas(&self.old[index]);
            let take = size.min(spare);
            if size > 0 && take > 0 {
                self.scale_old(index, size - take);
                spare -= take;
                down += take;
            }
        }
        down > 0
    }

    /// Whether every pod is of the new template and available, and the status says so.
    fn is_complete(&self) -> bool {
        let wanted = self.wanted();
        let status = &self.deployment["status"];
        ["updatedReplicas", "replicas", "availableReplicas"]
            .iter()
            .all(|field| int(status, field).unwrap_or(0) == wanted)
            && int(status, "observedGeneration") >= int(&self.deployment, "metadata.generation")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn percentages_round_to_the_safe_side() {
        for (value, total, up, wanted) in [
            (json!(2), 10, true, 2),
            (json!("25%"), 3, true, 1),
            (json!("25%"), 3, false, 0),
            (json!("25%"), 10, true, 3),
            (json!("25%"), 10, false, 2),
            (json!("100%"), 4, false, 4),
            (json!(null), 4, false, 0),
        ] {
            assert_eq!(resolve(&value, total, up), wanted, "{value} of {total}");
        }
    }
}
