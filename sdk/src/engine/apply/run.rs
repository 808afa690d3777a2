//! Writing what is wanted, in the order of the graph.

use super::{
    super::{
        Action, EngineError, Event, Failure, Outcome, Skipped,
        kinds::is_namespace,
        manifest::Manifest,
        step::Work,
        wait::{Target, Waited},
    },
    Context,
    bookkeeping::Books,
    drive::{Done, Drive, Happened},
    graph::{Graph, Readiness, State},
    report, write,
};
use crate::status::{self, Evidence};
use futures::FutureExt as _;
use jiff::Timestamp;
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

/// The writing part of a run.
pub(crate) struct Run<'a> {
    context: &'a Context<'a>,
    graph: Graph,
    /// The steps that are wanted come first; so many are.
    count: usize,
    /// Only these may be written before the inventory is: what the default namespace needs.
    gate: Option<Vec<usize>>,
    /// The objects as the API server has them now, by step.
    live: BTreeMap<usize, Value>,
    written_at: BTreeMap<usize, Duration>,
    outcome: Outcome,
}

impl<'a> Run<'a> {
    pub(crate) fn new(context: &'a Context<'a>) -> Self {
        let plan = context.plan;
        let count = plan
            .works
            .iter()
            .filter(|work| matches!(work, Work::Write(_)))
            .count();
        let mut graph = Graph::new(count, &plan.edges);
        let (mut live, mut outcome) = (BTreeMap::new(), Outcome::default());
        for index in 0..count {
            if plan.steps[index].action == Action::Unchanged {
                graph.set(index, State::Written);
                outcome.unchanged.push(plan.steps[index].id.clone());
                if let Some(there) = manifest(context, index).and_then(|m| m.live.clone()) {
                    live.insert(index, there);
                }
            }
        }
        let default = (0..count).find(|index| {
            let id = &plan.steps[*index].id;
            is_namespace(id) && id.name == plan.namespace && graph.state(*index) != State::Written
        });
        let gate = Some(default.map(|index| graph.up_to(index)).unwrap_or_default());
        Self {
            context,
            count,
            gate,
            live,
            written_at: BTreeMap::new(),
            outcome,
            graph,
        }
    }

    /// What is to be told first.
    pub(crate) fn started(&self) -> Event {
        let steps = &self.context.plan.steps;
        Event::Started {
            writes: steps.iter().filter(|step| step.action.is_write()).count(),
            waits: (0..self.count)
                .filter(|index| self.is_waited(*index))
                .count(),
        }
    }

    /// The objects as the API server has them now, by step.
    pub(crate) fn live(&self) -> &BTreeMap<usize, Value> {
        &self.live
    }

    /// Whether the default namespace is there, as far as it is ours to make.
    pub(crate) fn has_home(&self) -> bool {
        self.gate.is_none()
    }

    /// Writes everything that can be, and waits for what must be waited for.
    pub(crate) async fn go(
        &mut self,
        drive: &mut Drive<'a>,
        books: &mut Books<'a>,
    ) -> Result<Outcome, EngineError> {
        for index in self.live.keys().copied().collect::<Vec<_>>() {
            self.wait_for(index, drive);
        }
        loop {
            if !drive.is_stopping() {
                self.open_gate(books).await?;
                self.skip();
                self.start(drive);
            }
            if drive.is_stopping() && drive.writing() == 0 {
                break;
            }
            match drive.next().await {
                Happened::Done(done) => self.done(*done, drive),
                Happened::StopAsked => self.context.tell(Event::Stopping {
                    running: drive.writing(),
                }),
                Happened::Idle | Happened::StopNow => break,
            }
        }
        self.leave();
        Ok(std::mem::take(&mut self.outcome))
    }

    /// Once the default namespace is there, the inventory is written, and then everything else.
    async fn open_gate(&mut self, books: &mut Books<'a>) -> Result<(), EngineError> {
        let there = |index: &usize| self.graph.state(*index) == State::Written;
        if self
            .gate
            .as_ref()
            .is_some_and(|gate| gate.iter().all(there))
        {
            books.open().await?;
            self.gate = None;
        }
        Ok(())
    }

    fn start(&mut self, drive: &mut Drive<'a>) {
        for index in self.graph.startable() {
            if drive.writing() >= self.context.options.concurrency.max(1) {
                return;
            }
            if self
                .gate
                .as_ref()
                .is_some_and(|gate| !gate.contains(&index))
            {
                continue;
            }
            let Some(manifest) = manifest(self.context, index) else {
                continue;
            };
            let (context, action) = (self.context, context_action(self.context, index));
            self.graph.set(index, State::Writing);
            context.tell(Event::Applying {
                id: manifest.object.id.clone(),
                action,
            });
            drive.write(
                async move { Done::Wrote(index, write::write(context, manifest, action).await) }
                    .boxed(),
            );
        }
    }

