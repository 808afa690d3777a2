//! A script is proposed, rendered and compared, until it gives what was wanted.

use super::code::Code;
use super::context::Context;
use super::conventions::{Conventions, Search, autoscaler, is_checksum};
use super::names::constants;
use super::proposal::propose;
use super::script::{Parts, Text};
use super::wanted::{Read, Variable, Wanted};
use super::{ImportError, Imported, Options, kind};
use crate::session::{Host, Session};
use infra_sdk::environment::{Platform, missing};
use infra_sdk::object::{Object, ObjectId, Origin, Ref};
use infra_sdk::resource::Convention;
use infra_sdk::types::{Name, kind_is_namespaced};
use infra_sdk::written;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How an object is proposed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Level {
    /// By its builder, with a patch of what that cannot say.
    Builder(Option<Value>),
    /// As it is.
    Raw,
}

impl Level {
    pub(super) fn is_builder(&self) -> bool {
        matches!(self, Self::Builder(_))
    }
}

/// More rounds than any input was seen to need; each settles something.
const ROUNDS: usize = 200;

/// The script whose environment gives the objects.
pub(super) fn verified(read: Read, options: &Options) -> Result<Imported, ImportError> {
    let Read {
        mut objects,
        variables,
        problems,
    } = read;
    let namespace = options.namespace.clone().unwrap_or_else(|| most(&objects));
    let name = options.name.clone().or_else(|| whole(&objects));
    let name = name.unwrap_or_else(|| namespace.clone());
    for object in &mut objects {
        place(object, &namespace);
    }
    let constants = constants(&objects);
    let mut run = Run {
        levels: objects.iter().map(level).collect(),
        settled: objects
            .iter()
            .map(|object| comparable(&objects, object))
            .collect(),
        good: vec![None; objects.len()],
        trial: HashMap::new(),
        off: BTreeSet::new(),
        objects: &objects,
        constants: &constants,
        namespace: &namespace,
        name: &name,
        variables: &variables,
        existing: existing(&objects, &namespace),
    };
    for _ in 0..ROUNDS {
        if let Some(mut imported) = run.round()? {
            imported.problems.splice(0..0, problems);
            return Ok(Imported {
                variables,
                ..imported
            });
        }
    }
    Err(ImportError::Fault("it does not come to an end".to_owned()))
}

fn level(object: &Wanted) -> Level {
    if kind::of(object.word()).is_some() {
        Level::Builder(None)
    } else {
        Level::Raw
    }
}

/// What the objects say that they are part of: where most of them say so, and all of these the same.
fn whole(objects: &[Wanted]) -> Option<String> {
    let said = |object: &Wanted| {
        let whole = &object.value["metadata"]["labels"]["app.kubernetes.io/part-of"];
        whole.as_str().map(str::to_owned)
    };
    let said: Vec<String> = objects.iter().filter_map(said).collect();
    let first = said.first()?;
    let agree = said.iter().all(|other| other == first) && said.len() * 2 > objects.len();
    (agree && first.parse::<Name>().is_ok()).then(|| first.clone())
}

/// The namespace that most objects are in.
fn most(objects: &[Wanted]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for object in objects {
        if let Some(namespace) = &object.id.namespace {
            *counts.entry(namespace).or_default() += 1;
        }
    }
    let most = counts
        .into_iter()
        .max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name)));
    most.map_or_else(|| "default".to_owned(), |(name, _)| name.to_owned())
}

/// Puts an object that says no namespace into the environment's, and leaves that out of the object.
fn place(object: &mut Wanted, namespace: &str) {
    let id = &mut object.id;
    if id.namespace.is_none() && kind_is_namespaced(&id.group, &id.kind) == Some(true) {
        id.namespace = Some(namespace.to_owned());
    }
    if id.namespace.as_deref() == Some(namespace)
        && let Some(metadata) = object.value["metadata"].as_object_mut()
    {
        metadata.remove("namespace");
    }
}

