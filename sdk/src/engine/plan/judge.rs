//! What becomes of one object that is wanted.

use super::{local, mutators::Mutators, read::Live, read::is_terminating, step, unchanged};
use crate::{
    cluster::{ApiError, Cluster, Repeat, is_transient},
    engine::{
        Action, EngineError, PlanOptions, Refusal, Step, Unread, changes, checksums, immutable,
        inventory::PART_OF,
        kinds::{self, Kinds, Known},
        manifest::{self, Manifest, Replicas},
        refusal::{refusal, refusals},
        resolve::Secrets,
        rights,
    },
    object::{Checksum, Object},
};
use serde_json::Value;

const TAKEN_OVER: &str = "it is there already and is taken over";
const TAKEN_AS_IT_IS: &str = "it is there already, as it should be, and is taken over";

/// What judging an object needs.
pub(crate) struct Judge<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) secrets: &'a Secrets,
    pub(crate) options: &'a PlanOptions,
    pub(crate) mutators: &'a Mutators,
    pub(crate) set: &'a str,
}

/// The step of an object, and what would be sent.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) step: Step,
    pub(crate) manifest: Manifest,
}

/// Why there is no step.
#[derive(Debug)]
pub(crate) enum Unable {
    /// The object cannot be as it is wanted.
    Refused(Vec<Refusal>),
    /// Nothing can be said, after several attempts: the API server, or what it asks, is down. Others
    /// would hear the same.
    Down(Vec<Refusal>),
    /// The cluster cannot be asked.
    Failed(Box<EngineError>),
}

pub(super) type Result<T> = std::result::Result<T, Unable>;

