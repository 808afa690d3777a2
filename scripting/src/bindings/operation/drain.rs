//! `drain("node")`: a node without pods.

use super::place::Place;
use super::time::duration;
use crate::bindings::options::{Options, option_maps};
use crate::table::{Any, Fault, Row, Writer, row};
use infra_sdk::operation::{DrainError, DrainEvent, DrainOptions, Drained, drain};
use infra_sdk::types::{Duration, Name};
use rhai::Dynamic;

option_maps! {
    DrainOptions, "a map such as `#{ force: true }`", |options: &mut Options, call| {
        let defaults = DrainOptions::default();
        let timeout: Option<Duration> = options.take("timeout", call)?;
        let grace: Option<Duration> = options.take("grace_period", call)?;
        Ok(DrainOptions {
            ignore_daemonsets: options.take("ignore_daemonsets", call)?.unwrap_or(true),
            delete_emptydir_data: options.take("delete_emptydir_data", call)?.unwrap_or_default(),
            force: options.take("force", call)?.unwrap_or_default(),
            grace_period: grace.as_ref().map(duration),
            timeout: timeout.as_ref().map_or(defaults.timeout, duration),
        })
    };
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "drain",
            &["node", "options?"],
            |node: Name, options: Option<DrainOptions>, live: Writer| -> Result<Any, Fault> {
                let place = Place::of(live.0, None);
                run(&place, node.to_string(), options.unwrap_or_default()).map(given)
            },
        )
        .on_cluster()
        .doc(
            "Empties a node: keeps new pods from it and evicts those that run there, as far and as \
             fast as their disruption budgets allow; what waits for a budget is told. Pods of daemon \
             sets stay (`ignore_daemonsets`, on by default). Pods that nothing makes anew, or with an \
             `emptyDir`, are refused before anything is changed, unless `force` or \
             `delete_emptydir_data` say otherwise. Further options: `grace_period` for each pod, \
             `timeout` for all, 10 minutes by default. Gives a map: the names of the pods that were \
             `evicted`, and of those that `stayed`.",
        )
        .example(r#"drain("node-1", #{ delete_emptydir_data: true, timeout: "15m" });"#),
    ]
}

fn run(place: &Place, node: String, options: DrainOptions) -> Result<Drained, Fault> {
    let (cluster, dry_run, name) = (place.cluster.clone(), place.dry_run, node.clone());
    let tell = place.live.reporter();
    let drained = place.live.run(async move {
        let tell = |event| {
            tell(&match event {
                DrainEvent::Cordoned => format!("no new pod comes to the node {node}"),
                DrainEvent::Evicted(pod) => format!("{pod} is evicted"),
                DrainEvent::Blocked(pod, reason) => format!("{pod} waits: {reason}"),
            });
        };
        drain(&cluster, &node, &options, dry_run, &tell).await
    })?;
    let drained = drained.map_err(|error| failed(&error))?;
    let on = place.live.place();
    place.live.note(format!("drain node/{name}{on}"));
    for pod in &drained.evicted {
        place.live.note(format!("evict {pod}{on}"));
    }
    Ok(drained)
}

fn failed(error: &DrainError) -> Fault {
    Fault::Failed {
        message: error.to_string(),
        help: error.help(),
    }
}

fn given(drained: Drained) -> Any {
    let names =
        |names: Vec<String>| Dynamic::from_array(names.into_iter().map(Dynamic::from).collect());
    let evicted = drained.evicted.into_iter().map(|id| id.name).collect();
    let stayed = drained
        .stayed
        .into_iter()
        .map(|left| left.id.name)
        .collect();
    let mut map = rhai::Map::new();
    map.insert("evicted".into(), names(evicted));
    map.insert("stayed".into(), names(stayed));
    Any(Dynamic::from_map(map))
}
