//! A run while it goes on: plain lines for a pipe; on a terminal also one line for each object that
//! is not ready, with its reason.

use super::human;
use crate::ui::Ui;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use infra_sdk::engine::{Action, Event};
use infra_sdk::object::ObjectId;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Shows events as they come.
pub(crate) struct Progress {
    ui: Ui,
    live: Option<Mutex<Live>>,
}

/// The lines at the bottom of a terminal that are drawn again and again.
struct Live {
    bars: MultiProgress,
    waiting: BTreeMap<ObjectId, ProgressBar>,
}

impl Progress {
    /// To standard error. A terminal that cannot move its cursor (`TERM=dumb`, or none) is met like
    /// a pipe: what is drawn to it would not be shown at all.
    pub(crate) fn new(ui: Ui) -> Self {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        // Lines about requests come at any time, between what would be drawn.
        let plain = ui.is_quiet() || ui.is_verbose();
        let live = (ui.err_look().terminal && !plain && !bars.is_hidden()).then(|| {
            Mutex::new(Live {
                bars,
                waiting: BTreeMap::new(),
            })
        });
        Self { ui, live }
    }

    /// Shows one event.
    pub(crate) fn show(&self, event: &Event) {
        match &self.live {
            Some(live) => {
                let mut live = live.lock().unwrap_or_else(PoisonError::into_inner);
                live.show(self.ui, event);
            }
            None => {
                if let Some(line) = line(self.ui, event) {
                    self.ui.note(&format!("{line}\n"));
                }
            }
        }
    }

    /// Takes away what is drawn again and again.
    pub(crate) fn end(&self) {
        if let Some(live) = &self.live {
            let mut live = live.lock().unwrap_or_else(PoisonError::into_inner);
            live.waiting.clear();
            // A terminal that is gone is not worth a word.
            let _ = live.bars.clear();
        }
    }
}

impl Live {
    fn show(&mut self, ui: Ui, event: &Event) {
        if let Event::Waiting { id, reason } = event {
            let bar = self.waiting.entry(id.clone()).or_insert_with(|| {
                let bar = self.bars.add(ProgressBar::new_spinner());
                if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg}") {
                    bar.set_style(style);
                }
                bar.enable_steady_tick(Duration::from_millis(120));
                bar
            });
            let message = format!("{}: {reason}", id.short());
            bar.set_message(ui.err_look().harmless(&message).into_owned());
            return;
        }
        match event {
            Event::Ready { id, .. } | Event::Deleted { id } => self.forget(id),
            Event::NotReady(not_ready) => self.forget(&not_ready.id),
            _ => {}
        }
        if let Some(line) = line(ui, event) {
            // A terminal that is gone is not worth a word.
            let _ = self.bars.println(ui.err_look().harmless(&line));
        }
    }

    fn forget(&mut self, id: &ObjectId) {
        if let Some(bar) = self.waiting.remove(id) {
            bar.finish_and_clear();
            self.bars.remove(&bar);
        }
    }
}

/// An event as a line; `None` for what a line says elsewhere.
fn line(ui: Ui, event: &Event) -> Option<String> {
    let look = ui.err_look();
    Some(match event {
        Event::Applied { id, action } => {
            let word = match action {
                Action::Create => look.good("created"),
                Action::Replace => look.change("replaced"),
                _ => look.change("updated"),
            };
            format!("{word} {}", id.short())
        }
        Event::Deleted { id } => format!("{} {}", look.bad("deleted"), id.short()),
        Event::Waiting { id, reason } => {
            format!("{} {}: {reason}", look.dim("waiting"), id.short())
        }
        Event::Ready { id, after } if after.as_secs() > 0 => format!(
            "{} {} after {}",
            look.good("ready"),
            id.short(),
            human(*after)
        ),
        Event::Failed(failure) => format!(
            "{} {}: {}",
            look.bad("failed"),
            failure.id.short(),
            failure.message
        ),
        Event::NotReady(not_ready) => format!(
            "{} {}: {}",
            look.bad("not ready"),
            not_ready.id.short(),
            not_ready.reason
        ),
        Event::Skipped(skipped) => format!(
            "{} {}: {} {}",
            look.change("skipped"),
            skipped.id.short(),
            skipped.because.short(),
            skipped.reason
        ),
        Event::Warning { message } => format!("{} {message}", look.change("warning:")),
        Event::Stopping { running } => {
            let requests = if *running == 1 { "request" } else { "requests" };
            format!("stopping: {running} running {requests} end first; Ctrl-C again stops at once")
        }
        Event::Started { .. }
        | Event::Applying { .. }
        | Event::Deleting { .. }
        | Event::Ready { .. }
        | Event::Finished { .. } => return None,
    })
}
