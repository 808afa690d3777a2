//! `infra status`: what the environments own, and why something is not ready.

use crate::args::{Output, Status};
use crate::cluster::Connected;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::script::Loaded;
use crate::ui::{Look, Ui};
use crate::view;
use infra_sdk::engine::{self, EnvironmentStatus};
use infra_sdk::environment::Rendered;
use serde_json::Value;

/// How the environments of a script are.
pub(crate) async fn read(
    loaded: &Loaded,
    connected: &Connected,
    environments: &[Rendered],
) -> Result<Vec<EnvironmentStatus>, Failure> {
    let mut statuses = Vec::new();
    for environment in environments {
        let (name, namespace) = (&environment.name, &environment.namespace);
        let status = engine::status(&connected.cluster, name, namespace, None).await;
        statuses.push(status.map_err(|error| loaded.engine_failure(&error))?);
    }
    Ok(statuses)
}

/// All of them, apart by a blank line.
pub(crate) fn text(look: Look, statuses: &[EnvironmentStatus]) -> String {
    let told: Vec<String> = statuses
        .iter()
        .map(|status| view::status(look, status))
        .collect();
    told.join("\n")
}

pub(crate) fn run(ui: Ui, args: Status) -> Result<Exit, Failure> {
    let loaded = Loaded::read(ui, &args.script)?;
    let environments = loaded.expect_environments()?;
    loaded.check_namespace(args.target.namespace.as_deref())?;
    let statuses = super::runtime()?.block_on(async {
        let connected = Connected::open(ui, &args.target, &loaded.project).await?;
        read(&loaded, &connected, environments).await
    })?;
    match args.output {
        Output::Text => ui.out(&text(ui.out_look(), &statuses)),
        output => {
            let statuses = statuses.iter().map(view::value).collect();
            ui.out(&view::document(
                output,
                &[("statuses", Value::Array(statuses))],
            ));
        }
    }
    Ok(
        if statuses
            .iter()
            .all(|status| !status.exists || status.is_ready())
        {
            Exit::Done
        } else {
            Exit::NotReady
        },
    )
}
