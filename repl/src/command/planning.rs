//! From the environments of a script to their plans, one after another.

use crate::cluster::Connected;
use crate::failure::Failure;
use crate::script::Loaded;
use infra_sdk::engine::{self, Plan, PlanOptions};
use infra_sdk::environment::Rendered;

/// How each of several environments is planned.
pub(crate) struct Planning<'a> {
    loaded: &'a Loaded,
    connected: &'a Connected,
    environments: &'a [Rendered],
    /// The targets of `--delete` of each environment.
    delete: Vec<Vec<String>>,
    /// Whether nothing is applied between one plan and the next.
    only: bool,
}

impl<'a> Planning<'a> {
    /// Finds out which environment each target of `--delete` is for.
    pub(crate) async fn new(
        loaded: &'a Loaded,
        connected: &'a Connected,
        environments: &'a [Rendered],
        delete: &[String],
        only: bool,
    ) -> Result<Self, Failure> {
        let delete = match environments {
            [_] => vec![delete.to_vec()],
            several if delete.is_empty() => vec![Vec::new(); several.len()],
            several => {
                let mut held = Vec::new();
                for environment in several {
                    let removals = engine::removals(&connected.cluster, environment).await;
                    held.push(removals.map_err(|error| loaded.engine_failure(&error))?);
                }
                engine::share(delete, &held).map_err(|error| loaded.engine_failure(&error))?
            }
        };
        Ok(Self {
            loaded,
            connected,
            environments,
            delete,
            only,
        })
    }

    /// The plan of one environment.
    pub(crate) async fn plan(&self, index: usize) -> Result<Plan, Failure> {
        let before: &[Rendered] = if self.only {
            &self.environments[..index]
        } else {
            &[]
        };
        let made = before.iter().flat_map(|environment| &environment.objects);
        let options = PlanOptions {
            delete: self.delete[index].clone(),
            coming: made
                .filter(|object| object.id.kind == "Namespace" && object.id.group.is_empty())
                .map(|object| object.id.name.clone())
                .collect(),
            ..PlanOptions::default()
        };
        let environment = &self.environments[index];
        engine::plan(&self.connected.cluster, environment, self.loaded, &options)
            .await
            .map_err(|error| self.loaded.engine_failure(&error))
    }
}
