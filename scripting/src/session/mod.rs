//! Running scripts: an engine with limits on a thread with a large stack, hermetic inputs, imports
//! below the project root, and what a script gives.

mod choose;
mod cluster_handle;
mod compile;
mod describe;
mod earlier;
mod engine;
mod files;
mod host;
mod inputs;
mod interactive;
mod live;
mod param_given;
mod param_value;
mod parameter_at;
mod procedure;
mod reach;
mod resolver;
mod script;
mod state;
mod thread;
mod world;

pub use cluster_handle::ClusterHandle;
pub use describe::Description;
pub(crate) use engine::library_engine;
pub use host::{Host, ParameterFile, Printer, Variables};
pub(crate) use inputs::ParamError;
pub use inputs::Parameter;
pub use interactive::{
    Candidate, Interactive, Name, NameKind, Ran, Reaching, Shown, ShownResource, is_complete,
};
pub use live::{Live, LiveOptions, NoCluster, Opener};
pub use param_value::ParamValue;
pub(crate) use procedure::count;
pub use procedure::{Call, Procedure};
pub use reach::Connect;
pub use script::{Script, Session};
pub use state::State;
pub use world::{Asker, Question, Reply, World};

#[cfg(test)]
mod check_tests;
#[cfg(test)]
mod live_tests;
#[cfg(test)]
mod secret_tests;
#[cfg(test)]
mod tests;

#[cfg(test)]
mod import_tests;
