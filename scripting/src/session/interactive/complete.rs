//! Whether an input is whole, or more lines of it are to come.

use crate::diagnostic::{LexemeKind, lex};
use rhai::{Engine, OptimizationLevel, ParseErrorType};
use std::sync::OnceLock;

/// Whether a text is whole: nothing in it waits for more. One that is wrong is whole too.
pub fn is_complete(text: &str) -> bool {
    let lexemes = lex(text);
    if let Some(open) = lexemes.iter().find(|lexeme| lexeme.open) {
        return match open.kind {
            LexemeKind::Comment => false,
            // A string in double quotes ends on its line, unless that goes on with a backslash.
            _ if open.text.starts_with('`') => false,
            _ => !text.trim_end_matches([' ', '\t']).ends_with('\\'),
        };
    }
    let Err(error) = parser().compile(text) else {
        return true;
    };
    let Some(last) = lexemes
        .iter()
        .rfind(|lexeme| lexeme.kind != LexemeKind::Comment)
    else {
        return true;
    };
    if *error.err_type() == ParseErrorType::UnexpectedEOF {
        return false;
    }
    let position = error.position();
    let Some(line) = position.line() else {
        return false;
    };
    let column = position.position().unwrap_or(1);
    // The parser gave up behind everything that stands there.
    (line, column) <= (last.line as usize, last.column as usize)
}

/// Reads the grammar alone: what names mean is not asked.
fn parser() -> &'static Engine {
    static PARSER: OnceLock<Engine> = OnceLock::new();
    PARSER.get_or_init(|| {
        let mut engine = Engine::new_raw();
        engine
            .set_optimization_level(OptimizationLevel::None)
            .set_max_expr_depths(96, 64);
        engine
    })
}

#[cfg(test)]
mod tests {
    use super::is_complete;

    #[test]
    fn what_waits_for_more_is_not_whole() {
        for (text, complete) in [
            ("", true),
            ("1 + 1", true),
            ("let a = 1;", true),
            ("// a comment", true),
            ("let a = 1; // a comment", true),
            ("deployment(\"app\")", true),
            ("deployment(\"app\")\n    .image(\"a:1\")", true),
            ("if x { 1 } else { 2 }", true),
            ("fn f(x) { x }", true),
            ("`a\nb`", true),
            ("/* a */ 1", true),
            // Wrong, and no more lines would mend it.
            ("\"abc", true),
            ("1 +* 2", true),
            (")", true),
            ("let default = 1", true),
            ("a b", true),
            ("f(1))", true),
            // Waiting.
            ("f(", false),
            ("f(1,", false),
            ("f(1", false),
            ("[1, 2", false),
            ("#{ a: 1,", false),
            ("#{ a:", false),
            ("if x {", false),
            ("if x", false),
            ("fn f(x)", false),
            ("fn f(x) {\n    x", false),
            ("let a =", false),
            ("1 +", false),
            ("a &&", false),
            ("a.", false),
            ("let", false),
            ("`a ${b", false),
            ("`a", false),
            ("/* a", false),
            ("\"abc\\", false),
            ("f(1 // a comment", false),
            ("unknown(missing, ", false),
        ] {
            assert_eq!(is_complete(text), complete, "{text:?}");
        }
    }
}
