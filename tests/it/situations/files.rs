//! Files and folders of this machine that cannot be used.

use super::SMALL;
use crate::support::{Infra, Target, leave_out};
use insta::assert_snapshot;
use std::fmt::Write as _;
use std::process::{Command, Stdio};

fn small() -> Infra {
    let infra = Infra::new();
    infra.write("shop.rhai", SMALL);
    infra
}

/// Bytes that are text in another encoding: `größe = 1`.
const LATIN_1: &[u8] = b"gr\xf6\xdfe = 1\n";

#[test]
fn files_in_another_encoding() {
    let infra = small();
    let project = infra.home().join("project");
    for name in ["latin.rhai", "latin.yaml", "latin.env"] {
        std::fs::write(project.join(name), LATIN_1).unwrap();
    }
    let utf_16: Vec<u8> = "\u{feff}environment(\"shop\", [])"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(project.join("utf16.rhai"), utf_16).unwrap();
    std::fs::create_dir(project.join("own")).unwrap();
    std::fs::write(project.join("own/infra.toml"), LATIN_1).unwrap();
    infra.write("own/shop.rhai", SMALL);
    let mut all = String::new();
    for (line, code) in [
        ("render latin.rhai", 2),
        ("render utf16.rhai", 2),
        ("render shop.rhai --params latin.yaml", 2),
        ("render shop.rhai --env-file latin.env", 2),
        ("render own/shop.rhai", 2),
        ("plan shop.rhai --kubeconfig latin.yaml", 1),
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line).ends_with(code));
    }
    assert_snapshot!(all);
}

#[test]
fn folders_in_the_place_of_files() {
    let infra = small();
    let project = infra.home().join("project");
    for name in ["folder", "folder.rhai", "own/infra.toml"] {
        std::fs::create_dir_all(project.join(name)).unwrap();
    }
    infra
        .write("file", "")
        .write("platform/infra.toml", "platform = \"nowhere.yaml\"\n");
    infra.write("platform/shop.rhai", SMALL);
    let mut all = String::new();
    for (line, code) in [
        ("render folder.rhai", 2),
        ("render shop.rhai --params folder", 2),
        ("render shop.rhai --env-file folder", 2),
        ("plan shop.rhai --kubeconfig folder", 1),
        ("render shop.rhai --output-dir file", 1),
        ("init file", 1),
        ("plan platform/shop.rhai --sandbox", 2),
    ] {
        let _ = write!(all, "{}\n\n", infra.run(line).ends_with(code));
    }
    assert_snapshot!(all);
}

#[test]
fn a_state_folder_that_is_a_file() {
    let infra = small();
    infra.write("../sandboxes", "");
    assert_snapshot!(infra.run("plan shop.rhai --sandbox").ends_with(1));
}

/// A file that may not be read. Who may read everything meets no such file.
#[cfg(unix)]
#[test]
fn files_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let infra = small();
    let script = infra.home().join("project/shop.rhai");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o0)).unwrap();
    if std::fs::read(&script).is_ok() {
        leave_out(
            "situations::files::files_that_may_not_be_read",
            Target::get(),
            "root reads everything",
        );
        return;
    }
    assert_snapshot!(infra.run("render shop.rhai").ends_with(2));
}

/// The state folder on a disk of a few pages, which only this process sees.
#[test]
fn a_disk_that_is_full() {
    let infra = Infra::new();
    // More than the disk has, however well it is packed.
    let mut noise = 1_u64;
    let text: String = (0..60_000)
        .map(|_| {
            noise = noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b'a' + u8::try_from(noise >> 40 & 15).unwrap())
        })
        .collect();
    infra.write(
        "shop.rhai",
        &format!("environment(\"shop\", [config_map(\"c\").values(#{{ A: \"{text}\" }})])\n"),
    );
    let sandboxes = infra.sandboxes();
    std::fs::create_dir_all(&sandboxes).unwrap();
    let script = "mount -t tmpfs -o size=4k none \"$0\" && exec \"$@\"";
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script])
        .arg(&sandboxes)
        .arg(env!("CARGO_BIN_EXE_infra"))
        .args(["run", "shop.rhai", "--sandbox", "--yes"])
        .current_dir(infra.home().join("project"))
        .env("INFRA_SANDBOX_DIR", &sandboxes)
        .env("INFRA_SANDBOX_START", "2026-01-26T09:31:00Z")
        .stdin(Stdio::null())
        .output();
    let Some(output) = output.ok().filter(|output| {
        let told = String::from_utf8_lossy(&output.stderr);
        !told.contains("unshare:") && !told.contains("mount:")
    }) else {
        leave_out(
            "situations::files::a_disk_that_is_full",
            Target::get(),
            "this machine lets nobody mount (`unshare`)",
        );
        return;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    let home = infra.home().display().to_string();
    assert_snapshot!(told.replace(&home, "~"));
}
