//! Telling what an operation changed, and what the environment that owns it does about that.

use super::live_object::LiveObject;
use super::place::{Place, WhereOptions};
use super::target::TargetValue;
use crate::table::{Fault, Row, Writer, row};
use infra_sdk::cluster::Cluster;
use infra_sdk::operation::{OperationError, Target, Written};

impl Place {
    /// Notes a change, and tells it when it was made: `scale`, `scaled`, `deployment/app in shop to 3`.
    pub(super) fn done(&self, verb: &str, past: &str, what: &str) {
        let on = self.live.place();
        self.live.note(format!("{verb} {what}{on}"));
        if !self.dry_run {
            self.live.report(&format!("{past} {what}{on}"));
        }
    }

    /// The same of an object that was written: it as a value.
    pub(super) fn wrote(
        &self,
        written: Written,
        (verb, past): (&str, &str),
        how: &str,
    ) -> LiveObject {
        self.done(verb, past, &format!("{}{how}", written.id));
        if let Some(consequence) = &written.consequence {
            let instead = consequence.taken_back.iter();
            let mut instead = instead.filter_map(|field| self.live.set_by(&written.id, field));
            let instead = instead.next().unwrap_or_default();
            self.live.report(&format!("{consequence}{instead}"));
        }
        LiveObject::of(written.object)
    }
}

/// The row of an operation that changes one object and has no options of its own.
pub(super) fn change<F>(
    name: &'static str,
    past: &'static str,
    operation: fn(Cluster, Target, String, bool) -> F,
) -> Row
where
    F: Future<Output = Result<Written, OperationError>> + Send + 'static,
{
    row(
        name,
        &["target", "options?"],
        move |target: TargetValue,
              options: Option<WhereOptions>,
              live: Writer|
              -> Result<LiveObject, Fault> {
            let namespace = WhereOptions::namespace(options);
            let (place, target) = Place::with_target(live.0, target, namespace)?;
            let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
            let written = place.run(operation(cluster, target, namespace, place.dry_run))?;
            Ok(place.wrote(written, (name, past), ""))
        },
    )
    .on_cluster()
}
