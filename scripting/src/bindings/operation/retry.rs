//! `retry(times, delay, function)`: until it does not fail.

use super::time::{duration, wait};
use crate::table::{Any, Callback, Fault, HostIo, InCall, Mismatch, Row, row};
use infra_sdk::types::Duration;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "retry",
            &["times", "delay", "function"],
            |times: u32, delay: Duration, function: Callback, live: HostIo| {
                InCall::new(move |call| {
                    let live = live.0;
                    if times == 0 {
                        let once = "must be 1 or more, got 0: it is how often it is tried at most";
                        return Err(Fault::Argument(0, Mismatch::new(once)));
                    }
                    let mut attempt = 1;
                    loop {
                        let error = match call.invoke(&function.0, Vec::new()) {
                            Ok(value) => return Ok(Any(value)),
                            Err(Fault::Script(error)) => error,
                            Err(fault) => return Err(fault),
                        };
                        // In a dry run nothing changes that could help.
                        if attempt == times || error.is_final() || live.dry_run() {
                            return Err(Fault::Script(error));
                        }
                        let (said, again) = (error.message(), delay.as_str());
                        live.report(&format!(
                            "attempt {attempt} of {times}: {said}; again in {again}"
                        ));
                        attempt += 1;
                        wait(&live, duration(&delay))?;
                    }
                })
            },
        )
        .doc(
            "Calls a function until it does not fail, so many times at most, and gives what it gave; \
             between two attempts it waits. The last failure is the error. A dry run tries once.",
        )
        .example(
            r#"retry(10, "5s", || http("https://app.example/health").get().expect(200));"#,
        ),
    ]
}
