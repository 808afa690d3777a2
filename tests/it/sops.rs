//! Secrets from files that SOPS encrypted. Those of `tests/sops` were written by sops 3.13.3, for a key
//! that is thrown away.

use crate::support::{Infra, repository};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use insta::assert_snapshot;

const SHOP: &str = r#"let db = secret("db").values(#{
    PASSWORD: sops("sops/secrets.yaml", "db.password"),
    URL: "redis://:" + sops("sops/secrets.json", "db.password") + "@redis",
    LINES: sops("sops/secrets.env", "MULTI"),
});
environment("shop", [db])
"#;

fn shop() -> Infra {
    let infra = Infra::on_cluster().with_copy_of_at("tests/sops", "sops");
    infra.write("shop.rhai", SHOP);
    infra
}

fn keys() -> String {
    let path = repository().join("tests/sops/keys.txt");
    path.to_string_lossy().into_owned()
}

#[test]
fn values_come_from_files_of_sops() {
    let infra = shop().variable("SOPS_AGE_KEY_FILE", &keys());
    let run = infra.run("run shop.rhai --yes").ends_with(0).to_string();
    assert!(!run.contains("horse"), "{run}");
    let secret = infra.object("v1", "shop", "secrets/db").unwrap();
    for (key, expected) in [
        ("PASSWORD", "correct horse \"battery\" / staple ü"),
        ("URL", "redis://:correct-horse@redis"),
        ("LINES", "two\nlines"),
    ] {
        let encoded = STANDARD.encode(expected);
        assert_eq!(secret["data"][key], encoded.as_str(), "{key}");
    }
    let settled = infra.run("plan shop.rhai --exit-code").ends_with(0);
    assert!(settled.stdout.contains("nothing to change"), "{settled}");
}

#[test]
fn keys_are_found_where_sops_finds_them() {
    let text = std::fs::read_to_string(keys()).unwrap();
    let infra = shop().variable("SOPS_AGE_KEY", &text);
    infra.run("render shop.rhai --show-secrets").ends_with(0);
    let infra = shop();
    let own = infra.home().join(".config/sops/age");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("keys.txt"), &text).unwrap();
    if cfg!(target_os = "linux") {
        infra.run("render shop.rhai --show-secrets").ends_with(0);
    }
}

#[test]
fn what_cannot_be_decrypted_is_told() {
    let infra = shop();
    let one = |file: &str, key: &str| {
        let script = format!(
            "environment(\"shop\", [secret(\"db\").values(#{{\n    PASSWORD: sops(\"{file}\", \"{key}\"),\n}})])\n"
        );
        infra.write("one.rhai", &script);
        infra.run("run one.rhai --yes").ends_with(2)
    };
    assert_snapshot!("no_age_key", one("sops/secrets.yaml", "db.password"));
    infra.write("plain.yaml", "db:\n  password: correct-horse\n");
    assert_snapshot!("not_encrypted", one("plain.yaml", "db.password"));
    assert_snapshot!("no_such_value", one("sops/secrets.yaml", "db.passwort"));
    infra.write("broken.yaml", "db: [\n");
    assert_snapshot!("no_yaml", one("broken.yaml", "db.password"));
    let infra = shop().variable("SOPS_AGE_KEY_FILE", &keys());
    let text = infra
        .read("sops/some.yaml")
        .replace("user: app", "user: root");
    infra.write("changed.yaml", &text);
    infra.write(
        "one.rhai",
        "environment(\"shop\", [secret(\"db\").values(#{\n    PASSWORD: sops(\"changed.yaml\", \"db.password\"),\n})])\n",
    );
    assert_snapshot!("changed", infra.run("run one.rhai --yes").ends_with(2));
    assert_snapshot!("unknown", shop().run("plan shop.rhai").ends_with(0));
}

/// Where this command has no key that fits, the program may have: of a cloud, of PGP.
#[cfg(unix)]
#[test]
fn the_program_is_asked_where_it_is_installed() {
    use std::os::unix::fs::PermissionsExt as _;
    let infra = shop();
    let folder = infra.home().join("bin");
    std::fs::create_dir(&folder).unwrap();
    let program = folder.join("sops");
    let script = "#!/bin/sh\ncase \"$*\" in\n\
        '--decrypt --extract [\"db\"][\"password\"] sops/secrets.yaml') printf from-the-program ;;\n\
        '--decrypt --extract [\"db\"][\"hosts\"][2][\"key\"] sops/secrets.yaml') printf of-a-list ;;\n\
        *) echo 'Failed to get the data key required to decrypt the SOPS file.' >&2; exit 128 ;;\nesac\n";
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let infra = infra.variable("PATH", &format!("{}:/usr/bin:/bin", folder.display()));
    infra.write(
        "one.rhai",
        "environment(\"shop\", [secret(\"db\").values(#{\n    A: sops(\"sops/secrets.yaml\", \"db.password\"),\n    B: sops(\"sops/secrets.yaml\", \"db.hosts.2.key\"),\n})])\n",
    );
    let shown = infra.run("render one.rhai --show-secrets").ends_with(0);
    for expected in ["from-the-program", "of-a-list"] {
        assert!(shown.stdout.contains(&STANDARD.encode(expected)), "{shown}");
    }
    assert_snapshot!(
        "program_fails",
        infra.run("run shop.rhai --yes").ends_with(2)
    );
}
