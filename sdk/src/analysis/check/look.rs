//! What the checks look at: the objects of an environment, seen as workloads, and what is around them.

use super::{Finding, Rule};
use crate::environment::{Pods, Selector, View, behind, items, namespace};
use crate::object::{Location, Object};
use serde_json::Value;
use std::collections::HashMap;

/// The objects of an environment with what every check asks of them.
pub(super) struct Look<'a> {
    pub(super) view: &'a View<'a>,
    /// The objects that make pods.
    pub(super) workloads: Vec<Workload<'a>>,
    /// The services before a workload, by positions.
    services: HashMap<usize, Vec<usize>>,
    /// The autoscaler of a workload, by positions.
    scalers: HashMap<usize, usize>,
}

/// An object that makes pods.
#[derive(Clone, Copy)]
pub(super) struct Workload<'a> {
    pub(super) position: usize,
    pub(super) object: &'a Object,
    pub(super) pods: Pods<'a>,
}

/// A container of a workload.
pub(super) struct Container<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a Value,
    /// Its path in the object.
    pub(super) path: String,
    /// It runs as long as the pod does.
    pub(super) stays: bool,
}

impl<'a> Look<'a> {
    pub(super) fn new(view: &'a View<'a>) -> Self {
        let objects = view.objects.iter().enumerate();
        let workloads = objects.filter_map(|(position, object)| {
            let pods = Pods::of(object)?;
            Some(Workload {
                position,
                object,
                pods,
            })
        });
        let mut look = Self {
            view,
            workloads: workloads.collect(),
            services: HashMap::new(),
            scalers: HashMap::new(),
        };
        for (position, object) in view.objects.iter().enumerate() {
            if is(object, "", "Service") {
                for workload in behind(view, position) {
                    look.services.entry(workload).or_default().push(position);
                }
            }
            if is_scaler(object) {
                let target = view.references[position].iter();
                let mut target = target.filter(|one| one.path() == "spec.scaleTargetRef");
                if let Some(target) = target.next().and_then(|one| view.index.get(one.target())) {
                    look.scalers.insert(target, position);
                }
            }
        }
        look
    }

    /// The objects of a kind, with their positions.
    pub(super) fn of_kind(
        &self,
        group: &'static str,
        kind: &'static str,
    ) -> impl Iterator<Item = (usize, &'a Object)> {
        let objects = self.view.objects.iter().enumerate();
        objects.filter(move |(_, object)| is(object, group, kind))
    }

    /// The services that send to a workload.
    pub(super) fn services_of(&self, workload: &Workload<'_>) -> Vec<&'a Object> {
        let services = self.services.get(&workload.position).into_iter().flatten();
        services
            .map(|position| &self.view.objects[*position])
            .collect()
    }

    /// The workloads behind the service at a position.
    pub(super) fn behind(&self, service: usize) -> Vec<Workload<'a>> {
        let workloads = behind(self.view, service).into_iter();
        let found = workloads
            .filter_map(|position| self.workloads.iter().find(|one| one.position == position));
        found.copied().collect()
    }

    /// The autoscaler of a workload.
    pub(super) fn scaler(&self, workload: &Workload<'_>) -> Option<(usize, &'a Object)> {
        let position = *self.scalers.get(&workload.position)?;
        Some((position, &self.view.objects[position]))
    }

    /// How many pods of a workload run at least.
    pub(super) fn least(&self, workload: &Workload<'_>) -> i64 {
        match self.scaler(workload) {
            Some((_, scaler)) => {
                let spec = &scaler.value["spec"];
                let least = spec["minReplicas"]
                    .as_i64()
                    .or_else(|| spec["minReplicaCount"].as_i64());
                least.unwrap_or(1)
            }
            None => workload.object.value["spec"]["replicas"]
                .as_i64()
                .unwrap_or(1),
        }
    }

    /// The disruption budgets that count the pods of a workload.
    pub(super) fn budgets(&self, workload: &Workload<'_>) -> Vec<(usize, &'a Object)> {
        let home = namespace(workload.object);
        let budgets = self.of_kind("policy", "PodDisruptionBudget");
        budgets
            .filter(|(_, budget)| {
                let selector = Selector::parse(&budget.value["spec"]["selector"]);
                namespace(budget) == home && selector.matches(workload.pods.labels())
            })
            .collect()
    }
}

