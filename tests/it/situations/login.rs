//! Who the command is: logins that are refused, that end during a run, and acting as somebody else.

use super::{led, said};
use crate::support::{Door, Fake, Infra, Met, Received, needs};
use insta::assert_snapshot;
use std::sync::atomic::{AtomicUsize, Ordering};

fn unauthorized() -> Met {
    Met::refused(401, "Unauthorized", "Unauthorized")
}

#[test]
fn a_token_that_is_refused() {
    let server = Fake::serve(|_| unauthorized());
    let infra = led(&server, "token: hunter2", "");
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
    // It would be the same each time.
    assert_eq!(server.seen().len(), 1);
}

/// A login command that gives `token-1`, then `token-2` and so on, which never say when they end.
fn login(infra: &Infra) -> &'static str {
    infra.write(
        "login",
        "#!/bin/sh\nn=$(cat count 2>/dev/null || echo 0); n=$((n + 1)); echo $n > count\n\
         echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\
         \"status\":{\"token\":\"token-'$n'\"}}'\n",
    );
    "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: sh, args: [./login]}"
}

fn bearer(asked: &Received) -> usize {
    let token = asked.header("authorization").unwrap_or_default();
    let number = token.rsplit('-').next().unwrap_or_default();
    number.parse().unwrap_or(0)
}

#[test]
fn a_token_that_ends_during_a_run_is_had_anew() {
    // Each is good for five requests.
    let used = AtomicUsize::new(0);
    let server = Fake::serve(move |asked| {
        let good = 1 + used.load(Ordering::SeqCst) / 5;
        if bearer(asked) < good {
            return unauthorized();
        }
        used.fetch_add(1, Ordering::SeqCst);
        Met::Well
    });
    let infra = led(&server, "token: none", "");
    let user = login(&infra);
    server.lead(&infra, user, "");
    infra
        .run("run shop.rhai --yes --kubeconfig kube.yaml")
        .ends_with(0);
    let logins: usize = infra.read("count").trim().parse().unwrap();
    assert!(logins >= 2, "{logins}");
    let objects = server.objects();
    assert!(
        objects.contains_key("/api/v1/namespaces/shop/configmaps/flags"),
        "{objects:?}"
    );
}

#[test]
fn a_login_that_is_refused_again_is_not_asked_for_forever() {
    let server = Fake::serve(|_| unauthorized());
    let infra = led(&server, "token: none", "");
    let user = login(&infra);
    server.lead(&infra, user, "");
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_login_that_fails_when_it_is_asked_for_again() {
    let server = Fake::serve(|asked| {
        if bearer(asked) == 1 && asked.path.contains("limit=") {
            unauthorized()
        } else {
            Met::Well
        }
    });
    let infra = led(&server, "token: none", "");
    let user = login(&infra);
    server.lead(&infra, user, "");
    let script = infra.read("login");
    let fails = script.replace("echo $n > count\n", "echo $n > count\n[ $n = 1 ] || { echo 'session ended: log in with `corp login`' >&2; exit 7; }\n");
    infra.write("login", &fails);
    assert_snapshot!(said(&server, &infra, "plan shop.rhai", 1));
}

#[test]
fn a_token_in_a_file_is_read_again() {
    static WRITES: AtomicUsize = AtomicUsize::new(0);
    let server = Fake::serve(|asked| {
        if asked.header("authorization") == Some("Bearer old") && asked.path.contains("limit=") {
            // Who gives tokens writes the next one before the last one ends.
            let file = asked.header("impersonate-user").unwrap();
            // As a kubelet does: the file is never half there.
            let next = format!("{file}.{}", WRITES.fetch_add(1, Ordering::SeqCst));
            std::fs::write(&next, "new").unwrap();
            std::fs::rename(next, file).unwrap();
            return unauthorized();
        }
        Met::Well
    });
    let infra = led(&server, "", "");
    infra.write("token", "old");
    let file = infra.home().join("project/token");
    server.lead(&infra, "tokenFile: ./token", "");
    let line = format!(
        "plan shop.rhai --kubeconfig kube.yaml --as {}",
        file.display()
    );
    infra.run(&line).ends_with(0);
    let seen = server.seen();
    let last = seen.last().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer new"));
}

#[test]
fn acting_as_somebody_else_is_said_to_the_server() {
    let server = Fake::serve(|_| Met::Well);
    let infra = led(&server, "token: hunter2", "");
    said(
        &server,
        &infra,
        "plan shop.rhai --as jane --as-group engineers --as-group admins",
        0,
    );
    for asked in server.seen() {
        assert_eq!(asked.header("impersonate-user"), Some("jane"));
        let groups = asked
            .headers
            .iter()
            .filter(|(name, _)| name == "impersonate-group");
        let groups: Vec<&str> = groups.map(|(_, group)| group.as_str()).collect();
        assert_eq!(groups, ["engineers", "admins"]);
    }
    let alone = infra.run("plan shop.rhai --kubeconfig kube.yaml --as-group admins");
    assert_snapshot!("group_alone", alone.ends_with(2));
    let sandbox = infra.run("plan shop.rhai --sandbox --as jane");
    assert_snapshot!("sandbox", sandbox.ends_with(2));
}

const SHOP: &str = r#"environment("shop", [config_map("settings").values(#{ MODE: "production" })]).existing_namespace()
"#;

#[test]
fn an_administrator_acts_as_who_may_and_as_who_may_not() {
    needs!(Rights);
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    infra.write("shop.rhai", SHOP);
    // The account is given the rights; the administrator needs none of its secrets.
    let _ = Door::account(&infra, "shop", ("ClusterRole", "edit"));
    let account = format!("system:serviceaccount:{}:engineer", infra.name("shop"));
    let plain =
        |text: &dyn std::fmt::Display| text.to_string().replace(&infra.name("shop"), "shop");
    infra
        .run(&format!("run shop.rhai --yes --as {account}"))
        .ends_with(0);
    let other = infra.run("plan shop.rhai --as nobody").ends_with(1);
    assert_snapshot!("as_nobody", plain(&other));
    // A group gives its rights too.
    infra
        .run("plan shop.rhai --as nobody --as-group system:masters")
        .ends_with(0);
}

#[test]
fn who_may_not_act_as_somebody_else_is_told() {
    needs!(Rights);
    let infra = Infra::on_cluster();
    infra.make_namespace("shop");
    infra.write("shop.rhai", SHOP);
    let door = Door::account(&infra, "shop", ("ClusterRole", "edit"));
    let infra = infra.through(door);
    let refused = infra.run("plan shop.rhai --as jane").ends_with(1);
    let plain = refused.to_string().replace(&infra.name("shop"), "shop");
    assert_snapshot!("may_not_impersonate", plain);
}
