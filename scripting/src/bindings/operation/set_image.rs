//! `set_image("app", "registry.example/app:2")`.

use super::live_object::LiveObject;
use super::place::Place;
use super::target::TargetValue;
use crate::bindings::options::{Options, option_maps};
use crate::table::{Fault, Row, Writer, row};
use infra_sdk::operation::set_image;
use infra_sdk::types::{DnsLabel, ImageRef};

/// Which container, and where.
#[derive(Default)]
struct ContainerOptions {
    container: Option<DnsLabel>,
    namespace: Option<DnsLabel>,
}

option_maps! {
    ContainerOptions, "a map such as `#{ container: \"app\" }`", |options: &mut Options, call| {
        Ok(ContainerOptions {
            container: options.take("container", call)?,
            namespace: options.take("namespace", call)?,
        })
    };
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "set_image",
            &["target", "image", "options?"],
            |target: TargetValue,
             image: ImageRef,
             options: Option<ContainerOptions>,
             live: Writer|
             -> Result<LiveObject, Fault> {
                let ContainerOptions { container, namespace } = options.unwrap_or_default();
                let (place, target) = Place::with_target(live.0, target, namespace)?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let dry_run = place.dry_run;
                let how = format!(" to image {image}");
                let written = place.run(async move {
                    let container = container.map(|name| name.to_string());
                    let image = image.to_string();
                    let container = container.as_deref();
                    set_image(&cluster, &target, &namespace, &image, container, dry_run).await
                })?;
                Ok(place.wrote(written, ("set", "set"), &how))
            },
        )
        .on_cluster()
        .doc(
            "Changes the image of a workload's container, and does not wait for the new pods: \
             `rollout_status` does. The result is the object afterwards. Options: `container`, which \
             is needed where there are several; `namespace`.",
        )
        .example(r#"set_image("deployment/app", "registry.example/app:1.4.3");"#),
    ]
}
