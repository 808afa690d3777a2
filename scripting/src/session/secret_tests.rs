//! A secret is no string: nothing that works on strings works on it.

use super::engine::StandardLibrary;
use crate::testing::load;
use rhai::Engine;
use rhai::packages::Package;

/// What a secret can be joined with, and what shows where it comes from.
const ALLOWED: [&str; 6] = ["+", "+=", "append", "print", "debug", "to_debug"];

/// A value of a parameter's type, as a script writes it; `None` for what scripts do not have.
fn sample(ty: &str) -> Option<&'static str> {
    Some(
        match ty
            .trim()
            .trim_start_matches("&mut ")
            .trim_start_matches('&')
        {
            "string" | "str" | "String" | "ImmutableString" => "\"123\"",
            "int" | "INT" | "i64" => "1",
            "char" => "'a'",
            "array" | "Array" => "[\"123\"]",
            "map" | "Map" => "#{ abc: 1 }",
            "range" | "ExclusiveRange" | "Range<int>" => "0..1",
            "range=" | "InclusiveRange" | "RangeInclusive<int>" => "0..=1",
            "bool" => "true",
            "?" | "Dynamic" => "\"b\"",
            "()" => "()",
            _ => return None,
        },
    )
}

/// `name(a: type, b: type) -> type` as its name and types.
fn parse(signature: &str) -> Option<(String, Vec<String>)> {
    let (name, rest) = signature.split_once('(')?;
    let (parameters, _) = rest.rsplit_once(") ->").or_else(|| rest.rsplit_once(')'))?;
    let types = parameters
        .split(", ")
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| {
            let ty = parameter.split_once(": ").map_or(parameter, |(_, ty)| ty);
            ty.to_owned()
        });
    Some((name.trim().to_owned(), types.collect()))
}

fn script(name: &str, arguments: &[&str]) -> Option<String> {
    let call = match (name.strip_prefix("get$"), arguments) {
        (Some(property), [receiver]) => {
            format!("x.{property}").replacen('x', &format!("({receiver})"), 1)
        }
        (Some(_), _) => return None,
        _ if name.contains('$') => return None,
        (None, [left, right]) if !name.starts_with(char::is_alphabetic) => {
            if name.ends_with('=') && !["==", "!=", "<=", ">="].contains(&name) {
                return Some(format!(
                    "let x = {left}; x {name} {right}; environment(\"e\", [])"
                ));
            }
            format!("{left} {name} {right}")
        }
        _ if !name.starts_with(char::is_alphabetic) => return None,
        _ => format!("{name}({})", arguments.join(", ")),
    };
    let variable = arguments.first()?;
    let call = call.replacen(&format!("{name}({variable}"), &format!("{name}(x"), 1);
    Some(format!(
        "let x = {variable}; let y = {call}; environment(\"e\", [])"
    ))
}

#[test]
fn no_function_of_a_string_takes_a_secret() {
    let mut engine = Engine::new_raw();
    StandardLibrary::new().register_into_engine(&mut engine);
    let mut tried = Vec::new();
    for signature in engine.gen_fn_signatures(true) {
        let Some((name, types)) = parse(&signature) else {
            continue;
        };
        let samples: Option<Vec<&str>> = types.iter().map(|ty| sample(ty)).collect();
        let Some(samples) = samples else { continue };
        // Lists and maps hold secrets as they hold anything; what is a string there names a function.
        if types
            .first()
            .is_some_and(|ty| ty.contains("array") || ty.contains("map"))
        {
            continue;
        }
        for index in (0..types.len()).filter(|index| sample(&types[*index]) == Some("\"123\"")) {
            let plain = script(&name, &samples);
            if plain.is_none_or(|text| load(&text).is_err()) || ALLOWED.contains(&name.as_str()) {
                continue;
            }
            let mut secret = samples.clone();
            secret[index] = "secret_env(\"X\")";
            let text = script(&name, &secret).expect("as with a string");
            let Err(errors) = load(&text) else {
                panic!("{signature}\n{text}\nworks with a secret");
            };
            let errors = errors[0].to_string();
            assert!(errors.contains("secret"), "{signature}\n{text}\n{errors}");
            tried.push(name.clone());
        }
    }
    tried.sort();
    tried.dedup();
    for name in [
        "len",
        "sub_string",
        "split",
        "replace",
        "to_upper",
        "contains",
        "trim",
        "get$len",
        "parse_int",
    ] {
        assert!(
            tried.iter().any(|known| known == name),
            "{name} was not tried: {tried:?}"
        );
    }
    assert!(tried.len() > 35, "{tried:?}");
}

#[test]
fn what_the_language_itself_does_with_strings_it_does_not_with_a_secret() {
    for (text, line, column, expected) in [
        (
            "let x = `a${S}`;",
            2,
            9,
            "a secret cannot become a part of a string",
        ),
        ("let x = S[0];", 2, 10, "has no elements"),
        ("let x = S == \"a\";", 2, 11, "a secret cannot be compared"),
        ("let x = \"a\" != S;", 2, 13, "a secret cannot be compared"),
        ("let x = S < S;", 2, 11, "a secret cannot be compared"),
        (
            "let x = S in [\"a\"];",
            2,
            11,
            "a secret cannot be compared",
        ),
        ("for c in S { }", 2, 10, "cannot be gone through"),
        ("let x = S + 1;", 2, 11, "does not work with a secret"),
        (
            "let x = to_string(S);",
            2,
            9,
            "a secret cannot become a part of a string",
        ),
        (
            "try { let x = `${S}`; } catch { }",
            2,
            15,
            "a secret cannot become a part of a string",
        ),
    ] {
        let text = format!("const S = secret_env(\"X\");\n{text}\nenvironment(\"e\", [])");
        let errors = load(&text).map(|_| ()).expect_err(&text);
        let shown = errors[0].to_string();
        assert!(shown.contains(expected), "{text}\n{shown}");
        let at = errors[0].at.as_ref().expect("a place");
        assert_eq!(at.line, line, "{text}\n{shown}");
        assert_eq!(at.column, column, "{text}\n{shown}");
    }
}
