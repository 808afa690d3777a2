//! Which parameter stands behind the call of a setter.

use crate::diagnostic::{Lexeme, lex};

/// The name of the parameter whose value the call at a place hands over: written there, or by way of
/// a variable or constant of the script.
pub(super) fn parameter_at(text: &str, line: u32, column: u32) -> Option<String> {
    let lexemes = lex(text);
    let at = |lexeme: &Lexeme<'_>| (lexeme.line, lexeme.column) == (line, column);
    let name = lexemes.iter().position(at)?;
    let arguments = parenthesised(lexemes.get(name + 1..)?);
    if let Some(named) = parameter(arguments) {
        return Some(named);
    }
    let [only] = arguments else { return None };
    let made = lexemes.windows(3).position(|three| {
        ["let", "const"].contains(&three[0].text) && three[1].text == only.text && three[2].is("=")
    })?;
    let value = &lexemes[made + 3..];
    let end = value.iter().position(|lexeme| lexeme.is(";"));
    parameter(&value[..end.unwrap_or(value.len())])
}

/// What stands in the parentheses that begin here.
fn parenthesised<'a, 'b>(lexemes: &'a [Lexeme<'b>]) -> &'a [Lexeme<'b>] {
    let mut depth = 0_usize;
    for (index, lexeme) in lexemes.iter().enumerate() {
        if lexeme.is("(") {
            depth += 1;
        } else if lexeme.is(")") {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 {
            return lexemes.get(1..index).unwrap_or_default();
        }
    }
    &[]
}

fn parameter(lexemes: &[Lexeme<'_>]) -> Option<String> {
    let call = lexemes.windows(3).find(|three| {
        three[0].text == "param" && three[1].is("(") && three[2].text.starts_with('"')
    })?;
    Some(call[2].text.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_found_in_the_call_and_behind_a_name() {
        for (line, expected) in [
            (
                "let a = app.replicas(param(\"replicas\", 2)).port(80);",
                Some("replicas"),
            ),
            ("let a = app.replicas(count);", Some("count_of")),
            (
                "let a = app.replicas(2).image(param(\"image\", \"a:1\"));",
                None,
            ),
            ("let a = app.replicas(other);", None),
            (
                "let a = app.replicas(1 + param(\"more\", 1));",
                Some("more"),
            ),
        ] {
            let text = format!("const count = param(\"count_of\", 2);\n{line}\n");
            let column = line.find("replicas").unwrap() as u32 + 1;
            assert_eq!(
                parameter_at(&text, 2, column).as_deref(),
                expected,
                "{line}"
            );
        }
    }
}
