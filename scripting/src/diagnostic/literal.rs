//! Keys and elements inside maps and lists that a script writes out, by a path such as
//! `schedule.hours[0]`.

use super::source::{items, plain, statement_end};
use super::{Lexeme, LexemeKind, Source, Span, lex};

/// The key or element that a path leads to inside an argument of the call (or the value of an
/// assignment) whose name stands at a place: as far as the script writes the value out, there or in a
/// variable of its own. Nothing where not even the path's beginning is written.
pub(super) fn inside(source: &Source, line: u32, column: u32, path: &str) -> Option<Span> {
    let mut lexemes = lex(&source.text);
    lexemes.retain(|lexeme| lexeme.kind != LexemeKind::Comment);
    let name = lexemes
        .iter()
        .position(|lexeme| (lexeme.line, lexeme.column) == (line, column))?;
    let next = lexemes.get(name + 1)?;
    let arguments = if next.is("(") {
        items(&lexemes, name + 2)
    } else if next.is("=") {
        vec![(name + 2, statement_end(&lexemes, name + 2))]
    } else {
        return None;
    };
    let found = arguments
        .into_iter()
        .find_map(|argument| walk(&lexemes, argument, path, FAR))?;
    Some(source.between(&lexemes[found.0], &lexemes[found.1]))
}

/// How many variables may stand for one another: two may name each other.
const FAR: u32 = 8;

type Range = (usize, usize);

/// First and last lexeme of what the path leads to.
fn walk(lexemes: &[Lexeme<'_>], (first, last): Range, path: &str, far: u32) -> Option<Range> {
    let path = path.trim_start_matches('.');
    let start = lexemes.get(first)?;
    if start.is("#{") {
        let (key, value, rest) = member(lexemes, first, path)?;
        return walk(lexemes, value, rest, far).or(Some((key, key)));
    }
    if start.is("[") {
        let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
        let item = *items(lexemes, first + 1).get(index.parse::<usize>().ok()?)?;
        return walk(lexemes, item, rest, far).or(Some((item.0, item.0)));
    }
    if first == last && start.kind == LexemeKind::Word && far > 0 {
        return walk(lexemes, variable(lexemes, start.text)?, path, far - 1);
    }
    None
}

/// The member of a map that a path begins with: its key, its value, and what is left of the path.
/// Keys may hold dots: the longest one counts.
fn member<'p>(
    lexemes: &[Lexeme<'_>],
    map: usize,
    path: &'p str,
) -> Option<(usize, Range, &'p str)> {
    let members = items(lexemes, map + 1).into_iter();
    let found = members.filter_map(|(key, end)| {
        let rest = path.strip_prefix(plain(lexemes[key].text))?;
        let whole = rest.is_empty() || rest.starts_with(['.', '[']);
        whole.then(|| (key, ((key + 2).min(end), end), rest))
    });
    found.min_by_key(|(_, _, rest)| rest.len())
}

/// The value of a variable that is defined once in the script.
fn variable(lexemes: &[Lexeme<'_>], name: &str) -> Option<Range> {
    let mut defined = lexemes.windows(3).enumerate().filter(|(_, three)| {
        ["const", "let"].contains(&three[0].text) && three[1].text == name && three[2].is("=")
    });
    let (at, _) = defined.next()?;
    defined
        .next()
        .is_none()
        .then(|| (at + 3, statement_end(lexemes, at + 3)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_as_far_as_they_are_written() {
        let text = r#"const BASE = #{ "a.b/c": 1, spec: #{ hours: [1, #{ at: 2 }] } };
const A = B; const B = A;
x.spec(1, #{ one: 1, two: /* here */ #{ three: f(1, 2) } });
x.spec(BASE);
x.spec(A);
x.spec = #{ four: 4 };
x.spec();"#;
        let source = Source {
            name: "a.rhai".into(),
            text: text.into(),
        };
        for (line, path, expected) in [
            (3, "two.three", Some("three")),
            (3, "two.three.four", Some("three")),
            (3, "two.five", Some("two")),
            (3, "one", Some("one")),
            (3, "onest", None),
            (4, "spec.hours[1].at", Some("at")),
            (4, "spec.hours[0]", Some("1")),
            (4, "spec.hours[7]", Some("hours")),
            (4, "spec.hours[name=\"x\"]", Some("hours")),
            (4, "a.b/c", Some("\"a.b/c\"")),
            (5, "spec", None),
            (6, "four", Some("four")),
            (7, "one", None),
        ] {
            let found = inside(&source, line, 3, path).map(|span| {
                let skipped = span.text.chars().skip(span.column as usize - 1);
                skipped.take(span.length as usize).collect::<String>()
            });
            assert_eq!(found.as_deref(), expected, "{line} {path}");
        }
    }
}
