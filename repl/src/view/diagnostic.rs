//! Errors of a script, drawn with the line they stand on.

use crate::ui::Look;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use infra_scripting::diagnostic::{Diagnostic, Span};

/// All of them, apart by a blank line.
pub(crate) fn diagnostics(look: Look, diagnostics: &[Diagnostic]) -> String {
    let renderer = if look.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
    .term_width(look.width);
    let mut text: Vec<String> = Vec::new();
    for diagnostic in diagnostics {
        text.push(format!("{}\n", renderer.render(&groups(diagnostic))));
    }
    text.join("\n")
}

fn groups(diagnostic: &Diagnostic) -> Vec<Group<'_>> {
    let title = Level::ERROR.primary_title(diagnostic.message.as_str());
    let mut groups = match &diagnostic.at {
        Some(span) => {
            let first = title.element(snippet(span, diagnostic.label.as_str()));
            let help = diagnostic.help.iter();
            vec![help.fold(first, |group, help| {
                group.element(Level::HELP.message(help.as_str()))
            })]
        }
        // Without a line to draw, each advice stands by itself.
        None => std::iter::once(Group::with_title(title))
            .chain(
                diagnostic
                    .help
                    .iter()
                    .map(|help| Group::with_title(Level::HELP.secondary_title(help.as_str()))),
            )
            .collect(),
    };
    let further = diagnostic
        .notes
        .iter()
        .map(|note| (&note.message, &note.at))
        .chain(
            diagnostic
                .frames
                .iter()
                .map(|frame| (&frame.message, &frame.at)),
        );
    for (message, at) in further {
        let title = Level::NOTE.secondary_title(message.as_str());
        groups.push(match at {
            Some(span) => title.element(snippet(span, "")),
            None => Group::with_title(title),
        });
    }
    groups
}

/// One line of a script with the place under it.
pub(super) fn snippet<'a>(
    span: &'a Span,
    label: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let byte = |column: usize| {
        span.text
            .char_indices()
            .nth(column)
            .map_or(span.text.len(), |(index, _)| index)
    };
    let start = span.column.saturating_sub(1) as usize;
    let range = byte(start)..byte(start + span.length as usize);
    let annotation = AnnotationKind::Primary.span(range);
    Snippet::source(span.text.as_str())
        .line_start(span.line as usize)
        .path(&*span.file)
        .annotation(if label.is_empty() {
            annotation
        } else {
            annotation.label(label)
        })
}
