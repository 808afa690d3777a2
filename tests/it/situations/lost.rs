//! The connection is lost: in each phase of a run, for a moment or for good.

use super::{led, said};
use crate::support::{Fake, Infra, Met, Received};
use insta::assert_snapshot;
use std::sync::atomic::{AtomicBool, Ordering};

/// In which request of a run the connection is lost.
type Phase = (&'static str, fn(&Received) -> bool);

const PHASES: [Phase; 7] = [
    ("reading the inventory", |asked| {
        asked.method == "GET" && asked.path.ends_with("/configmaps/infra-shop")
    }),
    ("reading what is there", |asked| {
        asked.path.contains("configmaps?")
    }),
    ("asking what would change", |asked| {
        asked.path.contains("dryRun=All")
    }),
    ("making the namespace", |asked| {
        asked.writes() && asked.path.starts_with("/api/v1/namespaces/shop?")
    }),
    ("writing the inventory", |asked| {
        asked.writes() && asked.path.contains("/configmaps/infra-shop")
    }),
    ("writing an object", |asked| {
        asked.writes() && asked.path.contains("/configmaps/flags")
    }),
    ("looking whether it is ready", |asked| {
        asked.path.contains("watch=")
    }),
];

#[test]
fn a_connection_that_is_lost_for_a_moment_is_made_again() {
    for (phase, is_it) in &PHASES[..6] {
        let (is_it, lost) = (*is_it, AtomicBool::new(false));
        let server = Fake::serve(move |asked| {
            if is_it(asked) && !lost.swap(true, Ordering::SeqCst) {
                return Met::HangUp;
            }
            Met::Well
        });
        let infra = led(&server, "", "");
        // A server that never answered is not there.
        if *phase != "reading the inventory" {
            said(&server, &infra, "run shop.rhai --yes", 0);
            let objects = server.objects();
            assert!(
                objects.contains_key("/api/v1/namespaces/shop/configmaps/flags"),
                "{phase}"
            );
            assert!(
                objects.contains_key("/api/v1/namespaces/shop/configmaps/infra-shop"),
                "{phase}"
            );
        }
    }
}

/// A run in which the connection is lost for good from a phase on.
fn losing(is_it: fn(&Received) -> bool) -> (Fake, Infra) {
    let lost = AtomicBool::new(false);
    let server = Fake::serve(move |asked| {
        if is_it(asked) {
            lost.store(true, Ordering::SeqCst);
        }
        if lost.load(Ordering::SeqCst) {
            Met::HangUp
        } else {
            Met::Well
        }
    });
    let infra = led(&server, "", "");
    // One object: of several that are under way, any may be lost first.
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [config_map(\"flags\").values(#{ A: \"1\" })])\n",
    );
    (server, infra)
}

#[test]
fn a_connection_that_is_lost_for_good_is_told_with_what_was_done() {
    // Each gives up after some seconds: side by side.
    let running: Vec<_> = PHASES[..6]
        .iter()
        .map(|(phase, is_it)| {
            let (server, infra) = losing(*is_it);
            let running = infra.start("run shop.rhai --yes --kubeconfig kube.yaml");
            (phase, server, infra, running)
        })
        .collect();
    for (phase, server, _infra, running) in running {
        let outcome = running.end().ends_with(1);
        // Those that were being written at the same time are lost in any order.
        let mut lines: Vec<String> = server.plain(&outcome).lines().map(str::to_owned).collect();
        lines.dedup();
        assert_snapshot!(phase.replace(' ', "_"), lines.join("\n"));
    }
}

#[test]
fn a_connection_that_is_lost_while_waiting() {
    let (server, infra) = losing(PHASES[6].1);
    infra.write(
        "shop.rhai",
        "environment(\"shop\", [deployment(\"app\").image(\"registry.example/app:1.4.2\")])\n",
    );
    let outcome = infra
        .run("run shop.rhai --yes --timeout 2s --kubeconfig kube.yaml")
        .ends_with(1);
    let told = server.plain(&outcome);
    let summary = "--- stdout";
    assert!(
        told.contains(summary) && told.contains("deployment/app"),
        "{told}"
    );
    assert_snapshot!(
        told.lines()
            .filter(|line| !line.starts_with("warning:"))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn a_connection_that_is_lost_while_deleting() {
    let (server, infra) = losing(|asked| asked.method == "DELETE");
    said(&server, &infra, "run shop.rhai --yes", 0);
    // Only what is still ours can be deleted: it bears the label.
    let outcome = said(&server, &infra, "destroy shop.rhai --yes", 1);
    assert_snapshot!(outcome);
}

#[test]
fn a_server_that_is_overloaded_for_good() {
    let server = Fake::serve(|asked| {
        if asked.path.contains("dryRun=All") {
            return Met::refused(
                429,
                "TooManyRequests",
                "too many requests, please try again later",
            );
        }
        Met::Well
    });
    let infra = led(&server, "", "");
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
}
