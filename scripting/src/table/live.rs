//! What a function does besides giving a value, and the parameters that say so.

use super::call::Call;
use super::fault::{Fault, Mismatch};
use super::param::{Param, ParamKind};
use super::row::Type;
use crate::session::{Live, State};
use rhai::Dynamic;
use std::{borrow::Cow, sync::Arc};

/// What a function does besides giving a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing: it may run while the desired state is evaluated.
    None,
    /// It reads the cluster.
    Reads,
    /// It talks to the world outside the cluster, or to the user.
    HostIo,
    /// It changes the cluster.
    Writes,
}

/// A parameter that reads the cluster; takes no argument of the script.
pub struct Reader(pub Arc<Live>);

/// A parameter that changes the cluster; takes no argument of the script.
pub struct Writer(pub Arc<Live>);

/// A parameter that talks to the user or the world; takes no argument of the script.
pub struct HostIo(pub Arc<Live>);

/// Where the call stands; takes no argument of the script.
pub struct Here(pub infra_sdk::object::Location);

/// The script's inputs (parameters, variables, files); takes no argument of the script.
pub struct Inputs(pub Arc<State>);

/// The cluster of the run or, for a method of one, that.
fn live(call: &Call<'_, '_>) -> Result<Arc<Live>, Fault> {
    let live = call.state.live()?;
    Ok(match call.on {
        Some(cluster) => Arc::new(live.on(cluster)),
        None => live,
    })
}

macro_rules! host_params {
    ($($type:ident, $effect:expr, $make:expr;)+) => {$(
        impl Param for $type {
            const KIND: ParamKind = ParamKind::Host($effect);
            fn ty() -> Type {
                Type { name: Cow::Borrowed("host"), entry: None }
            }
            fn expected() -> Cow<'static, str> {
                Cow::Borrowed("given by the host")
            }
            fn from_value(_: Dynamic, _: &Call<'_, '_>) -> Result<Self, Mismatch> {
                Err(Mismatch::form())
            }
            fn from_host(call: &Call<'_, '_>) -> Result<Self, Fault> {
                $make(call)
            }
        }
    )+};
}

host_params! {
    Reader, Effect::Reads, |call| live(call).map(Reader);
    Writer, Effect::Writes, |call| live(call).map(Writer);
    HostIo, Effect::HostIo, |call| live(call).map(HostIo);
    Here, Effect::None, |call: &Call<'_, '_>| Ok(Here(call.location()));
    Inputs, Effect::None, |call: &Call<'_, '_>| Ok(Inputs(Arc::clone(call.state)));
}
