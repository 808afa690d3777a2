//! Where an operation looks: the cluster, and the namespace where nothing names another.

use super::target::TargetValue;
use crate::bindings::options::{Options, option_maps};
use crate::session::Live;
use crate::table::Fault;
use infra_sdk::cluster::Cluster;
use infra_sdk::operation::{OperationError, Target};
use infra_sdk::types::DnsLabel;
use std::sync::Arc;

/// `#{ namespace: "shop" }`, for operations that have no other options.
#[derive(Clone, Debug, Default)]
pub(super) struct WhereOptions {
    pub(super) namespace: Option<DnsLabel>,
}

option_maps! {
    WhereOptions, "a map such as `#{ namespace: \"shop\" }`", |options: &mut Options, call| {
        Ok(WhereOptions { namespace: options.take("namespace", call)? })
    };
}

impl WhereOptions {
    pub(super) fn namespace(options: Option<Self>) -> Option<DnsLabel> {
        options.and_then(|options| options.namespace)
    }
}

/// Where an operation looks.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) live: Arc<Live>,
    pub(super) cluster: Cluster,
    pub(super) namespace: String,
    pub(super) dry_run: bool,
}

impl Place {
    /// Of a call that may name a namespace.
    pub(super) fn of(live: Arc<Live>, namespace: Option<&DnsLabel>) -> Self {
        Self {
            cluster: live.cluster().clone(),
            namespace: namespace.map_or_else(|| live.namespace(), ToString::to_string),
            dry_run: live.dry_run(),
            live,
        }
    }

    /// The same, with what the operation is about. A namespace that the call names must not
    /// contradict that of a builder or object.
    pub(super) fn with_target(
        live: Arc<Live>,
        target: TargetValue,
        namespace: Option<DnsLabel>,
    ) -> Result<(Self, Target), Fault> {
        let target = target.0;
        match (&target.namespace, &namespace) {
            (Some(own), Some(named)) if *own != named.to_string() => {
                return Err(Fault::with_help(
                    format!("`{target}` is in {own}, and the options say {named}"),
                    "leave one of them out, or name it as text: `\"kind/name\"`",
                ));
            }
            _ => {}
        }
        Ok((Self::of(live, namespace.as_ref()), target))
    }

    /// Does something with the cluster, on the host's runtime.
    pub(super) fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, OperationError>> + Send + 'static,
    ) -> Result<T, Fault> {
        self.live.run(future)?.map_err(|error| failed(&error))
    }
}

/// Why an operation was not done, for a script.
pub(super) fn failed(error: &OperationError) -> Fault {
    Fault::Failed {
        message: error.to_string(),
        help: error.help(),
    }
}
