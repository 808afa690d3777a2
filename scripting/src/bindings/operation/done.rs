//! Telling what an operation changed.

use super::live_object::LiveObject;
use super::place::Place;
use infra_sdk::operation::Written;

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
        LiveObject::of(written.object)
    }
}