impl<'a> Workload<'a> {
    /// `deployment/app`.
    pub(super) fn short(&self) -> String {
        self.object.id.short()
    }

    /// A path below the pod's `spec`, from the object on.
    pub(super) fn path(&self, inside: &str) -> String {
        format!("{}.{inside}", self.pods.path)
    }

    /// All its containers.
    pub(super) fn containers(&self) -> Vec<Container<'a>> {
        let lists = ["initContainers", "containers"].into_iter();
        let all = lists.flat_map(|list| {
            let containers = items(&self.pods.spec[list]).iter().enumerate();
            containers.map(move |(index, value)| Container {
                name: value["name"].as_str().unwrap_or_default(),
                value,
                path: self.path(&format!("{list}[{index}]")),
                stays: list == "containers" || value["restartPolicy"] == "Always",
            })
        });
        all.collect()
    }

    /// Whether its pods are to run for ever.
    pub(super) fn keeps_running(&self) -> bool {
        self.object.id.group != "batch"
            && matches!(
                self.pods.spec["restartPolicy"].as_str(),
                None | Some("Always")
            )
    }

    pub(super) fn is(&self, kind: &str) -> bool {
        self.object.id.kind == kind
    }
}

impl Container<'_> {
    /// A field of its security settings; of the pod's where it has none.
    pub(super) fn security<'v>(&'v self, pod: &'v Value, field: &str) -> &'v Value {
        let own = &self.value["securityContext"][field];
        if own.is_null() {
            &pod["securityContext"][field]
        } else {
            own
        }
    }

    pub(super) fn is_privileged(&self) -> bool {
        self.value["securityContext"]["privileged"] == true
    }
}

/// Whether an object is of a kind.
pub(super) fn is(object: &Object, group: &str, kind: &str) -> bool {
    object.id.group == group && object.id.kind == kind
}

fn is_scaler(object: &Object) -> bool {
    is(object, "autoscaling", "HorizontalPodAutoscaler") || is(object, "keda.sh", "ScaledObject")
}

/// Names as a sentence has them: the container `a`, the containers `a` and `b`.
pub(super) fn containers(names: &[&str]) -> String {
    match names {
        [one] => format!("the container `{one}`"),
        [first @ .., last] => format!("the containers `{}` and `{last}`", first.join("`, `")),
        [] => "no container".to_owned(),
    }
}

/// What the checks found so far.
pub(super) struct Findings<'a> {
    view: &'a View<'a>,
    /// Each with the position of its object.
    pub(super) found: Vec<(Option<usize>, Finding)>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(view: &'a View<'a>) -> Self {
        Self {
            view,
            found: Vec::new(),
        }
    }

    /// `deployment/app`, the object at a position.
    pub(super) fn short(&self, position: usize) -> String {
        self.view.objects[position].id.short()
    }

    /// A finding about a field of the object at a position; of the whole where the path is empty.
    pub(super) fn add(
        &mut self,
        rule: &'static Rule,
        position: usize,
        path: &str,
        message: String,
    ) {
        self.add_with(rule, position, path, message, None);
    }

    /// The same, with something special to do about it.
    pub(super) fn add_with(
        &mut self,
        rule: &'static Rule,
        position: usize,
        path: &str,
        message: String,
        help: Option<String>,
    ) {
        let object = &self.view.objects[position];
        let origin = &object.origin;
        let at = if path.is_empty() {
            origin.made.clone()
        } else {
            origin.place(path)
        };
        let finding = Finding {
            rule,
            environment: self.view.environment.name().to_owned(),
            object: Some(object.id.clone()),
            field: (!path.is_empty()).then(|| path.to_owned()),
            at,
            message,
            help,
            accepted: None,
        };
        self.found.push((Some(position), finding));
    }

    /// A finding about the environment.
    pub(super) fn general(&mut self, rule: &'static Rule, at: Option<Location>, message: String) {
        let finding = Finding {
            rule,
            environment: self.view.environment.name().to_owned(),
            object: None,
            field: None,
            at: at.or_else(|| self.view.environment.location().cloned()),
            message,
            help: None,
            accepted: None,
        };
        self.found.push((None, finding));
    }
}
