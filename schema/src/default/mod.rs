//! What an API server adds to an object when it decodes it.

mod zero;

pub(crate) use zero::zeros;
