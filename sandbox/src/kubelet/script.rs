//! What a container's command does, as far as it can be told without running it.
//!
//! A command whose every statement is `sleep N`, `echo TEXT`, `exit N`, `true` or `false` is
//! followed, plain or through `sh -c`; the output of `echo` goes to the log. Anything else is a
//! program of which nothing is known.

use serde_json::Value;

use crate::controller::json::strings;

/// The course of a command: how long it runs, what it writes, how it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Course {
    /// Seconds until it exits.
    pub(crate) seconds: i64,
    /// Its exit code.
    pub(crate) exit_code: i64,
    /// What it writes.
    pub(crate) output: String,
}

/// The course of a container's command; none where it is a program of which nothing is known.
pub(crate) fn course(container: &Value) -> Option<Course> {
    let mut words = strings(container, "command");
    words.extend(strings(container, "args"));
    let (first, rest) = words.split_first()?;
    let shell = matches!(
        *first,
        "sh" | "bash" | "/bin/sh" | "/bin/bash" | "ash" | "/bin/ash"
    );
    if shell {
        let [option, script] = rest else { return None };
        return (option.starts_with('-') && option.ends_with('c'))
            .then(|| follow(script))
            .flatten();
    }
    let mut course = Course {
        seconds: 1,
        ..Course::default()
    };
    statement(&words, &mut course)?;
    Some(course)
}

fn follow(script: &str) -> Option<Course> {
    let mut course = Course {
        seconds: 1,
        ..Course::default()
    };
    for line in script.replace("&&", ";").split([';', '\n']) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        if statement(&words, &mut course)? {
            break;
        }
    }
    Some(course)
}

/// Follows one statement. Says whether it ends the script; none where it is not known.
fn statement(words: &[&str], course: &mut Course) -> Option<bool> {
    match words {
        ["sleep" | "/bin/sleep", "infinity"] => None,
        ["sleep" | "/bin/sleep", time] => {
            course.seconds += time.trim_end_matches('s').parse::<i64>().ok()?;
            course.exit_code = 0;
            Some(false)
        }
        ["exit"] => Some(true),
        ["exit", code] => {
            course.exit_code = code.parse().ok()?;
            Some(true)
        }
        ["echo" | "/bin/echo", text @ ..] => {
            if text.iter().any(|word| word.contains(['$', '>', '|', '`'])) {
                return None;
            }
            let text = text.join(" ");
            let plain = text.trim_matches(['"', '\'']);
            course.output.push_str(plain);
            course.output.push('\n');
            course.exit_code = 0;
            Some(false)
        }
        ["true" | "/bin/true"] => {
            course.exit_code = 0;
            Some(false)
        }
        ["false" | "/bin/false"] => {
            course.exit_code = 1;
            Some(false)
        }
        ["set", ..] => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn commands() {
        let course = |seconds, exit_code, output: &str| {
            Some(Course {
                seconds,
                exit_code,
                output: output.to_owned(),
            })
        };
        for (container, wanted) in [
            (json!({"command": ["sleep", "30"]}), course(31, 0, "")),
            (
                json!({"command": ["sh", "-c", "echo 'no luck'; exit 3"]}),
                course(1, 3, "no luck\n"),
            ),
            (
                json!({"command": ["/bin/sh", "-c"], "args": ["sleep 5 && echo done"]}),
                course(6, 0, "done\n"),
            ),
            (json!({"command": ["false"]}), course(1, 1, "")),
            (json!({"command": ["nginx"]}), None),
            (json!({"command": ["sh", "-c", "echo $HOME"]}), None),
            (json!({"args": ["server"]}), None),
            (json!({}), None),
        ] {
            assert_eq!(super::course(&container), wanted, "{container}");
        }
    }
}
