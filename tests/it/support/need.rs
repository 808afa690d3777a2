//! What a test needs that not every cluster has. The one place that says why a test is left out.

use super::Target;
use std::io::Write;

/// Something that a cluster has or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nodes that run images which exist nowhere, and classes of volumes.
    Nodes,
    /// Nodes that read the annotations which plant faults.
    Faults,
    /// Nodes that probe containers, and restart them for it.
    Probes,
    /// Nobody else on the cluster: names that cannot be chosen, or objects that concern everyone.
    Whole,
}

impl Need {
    /// Why a cluster cannot run a test that needs this; nothing where it can.
    pub(crate) fn missing(self, target: &Target) -> Option<&'static str> {
        match (target, self) {
            (Target::ControlPlane { .. }, Self::Probes) => {
                Some("the simulated nodes of the control plane do not probe")
            }
            (Target::Own { .. }, Self::Nodes) => {
                Some("its images exist nowhere: only simulated nodes run them")
            }
            (Target::Own { .. }, Self::Faults | Self::Probes) => {
                Some("its faults are planted by annotations that only simulated nodes read")
            }
            (Target::Own { .. }, Self::Whole) => {
                Some("it makes more than objects in namespaces of its own")
            }
            _ => None,
        }
    }
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
