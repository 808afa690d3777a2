//! Colours of a line while it is typed.

use crate::ui::Look;
use anstyle::{AnsiColor, Style};
use infra_scripting::diagnostic::{Lexeme, LexemeKind, lex};

/// The words of the grammar.
const KEYWORDS: [&str; 21] = [
    "let", "const", "fn", "if", "else", "for", "in", "while", "loop", "do", "until", "break",
    "continue", "return", "throw", "try", "catch", "switch", "import", "as", "export",
];

/// A line with colours; as wide as without.
pub(crate) fn highlight(look: Look, line: &str) -> String {
    if super::colon::is_command(line) {
        let end = line
            .trim_start()
            .find(char::is_whitespace)
            .map_or(line.len(), |end| line.len() - line.trim_start().len() + end);
        return format!("{}{}", look.strong(&line[..end]), &line[end..]);
    }
    let lexemes = lex(line);
    let mut text = String::new();
    let mut at = 0;
    for (index, lexeme) in lexemes.iter().enumerate() {
        text.push_str(&line[at..lexeme.start]);
        let called = lexemes.get(index + 1).is_some_and(|next| next.is("("));
        text.push_str(&painted(look, lexeme, called));
        at = lexeme.end();
    }
    text.push_str(&line[at..]);
    text
}

fn painted(look: Look, lexeme: &Lexeme<'_>, called: bool) -> String {
    let colour = |colour: AnsiColor| colour.on_default();
    let style = match lexeme.kind {
        LexemeKind::Comment => Style::new().dimmed(),
        LexemeKind::Text => colour(AnsiColor::Green),
        LexemeKind::Char => colour(AnsiColor::Red),
        LexemeKind::Number => colour(AnsiColor::Cyan),
        LexemeKind::Word if KEYWORDS.contains(&lexeme.text) => colour(AnsiColor::Magenta),
        LexemeKind::Word if ["true", "false"].contains(&lexeme.text) => colour(AnsiColor::Cyan),
        LexemeKind::Word if called => colour(AnsiColor::Blue),
        LexemeKind::Word | LexemeKind::Symbol => return lexeme.text.to_owned(),
    };
    look.paint(style, lexeme.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_text() {
        let look = |color| Look {
            terminal: true,
            color,
            width: 80,
        };
        for line in [
            "let a = deployment(\"ä\").replicas(3); // more",
            "  `a ${b}`\n  'x' /* open",
            ":load a.rhai",
            " :quit",
            "",
        ] {
            assert_eq!(highlight(look(false), line), line);
            let coloured = highlight(look(true), line);
            let mut plain = String::new();
            let mut rest = coloured.as_str();
            while let Some((before, after)) = rest.split_once('\u{1b}') {
                plain.push_str(before);
                rest = after.split_once('m').map_or("", |(_, rest)| rest);
            }
            plain.push_str(rest);
            assert_eq!(plain, line);
        }
        assert_eq!(highlight(look(true), "let a"), "\u{1b}[35mlet\u{1b}[0m a");
    }
}
