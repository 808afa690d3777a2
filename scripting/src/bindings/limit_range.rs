//! `limit_range(name)`.

use super::described::described_rows;
use super::options::{Options, option_maps};
use super::params::Keyed;
use crate::table::{Call, Mismatch, Row, row};
use infra_sdk::resource::{LimitRange, Limits};
use infra_sdk::types::{Name, Quantity, ResourceName};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("limit_range", &["name"], |name: Name| LimitRange::new(name))
            .doc(
                "What containers, pods and claims of a namespace ask for, at least, at most, and \
                 by default. It bears on what is created after it.",
            )
            .example(
                r#"limit_range("defaults").container(#{
    "default": #{ cpu: "500m", memory: "512Mi" },
    default_request: #{ cpu: "100m", memory: "128Mi" },
    max: #{ memory: "4Gi" },
})"#,
            ),
        row(
            "container",
            &["self", "limits"],
            |this: LimitRange, limits: Limits| this.container(limits),
        )
        .doc(
            "What each container asks for (`limits[]` of type `Container`): `min`, `max`, \
             `\"default\"` (the limit of one that names none), `default_request` and \
             `max_limit_request_ratio`, each a map of resources.",
        )
        .maps("spec.limits")
        .property()
        .example(r#"limit_range("small").container(#{ max: #{ cpu: 2, memory: "4Gi" } })"#),
        row(
            "pod",
            &["self", "limits"],
            |this: LimitRange, limits: Limits| this.pod(limits),
        )
        .doc(
            "What all containers of a pod together ask for (`limits[]` of type `Pod`): `min`, \
             `max` and `max_limit_request_ratio`.",
        )
        .maps("spec.limits")
        .property()
        .example(r#"limit_range("small").pod(#{ max: #{ cpu: 4, memory: "8Gi" } })"#),
        row(
            "volume_claim",
            &["self", "limits"],
            |this: LimitRange, limits: Limits| this.volume_claim(limits),
        )
        .doc(
            "What each claim asks for (`limits[]` of type `PersistentVolumeClaim`): its \
             `storage`, at least (`min`) and at most (`max`).",
        )
        .maps("spec.limits")
        .property()
        .example(
            r#"limit_range("disks").volume_claim(#{
    min: #{ storage: "1Gi" }, max: #{ storage: "500Gi" },
})"#,
        ),
    ];
    rows.extend(described_rows::<LimitRange>());
    rows
}

/// Sets one bound of a resource.
type Setter = fn(Limits, ResourceName, Quantity) -> Limits;

option_maps! {
    Limits,
    "a map of `min`, `max`, `default`, `default_request` and `max_limit_request_ratio`",
    limits;
}

fn limits(options: &mut Options, call: &Call<'_, '_>) -> Result<Limits, Mismatch> {
    let setters: [(&str, Setter); 5] = [
        ("min", Limits::min),
        ("max", Limits::max),
        ("default", Limits::default_limit),
        ("default_request", Limits::default_request),
        ("max_limit_request_ratio", Limits::max_limit_request_ratio),
    ];
    let mut limits = Limits::new();
    for (key, set) in setters {
        let amounts: Option<Keyed<ResourceName, Quantity>> = options.take(key, call)?;
        for (resource, quantity) in amounts.into_iter().flat_map(|amounts| amounts.0) {
            limits = set(limits, resource, quantity);
        }
    }
    Ok(limits)
}

crate::table::resources!(LimitRange = "limit_range");
