//! The kept state: it is there again, it is locked, and what is broken is told.

use crate::common::config_map;
use infra_sandbox::{Sandbox, StateError};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, PostParams};
use kube::client::Client;
use std::time::Duration;

fn start() -> Timestamp {
    "2026-03-01T00:00:00Z".parse().expect("a date")
}

#[tokio::test]
async fn a_kept_sandbox_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("state");
    let sandbox = Sandbox::open(&folder, "tour", start()).unwrap();
    let maps = |sandbox: &Sandbox| -> Api<ConfigMap> {
        Api::default_namespaced(Client::new(sandbox.service(), "default"))
    };
    maps(&sandbox)
        .create(&PostParams::default(), &config_map("a", "1"))
        .await
        .unwrap();
    sandbox.clock().advance(Duration::from_mins(1));
    let before = sandbox.object("", "ConfigMap", "default", "a");
    assert!(matches!(
        Sandbox::open(&folder, "tour", start()),
        Err(StateError::InUse(_))
    ));
    drop(sandbox);
    let again = Sandbox::open(&folder, "tour", Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(again.clock().timestamp(), start() + Duration::from_mins(1));
    assert_eq!(again.object("", "ConfigMap", "default", "a"), before);
    let next = maps(&again)
        .create(&PostParams::default(), &config_map("b", "1"))
        .await
        .unwrap();
    let version = |text: &str| text.parse::<u64>().unwrap();
    let earlier = before.unwrap()["metadata"]["resourceVersion"]
        .as_str()
        .map(version)
        .unwrap();
    assert!(
        next.metadata
            .resource_version
            .as_deref()
            .map(version)
            .unwrap()
            > earlier
    );
    drop(again);
    let kept = Sandbox::list(&folder).unwrap();
    assert_eq!(
        kept.iter()
            .map(|kept| kept.name.as_str())
            .collect::<Vec<_>>(),
        ["tour"]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&kept[0].path), mode(&folder)), (0o600, 0o700));
    }
    assert!(Sandbox::reset(&folder, "tour").unwrap());
    assert!(!Sandbox::reset(&folder, "tour").unwrap());
}

#[test]
fn a_broken_state_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tour.state");
    std::fs::write(&path, "no gzip").unwrap();
    let error = Sandbox::open(folder.path(), "tour", start()).unwrap_err();
    assert!(matches!(error, StateError::Corrupt { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"no gzip");
    assert!(matches!(
        Sandbox::open(folder.path(), "../x", start()),
        Err(StateError::Name(_))
    ));
    assert!(
        Sandbox::list(&folder.path().join("none"))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_has_not_changed_is_not_written_and_what_was_left_half_written_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tour.state");
    let open = || Sandbox::open(folder.path(), "tour", start()).unwrap();
    let sandbox = open();
    sandbox.save().unwrap();
    let first = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    sandbox.save().unwrap();
    assert!(!path.exists(), "it was written again");
    sandbox.clock().advance(Duration::from_mins(1));
    sandbox.save().unwrap();
    let second = std::fs::read(&path).unwrap();
    assert_ne!(first, second);
    drop(sandbox);

    // A process that is killed while it writes leaves this beside the state.
    let half = folder.path().join("tour.new");
    std::fs::write(&half, &second[..second.len() / 2]).unwrap();
    let again = open();
    assert_eq!(again.clock().timestamp(), start() + Duration::from_mins(1));
    again.clock().advance(Duration::from_mins(1));
    drop(again);
    assert_eq!(open().clock().timestamp(), start() + Duration::from_mins(2));
    let names: Vec<_> = Sandbox::list(folder.path()).unwrap();
    assert_eq!(names.len(), 1);
}