/// What the objects need and are not.
fn existing(objects: &[Wanted], namespace: &str) -> Vec<Ref> {
    let all: Vec<Object> = objects
        .iter()
        .map(|object| {
            let mut value = object.value.clone();
            if let Some(home) = &object.id.namespace {
                value["metadata"]["namespace"] = home.as_str().into();
            }
            for key in object.secrets.keys() {
                value["data"][key] = "".into();
            }
            Object::new(value, Origin::default())
        })
        .collect();
    let mut found = missing(&all);
    let made: BTreeSet<&str> = objects
        .iter()
        .filter(|object| object.id.kind == "Namespace" && object.id.group.is_empty())
        .map(|object| object.id.name.as_str())
        .collect();
    let homes: BTreeSet<&str> = objects
        .iter()
        .filter_map(|object| object.id.namespace.as_deref())
        .collect();
    let others = homes.into_iter().filter(|home| {
        *home != namespace
            && !made.contains(home)
            && !matches!(
                *home,
                "default" | "kube-system" | "kube-public" | "kube-node-lease"
            )
    });
    found.extend(others.map(|home| Ref::new("", "Namespace", home)));
    found
}

/// An object as it is compared: without what is an autoscaler's, and with hashes left aside.
fn comparable(objects: &[Wanted], object: &Wanted) -> Value {
    let mut settled = object.settled();
    if let Some(home) = &object.id.namespace {
        settled["metadata"]["namespace"] = home.as_str().into();
    }
    leave_aside(&mut settled, autoscaler(objects, object).is_some());
    settled
}

fn leave_aside(settled: &mut Value, scaled: bool) {
    if scaled && let Some(spec) = settled["spec"].as_object_mut() {
        spec.remove("replicas");
    }
    if let Some(annotations) = settled
        .pointer_mut("/spec/template/metadata/annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.retain(|key, _| !is_checksum(key));
    }
    for path in [
        "/metadata",
        "/spec/template/metadata",
        "/spec/jobTemplate/spec/template/metadata",
    ] {
        let Some(metadata) = settled.pointer_mut(path).and_then(Value::as_object_mut) else {
            continue;
        };
        for field in ["labels", "annotations"] {
            if metadata
                .get(field)
                .and_then(Value::as_object)
                .is_some_and(serde_json::Map::is_empty)
            {
                metadata.remove(field);
            }
        }
    }
}

struct Run<'a> {
    objects: &'a [Wanted],
    constants: &'a [String],
    namespace: &'a str,
    name: &'a str,
    variables: &'a [Variable],
    existing: Vec<Ref>,
    levels: Vec<Level>,
    settled: Vec<Value>,
    /// Expressions that are known to give their object.
    good: Vec<Option<Code>>,
    /// Objects whose builder has something against them, with the level that they had: as they are,
    /// nothing may be wrong. `None` where that did not help.
    trial: HashMap<usize, Option<Level>>,
    /// Defaults that are known not to hold.
    off: BTreeSet<Convention>,
}

