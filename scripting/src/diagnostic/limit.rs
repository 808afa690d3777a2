//! Errors of the engine that are about the run as a whole: limits, cancellation, and the rest.

use super::names::article;
use super::{Diagnostic, lower};
use rhai::EvalAltResult;

/// What the engine is stopped with when a script takes too long.
pub(crate) const TOO_LONG: &str = "too long";

/// A limit that was met, or any other error of the engine, in our words.
pub(super) fn limit(error: &EvalAltResult, here: impl Fn(String) -> Diagnostic) -> Diagnostic {
    match error {
        EvalAltResult::ErrorTooManyOperations(_) => {
            here("the script does not end: it did more steps than it may".to_owned())
                .help("is there a loop without an end? a script may do fifty million steps")
        }
        EvalAltResult::ErrorStackOverflow(_) => {
            here("functions call each other more than 64 levels deep".to_owned())
                .help("is there a function that calls itself without an end?")
        }
        EvalAltResult::ErrorDataTooLarge(what, _) => {
            let what = lower(&what.replace("Length of ", "").replace("Size of ", ""))
                .replace("array/blob", "array")
                .replace("array/BLOB", "array")
                .replace("object map", "map");
            here(format!("{} grew larger than a script may make it", article(&what))).help(
                "strings end at 4 MiB, arrays and maps at 100000 elements; a large file can be read with `file`",
            )
        }
        EvalAltResult::ErrorTooManyVariables(_) => here("too many variables".to_owned()),
        EvalAltResult::ErrorTooManyModules(_) => {
            here("the script imports more than 256 scripts".to_owned())
        }
        EvalAltResult::ErrorTerminated(why, _)
            if why
                .as_immutable_string_ref()
                .is_ok_and(|why| *why == TOO_LONG) =>
        {
            here("the script takes too long".to_owned()).help(
                "does a loop copy a large array or map in every step? a script may take a minute",
            )
        }
        EvalAltResult::ErrorTerminated(..) => here("cancelled".to_owned()),
        EvalAltResult::ErrorDataRace(..) => {
            here("a value is used while it is being changed".to_owned())
                .help("copy it before the function that captures it: `let copy = value;`")
        }
        EvalAltResult::ErrorUnboundThis(_) => here("`this` is nothing here".to_owned())
            .help("`this` is the value before the dot when a function is called as a method"),
        other => {
            let text = other.to_string();
            let text = text
                .rsplit_once(" (line ")
                .map_or(text.as_str(), |(text, _)| text);
            here(lower(&text.replace('\'', "`")))
        }
    }
}
