//! What Rhai's own library brings: its functions as entries, as the library itself describes them.

use super::entry::{Argument, Entry};
use crate::session::library_engine;
use crate::table::Effect;
use rhai::FuncMetadata;

/// The functions of Rhai's library that scripts can call by a name.
pub(super) fn entries() -> Vec<Entry> {
    library_engine().collect_fn_metadata(None, |info| entry(info.metadata), true)
}

fn entry(function: &FuncMetadata) -> Option<Entry> {
    let name = function.name.as_str();
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name {
        return None;
    }
    let mut arguments: Vec<Argument> = function
        .params_info
        .iter()
        .map(|text| argument(text))
        .collect();
    // What takes a value first is called as its method.
    let receiver = (!arguments.is_empty()).then(|| arguments.remove(0).ty);
    let (doc, example) = told(&function.comments);
    if doc.contains("is deprecated") {
        return None;
    }
    Some(Entry {
        name: name.to_owned(),
        receiver,
        arguments,
        result: ty(&function.return_type),
        doc,
        example,
        maps: String::new(),
        effect: Effect::None,
        property: false,
        on_cluster: false,
        library: true,
    })
}

fn argument(text: &str) -> Argument {
    let (name, kind) = text.split_once(':').unwrap_or((text, ""));
    let name = name.split_whitespace().next_back().unwrap_or("value");
    Argument {
        name: name.trim_start_matches('_').to_owned(),
        ty: ty(kind),
        optional: false,
    }
}

/// A Rust type as scripts name it.
fn ty(text: &str) -> String {
    let mut text = text.trim();
    for wrapper in ["&mut ", "&", "RhaiResultOf<", "Result<"] {
        text = text.strip_prefix(wrapper).unwrap_or(text).trim();
    }
    let inner = text.split([',', '>']).next().unwrap_or_default();
    let bare = inner.rsplit("::").next().unwrap_or_default().trim();
    let name = match bare {
        "INT" | "i64" => "int",
        "FLOAT" | "f64" => "float",
        "ImmutableString" | "String" | "str" => "string",
        "Array" => "array",
        "Map" => "map",
        "FnPtr" => "function",
        "bool" | "char" => bare,
        "" => "()",
        _ if bare.ends_with("Range") || bare.starts_with("Range") => "range",
        _ => "any",
    };
    name.to_owned()
}

/// Text and example of comments as `///` writes them.
fn told(comments: &[impl AsRef<str>]) -> (String, String) {
    let lines = comments.iter().flat_map(|comment| comment.as_ref().lines());
    let (mut doc, mut example, mut fenced) = (Vec::new(), Vec::new(), false);
    for line in lines {
        let line = line.trim_start().trim_start_matches("///");
        let line = line.strip_prefix(' ').unwrap_or(line);
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            example.push(line);
        } else if !line.starts_with('#') && example.is_empty() {
            let again = line.is_empty() && doc.last().is_none_or(|last: &&str| last.is_empty());
            if !again {
                doc.push(line);
            }
        }
    }
    (
        doc.join("\n").trim().to_owned(),
        example.join("\n").trim().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named_as_scripts_name_them() {
        for (rust, script) in [
            ("&mut Array", "array"),
            ("ImmutableString", "string"),
            ("&str", "string"),
            ("RhaiResultOf<INT>", "int"),
            ("Result<f64, Box<EvalAltResult>>", "float"),
            ("Dynamic", "any"),
            ("FnPtr", "function"),
            ("ExclusiveRange", "range"),
            ("", "()"),
        ] {
            assert_eq!(ty(rust), script, "{rust}");
        }
    }

    #[test]
    fn a_function_of_an_array_is_its_method() {
        let found = entries();
        let filter = found
            .iter()
            .find(|entry| entry.title() == "array.filter")
            .expect("arrays can be filtered");
        assert!(filter.library && !filter.doc.is_empty() && filter.example.contains("filter("));
        assert!(found.iter().all(|entry| !entry.name.contains('$')));
    }
}
