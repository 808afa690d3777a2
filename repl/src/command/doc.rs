//! `infra doc`: what scripts can call.

use crate::args::{Doc, Output};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::{Look, Ui};
use crate::view;
use infra_scripting::bindings;
use infra_scripting::reference::{Answer, Reference, definitions};
use infra_scripting::table::Vocabulary;
use std::path::Path;

pub(crate) fn run(ui: Ui, args: Doc) -> Result<Exit, Failure> {
    let reference = Reference::of(&Vocabulary::new(vec![bindings::table()]));
    if let Some(folder) = &args.definitions {
        return write(ui, &reference, folder);
    }
    let asked = args.words.join(" ");
    if asked.is_empty() {
        ui.out(&match args.output {
            Output::Text => view::overview(ui.out_look(), &reference),
            output => view::document(output, &[("entries", view::topics(reference.topics()))]),
        });
        return Ok(Exit::Done);
    }
    let answer = find(&reference, &asked)?;
    ui.out(&match args.output {
        Output::Text => text(ui.out_look(), &reference, &answer),
        output => {
            let methods = answer.ty.into_iter().flat_map(|ty| reference.methods(ty));
            let named = answer.exact.iter().chain(&answer.related).copied();
            view::document(output, &[("entries", view::topics(named.chain(methods)))])
        }
    });
    Ok(Exit::Done)
}

/// What is known of some words; nothing is an error.
pub(crate) fn find<'a>(reference: &'a Reference, asked: &'a str) -> Result<Answer<'a>, Failure> {
    let answer = reference.find(asked);
    if !answer.is_empty() {
        return Ok(answer);
    }
    let failure = Failure::usage(format!("nothing is known of `{asked}`"));
    let meant = answer.meant.map(|name| format!("did you mean `{name}`?"));
    let help = meant.unwrap_or_else(|| "`infra doc` lists all that scripts can call".to_owned());
    Err(failure.help(help))
}

/// An answer, for people.
pub(crate) fn text(look: Look, reference: &Reference, answer: &Answer<'_>) -> String {
    if let Some(ty) = answer.ty {
        return view::type_page(look, reference, ty);
    }
    // One alone is told in full, however it was found.
    let all: Vec<_> = answer
        .exact
        .iter()
        .chain(&answer.related)
        .copied()
        .collect();
    if answer.exact.is_empty() && all.len() > 1 {
        return view::found(look, &all);
    }
    let told: Vec<String> = all.iter().map(|topic| view::entry(look, topic)).collect();
    told.join("\n")
}

fn write(ui: Ui, reference: &Reference, folder: &Path) -> Result<Exit, Failure> {
    let failed = |error: std::io::Error| {
        Failure::failed(format!("cannot write to `{}`: {error}", folder.display()))
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (name, text) in definitions(reference) {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(failed)?;
        ui.out(&format!("{}\n", path.display()));
    }
    Ok(Exit::Done)
}