impl Run<'_> {
    /// One round; the script when it gives what is wanted.
    fn round(&mut self) -> Result<Option<Imported>, ImportError> {
        let search = Search {
            objects: self.objects,
            environment: self.name,
            off: &self.off,
        };
        let Conventions { on, brought } = search.conventions();
        let off: BTreeSet<Convention> = Convention::ALL
            .iter()
            .copied()
            .filter(|one| !on.contains(one))
            .collect();
        let levels = self.levels.clone();
        let context = Context::new(self.objects, &levels, self.constants, self.namespace, &on);
        let mut proposals = Vec::with_capacity(self.objects.len());
        for (index, object) in self.objects.iter().enumerate() {
            if brought.contains(&index) {
                continue;
            }
            let relieved = search.relieved(&on, object);
            let (code, builder) = propose(&context, index, &relieved);
            if !builder {
                self.levels[index] = Level::Raw;
            }
            proposals.push((index, code));
        }
        if self.levels != levels {
            // What is called on a builder cannot be called on an object.
            return Ok(None);
        }
        let text = match self.write(&context, &proposals, &off) {
            Ok(text) => text,
            Err(index) if self.levels[index].is_builder() => {
                self.levels[index] = Level::Raw;
                return Ok(None);
            }
            Err(_) => return Err(ImportError::Fault("objects name each other".to_owned())),
        };
        let session = Session::new(Host::new("."));
        let script = match session.load_text("import.rhai", &text.text) {
            Ok(script) => script,
            Err(errors) => return self.refused(&text, &errors).map(|()| None),
        };
        let Some(environment) = script.environments().first() else {
            return Err(ImportError::Fault("it gives no environment".to_owned()));
        };
        let (made, problems) = environment.examine_on(&Platform::default());
        if made.is_empty()
            && let Some(problem) = problems.0.first()
        {
            return Err(ImportError::Fault(problem.message.clone()));
        }
        let changed = self.compare(&made, &proposals, &brought) | self.too_much(&made, &on);
        let mut tried = false;
        for problem in &problems.0 {
            let at = problem.at.as_ref().and_then(|at| text.object(at.line));
            if let Some(index) = at.filter(|_| !changed) {
                tried |= self.doubt(index);
            }
        }
        if !changed {
            tried |= self.cleared(&problems.0, &text);
        }
        if changed || tried {
            return Ok(None);
        }
        Ok(Some(Imported {
            script: text.text,
            variables: Vec::new(),
            kinds: self.kinds(&brought),
            problems: problems
                .0
                .iter()
                .map(|problem| problem.message.clone())
                .collect(),
        }))
    }

    fn write(
        &self,
        context: &Context<'_>,
        proposals: &[(usize, Code)],
        off: &BTreeSet<Convention>,
    ) -> Result<Text, usize> {
        let outside = context.outside.borrow();
        let named = |one: &Ref| {
            let home = one.namespace.clone().unwrap_or_default();
            outside.contains(&(one.group.clone(), one.kind.clone(), home, one.name.clone()))
        };
        Parts {
            context,
            name: self.name,
            proposals,
            existing: self
                .existing
                .iter()
                .filter(|one| !named(one))
                .cloned()
                .collect(),
            off,
            makes_namespace: context.find("", "Namespace", "", self.namespace).is_some(),
            variables: self.variables.iter().map(|one| one.name.as_str()).collect(),
        }
        .write()
    }

    /// A proposal could not be evaluated: its object stands as it is.
    fn refused(
        &mut self,
        text: &Text,
        errors: &[crate::diagnostic::Diagnostic],
    ) -> Result<(), ImportError> {
        let mut any = false;
        for error in errors {
            let index = error.at.as_ref().and_then(|at| text.object(at.line));
            if let Some(index) = index.filter(|index| self.levels[*index].is_builder()) {
                self.levels[index] = Level::Raw;
                any = true;
            }
        }
        match errors.first() {
            Some(first) if !any => Err(ImportError::Fault(first.message.clone())),
            _ => Ok(()),
        }
    }

    /// Compares what is made with what is wanted, and settles what differs. Whether anything did.
    fn compare(
        &mut self,
        made: &[Object],
        proposals: &[(usize, Code)],
        brought: &BTreeSet<usize>,
    ) -> bool {
        let by_id: HashMap<(&str, &str, &str), Vec<&Object>> =
            made.iter().fold(HashMap::new(), |mut all, object| {
                let id = &object.id;
                let key = (id.group.as_str(), id.kind.as_str(), id.name.as_str());
                all.entry(key).or_default().push(object);
                all
            });
        let codes: HashMap<usize, &Code> = proposals
            .iter()
            .map(|(index, code)| (*index, code))
            .collect();
        let mut changed = false;
        for index in 0..self.objects.len() {
            let code = codes.get(&index).copied();
            if code.is_some() && self.good[index].as_ref() == code {
                continue;
            }
            let id = &self.objects[index].id;
            let alike = by_id.get(&(id.group.as_str(), id.kind.as_str(), id.name.as_str()));
            let found = alike
                .into_iter()
                .flatten()
                .find(|object| same_home(&object.id, id));
            if found.is_some_and(|object| self.is_wanted(index, object)) {
                self.good[index] = code.cloned();
                continue;
            }
            if brought.contains(&index) {
                changed |= self.off.insert(companion(&id.kind));
                continue;
            }
            let next = found.and_then(|object| self.patched(index, object));
            let level = match next {
                Some(patch) if self.levels[index] == Level::Builder(None) => {
                    Level::Builder(Some(patch))
                }
                _ => Level::Raw,
            };
            changed |= self.levels[index] != level;
            self.levels[index] = level;
        }
        changed
    }

    fn is_wanted(&self, index: usize, object: &Object) -> bool {
        let mut settled = written::settled(&object.value);
        leave_aside(
            &mut settled,
            autoscaler(self.objects, &self.objects[index]).is_some(),
        );
        let wanted = &self.settled[index];
        if self.objects[index].id.namespace.is_none()
            && let Some(metadata) = settled["metadata"].as_object_mut()
        {
            metadata.remove("namespace");
        }
        settled == *wanted
    }

    /// The patch that makes an object what is wanted, unless it would be most of it.
    fn patched(&self, index: usize, object: &Object) -> Option<Value> {
        let wanted = &self.objects[index];
        let mut value = wanted.value.clone();
        value["metadata"]["namespace"] = object.value["metadata"]["namespace"].clone();
        if value["metadata"]["namespace"].is_null()
            && let Some(metadata) = value["metadata"].as_object_mut()
        {
            metadata.remove("namespace");
        }
        value["data"] = match wanted.id.kind.as_str() {
            "Secret" => object.value["data"].clone(),
            _ => value["data"].clone(),
        };
        let mut made = object.value.clone();
        if autoscaler(self.objects, wanted).is_some() {
            for one in [&mut value, &mut made] {
                if let Some(spec) = one["spec"].as_object_mut() {
                    spec.remove("replicas");
                }
            }
        }
        for one in [&mut value, &mut made] {
            if one["data"].is_null()
                && let Some(fields) = one.as_object_mut()
            {
                fields.remove("data");
            }
        }
        let patch = written::patch(&made, &value)?;
        let (much, of) = (leaves(&patch), leaves(&wanted.value));
        (much <= 8 || much * 3 <= of || wanted.id.kind == "Secret").then_some(patch)
    }

    /// What the environment makes beside what is wanted: the default that brings it is turned off.
    fn too_much(&mut self, made: &[Object], on: &BTreeSet<Convention>) -> bool {
        let wanted: BTreeSet<(&str, &str, &str)> = self
            .objects
            .iter()
            .map(|object| {
                let id = &object.id;
                (id.group.as_str(), id.kind.as_str(), id.name.as_str())
            })
            .collect();
        // Another environment would have another key, and other hashes.
        let same = on.contains(&Convention::StandardLabels);
        let mut changed = false;
        for object in made {
            let id = &object.id;
            // The key of checksums comes and goes with them.
            let key =
                same && id.kind == "Secret" && id.name == format!("infra-{}-checksums", self.name);
            let known = wanted.contains(&(&id.group, &id.kind, &id.name));
            if !known && !key && id.kind != "Namespace" {
                changed |= self.off.insert(companion(&id.kind));
            }
        }
        changed
    }

    /// A builder has something against an object. Whether the object as it is may do.
    fn doubt(&mut self, index: usize) -> bool {
        if self.trial.contains_key(&index)
            || !self.levels[index].is_builder()
            || self.objects[index].id.kind == "Secret"
        {
            return false;
        }
        let before = std::mem::replace(&mut self.levels[index], Level::Raw);
        self.trial.insert(index, Some(before));
        true
    }

    /// Builders that were doubted for nothing come back: the objects have the same problem.
    fn cleared(&mut self, problems: &[infra_sdk::environment::Problem], text: &Text) -> bool {
        let guilty: BTreeSet<usize> = problems
            .iter()
            .filter_map(|problem| text.object(problem.at.as_ref()?.line))
            .collect();
        let mut any = false;
        for (index, before) in &mut self.trial {
            let raw = self.levels[*index] == Level::Raw;
            if raw
                && guilty.contains(index)
                && let Some(before) = before.take()
            {
                self.levels[*index] = before;
                any = true;
            }
        }
        any
    }

    fn kinds(&self, brought: &BTreeSet<usize>) -> BTreeMap<String, (usize, usize)> {
        let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (index, object) in self.objects.iter().enumerate() {
            let count = kinds.entry(object.id.kind.clone()).or_default();
            if self.levels[index].is_builder() || brought.contains(&index) {
                count.0 += 1;
            } else {
                count.1 += 1;
            }
        }
        kinds
    }
}

fn same_home(made: &ObjectId, wanted: &ObjectId) -> bool {
    wanted.namespace.is_none() || made.namespace == wanted.namespace
}

/// The default that brings an object of a kind.
fn companion(kind: &str) -> Convention {
    match kind {
        "ServiceAccount" => Convention::ServiceAccount,
        "PodDisruptionBudget" => Convention::DisruptionBudget,
        _ => Convention::RestartOnChange,
    }
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields.values().map(leaves).sum::<usize>().max(1),
        Value::Array(items) => items.iter().map(leaves).sum::<usize>().max(1),
        _ => 1,
    }
}
