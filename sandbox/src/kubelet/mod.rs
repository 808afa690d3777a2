//! The kubelet: a state machine per pod, from volumes over images, init containers and probes to
//! its end.
//!
//! Nothing is run. A container of a pod that restarts always runs until it is stopped; one of a pod
//! that may end (a Job's, or any with another restart policy) exits with 0 after a second. Commands
//! made of `sleep N`, `echo TEXT`, `exit N`, `true` and `false` are followed (see [`script`]). What
//! else goes wrong is planted with annotations (see [`fault`]).

mod container;
mod environment;
pub(crate) mod fault;
mod image;
pub(crate) mod logs;
mod node;
mod pods;
mod probe;
mod restart;
mod run;
mod script;
mod start;
mod status;
mod step;
mod stop;
mod volumes;

pub(crate) use self::node::Nodes;
pub(crate) use self::pods::Kubelet;
