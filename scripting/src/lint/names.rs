//! Functions and methods that do not exist, wherever they stand.

use super::Linted;
use super::types::Types;
use super::walk::{self, Found};
use crate::diagnostic::{Diagnostic, arity, closest, unknown_function, unknown_method};
use crate::table::Row;
use std::{cell::OnceCell, collections::HashSet};

/// What Rhai handles before functions are looked up.
const BUILT_IN: [&str; 11] = [
    "call",
    // What the parser makes of a closure that uses variables around it.
    "curry",
    "Fn",
    "type_of",
    "print",
    "debug",
    "is_shared",
    "is_def_var",
    "is_def_fn",
    "throw",
    "eval",
];

pub(super) fn check(script: &Linted<'_>, types: &Types<'_>) -> Vec<Diagnostic> {
    let own = script.functions();
    let keys: OnceCell<HashSet<String>> = OnceCell::new();
    let library: OnceCell<HashSet<String>> = OnceCell::new();
    let mut found = Vec::new();
    let mut typed: HashSet<rhai::Position> = HashSet::new();
    types.calls(script, &mut |call| {
        if found.len() > super::MOST {
            return;
        }
        let name = call.call.name.as_str();
        let vocabulary = &script.state.vocabulary;
        let fits = vocabulary
            .methods(&call.receiver, name)
            .any(|row| row.takes(call.call.args.len()));
        if fits || BUILT_IN.contains(&name) || own.iter().any(|(known, _)| *known == name) {
            return;
        }
        typed.insert(call.position);
        // What Rhai gives every value is no row's name.
        let general = vocabulary.named(name).next().is_none()
            && library.get_or_init(|| library_names(script)).contains(name);
        if !general {
            found.push(unknown_method(
                name,
                &call.receiver,
                call.call.args.len(),
                vocabulary,
                |message| script.at(message, call.position),
            ));
        }
    });
    walk::calls(script.ast, |call| {
        let name = call.call.name.as_str();
        let skipped = call.method && typed.contains(&call.position)
            || call.call.op_token.is_some()
            || call.call.is_qualified()
            || BUILT_IN.contains(&name)
            || own.iter().any(|(known, _)| *known == name) && call.method;
        if skipped || found.len() > super::MOST {
            return;
        }
        if let Some((known, _)) = own.iter().find(|(known, _)| *known == name) {
            found.extend(own_arity(script, &own, known, call));
            return;
        }
        let given = call.call.args.len();
        let known = rows_of(script, call).any(|row| row.takes(given))
            || library.get_or_init(|| library_names(script)).contains(name)
            || keys.get_or_init(|| walk::keys(script.ast)).contains(name);
        if !known {
            found.push(against_rows(script, call));
        }
    });
    found
}

fn own_arity(
    script: &Linted<'_>,
    own: &[(&str, usize)],
    name: &str,
    call: &Found<'_>,
) -> Option<Diagnostic> {
    let given = call.call.args.len();
    let wanted: Vec<usize> = own
        .iter()
        .filter(|(known, _)| *known == name)
        .map(|(_, parameters)| *parameters)
        .collect();
    let fits = wanted.contains(&given)
        || script.state.vocabulary.named(name).any(|row| {
            // A method may be called as a function of its receiver.
            let given = given.checked_sub(usize::from(row.receiver.is_some()));
            given.is_some_and(|given| row.takes(given))
        });
    (!fits).then(|| {
        let list: Vec<String> = wanted.iter().map(ToString::to_string).collect();
        let plural = if wanted == [1] { "" } else { "s" };
        script.at(
            format!(
                "`{name}` takes {} argument{plural}, {given} given",
                list.join(" or ")
            ),
            call.position,
        )
    })
}

/// The rows that a call of its name and form may mean.
fn rows_of<'a>(script: &'a Linted<'_>, call: &Found<'a>) -> impl Iterator<Item = &'a Row> {
    let method = call.method;
    let rows = script.state.vocabulary.named(call.call.name.as_str());
    rows.filter(move |row| {
        if method {
            row.is_method()
        } else {
            row.is_function()
        }
    })
}

/// What is wrong with a call that no row fits. Not asked for what is known otherwise: to look for the
/// name that was meant among all takes a while.
fn against_rows(script: &Linted<'_>, call: &Found<'_>) -> Diagnostic {
    let name = call.call.name.as_str();
    let vocabulary = &script.state.vocabulary;
    let rows: Vec<&Row> = rows_of(script, call).collect();
    if !rows.is_empty() {
        let mut different: Vec<&Row> = Vec::new();
        for row in rows {
            if different.iter().all(|known| known.counts() != row.counts()) {
                different.push(row);
            }
        }
        let given = call.call.args.len();
        return arity(&format!("`{name}`"), &different, given, |message| {
            script.at(message, call.position)
        });
    }
    if !call.method {
        let own = script.functions();
        let error = unknown_function(name, own.iter().map(|(name, _)| *name), script.state);
        let at = script.at(String::new(), call.position).at;
        return error.at(at);
    }
    let error = script.at(format!("nothing has a method `{name}`"), call.position);
    let methods = vocabulary
        .rows()
        .filter(|row| row.is_method())
        .map(|row| row.name);
    match closest(name, methods) {
        Some(meant) => {
            let mut receivers: Vec<&str> = vocabulary
                .named(meant)
                .filter_map(Row::receiver_name)
                .collect();
            receivers.dedup();
            match receivers.as_slice() {
                [one] => error.help(format!(
                    "did you mean `{meant}` of {}?",
                    crate::diagnostic::article(one)
                )),
                _ => error.help(format!("did you mean `{meant}`?")),
            }
        }
        None => error,
    }
}

/// The functions of Rhai's own library and of imported scripts; asked only when a name is not ours.
fn library_names(script: &Linted<'_>) -> HashSet<String> {
    script
        .engine
        .collect_fn_metadata(None, |info| Some(info.metadata.name.to_string()), true)
        .into_iter()
        .collect()
}
