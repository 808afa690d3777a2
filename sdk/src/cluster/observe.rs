//! Telling each request to whoever wants to see them.

use super::{Cluster, request::Call, selector::encode_query};
use std::time::{Duration, Instant};

/// A request, and how it was met. It never holds a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// `GET`, `PATCH` and the like.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The HTTP status; nothing where there was no answer, or nobody waited for it any longer.
    pub status: Option<u16>,
    /// How long the answer took to begin.
    pub took: Duration,
}

pub(crate) type Observer = Box<dyn Fn(&Sent) + Send + Sync>;

impl Cluster {
    /// Tells each request that is sent from now on. The first observer stays.
    pub fn observe(&self, observer: impl Fn(&Sent) + Send + Sync + 'static) {
        let _ = self.inner.observer.set(Box::new(observer));
    }

    pub(crate) fn watch_over(&self, call: &Call) -> Observed<'_> {
        Observed(self.inner.observer.get().map(|observer| {
            let sent = Sent {
                method: call.method.to_string(),
                path: format!("{}{}", call.path, encode_query(&call.query)),
                status: None,
                took: Duration::ZERO,
            };
            (observer, sent, Instant::now())
        }))
    }
}

/// A request under way; it is told when this goes, since waiting for it may be given up.
pub(crate) struct Observed<'a>(Option<(&'a Observer, Sent, Instant)>);

impl Observed<'_> {
    pub(crate) fn answered(&mut self, status: u16) {
        if let Some((_, sent, _)) = &mut self.0 {
            sent.status = Some(status);
        }
    }
}

impl Drop for Observed<'_> {
    fn drop(&mut self) {
        if let Some((observer, mut sent, since)) = self.0.take() {
            sent.took = since.elapsed();
            observer(&sent);
        }
    }
}
