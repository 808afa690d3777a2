//! Where the words of a script stand: just enough of its grammar for spans, brackets and constants.

/// What a lexeme is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LexemeKind {
    /// A name or keyword.
    Word,
    /// A number.
    Number,
    /// A string in double quotes or backticks, with everything in it.
    Text,
    /// Something in single quotes.
    Char,
    /// An operator or bracket.
    Symbol,
    /// A comment.
    Comment,
}

/// One word, literal, symbol or comment of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lexeme<'a> {
    /// What it is.
    pub kind: LexemeKind,
    /// Its text.
    pub text: &'a str,
    /// Its first byte.
    pub start: usize,
    /// Its line, from one.
    pub line: u32,
    /// Its column in characters, from one.
    pub column: u32,
    /// Whether a string or comment lacks its end.
    pub open: bool,
}

impl Lexeme<'_> {
    /// The byte after its last.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this symbol.
    pub fn is(&self, symbol: &str) -> bool {
        self.kind == LexemeKind::Symbol && self.text == symbol
    }
}

/// The lexemes of a script, comments included. Never fails: what it does not know is a symbol.
pub fn lex(text: &str) -> Vec<Lexeme<'_>> {
    let mut lexer = Lexer {
        text,
        at: 0,
        line: 1,
        column: 1,
    };
    let mut lexemes = Vec::with_capacity(text.len() / 5);
    while let Some(lexeme) = lexer.next() {
        lexemes.push(lexeme);
    }
    lexemes
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
}

const SYMBOLS: [&str; 31] = [
    "...", "..=", "<<=", ">>=", "**=", "#{", "::", "=>", "==", "!=", "<=", ">=", "&&", "||", "??",
    "?.", "?[", "..", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<", ">>", "**", "->", "()",
];

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Option<Lexeme<'a>> {
        self.skip_space();
        let rest = &self.text[self.at..];
        let first = rest.chars().next()?;
        let (kind, length, open) = match first {
            '/' if rest.starts_with("//") => (
                LexemeKind::Comment,
                rest.find('\n').unwrap_or(rest.len()),
                false,
            ),
            '/' if rest.starts_with("/*") => {
                let (length, open) = block_comment(rest);
                (LexemeKind::Comment, length, open)
            }
            '"' => {
                let (length, open) = quoted(rest, '"');
                (LexemeKind::Text, length, open)
            }
            '`' => {
                let (length, open) = template(rest);
                (LexemeKind::Text, length, open)
            }
            '\'' => {
                let (length, open) = quoted(rest, '\'');
                (LexemeKind::Char, length, open)
            }
            c if c == '_' || c.is_alphabetic() => (
                LexemeKind::Word,
                rest.find(|c: char| c != '_' && !c.is_alphanumeric())
                    .unwrap_or(rest.len()),
                false,
            ),
            c if c.is_ascii_digit() => (LexemeKind::Number, number(rest), false),
            c => (
                LexemeKind::Symbol,
                SYMBOLS[..SYMBOLS.len() - 1]
                    .iter()
                    .find(|symbol| rest.starts_with(**symbol))
                    .map_or(c.len_utf8(), |symbol| symbol.len()),
                false,
            ),
        };
        let lexeme = Lexeme {
            kind,
            text: &rest[..length],
            start: self.at,
            line: self.line,
            column: self.column,
            open,
        };
        self.advance(length);
        Some(lexeme)
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest
            .find(|c: char| !c.is_whitespace())
            .unwrap_or(rest.len());
        self.advance(length);
    }

    fn advance(&mut self, length: usize) {
        for c in self.text[self.at..self.at + length].chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.at += length;
    }
}

fn number(rest: &str) -> usize {
    let mut previous = '0';
    for (index, c) in rest.char_indices() {
        let goes_on = c.is_ascii_alphanumeric()
            || c == '_'
            || (c == '.'
                && previous.is_ascii_digit()
                && rest[index + 1..].starts_with(|next: char| next.is_ascii_digit()));
        if !goes_on {
            return index;
        }
        previous = c;
    }
    rest.len()
}

/// A string or char on one line: its length, and whether it lacks its end.
fn quoted(rest: &str, quote: char) -> (usize, bool) {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return (index, true),
            c if c == quote => return (index + 1, false),
            _ => {}
        }
    }
    (rest.len(), true)
}

/// A string in backticks, with the expressions in it.
fn template(rest: &str) -> (usize, bool) {
    let mut at = 1;
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with('`') {
            return (at + 1, false);
        }
        if here.starts_with("${") {
            at += 2;
            let mut depth = 1_u32;
            let mut inner = Lexer {
                text: rest,
                at,
                line: 1,
                column: 1,
            };
            while depth > 0 {
                let Some(lexeme) = inner.next() else {
                    return (rest.len(), true);
                };
                if lexeme.is("{") || lexeme.is("#{") {
                    depth += 1;
                } else if lexeme.is("}") {
                    depth -= 1;
                }
            }
            at = inner.at;
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    (rest.len(), true)
}

fn block_comment(rest: &str) -> (usize, bool) {
    let mut depth = 0_u32;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return (at, false);
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    (rest.len(), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_literals_and_symbols_stand_where_they_stand() {
        let text = "let a = `x ${b + \"}\"} y`; // done\n  c.d(1.5, 0..3)";
        let found: Vec<(&str, u32, u32)> = lex(text)
            .into_iter()
            .map(|lexeme| (lexeme.text, lexeme.line, lexeme.column))
            .collect();
        assert_eq!(
            found,
            [
                ("let", 1, 1),
                ("a", 1, 5),
                ("=", 1, 7),
                ("`x ${b + \"}\"} y`", 1, 9),
                (";", 1, 25),
                ("// done", 1, 27),
                ("c", 2, 3),
                (".", 2, 4),
                ("d", 2, 5),
                ("(", 2, 6),
                ("1.5", 2, 7),
                (",", 2, 10),
                ("0", 2, 12),
                ("..", 2, 13),
                ("3", 2, 15),
                (")", 2, 16),
            ]
        );
    }

    #[test]
    fn what_lacks_its_end_is_open_and_nothing_panics() {
        for text in [
            "\"abc",
            "`a ${b",
            "/* a /* b */",
            "'a",
            "\"a\\",
            "`",
            "${",
            "é€\u{1F600}",
        ] {
            let lexemes = lex(text);
            assert!(!lexemes.is_empty(), "{text}");
        }
        assert!(lex("\"abc\n\"")[0].open);
        assert!(lex("/* a /* b */")[0].open);
    }
}
