//! Asking the API server what would become of an object, and who gives way where others own what we
//! would change.

use super::judge::{Judge, Result, Unable};
use crate::{
    cluster::{ApiError, ApplyRequest},
    engine::{
        Contest, Decider, MANAGER, Refusal, Step,
        adoption::{Tool, tool},
        conflict::{self, Verdict},
        decision::decided,
        kinds::api,
        manifest::Manifest,
        path,
        refusal::refusal,
    },
    object::{Object, Ownership},
};
use infra_schema::{
    fields::{FieldPath, PathElement},
    managed::Managers,
};
use serde_json::Value;

impl Judge<'_> {
    /// What the API server makes of it: the object afterwards, or its refusal. Conflicts with
    /// others' fields are decided on the way.
    pub(super) async fn dry_run(
        &self,
        manifest: &mut Manifest,
        live: Option<&Value>,
        step: &mut Step,
    ) -> Result<std::result::Result<Value, ApiError>> {
        let mut force = live.is_none();
        loop {
            let body = match live {
                Some(_) => self.body(manifest)?,
                None => manifest
                    .whole(self.secrets)
                    .map_err(|unread| Self::unread(&manifest.object, unread))?,
            };
            let request = ApplyRequest {
                manager: MANAGER,
                force,
                dry_run: true,
            };
            match self.cluster.apply(&manifest.served, &body, request).await {
                Err(error) if error.is_apply_conflict() && !force => {
                    self.settle(manifest, step, &error)?;
                    force = true;
                }
                Err(error) if error.is_unreachable() => {
                    let error = api("ask for a dry run", error, self.cluster);
                    return Err(Unable::Failed(Box::new(error)));
                }
                answer => return Ok(answer),
            }
        }
    }

    /// What is decided about a field of an object, by the script or for this run.
    pub(super) fn decided(&self, object: &Object, path: &str) -> Option<(Ownership, Decider)> {
        let forced = self.options.force_conflicts;
        decided(object, &self.options.decisions, path)
            .or_else(|| forced.then_some((Ownership::Take, Decider::CommandLine)))
    }

    /// Leaves out what the script or the command line yields and another sets now.
    pub(super) fn give_way(&self, manifest: &mut Manifest, live: &Value, step: &mut Step) {
        if self.options.decisions.is_empty() && manifest.object.decisions.is_empty() {
            return;
        }
        for manager in Managers::of(live).unwrap_or_default().iter() {
            if tool(&manager.name, &manager.subresource) == Tool::Ours {
                continue;
            }
            for field in manager.fields.leaves() {
                let path = field.to_string();
                let Some((Ownership::Yield, by)) = self.decided(&manifest.object, &path) else {
                    continue;
                };
                if !is_key(&field) && path::remove(&mut manifest.object.value.clone(), &path) {
                    leave(manifest, step, path, manager.name.clone(), by);
                }
            }
        }
    }

    /// Decides who gives way, field by field.
    fn settle(&self, manifest: &mut Manifest, step: &mut Step, error: &ApiError) -> Result<()> {
        let mut refused = Vec::new();
        let found = {
            let object = &manifest.object;
            conflict::conflicts(error, &|path| self.decided(object, path))
        };
        let adopts = manifest.live.as_ref().is_some_and(|live| self.adopts(live));
        for conflict in found {
            let (path, manager, by) = (conflict.path, conflict.manager, conflict.by);
            match conflict.verdict {
                Verdict::Take => {
                    // Of whom all is taken over, that is told once.
                    if !adopts || tool(&manager, "") != Tool::Maker {
                        let field = path.trim_start_matches('.');
                        let why = by.words();
                        step.notes
                            .push(format!("`{field}` is taken from `{manager}`{why}"));
                    }
                    step.contests.push(Contest {
                        field: path.clone(),
                        manager: manager.clone(),
                        decision: Ownership::Take,
                        by,
                    });
                    manifest.taken.push((path, manager));
                }
                Verdict::Yield => leave(manifest, step, path, manager, by),
                Verdict::Ask => {
                    let said = format!("`{manager}` set this field and still manages it");
                    refused.push(undecided(manifest, &path, &manager, said));
                }
                Verdict::Differ => {
                    let said = format!("it is shared with `{manager}`, which sets another value");
                    refused.push(undecided(manifest, &path, &manager, said));
                }
            }
        }
        if refused.is_empty() {
            Ok(())
        } else {
            Err(Unable::Refused(refused))
        }
    }
}

/// A field that somebody has to decide about, with what can be typed.
fn undecided(manifest: &Manifest, path: &str, manager: &str, said: String) -> Refusal {
    let field = path.trim_start_matches('.').to_owned();
    let target = format!("{}:{}", manifest.object.id.short(), field.replace('"', ""));
    let mut refusal = refusal(&manifest.object, Some(field), said);
    refusal.help = Some(format!(
        "`--take {target}` sets it here, `--yield {target}` leaves it to `{manager}`; in the script \
         that is `.takes(…)` and `.yields(…)`"
    ));
    refusal
}

/// A field is left to another manager.
fn leave(manifest: &mut Manifest, step: &mut Step, path: String, manager: String, by: Decider) {
    let field = path.trim_start_matches('.');
    let why = match by {
        Decider::Rule => ", which sets it",
        by => by.words(),
    };
    step.notes
        .push(format!("`{field}` is left to `{manager}`{why}"));
    step.contests.push(Contest {
        field: path.clone(),
        manager,
        decision: Ownership::Yield,
        by,
    });
    manifest.yielded.push(path);
}

/// Whether a field is part of the key of the item that it stands in: without it there is no item.
fn is_key(field: &FieldPath) -> bool {
    match field.0.as_slice() {
        [.., PathElement::Key(keys), PathElement::Field(name)] => {
            keys.iter().any(|(key, _)| key == name)
        }
        _ => false,
    }
}
