//! Objects of custom kinds against the definitions of their kinds: those of the environment, those
//! that resources bring, and those of the platform.
//!
//! What definitions say beyond the schema (rules in CEL, formats of texts) only a server knows; it
//! is not looked at here.

use super::{
    problem,
    suggest::{did_you_mean, listed, suggest},
};
use crate::environment::{
    Problem,
    scope::{defines, is_builtin, is_definition},
    view::View,
};
use crate::object::Object;
use infra_schema::crd::{self, CrdError, Definition, told};
use infra_schema::ty::Type;
use infra_schema::validate::{Violation, ViolationKind, prune, unknown_fields_and_known};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// How many problems of one object are worth telling.
const MOST: usize = 20;

type Read<'a> = HashMap<(&'a str, &'a str), Option<Result<Definition, CrdError>>>;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    let definitions: Vec<&Object> = view.objects.iter().filter(|o| is_definition(o)).collect();
    let mut read = Read::new();
    for definition in &definitions {
        let parsed = Definition::parse(&definition.value);
        if let Err(error) = &parsed {
            let message = format!("`{}` defines nothing: {error}", definition.id.name);
            let at = definition.origin.made.clone();
            problems.push(problem(
                message,
                at,
                "give it what every definition has".to_owned(),
            ));
        }
        read.insert(defines(&definition.value), Some(parsed));
    }
    for (position, object) in view.objects.iter().enumerate() {
        let (group, kind) = (object.id.group.as_str(), object.id.kind.as_str());
        if is_builtin(group) {
            continue;
        }
        let known = read
            .entry((group, kind))
            .or_insert_with(|| view.definitions.find(group, kind).map(Definition::parse));
        if let Some(Ok(definition)) = known {
            judge(view, position, definition, problems);
        }
    }
}

fn judge(view: &View<'_>, position: usize, definition: &Definition, problems: &mut Vec<Problem>) {
    let object = &view.objects[position];
    let short = object.id.short();
    let api_version = object.api_version();
    let version = api_version
        .split_once('/')
        .map_or("", |(_, version)| version);
    let Some(found) = definition.version(version) else {
        let served = definition.versions.iter().filter(|version| version.served);
        let served: Vec<String> = served.map(|version| version.kind.api_version()).collect();
        problems.push(problem(
            format!(
                "`{short}` is of `{api_version}`, and {} is not served in it",
                object.id.kind
            ),
            object.origin.place("apiVersion"),
            format!(
                "it is served in {}",
                listed(served.iter().map(String::as_str))
            ),
        ));
        return;
    };
    let faults = faults(&found.kind.ty(), &object.value, &object.id.kind);
    for fault in faults.into_iter().take(MOST) {
        problems.push(problem(
            format!("`{}` of `{short}` {}", fault.path, fault.problem),
            object.origin.place(&fault.path),
            fault.help,
        ));
    }
}

/// What is wrong with one field.
#[derive(Debug)]
struct Fault {
    path: String,
    problem: String,
    help: Option<String>,
}

/// What a server would find, in its order of steps: what the schema does not know is told and taken
/// away, what has a default is filled in, the rest is judged.
fn faults(ty: &Type, object: &Value, kind: &str) -> Vec<Fault> {
    let article = if kind.starts_with(['A', 'E', 'I', 'O']) {
        "an"
    } else {
        "a"
    };
    // A field that is missing because its name is misspelt is told once.
    let mut meant = HashSet::new();
    let mut faults: Vec<Fault> = unknown_fields_and_known(ty, object)
        .into_iter()
        .map(|(path, known)| {
            let (above, name) = path.rsplit_once('.').unwrap_or(("", &path));
            let known = || known.iter().map(AsRef::as_ref);
            meant.extend(suggest(name, known()).map(|near| format!("{above}.{near}")));
            let help = did_you_mean(name, known(), || match known().next() {
                Some(_) => format!("its fields are {}", listed(known())),
                None => "it has no fields".to_owned(),
            });
            Fault {
                problem: format!("is no field of {article} {kind}"),
                help: Some(help),
                path,
            }
        })
        .collect();
    let mut object = object.clone();
    prune(ty, &mut object);
    crd::fill(ty, &mut object);
    let violations = crd::check(ty, &object);
    let told_already =
        |one: &&Violation| one.kind == ViolationKind::Required && meant.contains(&one.field);
    let violations = violations.iter().filter(|one| !told_already(one));
    faults.extend(violations.filter_map(|violation| {
        let told = told(violation)?;
        let help = (!told.choice.is_empty()).then(|| {
            did_you_mean(
                &told.found,
                told.choice.iter().map(String::as_str),
                String::new,
            )
        });
        Some(Fault {
            path: violation.field.clone(),
            problem: told.problem,
            help: help.filter(|help| !help.is_empty()),
        })
    }));
    faults
}
