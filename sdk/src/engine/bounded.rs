//! A few requests at a time.

use futures::{StreamExt as _, future::BoxFuture, stream};

/// How many requests run at a time. More was measured to be slower: each is a connection.
pub(crate) const CONCURRENCY: usize = 8;

/// Runs all, [`CONCURRENCY`] at a time; the results in the order of the futures.
pub(crate) async fn bounded<T>(futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    stream::iter(futures).buffered(CONCURRENCY).collect().await
}
