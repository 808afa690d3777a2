//! What the processes of a container may do.

use crate::table::{OneOrMany, Row, ScriptType, row};
use infra_sdk::resource::pod::{HasContainer, SeccompProfile};

/// The security settings of everything that has a container.
pub(crate) fn security_rows<W: HasContainer + ScriptType>() -> Vec<Row> {
    vec![
        row("run_as_user", &["self", "id"], |this: W, id: u32| {
            this.run_as_user(id)
        })
        .doc(
            "The numeric id of the user that it runs as (`securityContext.runAsUser`). \
             Default: the image's. 0 is root, and turns `runAsNonRoot` off.",
        )
        .maps("securityContext.runAsUser")
        .property()
        .example(r#"container("a").image("a:1").run_as_user(70)"#),
        row("run_as_group", &["self", "id"], |this: W, id: u32| {
            this.run_as_group(id)
        })
        .doc("The numeric id of the group that it runs as (`securityContext.runAsGroup`).")
        .maps("securityContext.runAsGroup")
        .property()
        .example(r#"deployment("app").image("a:1").run_as_user(1001).run_as_group(1001)"#),
        row("run_as_non_root", &["self", "yes"], |this: W, yes: bool| {
            this.run_as_non_root(yes)
        })
        .doc("Whether it is refused as root (`securityContext.runAsNonRoot`). Default: yes.")
        .maps("securityContext.runAsNonRoot")
        .property()
        .example(r#"deployment("app").image("a:1").run_as_non_root(false)"#),
        row(
            "seccomp_profile",
            &["self", "profile"],
            |this: W, profile: SeccompProfile| this.seccomp_profile(profile),
        )
        .doc(
            "Which system calls it may make (`securityContext.seccompProfile`). Default: \
             `RuntimeDefault`.",
        )
        .maps("securityContext.seccompProfile")
        .property()
        .example(r#"deployment("app").image("a:1").seccomp_profile("localhost/app.json")"#),
        row(
            "app_armor_profile",
            &["self", "name"],
            |this: W, name: String| this.app_armor_profile(name),
        )
        .doc(
            "The `AppArmor` profile loaded on the node that confines it \
             (`securityContext.appArmorProfile`, type `Localhost`).",
        )
        .maps("securityContext.appArmorProfile")
        .property()
        .example(r#"deployment("app").image("a:1").app_armor_profile("runtime/default")"#),
        row(
            "se_linux_level",
            &["self", "level"],
            |this: W, level: String| this.se_linux_level(level),
        )
        .doc(
            "Its `SELinux` level, such as `s0:c123,c456` \
             (`securityContext.seLinuxOptions.level`).",
        )
        .maps("securityContext.seLinuxOptions.level")
        .property()
        .example(r#"deployment("app").image("a:1").se_linux_level("s0:c123,c456")"#),
        row("privileged", &["self", "yes"], |this: W, yes: bool| {
            this.privileged(yes)
        })
        .doc(
            "Whether it may do all that the node's root may (`securityContext.privileged`); \
             it is then not refused as root either. Default: no.",
        )
        .maps("containers.securityContext.privileged")
        .property()
        .example(r#"daemon_set("docker").image("docker:27.3-dind").privileged(true)"#),
        row(
            "allow_privilege_escalation",
            &["self", "yes"],
            |this: W, yes: bool| this.allow_privilege_escalation(yes),
        )
        .doc(
            "Whether it may gain more rights than its parent has \
             (`securityContext.allowPrivilegeEscalation`). Default: no.",
        )
        .maps("containers.securityContext.allowPrivilegeEscalation")
        .property()
        .example(r#"deployment("app").image("a:1").allow_privilege_escalation(true)"#),
        row(
            "read_only_root_filesystem",
            &["self", "yes"],
            |this: W, yes: bool| this.read_only_root_filesystem(yes),
        )
        .doc(
            "Whether its own file system is read-only \
             (`securityContext.readOnlyRootFilesystem`). Default: no, because most images \
             write somewhere; mount an `empty_dir` there and say yes.",
        )
        .maps("containers.securityContext.readOnlyRootFilesystem")
        .property()
        .example(
            r#"deployment("app").image("a:1").read_only_root_filesystem(true)
    .volume("/tmp", empty_dir())"#,
        ),
        row(
            "add_capability",
            &["self", "name"],
            |this: W, name: OneOrMany<String>| name.set(this, W::add_capability),
        )
        .doc(
            "A Linux capability that it has (`securityContext.capabilities.add`), such as \
             `NET_BIND_SERVICE`. One, or an array of them.",
        )
        .maps("containers.securityContext.capabilities.add")
        .example(r#"deployment("web").image("a:1").add_capability("NET_BIND_SERVICE")"#),
        row(
            "drop_capability",
            &["self", "name"],
            |this: W, name: OneOrMany<String>| name.set(this, W::drop_capability),
        )
        .doc(
            "A Linux capability that it has not (`securityContext.capabilities.drop`). \
             Default: `ALL`. One, or an array of them.",
        )
        .maps("containers.securityContext.capabilities.drop")
        .example(
            r#"deployment("web").image("a:1").without("dropped_capabilities")
    .drop_capability("NET_RAW")"#,
        ),
    ]
}
