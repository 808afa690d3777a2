//! A plan for a pull request: a heading, what changes as a table, and every field folded away.

use super::plan;
use crate::ui::Look;
use infra_sdk::engine::{Action, Plan, Step};
use std::fmt::Write;

/// GitHub takes comments of 65536 characters; what is around the plans needs some.
const LONGEST: usize = 60_000;

/// All plans, the fields of each left out from where they would become too long for a comment.
pub(crate) fn markdown(plans: &[Plan], command: &str) -> String {
    let mut text = String::new();
    for (index, plan) in plans.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text.push_str(&head(plan));
        let details = details(plan, command);
        if text.chars().count() + details.chars().count() > LONGEST {
            let _ = writeln!(
                text,
                "\nThe fields are too many to be shown here: `infra plan` prints them."
            );
        } else {
            text.push_str(&details);
        }
    }
    text
}

fn head(plan: &Plan) -> String {
    let scaled = plan.scaled.as_ref();
    let scaled = scaled.map_or_else(String::new, |share| format!(" at {share} of its size"));
    let mut text = format!(
        "### {}{scaled}: {}\n\n",
        code(&plan.environment),
        plan::summary(plan)
    );
    let server = match plan.cluster.server.as_str() {
        "" => String::new(),
        server => format!("cluster {}, ", code(server)),
    };
    let _ = writeln!(
        text,
        "{server}context {}, namespace {}",
        code(&plan.cluster.context),
        code(&plan.namespace)
    );
    let shown: Vec<&Step> = plan
        .steps
        .iter()
        .filter(|step| step.action != Action::Unchanged)
        .collect();
    if !shown.is_empty() {
        text.push_str("\n| | object | |\n| --- | --- | --- |\n");
    }
    for step in shown {
        let former = step.adopts.iter().flat_map(|adopts| &adopts.from);
        let former = former
            .filter(|former| !former.fields.is_empty())
            .map(|former| format!("from {}", former.tool));
        let reason = step.reason.iter().cloned();
        let words = reason.chain(former).chain(step.risks.iter().cloned());
        let words: Vec<String> = words.map(|text| plain(&text)).collect();
        let action = match step.action {
            Action::Delete | Action::Replace => format!("**{}**", step.action),
            action => action.to_string(),
        };
        let name = code(&plan::name(&step.id, &plan.namespace)).replace('|', "\\|");
        let _ = writeln!(text, "| {action} | {name} | {} |", words.join("; "));
    }
    for warning in &plan.warnings {
        let _ = writeln!(text, "\n**warning:** {}", plain(warning));
    }
    text
}

/// Every field that changes, as the terminal shows it, in the colours of a diff.
fn details(plan: &Plan, command: &str) -> String {
    let look = Look {
        terminal: false,
        color: false,
        width: 100,
    };
    let mut body = String::new();
    for step in plan.steps.iter().filter(|step| plan::is_shown(step)) {
        let told = plan::step(look, step, &plan.namespace, command);
        for line in told.lines() {
            // A diff is coloured by the first character of its lines.
            let line = line.strip_prefix("  ").unwrap_or(line);
            let line = match line.trim_start().chars().next() {
                Some('~' | '±') if !line.starts_with(' ') => line.replacen(['~', '±'], "!", 1),
                Some(sign @ ('+' | '-')) if line.starts_with(' ') => {
                    format!("{sign}{}", line.replacen(sign, " ", 1))
                }
                _ => line.to_owned(),
            };
            let shown = line.chars().filter(|c| !c.is_control() || *c == '\t');
            body.extend(shown);
            body.push('\n');
        }
    }
    if body.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    format!(
        "\n<details>\n<summary>Every field</summary>\n\n{fence}diff\n{body}{fence}\n\n</details>\n"
    )
}

/// As code, whatever stands in it.
fn code(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    let fence = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Words without any meaning of their own: no markup, no HTML, nobody who is told. What stands
/// between backticks stays code.
fn plain(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let mut plain = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index % 2 == 0 {
            plain.push_str(&escaped(part));
        } else {
            plain.push_str(&code(part).replace('|', "\\|"));
        }
    }
    plain
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => escaped.push(' '),
            c if c.is_control() => {}
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // What follows `@` or `#` would be a person, a team, or an issue.
            '@' | '#' => {
                escaped.push(c);
                escaped.push('\u{2060}');
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_shown_is_markup() {
        for (text, expected) in [
            ("3 pods restart", "3 pods restart"),
            ("a `b|c` d", "a `b\\|c` d"),
            (
                "<b>*x*</b> | [y](z)",
                "&lt;b&gt;\\*x\\*&lt;/b&gt; \\| \\[y\\](z)",
            ),
            ("ask @team\nabout #1", "ask @\u{2060}team about #\u{2060}1"),
            ("one ` alone", "one \\` alone"),
        ] {
            assert_eq!(plain(text), expected);
        }
        for (text, expected) in [
            ("shop", "`shop`"),
            ("a`b", "``a`b``"),
            ("`a", "`` `a ``"),
            ("a\u{1b}[2Jb", "`a[2Jb`"),
        ] {
            assert_eq!(code(text), expected);
        }
    }
}
