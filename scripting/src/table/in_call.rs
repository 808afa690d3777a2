//! Results that need the call itself: rows that run functions of the script.

use super::call::Call;
use super::fault::Fault;
use super::output::Output;
use super::row::Type;
use rhai::Dynamic;

type Work<T> = dyn for<'a, 'b, 'c> FnOnce(&'c Call<'a, 'b>) -> Result<T, Fault>;

/// What is left to do once the arguments are read, with the call at hand: a function of the script
/// can be run by [`Call::invoke`] alone, on the script's own thread.
pub struct InCall<T>(Box<Work<T>>);

impl<T> InCall<T> {
    /// This is left to do.
    pub fn new(
        work: impl for<'a, 'b, 'c> FnOnce(&'c Call<'a, 'b>) -> Result<T, Fault> + 'static,
    ) -> Self {
        Self(Box::new(work))
    }
}

impl<T: Output> Output for InCall<T> {
    fn ty() -> Type {
        T::ty()
    }

    fn give(self, call: &Call<'_, '_>) -> Result<Dynamic, Fault> {
        (self.0)(call)?.give(call)
    }
}
