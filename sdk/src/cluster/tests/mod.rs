//! The cluster against an API server that answers by a script.

mod connecting;
mod reading;
mod script;
mod watching;
