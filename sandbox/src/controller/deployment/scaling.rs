//! Changing the number of pods without changing the template: in proportion, while several replica
//! sets are at work.

use serde_json::Value;

use super::super::effect::{Action, Event};
use super::super::json::{annotation, at};
use super::super::meta::name;
use super::{DESIRED, MAX, Sync, reported, spec_replicas};

impl Sync<'_> {
    /// Whether the deployment's `replicas` have changed since its sets were last scaled.
    pub(super) fn is_scaling(&self) -> bool {
        let wanted = self.wanted();
        self.all()
            .filter(|set| spec_replicas(set) > 0)
            .filter_map(|set| annotation(set, DESIRED)?.parse::<i64>().ok())
            .any(|desired| desired != wanted)
    }

    /// Scales towards the wanted number.
    pub(super) fn scale(&mut self) {
        let wanted = self.wanted();
        let active: Vec<usize> = (0..self.old.len())
            .filter(|&i| spec_replicas(&self.old[i]) > 0)
            .collect();
        let new_is_active = self.new.as_ref().is_some_and(|set| spec_replicas(set) > 0);
        // At most one set is at work: it, or the newest, takes all.
        match (active.as_slice(), new_is_active) {
            ([], _) if self.new.is_some() => return self.scale_new(wanted),
            ([], _) => {
                if let Some(last) = self.old.len().checked_sub(1) {
                    self.scale_old(last, wanted);
                }
                return;
            }
            ([only], false) => return self.scale_old(*only, wanted),
            _ => {}
        }
        if self.is_saturated() {
            for index in active {
                self.scale_old(index, 0);
            }
            return;
        }
        if self.is_rolling() {
            self.scale_in_proportion(wanted);
        }
    }

    fn is_rolling(&self) -> bool {
        super::text(&self.deployment, "spec.strategy.type") != "Recreate"
    }

    /// Whether the new set alone holds all that is wanted.
    fn is_saturated(&self) -> bool {
        let wanted = self.wanted();
        self.new.as_ref().is_some_and(|set| {
            annotation(set, DESIRED).and_then(|desired| desired.parse::<i64>().ok()) == Some(wanted)
                && spec_replicas(set) == wanted
                && reported(set, "availableReplicas") == wanted
        })
    }

    fn scale_in_proportion(&mut self, wanted: i64) {
        let total: i64 = self.all().map(spec_replicas).sum();
        let allowed = if wanted > 0 {
            wanted + self.max_surge()
        } else {
            0
        };
        let to_add = allowed - total;
        // The larger sets come first; among equals the newer one when growing, the older when
        // shrinking. `None` is the new set.
        let mut order: Vec<Option<usize>> = (0..self.old.len()).map(Some).chain([None]).collect();
        order.retain(|&which| self.pick(which).is_some_and(|set| spec_replicas(set) > 0));
        if to_add >= 0 {
            order.reverse();
        }
        order.sort_by_key(|&which| std::cmp::Reverse(self.pick(which).map_or(0, spec_replicas)));
        let mut added = 0;
        let mut sizes: Vec<(Option<usize>, i64)> = Vec::new();
        for &which in &order {
            let Some(set) = self.pick(which) else {
                continue;
            };
            let mut size = spec_replicas(set);
            if to_add != 0 {
                let share = share(set, allowed, to_add, added);
                size += share;
                added += share;
            }
            sizes.push((which, size));
        }
        if let Some((_, size)) = sizes.first_mut() {
            *size = (*size + to_add - added).max(0);
        }
        for (which, size) in sizes {
            match which {
                Some(index) => self.scale_old(index, size),
                None => self.scale_new(size),
            }
        }
    }

    fn pick(&self, which: Option<usize>) -> Option<&Value> {
        which.map_or(self.new.as_ref(), |index| self.old.get(index))
    }

    /// Scales the new set. Says whether that was a change.
    pub(super) fn scale_new(&mut self, replicas: i64) {
        if let Some(set) = self.new.take() {
            self.new = Some(self.scaled(set, replicas));
        }
    }

    /// Scales an old set.
    pub(super) fn scale_old(&mut self, index: usize, replicas: i64) {
        let set = std::mem::take(&mut self.old[index]);
        self.old[index] = self.scaled(set, replicas);
    }

    fn scaled(&mut self, set: Value, replicas: i64) -> Value {
        let mut after = super::super::template::with_replicas(&set, replicas);
        self.bound(&mut after);
        if at(&after, "metadata.annotations") == at(&set, "metadata.annotations")
            && spec_replicas(&set) == replicas
        {
            return set;
        }
        let before = spec_replicas(&set);
        self.decision.push(Action::Update(after.clone()));
        if before != replicas {
            let way = if before < replicas { "up" } else { "down" };
            let message = format!(
                "Scaled {way} replica set {} from {before} to {replicas}",
                name(&set)
            );
            self.decision.event(Event::normal(
                &self.deployment,
                "ScalingReplicaSet",
                message,
            ));
        }
        after
    }
}

/// What a set gets of the pods to add (or to take), in proportion to its size.
fn share(set: &Value, allowed: i64, to_add: i64, added: i64) -> i64 {
    let size = spec_replicas(set);
    if size == 0 {
        return 0;
    }
    let bound = annotation(set, MAX)
        .and_then(|max| max.parse::<i64>().ok())
        .filter(|&max| max > 0);
    let bound = bound.unwrap_or(allowed);
    let new_size = (size as f64 * allowed as f64 / bound as f64).round() as i64;
    let fraction = new_size - size;
    let left = to_add - added;
    if to_add > 0 {
        fraction.min(left)
    } else {
        fraction.max(left)
    }
}
