//! `list("pods", #{ labels: "app=web" })`: the objects of a kind.

use super::live_object::LiveObject;
use super::place::Place;
use super::selector::SelectorText;
use super::target::KindValue;
use crate::bindings::options::{Options, option_maps};
use crate::table::{Fault, Reader, Row, row};
use infra_sdk::cluster::Selector;
use infra_sdk::operation::{ListOptions, list};
use infra_sdk::types::{DnsLabel, Duration};

/// Which objects of a kind.
#[derive(Default)]
pub(super) struct WhichOptions {
    namespace: Option<DnsLabel>,
    all_namespaces: bool,
    selector: Selector,
    timeout: Option<Duration>,
}

option_maps! {
    WhichOptions, "a map such as `#{ labels: \"app=web\" }`", |options: &mut Options, call| {
        let text = |text: Option<SelectorText>| text.map(|text| text.0).unwrap_or_default();
        Ok(WhichOptions {
            namespace: options.take("namespace", call)?,
            all_namespaces: options.take("all_namespaces", call)?.unwrap_or_default(),
            selector: Selector {
                labels: text(options.take("labels", call)?),
                fields: text(options.take("fields", call)?),
            },
            timeout: options.take("timeout", call)?,
        })
    };
}

impl WhichOptions {
    /// The same for the SDK, in a place.
    pub(super) fn within(self, place: &Place) -> ListOptions {
        ListOptions {
            namespace: (!self.all_namespaces).then(|| place.namespace.clone()),
            selector: self.selector,
        }
    }

    /// How long to look.
    pub(super) fn timeout(&self) -> Option<std::time::Duration> {
        let timeout = self.timeout.as_ref();
        timeout.map(|time| std::time::Duration::from_millis(time.millis()))
    }

    pub(super) fn place(&self, live: Reader) -> Place {
        Place::of(live.0, self.namespace.as_ref())
    }
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "list",
            &["kind", "options?"],
            |kind: KindValue,
             options: Option<WhichOptions>,
             live: Reader|
             -> Result<Vec<LiveObject>, Fault> {
                let options = options.unwrap_or_default();
                let place = options.place(live);
                let (cluster, options) = (place.cluster.clone(), options.within(&place));
                let found = place.run(async move { list(&cluster, &kind.0, &options).await })?;
                Ok(found.into_iter().map(LiveObject::of).collect())
            },
        )
        .on_cluster()
        .doc(
            "The objects of a kind, by namespace and name. Options: `labels` and `fields`, selectors \
             as text (`\"app=web,tier in (a, b)\"`) or as a map; `namespace`, `all_namespaces`.",
        )
        .example(
            r#"for pod in list("pods", #{ labels: #{ app: "web" }, fields: "status.phase=Running" }) {
    print(pod.metadata.name);
}"#,
        ),
    ]
}
