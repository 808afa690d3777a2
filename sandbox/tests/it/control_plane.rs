//! The real control plane beside the sandbox, where there is one.

use kube::Client;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Whether anything acts on what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Controllers {
    On,
    Off,
}

impl Controllers {
    /// Those of the control plane whose folder this is.
    fn of(folder: &Path) -> Self {
        if folder.join("logs/kube-controller-manager.log").exists() {
            Self::On
        } else {
            Self::Off
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::On => "tests/control-plane/run",
            Self::Off => "tests/control-plane/run --without-controllers",
        }
    }
}

/// Why the control plane that `tests/control-plane/run` has started, if any, is not the one wanted.
fn missing(folder: Option<&Path>, wanted: Controllers) -> Option<String> {
    let command = wanted.command();
    match folder {
        None => Some(format!("it compares with a control plane: {command}")),
        Some(folder) if Controllers::of(folder) != wanted => {
            Some(format!("it needs another control plane: {command}"))
        }
        Some(_) => None,
    }
}

/// A client of the control plane that the tests run under. Where there is none, or one with other
/// controllers, the test leaves itself out and says so, where everybody sees it: what a passing
/// test prints is not shown. No other cluster is ever touched.
pub(crate) async fn client(test: &str, wanted: Controllers) -> Option<Client> {
    let folder = std::env::var_os("INFRA_TEST_CONTROL_PLANE").map(PathBuf::from);
    if let Some(why) = missing(folder.as_deref(), wanted) {
        let _ = writeln!(std::io::stderr(), "left out: {test}: {why}");
        return None;
    }
    let client = Client::try_default().await;
    Some(client.expect("KUBECONFIG names the control plane"))
}

/// Whether what a control plane does is to be recorded anew.
pub(crate) fn is_recording() -> bool {
    std::env::var_os("INFRA_TEST_RECORD").is_some()
}

#[test]
fn a_test_knows_the_control_plane_it_needs() {
    let with = tempfile::tempdir().expect("a folder");
    let logs = with.path().join("logs");
    std::fs::create_dir(&logs).expect("a folder");
    std::fs::write(logs.join("kube-controller-manager.log"), "").expect("a file");
    let without = tempfile::tempdir().expect("a folder");
    for (folder, wanted, is_right) in [
        (None, Controllers::On, false),
        (None, Controllers::Off, false),
        (Some(with.path()), Controllers::On, true),
        (Some(with.path()), Controllers::Off, false),
        (Some(without.path()), Controllers::Off, true),
        (Some(without.path()), Controllers::On, false),
    ] {
        let why = missing(folder, wanted);
        assert_eq!(why.is_none(), is_right, "{folder:?} {wanted:?}: {why:?}");
    }
}
