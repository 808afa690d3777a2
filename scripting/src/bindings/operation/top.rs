//! `top("pods")`: what pods and nodes use.

use super::list::WhichOptions;
use crate::table::{Any, Fault, Mismatch, Reader, Row, row};
use infra_sdk::operation::{Usage, top_nodes, top_pods};
use rhai::Dynamic;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "top",
            &["kind", "options?"],
            |kind: String, options: Option<WhichOptions>, live: Reader| -> Result<Vec<Any>, Fault> {
                let options = options.unwrap_or_default();
                let place = options.place(live);
                let (cluster, options) = (place.cluster.clone(), options.within(&place));
                let usage = match kind.as_str() {
                    "pod" | "pods" | "po" => place.run(async move {
                        let namespace = options.namespace.as_deref();
                        top_pods(&cluster, namespace, &options.selector).await
                    })?,
                    "node" | "nodes" | "no" => place
                        .run(async move { top_nodes(&cluster, &options.selector).await })?,
                    _ => {
                        let problem = format!("must be `pods` or `nodes`, got `{kind}`");
                        return Err(Fault::Argument(0, Mismatch::new(problem)));
                    }
                };
                Ok(usage.into_iter().map(given).collect())
            },
        )
        .on_cluster()
        .doc(
            "What `pods` or `nodes` use now, what uses most memory first, where the cluster measures \
             it (`metrics.k8s.io`): maps with `name`, `namespace` (of pods), `cpu` in processors and \
             `memory` in bytes. Options as those of `list`.",
        )
        .example(
            r#"let most = 0;
try {
    for pod in top("pods", #{ all_namespaces: true }) { most = max(most, pod.memory); }
} catch (error) {
    print("not measured: " + error);
}"#,
        ),
    ]
}

fn given(usage: Usage) -> Any {
    let mut map = rhai::Map::new();
    map.insert("name".into(), usage.name.into());
    if let Some(namespace) = usage.namespace {
        map.insert("namespace".into(), namespace.into());
    }
    map.insert("cpu".into(), usage.cpu.into());
    map.insert("memory".into(), usage.memory.into());
    Any(Dynamic::from_map(map))
}
