//! From the environments of a script to their plans, one after another.

use crate::args::Part;
use crate::cluster::Connected;
use crate::failure::Failure;
use crate::script::Loaded;
use infra_sdk::engine::{self, FieldTarget, Plan, PlanOptions};
use infra_sdk::environment::Rendered;
use infra_sdk::object::Ownership;

/// What is asked for: environments, or parts of some.
pub(crate) struct Wish {
    /// Those that are planned.
    pub(crate) environments: Vec<Rendered>,
    /// The targets of `--only` of each.
    only: Vec<Vec<String>>,
    delete: Vec<String>,
    decisions: Vec<(Ownership, FieldTarget)>,
    no_prune: bool,
}

impl Wish {
    /// Finds out which environment each target of `--only` is for. An environment without any is
    /// left out.
    pub(crate) fn new(
        loaded: &Loaded,
        environments: Vec<Rendered>,
        part: &Part,
        delete: &[String],
    ) -> Result<Self, Failure> {
        let decisions = decisions(part);
        let targets: Vec<String> = decisions
            .iter()
            .map(|(_, field)| field.target.clone())
            .collect();
        // That each is there, and one.
        engine::choose(&targets, &environments).map_err(|error| loaded.engine_failure(&error))?;
        let only = engine::choose(&part.only, &environments)
            .map_err(|error| loaded.engine_failure(&error))?;
        let (environments, only) = environments
            .into_iter()
            .zip(only)
            .filter(|(_, only)| part.only.is_empty() || !only.is_empty())
            .unzip();
        Ok(Self {
            environments,
            only,
            delete: delete.to_vec(),
            decisions,
            no_prune: part.no_prune,
        })
    }

    /// Whether nothing is left out.
    pub(crate) fn is_whole(&self) -> bool {
        self.only.iter().all(Vec::is_empty)
    }
}

/// What the command line decides about fields that others set too.
fn decisions(part: &Part) -> Vec<(Ownership, FieldTarget)> {
    [
        (Ownership::Take, &part.take),
        (Ownership::Yield, &part.yields),
        (Ownership::Share, &part.share),
    ]
    .into_iter()
    .flat_map(|(ownership, fields)| fields.iter().map(move |field| (ownership, field.clone())))
    .collect()
}

/// How each of several environments is planned.
pub(crate) struct Planning<'a> {
    loaded: &'a Loaded,
    connected: &'a Connected,
    wish: &'a Wish,
    /// The targets of `--delete` of each environment.
    delete: Vec<Vec<String>>,
    /// Whether nothing is applied between one plan and the next.
    dry: bool,
}

impl<'a> Planning<'a> {
    /// Finds out which environment each target of `--delete` is for.
    pub(crate) async fn new(
        loaded: &'a Loaded,
        connected: &'a Connected,
        wish: &'a Wish,
        dry: bool,
    ) -> Result<Self, Failure> {
        let delete = match wish.environments.as_slice() {
            [_] => vec![wish.delete.clone()],
            several if wish.delete.is_empty() => vec![Vec::new(); several.len()],
            several => {
                let mut held = Vec::new();
                for environment in several {
                    let removals = engine::removals(&connected.cluster, environment).await;
                    held.push(removals.map_err(|error| loaded.engine_failure(&error))?);
                }
                engine::share(&wish.delete, &held).map_err(|error| loaded.engine_failure(&error))?
            }
        };
        Ok(Self {
            loaded,
            connected,
            wish,
            delete,
            dry,
        })
    }

    /// The plan of one environment.
    pub(crate) async fn plan(&self, index: usize) -> Result<Plan, Failure> {
        let environments = &self.wish.environments;
        let before: &[Rendered] = if self.dry {
            &environments[..index]
        } else {
            &[]
        };
        let made = before.iter().flat_map(|environment| &environment.objects);
        let options = PlanOptions {
            delete: self.delete[index].clone(),
            only: self.wish.only[index].clone(),
            no_prune: self.wish.no_prune,
            decisions: self.wish.decisions.clone(),
            coming: made
                .filter(|object| object.id.kind == "Namespace" && object.id.group.is_empty())
                .map(|object| object.id.name.clone())
                .collect(),
            unknown_secrets: self.dry,
            ..PlanOptions::default()
        };
        let environment = &environments[index];
        engine::plan(
            &self.connected.cluster,
            environment,
            self.loaded.secrets.as_ref(),
            &options,
        )
        .await
        .map_err(|error| self.loaded.engine_failure(&error))
    }
}
