//! Who a container runs as and what it may do.

use k8s_openapi::api::core::v1 as core;

/// What pods and containers both have of a security context.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecuritySettings {
    pub(crate) run_as_user: Option<i64>,
    pub(crate) run_as_group: Option<i64>,
    pub(crate) run_as_non_root: Option<bool>,
    pub(crate) seccomp: Option<SeccompProfile>,
    pub(crate) app_armor: Option<core::AppArmorProfile>,
    pub(crate) se_linux: Option<core::SELinuxOptions>,
}

impl SecuritySettings {
    /// Whether it says outright that it runs as root.
    pub(crate) fn is_root(&self) -> bool {
        self.run_as_user == Some(0)
    }
}

/// What a container alone has of a security context.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Privileges {
    pub(crate) privileged: Option<bool>,
    pub(crate) allow_privilege_escalation: Option<bool>,
    pub(crate) read_only_root_filesystem: Option<bool>,
    pub(crate) add_capabilities: Vec<String>,
    pub(crate) drop_capabilities: Vec<String>,
}

impl Privileges {
    /// Whether it may do all that the node's root may.
    pub(crate) fn is_privileged(&self) -> bool {
        self.privileged == Some(true)
    }

    /// Whether the API server would refuse `allowPrivilegeEscalation: false`.
    pub(crate) fn escalate(&self) -> bool {
        self.is_privileged()
            || self
                .add_capabilities
                .iter()
                .any(|name| name == "CAP_SYS_ADMIN" || name == "SYS_ADMIN")
    }
}

/// Which system calls are allowed (`seccompProfile`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeccompProfile {
    /// Those that the container runtime allows by default.
    RuntimeDefault,
    /// All.
    Unconfined,
    /// Those of a file on the node, below the kubelet's folder of profiles.
    Localhost(String),
}

impl SeccompProfile {
    pub(crate) fn lower(&self) -> core::SeccompProfile {
        let (type_, localhost_profile) = match self {
            Self::RuntimeDefault => ("RuntimeDefault", None),
            Self::Unconfined => ("Unconfined", None),
            Self::Localhost(path) => ("Localhost", Some(path.clone())),
        };
        core::SeccompProfile {
            localhost_profile,
            type_: type_.to_owned(),
        }
    }
}

/// `RuntimeDefault`, `Unconfined`, or else the path of a profile on the node.
impl From<&str> for SeccompProfile {
    fn from(text: &str) -> Self {
        match text {
            "RuntimeDefault" => Self::RuntimeDefault,
            "Unconfined" => Self::Unconfined,
            path => Self::Localhost(path.to_owned()),
        }
    }
}
