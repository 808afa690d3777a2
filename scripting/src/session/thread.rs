//! The thread that scripts run on.

use super::live::Job;
use crate::diagnostic::Diagnostic;
use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// One level of a script's calls takes up to 46 KiB of native stack in release builds and 87 KiB in
/// debug builds; an overflow would end the process. Only the pages that are used are committed.
pub(crate) const STACK: usize = 64 << 20;

/// Runs `body` on a thread with a large stack. A panic in it becomes an error with its message.
pub(crate) fn on_script_thread<T: Send>(body: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let spawned = std::thread::Builder::new()
            .name("script".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, body);
        match spawned {
            Ok(thread) => thread.join().map_err(|panic| {
                let text = panic
                    .downcast_ref::<&str>()
                    .map(|text| (*text).to_owned())
                    .or_else(|| panic.downcast_ref::<String>().cloned());
                text.unwrap_or_else(|| "unknown".to_owned())
            }),
            Err(error) => Err(format!("no thread for the script: {error}")),
        }
    })
}

/// Runs `body` on a thread of its own while the jobs that it sends are done here, on the runtime that
/// polls this.
pub(crate) async fn with_jobs<T: Send + 'static>(
    body: impl FnOnce(UnboundedSender<Job>) -> T + Send + 'static,
) -> Result<T, Vec<Diagnostic>> {
    let (jobs, mut queue) = unbounded_channel();
    let (answer, mut answered) = oneshot::channel();
    let spawned = std::thread::Builder::new()
        .name("script".to_owned())
        .stack_size(STACK)
        // The caller may have gone away: nobody wants the answer then.
        .spawn(move || drop(answer.send(body(jobs))));
    if let Err(error) = spawned {
        return Err(vec![Diagnostic::new(format!(
            "no thread for the script: {error}"
        ))]);
    }
    // Functions that run in parallel wait at the same time.
    let mut running = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            result = &mut answered => {
                return result.map_err(|_| {
                    vec![Diagnostic::new("the script ended without an answer: this is a fault of infra")]
                });
            }
            Some(job) = queue.recv() => running.push(job),
            Some(()) = running.next(), if !running.is_empty() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_a_value_is_a_value() {
        assert_eq!(on_script_thread(|| 7), Ok(7));
    }
}
