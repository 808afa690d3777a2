//! The kubelet: a state machine per pod, from volumes over images, init containers and probes to
//! its end.

#![allow(dead_code)]

pub(crate) mod logs;
