//! Asking the API server what would become of an object, and who gives way where others own what we
//! would change.

use super::judge::{Judge, Result, Unable};
use crate::{
    cluster::{ApiError, ApplyRequest},
    engine::{
        MANAGER, Step,
        conflict::{self, Verdict},
        kinds::api,
        manifest::Manifest,
        refusal::refusal,
    },
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

    /// Decides who gives way, field by field.
    fn settle(&self, manifest: &mut Manifest, step: &mut Step, error: &ApiError) -> Result<()> {
        let mut refused = Vec::new();
        for conflict in conflict::conflicts(error, self.options.force_conflicts) {
            match conflict.verdict {
                Verdict::Take => {
                    step.notes.push(format!(
                        "`{}` is taken from `{}`",
                        conflict.path, conflict.manager
                    ));
                    manifest.taken.push((conflict.path, conflict.manager));
                }
                Verdict::Yield => {
                    step.notes.push(format!(
                        "`{}` is left to `{}`, which sets it",
                        conflict.path, conflict.manager
                    ));
                    manifest.yielded.push(conflict.path);
                }
                Verdict::Ask => {
                    let field = conflict.path.trim_start_matches('.').to_owned();
                    let mut refusal = refusal(
                        &manifest.object,
                        Some(field),
                        format!("`{}` set this field and still manages it", conflict.manager),
                    );
                    refusal.help = Some(format!(
                        "leave the field out here, or have `{}` give it up",
                        conflict.manager
                    ));
                    refused.push(refusal);
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
