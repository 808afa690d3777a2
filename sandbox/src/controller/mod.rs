//! The controllers: what makes objects come true, on the virtual clock.
//!
//! Each is a pure decision (values in, actions out) and a thin effect through
//! [`seam::Cluster`], so that it is tested with tables and runs as a client of the API.

// The API side that drives the controllers lands apart from them.
#![allow(dead_code)]

pub(crate) mod condition;
pub(crate) mod json;
pub(crate) mod manager;
pub(crate) mod seam;
pub(crate) mod selector;