    fn done(&mut self, done: Done, drive: &mut Drive<'a>) {
        match done {
            Done::Wrote(index, Ok(live)) => {
                let step = &self.context.plan.steps[index];
                self.graph.set(index, State::Written);
                self.live.insert(index, live);
                self.written_at
                    .insert(index, self.context.cluster.clock().now());
                self.outcome.applied.push((step.id.clone(), step.action));
                self.context.tell(Event::Applied {
                    id: step.id.clone(),
                    action: step.action,
                });
                self.wait_for(index, drive);
            }
            Done::Wrote(index, Err(failure)) => {
                self.graph.set(index, State::Failed);
                self.context.tell(Event::Failed(failure.clone()));
                self.outcome.failed.push(failure);
            }
            Done::Waited(index, waited) => self.waited(index, &waited),
            Done::Removed(..) => {}
        }
    }

    /// What is no longer wanted may be what still works: it goes once everything is ready.
    fn is_waited(&self, index: usize) -> bool {
        let plan = self.context.plan;
        self.context.options.wait || self.graph.is_awaited(index) || plan.count(Action::Delete) > 0
    }

    /// Whether an object that nobody waits for is ready as it was answered.
    fn is_settled(&self, index: usize) -> bool {
        let live = self.live.get(&index);
        live.is_none_or(|live| status::status(&Evidence::of(live)).state.is_settled())
    }

    fn wait_for(&mut self, index: usize, drive: &mut Drive<'a>) {
        let (Some(manifest), true) = (manifest(self.context, index), self.is_waited(index)) else {
            return;
        };
        let Some(live) = self.live.get(&index) else {
            return;
        };
        let mut target = Target::ready(
            manifest.object.id.clone(),
            manifest.served.clone(),
            live.clone(),
        );
        target.expects_status = manifest.expects_status;
        if !self.written_at.contains_key(&index) {
            target.age = age(live, self.context.cluster.clock().timestamp());
        }
        let waiter = self.context.waiter.clone();
        drive.wait(async move { Done::Waited(index, waiter.wait(target).await) }.boxed());
    }

    fn waited(&mut self, index: usize, waited: &Waited) {
        let step = &self.context.plan.steps[index];
        match report::not_ready(
            &step.id,
            step.origin.as_ref(),
            self.context.options.timeout,
            waited,
        ) {
            None => {
                self.graph.set_ready(index, Readiness::Ready);
                let now = self.context.cluster.clock().now();
                let since = self.written_at.get(&index).copied().unwrap_or(now);
                self.context.tell(Event::Ready {
                    id: step.id.clone(),
                    after: now.saturating_sub(since),
                });
            }
            Some(not_ready) => {
                self.graph.set_ready(index, Readiness::NotReady);
                self.context.tell(Event::NotReady(not_ready.clone()));
                self.outcome.not_ready.push(not_ready);
            }
        }
    }

    /// Gives up what depends on something that will not come.
    fn skip(&mut self) {
        loop {
            let blocked = self.graph.blocked();
            if blocked.is_empty() {
                return;
            }
            for (index, blocked) in blocked {
                let steps = &self.context.plan.steps;
                let reason = match blocked.state {
                    State::Failed => "failed",
                    State::Skipped => "was skipped",
                    _ => "is not ready",
                };
                let skipped = Skipped {
                    id: steps[index].id.clone(),
                    because: steps[blocked.by].id.clone(),
                    reason: reason.to_owned(),
                };
                self.graph.set(index, State::Skipped);
                self.context.tell(Event::Skipped(skipped.clone()));
                self.outcome.skipped.push(skipped);
            }
        }
    }

    /// Notes what was not begun, or was broken off.
    fn leave(&mut self) {
        for index in 0..self.count {
            let step = &self.context.plan.steps[index];
            match self.graph.state(index) {
                State::Waiting => self.outcome.not_done.push(step.id.clone()),
                State::Writing => self.outcome.failed.push(Failure {
                    id: step.id.clone(),
                    field: None,
                    message: "the run was stopped while it was written: it may be or not"
                        .to_owned(),
                    help: None,
                    at: step.origin.clone(),
                }),
                State::Written
                    if self.graph.readiness(index) == Readiness::Unknown
                        && if self.context.options.wait {
                            self.context.stop.is_asked()
                        } else {
                            !self.is_settled(index)
                        } =>
                {
                    self.outcome.not_awaited.push(step.id.clone());
                }
                _ => {}
            }
        }
    }
}

fn manifest<'a>(context: &Context<'a>, index: usize) -> Option<&'a Manifest> {
    match &context.plan.works[index] {
        Work::Write(manifest) => Some(manifest),
        Work::Remove(_) => None,
    }
}

/// How long ago an object was made, as far as this machine's clock and the API server's agree.
fn age(object: &Value, now: Timestamp) -> Duration {
    let made = object["metadata"]["creationTimestamp"].as_str();
    let made: Option<Timestamp> = made.and_then(|made| made.parse().ok());
    let age = made.map(|made| now.duration_since(made));
    age.and_then(|age| age.try_into().ok()).unwrap_or_default()
}

fn context_action(context: &Context<'_>, index: usize) -> Action {
    context.plan.steps[index].action
}
