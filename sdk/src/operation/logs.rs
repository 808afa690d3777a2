//! The logs of a workload's containers.

use super::{Found, OperationError, Target, WORKLOADS, around, find};
use crate::cluster::{ApiError, Cluster, LogQuery};
use crate::environment::listed;
use futures::StreamExt as _;
use futures::future::join_all;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// Which logs, and what of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogOptions {
    /// The container; all of each pod by default.
    pub container: Option<String>,
    /// The runs before the last restart instead of the present ones.
    pub previous: bool,
    /// How many of the last lines of each container; all by default.
    pub tail: Option<u64>,
    /// What was written in the last so long; all by default.
    pub since: Option<Duration>,
    /// Whether each line begins with its time.
    pub timestamps: bool,
}

/// What a container wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContainerLog {
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// What it wrote.
    pub text: String,
}

/// A log that is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    namespace: String,
    pod: String,
    query: LogQuery,
}

/// What the containers of a workload have written, by pod and container. A container that has not
/// started has written nothing; where that is so of all, it is an error.
pub async fn logs(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    options: &LogOptions,
) -> Result<Vec<ContainerLog>, OperationError> {
    let sources = sources(cluster, target, namespace, options).await?;
    let reads = sources
        .iter()
        .map(|source| cluster.log_of(&source.namespace, &source.pod, &source.query));
    let (mut found, mut refused) = (Vec::new(), None);
    for (source, answer) in sources.iter().zip(join_all(reads).await) {
        match answer {
            Ok(text) => found.push(ContainerLog {
                pod: source.pod.clone(),
                container: source.query.container.clone(),
                text,
            }),
            Err(error) => refused = refused.or_else(|| Some(unread(source, error))),
        }
    }
    match refused {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok(found),
    }
}

/// Tells what the containers of a workload write, a line at a time, until all have ended or the time
/// is over: with it the lines of a container stand in their order, and those of several as they come.
pub async fn follow_logs(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    options: &LogOptions,
    time: Option<Duration>,
    tell: &(dyn Fn(&ContainerLog) + Send + Sync),
) -> Result<(), OperationError> {
    let sources = sources(cluster, target, namespace, options).await?;
    let follows = sources.iter().map(|source| follow(cluster, source, tell));
    let followed = join_all(follows);
    let ended = match time {
        None => followed.await,
        Some(time) => tokio::select! {
            biased;
            ended = followed => ended,
            () = cluster.clock().sleep(time) => return Ok(()),
        },
    };
    if ended.iter().any(Result::is_ok) {
        return Ok(());
    }
    ended.into_iter().collect()
}

async fn follow(
    cluster: &Cluster,
    source: &Source,
    tell: &(dyn Fn(&ContainerLog) + Send + Sync),
) -> Result<(), OperationError> {
    let opened = cluster.follow_log(&source.namespace, &source.pod, &source.query);
    let mut pieces = opened.await.map_err(|error| unread(source, error))?;
    let mut rest = Vec::new();
    let told = |line: &[u8]| {
        tell(&ContainerLog {
            pod: source.pod.clone(),
            container: source.query.container.clone(),
            text: String::from_utf8_lossy(line).into_owned(),
        });
    };
    while let Some(piece) = pieces.next().await {
        rest.extend_from_slice(&piece.map_err(|error| unread(source, error))?);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            told(&line[..end]);
        }
    }
    if !rest.is_empty() {
        told(&rest);
    }
    Ok(())
}

fn unread(source: &Source, error: ApiError) -> OperationError {
    let container = &source.query.container;
    let what = format!(
        "the log of `{container}` of pod `{}` cannot be read",
        source.pod
    );
    OperationError::api(what, error)
}

async fn sources(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    options: &LogOptions,
) -> Result<Vec<Source>, OperationError> {
    let found = find(cluster, target, namespace, WORKLOADS).await?;
    let pods = around::pods(cluster, &found).await?;
    if pods.is_empty() {
        let problem = format!("{} has no pods at present", found.id);
        return Err(OperationError::unfit(problem));
    }
    chosen(&found, &pods, options)
}

