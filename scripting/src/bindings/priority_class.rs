//! `priority_class(name, value)`.

use super::described::described_rows;
use crate::table::{Row, row};
use infra_sdk::resource::{PreemptionPolicy, PriorityClass};
use infra_sdk::types::{Name, Priority};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "priority_class",
            &["name", "value"],
            |name: Name, value: Priority| PriorityClass::new(name, value),
        )
        .doc(
            "Which pods go first when there is not enough room, for the whole cluster: a class of \
             a priority (`value`), at most a billion, which cannot change later: the class is \
             made anew, and pods that are there keep theirs.",
        )
        .example(
            r#"deployment("app").image("a:1").priority_class(priority_class("critical", 1000000))"#,
        ),
        row("global_default", &["self"], |this: PriorityClass| {
            this.global_default()
        })
        .doc("The class of pods that name none (`globalDefault`). A cluster has one at most.")
        .maps("globalDefault")
        .example(r#"priority_class("usual", 1000).global_default()"#),
        row(
            "preemption_policy",
            &["self", "policy"],
            |this: PriorityClass, policy: PreemptionPolicy| this.preemption_policy(policy),
        )
        .doc(
            "Whether its pods may take the place of others (`preemptionPolicy`): \
             `PreemptLowerPriority` or `Never`, which cannot change later. Default: \
             `PreemptLowerPriority`.",
        )
        .maps("preemptionPolicy")
        .property()
        .example(r#"priority_class("patient", 500).preemption_policy("Never")"#),
        row(
            "description",
            &["self", "text"],
            |this: PriorityClass, text: String| this.description(text),
        )
        .doc("When it is to be used, for people (`description`).")
        .maps("description")
        .property()
        .example(r#"priority_class("critical", 1000000).description("what earns money")"#),
    ];
    rows.extend(described_rows::<PriorityClass>());
    rows
}

crate::table::resources!(PriorityClass = "priority_class");
