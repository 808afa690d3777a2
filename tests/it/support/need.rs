//! What a test needs that not every cluster has. The one place that says why a test is left out.

use super::Target;
use std::io::Write;
use std::process::Command;

/// Something that a cluster has or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nodes that run images which exist nowhere, and classes of volumes.
    Nodes,
    /// Nodes that read the annotations which plant faults.
    Faults,
    /// The definitions of cert-manager and the Prometheus operator that the tests know.
    Definitions,
    /// An API server that calls admission webhooks on this machine.
    Webhooks,
    /// Several users, who may do this and that.
    Rights,
    /// A log of all requests.
    Audit,
    /// A place that looks like a pod to the command: files at a fixed path, seen by it alone.
    PodFiles,
    /// Nobody else on the cluster: names that cannot be chosen, or objects that concern everyone.
    Whole,
}

impl Need {
    /// Why a cluster cannot run a test that needs this; nothing where it can.
    pub(crate) fn missing(self, target: &Target) -> Option<&'static str> {
        match (target, self) {
            (Target::Sandbox, Self::Webhooks) => {
                Some("the sandbox stores webhooks and does not call them")
            }
            (Target::Sandbox, Self::Rights | Self::PodFiles) => {
                Some("the sandbox has one user, who may do everything")
            }
            (Target::Sandbox, Self::Audit) => {
                Some("its requests are counted in the process, by the tests of the engine")
            }
            (Target::Own { .. }, Self::Definitions) => {
                Some("it may define other fields of others' kinds, or none")
            }
            (Target::Own { .. }, Self::Webhooks) => {
                Some("its API server cannot call a webhook of this machine")
            }
            (Target::Own { .. }, Self::Rights | Self::PodFiles) => {
                Some("it makes users, and gives them rights")
            }
            (Target::Own { .. }, Self::Audit) => Some("its audit log cannot be read"),
            (Target::ControlPlane { .. }, Self::PodFiles) if !has_mounts() => {
                Some("this machine lets nobody mount folders of their own (`unshare`)")
            }
            (Target::Own { .. }, Self::Nodes) => Some(
                "only simulated nodes run its images, which exist nowhere, and have its classes",
            ),
            (Target::Own { .. }, Self::Faults) => {
                Some("its faults are planted by annotations that only simulated nodes read")
            }
            (Target::Own { .. }, Self::Whole) => {
                Some("it makes more than objects in namespaces of its own")
            }
            _ => None,
        }
    }
}

/// Whether a process may have mounts that only it sees.
fn has_mounts() -> bool {
    Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Says that a test is left out, where everybody sees it: what a passing test prints is not shown.
pub(crate) fn leave_out(test: &str, target: &Target, why: &str) {
    let test = test.trim_end_matches("::here").trim_start_matches("it::");
    let _ = writeln!(
        std::io::stderr(),
        "left out on {}: {test}: {why}",
        target.name()
    );
}

/// Ends the test, saying so, where the cluster has not what it needs.
macro_rules! needs {
    ($($need:ident),+) => {
        for need in [$($crate::support::Need::$need),+] {
            let target = $crate::support::Target::get();
            if let Some(why) = need.missing(target) {
                fn here() {}
                $crate::support::leave_out(std::any::type_name_of_val(&here), target, why);
                return;
            }
        }
    };
}
pub(crate) use needs;
