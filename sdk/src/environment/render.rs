//! From an environment to its objects, or to everything that is wrong with it.

use super::{
    Definitions, Edge, Environment, Graph, Platform, Problem, Problems, Rendered,
    check::{check, check_by_subject, check_itself},
    checksum,
    edges::{Links, edges},
    lower::{self, Lowered},
    order, policy,
    view::{View, existing},
};
use crate::object::{Location, Object, Ref};
use crate::resource::{Relation, RelationKind};
use std::collections::BTreeMap;

pub(crate) fn render(environment: &Environment, platform: &Platform) -> Result<Rendered, Problems> {
    let assembled = assemble(environment, platform);
    if !assembled.problems.is_empty() {
        return Err(Problems(assembled.problems));
    }
    Ok(Rendered {
        name: environment.name.clone(),
        namespace: environment.default_namespace().to_owned(),
        scaled: environment.share_in_words(),
        edges: moved(&assembled.links, &assembled.sorted),
        objects: arranged(assembled.objects, &assembled.sorted),
        existing: assembled.existing,
    })
}

/// All objects, in the order of their resources, and all that is wrong with them. What cannot be an
/// environment at all has no objects.
pub(crate) fn examine(environment: &Environment, platform: &Platform) -> (Vec<Object>, Problems) {
    let assembled = assemble(environment, platform);
    (assembled.objects, Problems(assembled.problems))
}

/// Objects and how they depend on each other, checked.
#[derive(Default)]
struct Assembled {
    objects: Vec<Object>,
    links: Links,
    sorted: Vec<usize>,
    existing: Vec<(Ref, Option<Location>)>,
    problems: Vec<Problem>,
}

fn assemble(environment: &Environment, platform: &Platform) -> Assembled {
    let problems = check_itself(environment);
    if !problems.is_empty() {
        return Assembled {
            problems,
            ..Assembled::default()
        };
    }
    let graph = Graph::of(environment);
    let definitions = Definitions::new(environment, platform);
    let (lowered, mut problems) = lowered(environment, &graph, &definitions);

    let view = View::new(environment, &graph, &definitions, &lowered);
    problems.extend(check(&view));
    let links = edges(&view);
    let sorted = match order::order(&lowered.objects, &links) {
        Ok(sorted) => sorted,
        Err(cycles) => {
            problems.extend(cycles.iter().map(|cycle| knot(&view, &links, cycle)));
            Vec::new()
        }
    };
    // What is made here need not be there before.
    let mut existing = named(&graph, environment);
    existing.retain(|(reference, _)| view.main(reference).is_none());
    drop(view);
    Assembled {
        objects: lowered.objects,
        links,
        sorted,
        existing,
        problems: tidied(problems),
    }
}

/// All objects, and the relations that no network policy can express.
fn lowered(
    environment: &Environment,
    graph: &Graph,
    definitions: &Definitions<'_>,
) -> (Lowered, Vec<Problem>) {
    let mut lowered = lower::lower(environment, graph, definitions);
    let problems = policy::add(environment, graph, &mut lowered);
    checksum::add(environment, graph, &mut lowered);
    lower::label(&mut lowered.objects, environment);
    (lowered, problems)
}

/// What keeps an environment from being rendered, each with the id of the rule that it breaks; and
/// what `look` sees in its objects, which it has all the same as soon as it has a name.
pub(crate) fn inspect<T>(
    environment: &Environment,
    platform: &Platform<'_>,
    look: impl FnOnce(&View<'_>) -> T,
) -> (Vec<(&'static str, Problem)>, Option<T>) {
    let as_rule = |id: &'static str| move |problem: Problem| (id, problem);
    let itself = check_itself(environment).into_iter();
    let mut problems: Vec<_> = itself.map(as_rule("invalid-environment")).collect();
    if !problems.is_empty() {
        return (problems, None);
    }
    let graph = Graph::of(environment);
    let definitions = Definitions::new(environment, platform);
    let (lowered, policies) = lowered(environment, &graph, &definitions);
    problems.extend(policies.into_iter().map(as_rule("impossible-policy")));
    let view = View::new(environment, &graph, &definitions, &lowered);
    problems.extend(check_by_subject(&view));
    let links = edges(&view);
    if let Err(cycles) = order::order(&lowered.objects, &links) {
        let knots = cycles.iter().map(|cycle| knot(&view, &links, cycle));
        problems.extend(knots.map(as_rule("circular-order")));
    }
    (problems, Some(look(&view)))
}

/// By file, line and column, each once.
fn tidied(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| (a.at.is_none(), &a.at).cmp(&(b.at.is_none(), &b.at)));
    let mut seen = std::collections::HashSet::new();
    problems.retain(|problem| seen.insert((problem.message.clone(), problem.at.clone())));
    problems
}

/// `a` connects to `b`, which uses `a`.
fn knot(view: &View<'_>, links: &Links, cycle: &[usize]) -> Problem {
    let name = |position: usize| view.objects[position].id.short();
    let mut message = format!("`{}`", name(cycle[0]));
    for (place, position) in cycle.iter().enumerate() {
        let next = cycle[(place + 1) % cycle.len()];
        let why = links
            .get(&(next, *position))
            .map_or("waits for", |(_, why)| why);
        let which = if place == 0 { "" } else { ", which" };
        message.extend([which, " ", why, " `", &name(next), "`"]);
    }
    message.push_str(": none of them can come first");
    Problem {
        message,
        at: view.at(
            cycle[0],
            "",
            cycle
                .get(1)
                .map(|next| super::index::key(&view.objects[*next])),
        ),
        help: Some("take one of these relations away".to_owned()),
    }
}

fn arranged(objects: Vec<Object>, sorted: &[usize]) -> Vec<Object> {
    let mut slots: Vec<Option<Object>> = objects.into_iter().map(Some).collect();
    sorted
        .iter()
        .filter_map(|position| slots[*position].take())
        .collect()
}

fn moved(links: &Links, sorted: &[usize]) -> Vec<Edge> {
    let mut places = vec![0; sorted.len()];
    for (place, position) in sorted.iter().enumerate() {
        places[*position] = place;
    }
    let mut edges: Vec<Edge> = links
        .iter()
        .map(|((before, after), (kind, _))| Edge {
            before: places[*before],
            after: places[*after],
            kind: *kind,
        })
        .collect();
    edges.sort_unstable();
    edges
}

/// What is said to be there already, each once, where it was named first.
fn named(graph: &Graph, environment: &Environment) -> Vec<(Ref, Option<Location>)> {
    let mut found: BTreeMap<Ref, Option<Location>> = BTreeMap::new();
    for reference in existing(graph) {
        let reference = graph.normal(reference);
        let may_be_missing = |relation: &Relation| {
            matches!(relation.kind, RelationKind::Uses { optional: true, .. })
        };
        if graph.facts(&reference).is_none() && graph.relations_to(&reference).all(may_be_missing) {
            continue;
        }
        let mut relations = graph.relations_to(&reference);
        let at = relations.find_map(|relation| relation.at.clone());
        let made = || {
            let mut resources = environment.resources.iter();
            let resource =
                resources.find(|resource| *graph.normal(&resource.reference()) == *reference)?;
            resource.origin().made.clone()
        };
        found
            .entry(reference.clone().into_owned())
            .or_insert_with(|| at.or_else(made));
    }
    found.into_iter().collect()
}