fn chosen(
    found: &Found,
    pods: &[Value],
    options: &LogOptions,
) -> Result<Vec<Source>, OperationError> {
    let mut sources = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    for pod in pods {
        let names = |list: &str| -> Vec<&str> {
            let containers = pod["spec"][list].as_array().into_iter().flatten();
            containers.filter_map(|one| one["name"].as_str()).collect()
        };
        let main = names("containers");
        let all: Vec<&str> = [names("initContainers"), names("ephemeralContainers")].concat();
        let wanted: Vec<&str> = match options.container.as_deref() {
            None => main.clone(),
            Some(name) => main
                .iter()
                .chain(&all)
                .copied()
                .filter(|one| *one == name)
                .collect(),
        };
        known.extend(main.iter().chain(&all));
        let text = |key: &str| pod["metadata"][key].as_str().unwrap_or_default().to_owned();
        sources.extend(wanted.into_iter().map(|container| Source {
            namespace: text("namespace"),
            pod: text("name"),
            query: LogQuery {
                container: container.to_owned(),
                previous: options.previous,
                tail: options.tail,
                since_seconds: options.since.map(|since| since.as_secs().max(1)),
                timestamps: options.timestamps,
            },
        }));
    }
    match &options.container {
        Some(name) if sources.is_empty() => {
            known.sort_unstable();
            known.dedup();
            let problem = format!("{} has no container `{name}`", found.id);
            Err(OperationError::unfit_but(
                problem,
                format!("it has {}", listed(known)),
            ))
        }
        _ => Ok(sources),
    }
}

/// The logs as one text: each line after its pod and container where there are several.
pub fn joined(logs: &[ContainerLog]) -> String {
    if let [only] = logs {
        return only.text.clone();
    }
    let lines = logs.iter().flat_map(|log| {
        let ContainerLog { pod, container, .. } = log;
        log.text
            .lines()
            .map(move |line| format!("{pod} {container}: {line}\n"))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::kinds;
    use crate::object::ObjectId;
    use serde_json::json;

    fn app() -> Found {
        let object = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "app", "namespace": "shop"}});
        Found {
            served: kinds::builtin("apps", "Deployment"),
            id: ObjectId::of(&object),
            object,
        }
    }

    #[test]
    fn all_containers_or_the_one_that_is_named() {
        let pod = |name: &str| {
            json!({"metadata": {"name": name, "namespace": "shop"}, "spec": {
                "initContainers": [{"name": "wait"}],
                "containers": [{"name": "app"}, {"name": "proxy"}]}})
        };
        let pods = [pod("app-0"), pod("app-1")];
        for (container, expected) in [
            (None, "app-0 app, app-0 proxy, app-1 app, app-1 proxy"),
            (Some("wait"), "app-0 wait, app-1 wait"),
        ] {
            let options = LogOptions {
                container: container.map(str::to_owned),
                ..LogOptions::default()
            };
            let found = chosen(&app(), &pods, &options).expect("there");
            let found = found
                .iter()
                .map(|one| format!("{} {}", one.pod, one.query.container));
            assert_eq!(found.collect::<Vec<_>>().join(", "), expected);
        }
        let options = LogOptions {
            container: Some("ap".to_owned()),
            ..LogOptions::default()
        };
        let error = chosen(&app(), &pods, &options).expect_err("not there");
        assert_eq!(
            error.to_string(),
            "deployment/app in shop has no container `ap`"
        );
        assert_eq!(
            error.help().as_deref(),
            Some("it has `app`, `proxy`, `wait`")
        );
    }

    #[test]
    fn lines_of_several_say_whose_they_are() {
        let log = |pod: &str, text: &str| ContainerLog {
            pod: pod.to_owned(),
            container: "app".to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(joined(&[log("a-0", "x\ny\n")]), "x\ny\n");
        let two = [log("a-0", "x\ny\n"), log("a-1", "z")];
        assert_eq!(joined(&two), "a-0 app: x\na-0 app: y\na-1 app: z\n");
    }
}
