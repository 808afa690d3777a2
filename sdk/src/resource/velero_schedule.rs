//! Backups of the cluster's objects at fixed times.

use super::{Custom, CustomKind};
use crate::environment::{Graph, Problem};
use crate::types::{DnsLabel, Duration, Name, Schedule};
use serde_json::{Value, json};

/// Velero backs up objects and volumes at fixed times (`Schedule` of Velero, `velero.io/v1`).
///
/// It is in Velero's own namespace, `velero`, unless it says another.
///
/// ```
/// use infra_sdk::resource::VeleroSchedule;
///
/// let backup = VeleroSchedule::new("shop-daily".parse()?)
///     .schedule("0 3 * * *".parse()?)
///     .ttl("30d".parse()?)
///     .included_namespace("shop".parse()?);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct VeleroSchedule {
    custom: Custom,
}

impl VeleroSchedule {
    /// Backups of everything, at no time yet.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        let mut custom = Custom::new("velero.io/v1", "Schedule", name);
        custom.at_home_in("velero", "velero schedule");
        Self { custom }
    }

    /// When a backup is made (`spec.schedule`), in UTC unless it has a time zone.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        let text = match schedule.time_zone() {
            Some(zone) => format!("CRON_TZ={zone} {}", schedule.cron()),
            None => schedule.cron().to_owned(),
        };
        self.custom.set("spec.schedule", text);
        self
    }

    /// How long a backup is kept (`spec.template.ttl`). Default: 30 days.
    pub fn ttl(mut self, time: Duration) -> Self {
        self.custom.set("spec.template.ttl", time);
        self
    }

    /// A namespace that is backed up (`spec.template.includedNamespaces[]`). Default: all.
    pub fn included_namespace(mut self, namespace: DnsLabel) -> Self {
        let namespace = namespace.as_str();
        self.custom
            .push("spec.template.includedNamespaces", namespace);
        self
    }

    /// A namespace that is left out (`spec.template.excludedNamespaces[]`).
    pub fn excluded_namespace(mut self, namespace: DnsLabel) -> Self {
        let namespace = namespace.as_str();
        self.custom
            .push("spec.template.excludedNamespaces", namespace);
        self
    }

    /// Whether volumes are copied by snapshots of the platform (`spec.template.snapshotVolumes`).
    /// Default: where the platform can.
    pub fn snapshot_volumes(mut self, yes: bool) -> Self {
        self.custom.set("spec.template.snapshotVolumes", yes);
        self
    }

    /// Where backups are kept (`spec.template.storageLocation`). Default: Velero's default location.
    pub fn storage_location(mut self, name: Name) -> Self {
        self.custom
            .set("spec.template.storageLocation", name.as_str());
        self
    }

    /// No backup is made (`spec.paused`) until this is taken back.
    pub fn paused(mut self, yes: bool) -> Self {
        self.custom.set("spec.paused", yes);
        self
    }
}

impl CustomKind for VeleroSchedule {
    custom!();

    fn found(&self, _graph: &Graph) -> Value {
        // Velero wants one, which may be empty.
        json!({ "spec": { "template": {} } })
    }

    fn problems(&self, graph: &Graph) -> Vec<Problem> {
        let lowered = self.custom.lowered(graph, &Value::Null);
        let silent = lowered["spec"]["schedule"].is_null();
        let problem = || {
            let help = "set `.schedule(\"0 3 * * *\")`";
            self.custom.problem("schedule", "does not say when", help)
        };
        silent.then(problem).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};

    #[test]
    fn daily_backups() {
        let berlin = p::<Schedule>("0 3 * * *").in_time_zone(p("Europe/Berlin"));
        let daily = VeleroSchedule::new(p("daily"))
            .schedule(p("0 3 * * *"))
            .ttl(p("30d"))
            .included_namespace(p("shop"))
            .included_namespace(p("workers"))
            .excluded_namespace(p("scratch"))
            .snapshot_volumes(true)
            .storage_location(p("s3"))
            .paused(false);
        let object = &lower(&[&daily])[0];
        assert_eq!(object["kind"], "Schedule");
        assert_eq!(object["metadata"]["namespace"], "velero");
        assert_eq!(
            object["spec"],
            json!({
                "schedule": "0 3 * * *",
                "paused": false,
                "template": {
                    "ttl": "720h",
                    "includedNamespaces": ["shop", "workers"],
                    "excludedNamespaces": ["scratch"],
                    "snapshotVolumes": true,
                    "storageLocation": "s3",
                },
            })
        );
        let zoned = VeleroSchedule::new(p("daily")).schedule(berlin);
        assert_eq!(
            lower(&[&zoned])[0]["spec"],
            json!({ "schedule": "CRON_TZ=Europe/Berlin 0 3 * * *", "template": {} })
        );
        assert_eq!(problems(&[&zoned]), [""; 0]);
        assert_eq!(
            problems(&[&VeleroSchedule::new(p("daily"))]),
            ["velero schedule `daily` does not say when"]
        );
    }
}
