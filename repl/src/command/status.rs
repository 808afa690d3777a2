//! `infra status`: what the environments own, and why something is not ready.

use crate::args::{Output, Status};
use crate::cluster::Connected;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::script::Loaded;
use crate::ui::Ui;
use crate::view;
use infra_sdk::engine;
use serde_json::Value;

pub(crate) fn run(ui: Ui, args: Status) -> Result<Exit, Failure> {
    let loaded = Loaded::read(ui, &args.script)?;
    let environments = loaded.expect_environments()?;
    loaded.check_namespace(args.target.namespace.as_deref())?;
    let statuses = super::runtime()?.block_on(async {
        let connected = Connected::open(ui, &args.target, &loaded.project).await?;
        let mut statuses = Vec::new();
        for environment in environments {
            let status = engine::status(
                &connected.cluster,
                &environment.name,
                &environment.namespace,
                None,
            )
            .await
            .map_err(|error| loaded.engine_failure(&error))?;
            statuses.push(status);
        }
        Ok(statuses)
    })?;
    match args.output {
        Output::Text => {
            for (index, status) in statuses.iter().enumerate() {
                if index > 0 {
                    ui.out("\n");
                }
                ui.out(&view::status(ui.out_look(), status));
            }
        }
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
