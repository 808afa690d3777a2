//! Ctrl-C while a line runs: it ends the line, never the session.

use infra_sdk::engine::Stop;
use std::sync::{Arc, Mutex, PoisonError};

/// Whose turn it is to be stopped.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<Mutex<Option<Stop>>>);

impl Interrupt {
    /// Listens from now on, on the runtime that this is called in.
    pub(crate) fn listen(&self) {
        let running = self.clone();
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                if let Some(stop) = &*running.running() {
                    stop.stop();
                }
            }
        });
    }

    /// What stops the line that runs now.
    pub(crate) fn begin(&self) -> Stop {
        let stop = Stop::new();
        *self.running() = Some(stop.clone());
        stop
    }

    /// Nothing runs any more.
    pub(crate) fn end(&self) {
        *self.running() = None;
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Stop>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
