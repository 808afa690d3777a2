//! A few requests at a time.

use futures::{StreamExt as _, future::BoxFuture, stream};

/// How many requests run at a time. More was measured to be slower: each is a connection.
pub(crate) const CONCURRENCY: usize = 8;

/// Runs all, [`CONCURRENCY`] at a time; the results in the order of the futures.
pub(crate) async fn bounded<T>(futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    bounded_until(futures, |_| false).await
}

/// The same; the first result that is the last one ends it, and the others are not waited for.
pub(crate) async fn bounded_until<T>(
    futures: Vec<BoxFuture<'_, T>>,
    is_last: impl Fn(&T) -> bool,
) -> Vec<T> {
    let mut running = stream::iter(futures).buffered(CONCURRENCY);
    let mut results = Vec::new();
    while let Some(result) = running.next().await {
        let last = is_last(&result);
        results.push(result);
        if last {
            break;
        }
    }
    results
}
