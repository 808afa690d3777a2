//! Files of environment variables.

use super::{DataKey, Invalid};

/// The lines `KEY=value` of an env file, in order.
///
/// Empty lines and those that start with `#` are skipped, `export ` before a key is too. A value in
/// double quotes knows `\n`, `\t`, `\"` and `\\`; in single quotes it stands as it is; without, it
/// ends before ` #`. What is wrong is said with its line, and without the line's content.
pub fn env_lines(content: &str) -> Result<Vec<(DataKey, String)>, Invalid> {
    let lines = content.trim_start_matches('\u{feff}').lines();
    lines
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| {
            parse(line).ok_or_else(|| {
                Invalid::new(
                    "a line of an env file",
                    format!("line {number}"),
                    "`KEY=value`, with the quotes around a value closed",
                )
            })
        })
        .collect()
}

fn parse(line: &str) -> Option<(DataKey, String)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (key, value) = line.split_once('=')?;
    Some((key.trim().parse().ok()?, unquote(value.trim())?))
}

fn unquote(value: &str) -> Option<String> {
    match value.chars().next() {
        Some('"') => {
            let (mut text, mut chars) = (String::new(), value[1..].chars());
            loop {
                match chars.next()? {
                    '"' => break,
                    '\\' => match chars.next()? {
                        'n' => text.push('\n'),
                        't' => text.push('\t'),
                        other => text.push(other),
                    },
                    other => text.push(other),
                }
            }
            is_end(chars.as_str()).then_some(text)
        }
        Some('\'') => {
            let (text, rest) = value[1..].split_once('\'')?;
            is_end(rest).then(|| text.to_owned())
        }
        _ => {
            let text = value.split_once(" #").map_or(value, |(text, _)| text);
            Some(text.trim_end().to_owned())
        }
    }
}

fn is_end(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let content = "\u{feff}# comment\n\nA=1\r\nexport B = two words # note\nC=\"a\\n\\\"b\\\" # c\" # d\nD='a\\n'\nE=\nF=a#b=c\n";
        let found = env_lines(content).expect("it is right");
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("A", "1"),
                ("B", "two words"),
                ("C", "a\n\"b\" # c"),
                ("D", "a\\n"),
                ("E", ""),
                ("F", "a#b=c"),
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_said_without_the_content() {
        for content in ["secret", "A=\"open", "A='open", "A B=1", "A=\"x\" y"] {
            let error = env_lines(content).expect_err(content).to_string();
            assert!(
                error.starts_with("`line 1` is not a line of an env file"),
                "{error}"
            );
        }
    }
}