impl Judge<'_> {
    /// Judges one object; `minimum` where an autoscaler scales it.
    pub(crate) async fn judge(
        &self,
        object: &Object,
        kinds: &Kinds,
        live: &Live,
        minimum: Option<i64>,
    ) -> Result<Judged> {
        let version = kinds::version_of(object.api_version());
        // `desired::prepare` let nothing else through.
        let Some(known) = kinds.get(&object.id, version) else {
            return Err(Self::refused(
                object,
                "the API server does not serve its kind",
            ));
        };
        let found = live.objects.get(&object.id);
        let there = found.filter(|live| !is_terminating(live));
        let manifest = Manifest {
            served: known.served.clone(),
            object: object.clone(),
            set: self.set.to_owned(),
            yielded: Vec::new(),
            taken: Vec::new(),
            takeover: None,
            replicas: minimum.map_or(Replicas::Ours, |minimum| {
                manifest::autoscaled(there, minimum)
            }),
            expects_status: known.status,
            live: found.cloned(),
        };
        let namespace_there = object
            .id
            .namespace
            .as_ref()
            .is_none_or(|namespace| !live.absent.contains(namespace));
        match there {
            Some(there) if namespace_there => self.judge_live(known, manifest, there).await,
            _ if found.is_some() => Ok(self.again(manifest)),
            _ => self.judge_new(known, manifest, namespace_there).await,
        }
    }

    /// It is being deleted, or its namespace is: it is made once it is gone.
    fn again(&self, manifest: Manifest) -> Judged {
        let mut step = self.step(&manifest, Action::Create);
        step.reason = Some("it is being deleted, and is made again once it is gone".to_owned());
        Judged { step, manifest }
    }

    async fn judge_new(
        &self,
        known: &Known,
        mut manifest: Manifest,
        namespace_there: bool,
    ) -> Result<Judged> {
        let mut step = self.step(&manifest, Action::Create);
        if !known.now {
            step.notes
                .push("not checked by the API server: its definition is new as well".to_owned());
            return Ok(Judged { step, manifest });
        }
        if !namespace_there {
            let body = manifest
                .whole(self.secrets)
                .map_err(|unread| Self::unread(&manifest.object, unread))?;
            let found = local::check(&manifest.object, &manifest.served, &body);
            if !found.refusals.is_empty() {
                return Err(Unable::Refused(found.refusals));
            }
            step.notes.extend(found.notes);
            return Ok(Judged { step, manifest });
        }
        match self.dry_run(&mut manifest, None, &mut step).await? {
            Ok(_) => {}
            Err(error) if error.is_namespace_missing() || error.is_kind_missing() => {}
            // That it is there or made here, others have seen to.
            Err(error)
                if rights::lacks_role(&manifest.object.id, &manifest.object.value, &error) =>
            {
                step.notes
                    .push("not checked by the API server: its role is not there yet".to_owned());
            }
            Err(error) => return Err(unable(&manifest.object, &error)),
        }
        Ok(Judged { step, manifest })
    }

    async fn judge_live(
        &self,
        known: &Known,
        mut manifest: Manifest,
        live: &Value,
    ) -> Result<Judged> {
        self.check_set(&manifest.object, live)?;
        let mut step = self.step(&manifest, Action::Update);
        self.give_way(&mut manifest, live, &mut step);
        let body = self.body(&manifest)?;
        let generates = self.missing_values(&manifest, live)?;
        let hands_over = matches!(manifest.replicas, Replicas::HandOver(_));
        let unknown = Self::unknown_changes(&manifest, self.secrets);
        if !generates
            && unknown.is_empty()
            && !hands_over
            && !self
                .mutators
                .see(&known.served, manifest.object.id.namespace.as_deref())
            && unchanged::proven(&known.ty, live, &body)
        {
            step.action = Action::Unchanged;
            // That it is left to others is nothing new.
            step.notes = self.step(&manifest, Action::Unchanged).notes;
            return Ok(Judged { step, manifest });
        }
        let after = match self.dry_run(&mut manifest, Some(live), &mut step).await? {
            Ok(after) => after,
            Err(error) => return self.immutable(known, manifest, live, step, &error),
        };
        let adopts = self.adopts(live);
        let after = if adopts {
            let adopted = self.adopt(known, &mut manifest, live, after, &mut step);
            match adopted.await? {
                Ok(after) => after,
                Err(error) => return self.immutable(known, manifest, live, step, &error),
            }
        } else {
            after
        };
        // It may have been read once more.
        let fresh = manifest.live.clone();
        let live = fresh.as_ref().unwrap_or(live);
        step.changes = changes::changes(&known.ty, &manifest.object, live, &after);
        if hands_over {
            // Without the hand-over the API server would reset the number.
            step.changes
                .retain(|change| change.path != ".spec.replicas");
            step.notes
                .push("`spec.replicas` is handed over to the autoscaler as it is".to_owned());
        }
        if generates {
            step.changes
                .extend(Self::generated_changes(&manifest, live));
        }
        step.changes.extend(unknown);
        let restarts = checksums::changed(live, &after);
        let reordered = changes::template_changes(live, &after)
            && !(step.changes.iter()).any(|change| change.path.starts_with(".spec.template"));
        let renewed = restarts.is_some() || reordered;
        step.risks = changes::risks(&manifest.object.id, live, &step.changes, renewed);
        if reordered {
            step.notes
                .push("the order of what stands in its template changes".to_owned());
        }
        if adopts {
            let same = step.changes.is_empty() && !generates && !hands_over && restarts.is_none();
            step.reason = Some(if same { TAKEN_AS_IT_IS } else { TAKEN_OVER }.to_owned());
            if restarts.is_some() {
                step.notes.push(
                    "its template gets checksums of what its pods read (`restart_on_change`)"
                        .to_owned(),
                );
            }
        } else if let Some(changed) = restarts {
            let new_key = self.secrets.is_fresh(Checksum::KEY);
            step.reason = changed.reason(&manifest.object, &step.changes, new_key);
        } else if step.changes.is_empty() && !generates && !hands_over && !reordered {
            if changes::ownership_changes(live, &after) {
                step.reason = Some("only which fields are managed here changes".to_owned());
            } else {
                step.action = Action::Unchanged;
            }
        }
        Ok(Judged { step, manifest })
    }

    fn immutable(
        &self,
        known: &Known,
        manifest: Manifest,
        live: &Value,
        mut step: Step,
        error: &ApiError,
    ) -> Result<Judged> {
        match immutable::verdict(&manifest.object, live, error) {
            immutable::Verdict::Invalid => Err(unable(&manifest.object, error)),
            // What others made is not made anew.
            immutable::Verdict::Refuse { .. } | immutable::Verdict::Replace { .. }
                if self.adopts(live) =>
            {
                let body = self.body(&manifest)?;
                let after = infra_schema::merge::merge(&known.ty, live, &body);
                let changes = changes::changes(&known.ty, &manifest.object, live, &after);
                let mut refused = refusals(&manifest.object, error);
                for refusal in &mut refused {
                    let field = refusal.field.as_deref().unwrap_or_default();
                    refusal.help = Some(immutable::not_anew(&manifest.object.id, field, &changes));
                }
                Err(Unable::Refused(refused))
            }
            immutable::Verdict::Refuse { help } => {
                let mut refused = refusals(&manifest.object, error);
                for refusal in &mut refused {
                    refusal.help = Some(help.clone());
                }
                Err(Unable::Refused(refused))
            }
            immutable::Verdict::Replace { reason } => {
                let body = self.body(&manifest)?;
                let after = infra_schema::merge::merge(&known.ty, live, &body);
                step.action = Action::Replace;
                step.changes = changes::changes(&known.ty, &manifest.object, live, &after);
                step.reason = Some(reason);
                Ok(Judged { step, manifest })
            }
        }
    }

    /// An object that another set owns is not ours to take.
    fn check_set(&self, object: &Object, live: &Value) -> Result<()> {
        match live["metadata"]["labels"][PART_OF].as_str() {
            Some(other) if other != self.set => {
                let mut refusal = refusal(
                    object,
                    None,
                    "it belongs to another environment or tool".to_owned(),
                );
                let instead = if kinds::is_namespace(&object.id) {
                    "say `.existing_namespace()` to use it as it is"
                } else {
                    "rename it"
                };
                refusal.help = Some(format!(
                    "{instead}, or remove its label `{PART_OF}` to take it over"
                ));
                Err(Unable::Refused(vec![refusal]))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn body(&self, manifest: &Manifest) -> Result<Value> {
        manifest
            .body(self.secrets)
            .map_err(|unread| Self::unread(&manifest.object, unread))
    }

    /// Whether a generated value is missing in the live secret.
    fn missing_values(&self, manifest: &Manifest, live: &Value) -> Result<bool> {
        manifest
            .generated_body(self.secrets, Some(live))
            .map(|body| body.is_some())
            .map_err(|unread| Self::unread(&manifest.object, unread))
    }

    fn generated_changes(manifest: &Manifest, live: &Value) -> Vec<crate::engine::Change> {
        manifest
            .generated()
            .filter(|(key, _)| live["data"].get(*key).is_none())
            .map(|(key, _)| {
                let path = format!(".data.{key}");
                crate::engine::Change {
                    origin: manifest.object.origin.of_field(&path).cloned(),
                    path,
                    before: None,
                    after: None,
                    secret: true,
                    unknown: false,
                }
            })
            .collect()
    }

    /// The secrets of a live object that could not be read.
    fn unknown_changes(manifest: &Manifest, secrets: &Secrets) -> Vec<crate::engine::Change> {
        let unknown = manifest.unknown(secrets).into_iter();
        let change = |key: &str| {
            let path = format!(".data.{key}");
            crate::engine::Change {
                origin: manifest.object.origin.of_field(&path).cloned(),
                path,
                before: None,
                after: None,
                secret: true,
                unknown: true,
            }
        };
        unknown.map(|(key, _)| change(key)).collect()
    }

    pub(super) fn unread(object: &Object, unread: Unread) -> Unable {
        let mut refusal = refusal(object, None, unread.problem);
        refusal.help = unread.help;
        Unable::Refused(vec![refusal])
    }

    pub(super) fn refused(object: &Object, problem: &str) -> Unable {
        Unable::Refused(vec![refusal(object, None, problem.to_owned())])
    }

    fn step(&self, manifest: &Manifest, action: Action) -> Step {
        let mut step = step(&manifest.object, action);
        for (key, name) in manifest.generated() {
            if self.secrets.is_fresh(name) {
                step.notes.push(format!("`{key}` is generated"));
            }
        }
        for (key, unread) in manifest.unknown(self.secrets) {
            step.notes.push(format!("`{key}` is unknown: {unread}"));
        }
        for checksum in manifest.unknown_contents(self.secrets) {
            let name = &checksum.of.name;
            step.notes.push(format!(
                "restarts if the secret `{name}` changes, which is unknown"
            ));
        }
        if let Replicas::Start(count) = manifest.replicas {
            step.notes.push(format!(
                "starts with {count} replicas, then the autoscaler decides"
            ));
        }
        step
    }
}

/// What the API server said to a dry run.
fn unable(object: &Object, error: &ApiError) -> Unable {
    let refusals = refusals(object, error);
    if is_transient(error, Repeat::Harmless) {
        Unable::Down(refusals)
    } else {
        Unable::Refused(refusals)
    }
}
