//! `logs("app", #{ tail: 100 })`: what containers write.

use super::place::Place;
use super::target::TargetValue;
use crate::bindings::options::{Options, option_maps};
use crate::table::{Fault, Reader, Row, row};
use infra_sdk::operation::{ContainerLog, LogOptions, follow_logs, joined, logs, mask};
use infra_sdk::types::{DnsLabel, Duration};

#[derive(Default)]
struct LogsOptions {
    what: LogOptions,
    follow: bool,
    timeout: Option<std::time::Duration>,
    namespace: Option<DnsLabel>,
}

option_maps! {
    LogsOptions, "a map such as `#{ tail: 100 }`", |options: &mut Options, call| {
        let time = |time: Option<Duration>| time.map(|time| std::time::Duration::from_millis(time.millis()));
        let tail: Option<u32> = options.take("tail", call)?;
        Ok(LogsOptions {
            what: LogOptions {
                container: options.take("container", call)?,
                previous: options.take("previous", call)?.unwrap_or_default(),
                tail: tail.map(u64::from),
                since: time(options.take("since", call)?),
                timestamps: options.take("timestamps", call)?.unwrap_or_default(),
            },
            follow: options.take("follow", call)?.unwrap_or_default(),
            timeout: time(options.take("timeout", call)?),
            namespace: options.take("namespace", call)?,
        })
    };
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "logs",
            &["target", "options?"],
            |target: TargetValue,
             options: Option<LogsOptions>,
             live: Reader|
             -> Result<String, Fault> {
                let options = options.unwrap_or_default();
                let (place, target) = Place::with_target(live.0, target, options.namespace)?;
                let (cluster, namespace) = (place.cluster.clone(), place.namespace.clone());
                let (what, time) = (options.what, options.timeout);
                let (secrets, print) = (place.live.objects(), place.live.printer());
                place.run(async move {
                    let mask = mask(&cluster, &secrets).await;
                    if options.follow {
                        let tell = |line: &ContainerLog| {
                            let ContainerLog { pod, container, text } = line;
                            print(&format!("{pod} {container}: {}", mask(text)));
                        };
                        follow_logs(&cluster, &target, &namespace, &what, time, &tell).await?;
                        return Ok(String::new());
                    }
                    let logs = logs(&cluster, &target, &namespace, &what).await?;
                    Ok(mask(&joined(&logs)))
                })
            },
        )
        .on_cluster()
        .doc(
            "What the containers of a workload, pod or service have written; where there are several, \
             each line begins with its pod and container. What the script's Secrets hold is hidden. \
             Options: `container`, all by default; `tail`, how many of the last lines; `since`, such \
             as `\"10m\"`; `previous`, the runs before the last restart; `timestamps`; `follow`, to \
             print lines as they come until the containers end, or until `timeout`; `namespace`.",
        )
        .example(
            r#"wait_for("deployment/app", "ready");
print(logs("deployment/app", #{ tail: 20 }));"#,
        ),
    ]
}
