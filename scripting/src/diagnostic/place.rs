//! Where the parser gave up: the words and brackets around it.

use super::{Diagnostic, Lexeme, LexemeKind, Source};
use rhai::Position;

/// Where the parser gave up, and the script around it.
pub(super) struct Place<'a> {
    pub(super) source: &'a Source,
    pub(super) lexemes: &'a [Lexeme<'a>],
    pub(super) position: Position,
}

impl Place<'_> {
    pub(super) fn here(&self) -> (u32, u32) {
        match (self.position.line(), self.position.position()) {
            (Some(line), Some(column)) => (line as u32, column.max(1) as u32),
            (Some(line), None) => (line as u32, 1),
            _ => self
                .code()
                .last()
                .map_or((1, 1), |lexeme| (lexeme.line, lexeme.column)),
        }
    }

    pub(super) fn at(&self, message: impl Into<String>) -> Diagnostic {
        let (line, column) = self.here();
        Diagnostic::new(message).at(Some(self.source.word(line, column)))
    }

    pub(super) fn code(&self) -> impl DoubleEndedIterator<Item = &Lexeme<'_>> + Clone {
        self.lexemes
            .iter()
            .filter(|lexeme| lexeme.kind != LexemeKind::Comment)
    }

    /// The lexeme that starts at or after the position.
    pub(super) fn lexeme(&self) -> Option<&Lexeme<'_>> {
        let here = self.here();
        self.code()
            .find(|lexeme| (lexeme.line, lexeme.column) >= here)
    }

    /// The last lexeme before the position.
    pub(super) fn before(&self) -> Option<&Lexeme<'_>> {
        let here = self.here();
        self.code()
            .rfind(|lexeme| (lexeme.line, lexeme.column) < here)
    }

    /// The brackets that are open at the position, outermost first.
    pub(super) fn open_brackets(&self) -> Vec<&Lexeme<'_>> {
        let here = self.here();
        let mut open: Vec<&Lexeme<'_>> = Vec::new();
        for lexeme in self.code() {
            if (lexeme.line, lexeme.column) >= here {
                break;
            }
            match lexeme.text {
                "(" | "[" | "{" | "#{" | "?[" if lexeme.kind == LexemeKind::Symbol => {
                    open.push(lexeme);
                }
                ")" | "]" | "}" if lexeme.kind == LexemeKind::Symbol => {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }
}

/// A `{` around the position that nothing in the script closes: the next statement at the left edge
/// is then meant to stand outside.
pub(super) fn never_closed(place: &Place<'_>) -> Option<Diagnostic> {
    let next = place.lexeme().filter(|next| next.column == 1)?;
    let innermost = *place.open_brackets().last()?;
    let mut open: Vec<&Lexeme<'_>> = Vec::new();
    for lexeme in place
        .code()
        .filter(|lexeme| lexeme.kind == LexemeKind::Symbol)
    {
        match lexeme.text {
            "(" | "[" | "{" | "#{" | "?[" => open.push(lexeme),
            ")" | "]" | "}" => {
                open.pop();
            }
            _ => {}
        }
    }
    let unclosed = open.iter().any(|lexeme| lexeme.text == "{") && innermost.text == "{";
    unclosed.then(|| {
        Diagnostic::new("this `{` is never closed")
            .at(Some(place.source.word(innermost.line, innermost.column)))
            .note(
                "the next statement begins here",
                Some(place.source.word(next.line, next.column)),
            )
    })
}

/// The innermost bracket that is open where the parser gave up.
pub(super) fn unclosed(place: &Place<'_>) -> Option<Diagnostic> {
    let open = place.open_brackets();
    let innermost = open.last()?;
    let close = match innermost.text {
        "(" => ")",
        "[" | "?[" => "]",
        _ => "}",
    };
    let found = place.lexeme().map_or_else(
        || "the end of the script".to_owned(),
        |lexeme| format!("`{}`", lexeme.text.lines().next().unwrap_or_default()),
    );
    let opened = place.source.word(innermost.line, innermost.column);
    Some(
        place
            .at(format!("expected `,` or `{close}`, found {found}"))
            .note(
                format!("this `{}` is still open", innermost.text),
                Some(opened),
            ),
    )
}
