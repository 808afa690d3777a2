//! `:help` and the other commands of a session, as they are typed.

use crate::failure::Failure;
use infra_scripting::diagnostic::did_you_mean;

/// A command of a session, with what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Colon {
    Help(String),
    Context(Option<String>),
    Namespace(Option<String>),
    Load(String),
    Reload,
    Env,
    Plan,
    Apply { yes: bool },
    Status,
    Set(Option<(String, String)>),
    Time(String),
    Yaml(String),
    Quit,
}

/// A name, what stands behind it, and what it does.
pub(crate) const COMMANDS: [(&str, &str, &str); 13] = [
    (
        "help",
        "[NAME]",
        "what scripts and lines can call, or one thing of it explained",
    ),
    (
        "context",
        "[NAME]",
        "the contexts, or another one from now on",
    ),
    (
        "namespace",
        "[NAME]",
        "the namespace, or another one from now on",
    ),
    (
        "load",
        "FILE",
        "take over what a script defines, and its environments",
    ),
    ("reload", "", "read that script again"),
    ("env", "", "its environments, parameters and procedures"),
    ("plan", "", "what applying its environments would change"),
    ("apply", "[--yes]", "plan, ask, apply, wait until ready"),
    (
        "status",
        "",
        "what its environments own, and why something is not ready",
    ),
    (
        "set",
        "[NAME=VALUE]",
        "the parameters that are set, or one more; the script is read again",
    ),
    ("time", "EXPR", "how long a line takes"),
    (
        "yaml",
        "[EXPR]",
        "the last value, or that of a line, as YAML",
    ),
    ("quit", "", "end the session; Ctrl-D does too"),
];

/// Whether an input is a command rather than a line of the language.
pub(crate) fn is_command(text: &str) -> bool {
    text.trim_start().starts_with(':')
}

/// Reads a command.
pub(crate) fn parse(text: &str) -> Result<Colon, Failure> {
    let text = text.trim().trim_start_matches(':');
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let Some((name, form, _)) = COMMANDS
        .iter()
        .find(|(known, _, _)| *known == name || (!name.is_empty() && short(known) == name))
    else {
        let failure = Failure::usage(format!("there is no command `:{name}`"));
        let known = COMMANDS.iter().map(|(known, _, _)| *known);
        return Err(match did_you_mean(name, known) {
            Some(meant) => failure.help(meant.replacen('`', "`:", 1)),
            None => failure.help("`:help` lists them"),
        });
    };
    let misused = || {
        let form = format!(":{name} {form}");
        Failure::usage(format!("`:{name}` is not used so")).help(format!("write `{}`", form.trim()))
    };
    let optional = || (!rest.is_empty()).then(|| rest.to_owned());
    let bare = |command: Colon| {
        if rest.is_empty() {
            Ok(command)
        } else {
            Err(misused())
        }
    };
    let some = |command: fn(String) -> Colon| match rest {
        "" => Err(misused()),
        rest => Ok(command(rest.to_owned())),
    };
    match *name {
        "help" => Ok(Colon::Help(rest.to_owned())),
        "context" => Ok(Colon::Context(optional())),
        "namespace" => Ok(Colon::Namespace(optional())),
        "load" => some(Colon::Load),
        "reload" => bare(Colon::Reload),
        "env" => bare(Colon::Env),
        "plan" => bare(Colon::Plan),
        "apply" => match rest {
            "" => Ok(Colon::Apply { yes: false }),
            "--yes" | "-y" => Ok(Colon::Apply { yes: true }),
            _ => Err(misused()),
        },
        "status" => bare(Colon::Status),
        "set" if rest.is_empty() => Ok(Colon::Set(None)),
        "set" => match rest.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => Ok(Colon::Set(Some((
                name.trim().to_owned(),
                value.trim().to_owned(),
            )))),
            _ => Err(misused()),
        },
        "time" => some(Colon::Time),
        "yaml" => Ok(Colon::Yaml(rest.to_owned())),
        _ => bare(Colon::Quit),
    }
}

/// The short form of the commands that are typed most.
fn short(name: &str) -> &'static str {
    match name {
        "help" => "h",
        "quit" => "q",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_as_they_are_typed() {
        let text = |text: &str| text.to_owned();
        for (typed, expected) in [
            (":help", Colon::Help(String::new())),
            (" :h replicas ", Colon::Help(text("replicas"))),
            (":context prod", Colon::Context(Some(text("prod")))),
            (":namespace", Colon::Namespace(None)),
            (":load a b.rhai", Colon::Load(text("a b.rhai"))),
            (":apply --yes", Colon::Apply { yes: true }),
            (":set a = b=c", Colon::Set(Some((text("a"), text("b=c"))))),
            (":time 1 +\n 1", Colon::Time(text("1 +\n 1"))),
            (":q", Colon::Quit),
        ] {
            assert_eq!(
                parse(typed).map_err(|failure| failure.message),
                Ok(expected)
            );
        }
    }

    #[test]
    fn what_is_not_one_is_told_with_what_was_meant() {
        for (typed, message, help) in [
            (
                ":hepl",
                "there is no command `:hepl`",
                "did you mean `:help`?",
            ),
            (":", "there is no command `:`", "`:help` lists them"),
            (":plan x", "`:plan` is not used so", "write `:plan`"),
            (":load", "`:load` is not used so", "write `:load FILE`"),
            (
                ":set x",
                "`:set` is not used so",
                "write `:set [NAME=VALUE]`",
            ),
        ] {
            let failure = parse(typed).expect_err(typed);
            assert_eq!(failure.message, message);
            assert_eq!(failure.help.as_deref(), Some(help));
        }
    }
}
