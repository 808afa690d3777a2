//! Keeping the inventory: more than is owned before anything is written, exactly that afterwards.

use super::{
    super::{
        Action, EngineError, Failure, INVENTORY_MANAGER,
        inventory::{self, Inventory, Member},
        kinds::{api, builtin, is_namespace},
        step::Work,
    },
    Context,
    run::Run,
};
use crate::{
    cluster::{ApplyRequest, Propagation},
    object::ObjectId,
};
use std::collections::{BTreeMap, BTreeSet};

/// The inventory during a run.
pub(crate) struct Books<'a> {
    context: &'a Context<'a>,
    /// What the cluster has.
    stored: Inventory,
    /// The uid of the config map, if it is there.
    uid: Option<String>,
}

impl<'a> Books<'a> {
    pub(crate) fn new(context: &'a Context<'a>) -> Self {
        let books = &context.plan.books;
        Self {
            context,
            stored: books.before.clone(),
            uid: books.uid.clone(),
        }
    }

    /// Writes what is owned and what will be: whatever happens later, nothing is forgotten.
    pub(crate) async fn open(&mut self) -> Result<(), EngineError> {
        let books = &self.context.plan.books;
        if self.context.plan.is_empty() {
            return Ok(());
        }
        let superset = books.after.union(&books.before);
        if superset.members.keys().eq(self.stored.members.keys()) {
            return Ok(());
        }
        self.store(superset).await
    }

    /// Writes what is owned now. When nothing is, the inventory goes.
    pub(crate) async fn close(
        &mut self,
        run: &Run<'_>,
        deleted: &BTreeSet<ObjectId>,
    ) -> Result<(), EngineError> {
        let plan = self.context.plan;
        let is_home = |id: &ObjectId| is_namespace(id) && id.name == plan.namespace;
        if deleted.iter().any(is_home) {
            return Ok(());
        }
        let owned = owned(self.context, run, deleted);
        if owned.members.is_empty() {
            return self.discard().await;
        }
        if owned == self.stored {
            return Ok(());
        }
        // Where not even the namespace could be made, there is nowhere to write.
        let homeless = self.uid.is_none() && self.stored.members.is_empty();
        if homeless && !run.has_home() {
            return Ok(());
        }
        self.store(owned).await
    }

    async fn store(&mut self, inventory: Inventory) -> Result<(), EngineError> {
        let plan = self.context.plan;
        let object = inventory::to_object(&plan.environment, &plan.namespace, &inventory);
        let request = ApplyRequest {
            manager: INVENTORY_MANAGER,
            force: true,
            dry_run: false,
        };
        let stored = self
            .context
            .cluster
            .apply(&builtin("", "ConfigMap"), &object, request)
            .await
            .map_err(|error| self.error("write", error))?;
        self.uid = stored["metadata"]["uid"].as_str().map(str::to_owned);
        self.stored = inventory;
        Ok(())
    }

    async fn discard(&mut self) -> Result<(), EngineError> {
        let Some(uid) = &self.uid else { return Ok(()) };
        let plan = self.context.plan;
        self.context
            .cluster
            .delete(
                &builtin("", "ConfigMap"),
                Some(&plan.namespace),
                &inventory::name(&plan.environment),
                Some(uid),
                Propagation::Background,
            )
            .await
            .map_err(|error| self.error("delete", error))?;
        Ok(())
    }

    /// The books could not be closed.
    pub(crate) fn failure(&self, error: &EngineError) -> Failure {
        let plan = self.context.plan;
        Failure {
            id: ObjectId {
                group: String::new(),
                kind: "ConfigMap".to_owned(),
                namespace: Some(plan.namespace.clone()),
                name: inventory::name(&plan.environment),
            },
            field: None,
            message: error.to_string(),
            help: error.help(),
            at: None,
        }
    }

    fn error(&self, what: &str, error: crate::cluster::ApiError) -> EngineError {
        let plan = self.context.plan;
        let what = format!(
            "{what} the inventory `{}` in {}",
            inventory::name(&plan.environment),
            plan.namespace
        );
        api(&what, error, self.context.cluster)
    }
}

/// What is owned now: what is wanted and there (or may be), what is kept, what could not be deleted
/// or let go.
fn owned(context: &Context<'_>, run: &Run<'_>, deleted: &BTreeSet<ObjectId>) -> Inventory {
    let plan = context.plan;
    let mut members: BTreeMap<ObjectId, Member> = if plan.books.partial {
        plan.books.before.members.clone()
    } else {
        BTreeMap::new()
    };
    for (index, (step, work)) in plan.steps.iter().zip(&plan.works).enumerate() {
        let member = match work {
            Work::Write(manifest) => {
                let known = plan.books.after.members.get(&step.id);
                let uid = run
                    .live()
                    .get(&index)
                    .and_then(|live| live["metadata"]["uid"].as_str())
                    .map(str::to_owned);
                Member {
                    version: manifest.served.version.clone().into_owned(),
                    uid: uid.or_else(|| known.and_then(|member| member.uid.clone())),
                    ..Member::default()
                }
            }
            Work::Remove(removal) if !deleted.contains(&step.id) => Member {
                version: removal.served.version.clone().into_owned(),
                uid: removal.live["metadata"]["uid"].as_str().map(str::to_owned),
                kept: step.action == Action::Keep && !removal.release,
                made_by: removal.made_by.clone(),
            },
            Work::Remove(_) => continue,
        };
        members.insert(step.id.clone(), member);
    }
    Inventory { members }
}
