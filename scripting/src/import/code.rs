//! Pieces of a script, and how they are written.

use serde_json::Value;
use std::fmt::Write as _;

/// A line is no longer than this where it can be helped.
const WIDTH: usize = 110;

/// How much setters on one line may take together.
const PACKED: usize = 100;

/// A piece of a script: an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Code {
    Unit,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Array(Vec<Code>),
    Map(Vec<(String, Code)>),
    /// A constant.
    Name(String),
    /// A call of a function, and calls of methods on what it gives.
    Chain(Box<Code>, Vec<Step>),
    /// A call of a function.
    Call(&'static str, Vec<Code>),
}

/// A call of a method.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) arguments: Vec<Code>,
}

/// A call of a function.
pub(super) fn call(name: &'static str, arguments: impl IntoIterator<Item = Code>) -> Code {
    Code::Call(name, arguments.into_iter().collect())
}

pub(super) fn text(text: impl Into<String>) -> Code {
    Code::Text(text.into())
}

/// A value of JSON as a script writes it.
pub(super) fn json(value: &Value) -> Code {
    match value {
        Value::Null => Code::Unit,
        Value::Bool(truth) => Code::Bool(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Code::Int(whole),
            None => Code::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Code::Text(text.clone()),
        Value::Array(items) => Code::Array(items.iter().map(json).collect()),
        Value::Object(fields) => Code::Map(
            ordered(fields.iter().map(|(key, value)| (key.as_str(), value)))
                .map(|(key, value)| (key.to_owned(), json(value)))
                .collect(),
        ),
    }
}

/// Fields in the order in which people write them.
fn ordered<'a>(
    fields: impl Iterator<Item = (&'a str, &'a Value)>,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    const FIRST: [&str; 5] = ["apiVersion", "kind", "metadata", "name", "namespace"];
    let mut fields: Vec<_> = fields.collect();
    fields.sort_by_key(|(name, _)| {
        FIRST
            .iter()
            .position(|first| first == name)
            .unwrap_or(FIRST.len())
    });
    fields.into_iter()
}

impl Code {
    /// The same with a call of a method.
    pub(super) fn then(
        self,
        name: &'static str,
        arguments: impl IntoIterator<Item = Self>,
    ) -> Self {
        let step = Step {
            name,
            arguments: arguments.into_iter().collect(),
        };
        match self {
            Self::Chain(start, mut steps) => {
                steps.push(step);
                Self::Chain(start, steps)
            }
            start => Self::Chain(Box::new(start), vec![step]),
        }
    }

    /// The constants that it names, in order.
    pub(super) fn names(&self, found: &mut Vec<String>) {
        match self {
            Self::Name(name) => found.push(name.clone()),
            Self::Array(items) | Self::Call(_, items) => {
                for item in items {
                    item.names(found);
                }
            }
            Self::Map(fields) => {
                for (_, value) in fields {
                    value.names(found);
                }
            }
            Self::Chain(start, steps) => {
                start.names(found);
                for argument in steps.iter().flat_map(|step| &step.arguments) {
                    argument.names(found);
                }
            }
            Self::Unit | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Text(_) => {}
        }
    }

    /// It as it stands in a script, at an indent and after so many columns of its line.
    pub(super) fn write(&self, indent: usize, column: usize) -> String {
        if let Some(line) = self.line()
            && column + line.chars().count() <= WIDTH
        {
            return line;
        }
        let inside = indent + 4;
        let gap = " ".repeat(inside);
        let end = " ".repeat(indent);
        match self {
            Self::Array(items) if !items.is_empty() => {
                let short = items.iter().all(|item| {
                    item.line()
                        .is_some_and(|line| line.chars().count() <= 40 && line.len() < 60)
                });
                let plain = items.iter().all(|item| !matches!(item, Self::Map(_)));
                let mut written = "[".to_owned();
                let mut used = WIDTH;
                for item in items {
                    let item = item.write(inside, inside);
                    if !(short && plain) || used + item.chars().count() + 2 > WIDTH {
                        let _ = write!(written, "\n{gap}{item},");
                        used = inside + item.chars().count() + 1;
                    } else {
                        let _ = write!(written, " {item},");
                        used += item.chars().count() + 2;
                    }
                }
                written + "\n" + end.as_str() + "]"
            }
            Self::Map(fields) if !fields.is_empty() => {
                let mut written = "#{\n".to_owned();
                for (key, value) in fields {
                    let key = key_of(key);
                    let value = value.write(inside, inside + key.chars().count() + 2);
                    let _ = writeln!(written, "{gap}{key}: {value},");
                }
                written + end.as_str() + "}"
            }
            Self::Call(name, arguments) => {
                format!(
                    "{name}({})",
                    written(arguments, indent, column + name.len() + 1)
                )
            }
            Self::Chain(start, steps) => chain(start, steps, indent, column),
            Self::Text(text) => quoted(text),
            other => other.line().unwrap_or_default(),
        }
    }

    /// It on one line; `None` where it has several.
    fn line(&self) -> Option<String> {
        Some(match self {
            Self::Unit => "()".to_owned(),
            Self::Bool(truth) => truth.to_string(),
            Self::Int(number) => number.to_string(),
            Self::Float(number) => format!("{number:?}"),
            Self::Text(text) => {
                let quoted = quoted(text);
                (!quoted.contains('\n')).then_some(quoted)?
            }
            Self::Name(name) => name.clone(),
            Self::Array(items) => format!("[{}]", lines(items)?),
            Self::Map(fields) if fields.is_empty() => "#{}".to_owned(),
            Self::Map(fields) => {
                let fields: Option<Vec<String>> = fields
                    .iter()
                    .map(|(key, value)| Some(format!("{}: {}", key_of(key), value.line()?)))
                    .collect();
                format!("#{{ {} }}", fields?.join(", "))
            }
            Self::Call(name, arguments) => format!("{name}({})", lines(arguments)?),
            Self::Chain(start, steps) => {
                let mut line = start.line()?;
                for step in steps {
                    let _ = write!(line, ".{}({})", step.name, lines(&step.arguments)?);
                }
                line
            }
        })
    }
}

fn lines(items: &[Code]) -> Option<String> {
    let items: Option<Vec<String>> = items.iter().map(Code::line).collect();
    Some(items?.join(", "))
}

/// Arguments: the last one may go over several lines.
fn written(arguments: &[Code], indent: usize, column: usize) -> String {
    let mut all = String::new();
    let mut column = column;
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 {
            all.push_str(", ");
            column += 2;
        }
        let one = argument.write(indent, column);
        let last = one.rsplit('\n').next().unwrap_or_default().chars().count();
        column = if one.contains('\n') {
            last
        } else {
            column + last
        };
        all.push_str(&one);
    }
    all
}

/// Setters under each other; short ones beside each other.
fn chain(start: &Code, steps: &[Step], indent: usize, column: usize) -> String {
    let inside = indent + 4;
    let gap = " ".repeat(inside);
    let mut all = start.write(indent, column);
    if let [only] = steps
        && !all.contains('\n')
        && matches!(only.arguments.as_slice(), [Code::Map(_) | Code::Array(_)])
    {
        let column = column + all.chars().count() + only.name.len() + 2;
        return format!(
            "{all}.{}({})",
            only.name,
            written(&only.arguments, indent, column)
        );
    }
    let mut used = column + all.rsplit('\n').next().unwrap_or_default().chars().count();
    let mut several = all.contains('\n');
    for (index, step) in steps.iter().enumerate() {
        let line = lines(&step.arguments).map(|line| format!(".{}({line})", step.name));
        let length = line.as_ref().map(|line| line.chars().count());
        let short = length.is_some_and(|length| used + length <= PACKED && length <= 40);
        if let Some(line) = line
            .as_ref()
            .filter(|_| short && !several && (index > 0 || used < 60))
        {
            all.push_str(line);
            used += line.chars().count();
            continue;
        }
        let written = written(&step.arguments, inside, inside + step.name.len() + 2);
        let _ = write!(all, "\n{gap}.{}({written})", step.name);
        several = written.contains('\n') || length.is_none_or(|length| length > 40);
        used = inside + length.unwrap_or(PACKED);
    }
    all
}

/// Words that cannot stand as a key without quotation marks.
const RESERVED: &[&str] = &[
    "true",
    "false",
    "let",
    "const",
    "if",
    "else",
    "switch",
    "do",
    "while",
    "until",
    "loop",
    "for",
    "in",
    "continue",
    "break",
    "return",
    "throw",
    "try",
    "catch",
    "import",
    "export",
    "as",
    "global",
    "fn",
    "private",
    "this",
    "is",
    "var",
    "static",
    "shared",
    "goto",
    "exit",
    "match",
    "case",
    "public",
    "protected",
    "new",
    "use",
    "with",
    "module",
    "package",
    "super",
    "thread",
    "spawn",
    "go",
    "await",
    "async",
    "sync",
    "yield",
    "default",
    "void",
    "null",
    "nil",
    "print",
    "debug",
    "type_of",
    "eval",
    "Fn",
    "call",
    "curry",
    "is_shared",
    "is_def_fn",
    "is_def_var",
];

fn key_of(key: &str) -> String {
    let mut letters = key.chars();
    let plain = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || (first == '_' && key.len() > 1))
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && key.chars().any(|c| c.is_ascii_alphabetic())
        && !RESERVED.contains(&key);
    if plain { key.to_owned() } else { line_of(key) }
}

/// A text as a literal: several lines as they are, where they can be.
fn quoted(text: &str) -> String {
    let several = text.trim_end_matches('\n').contains('\n');
    let plain = text
        .chars()
        .all(|c| !c.is_control() || c == '\n' || c == '\t');
    if several && plain {
        // The line break after the first mark does not count.
        let text = text.replace('`', "``").replace("${", "${\"${\"}");
        return format!("`\n{text}`");
    }
    line_of(text)
}

fn line_of(text: &str) -> String {
    let mut line = String::with_capacity(text.len() + 2);
    line.push('"');
    for c in text.chars() {
        match c {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line.push('"');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What Rhai reads, as JSON.
    fn read(script: &str) -> Value {
        let engine = rhai::Engine::new();
        let value = engine.eval::<rhai::Dynamic>(script).expect(script);
        rhai::serde::from_dynamic(&value).expect("plain values")
    }

    #[test]
    fn every_value_is_read_as_it_was() {
        let long = "x".repeat(90);
        for value in [
            json!({ "a": 1, "b-c": [true, null, -2, 1.5], "default": "\"quoted\" \\ `tick`" }),
            json!("one\ntwo ${three}\n`four` \"five\" \\six\n"),
            json!("\n\nafter two lines\nend"),
            json!("tab\there\nand `${\"x\"}`\n"),
            json!("carriage\r\nreturn\u{1}"),
            json!({ "": "empty", "_": 1, "_a": 2, "é": "ü", "type": { "x.y/z": {} } }),
            json!([long, { "deep": [{ "text": long, "more": ["a\nb", long] }] }]),
            json!([1.0e21, 9_007_199_254_740_993_i64, 0.1]),
        ] {
            let script = json_script(&value);
            assert_eq!(read(&script), value, "{script}");
        }
    }

    fn json_script(value: &Value) -> String {
        super::json(value).write(0, 0)
    }

    #[test]
    fn how_calls_are_written() {
        let app = call("deployment", [text("app")])
            .then("image", [text("registry.example/app:1.4.2")])
            .then("replicas", [Code::Int(3)])
            .then(
                "env",
                [super::json(
                    &json!({ "A": "x".repeat(60), "B": "y".repeat(60) }),
                )],
            )
            .then("stdin", [Code::Bool(true)])
            .then("tty", [Code::Bool(true)]);
        let expected = format!(
            "deployment(\"app\").image(\"registry.example/app:1.4.2\").replicas(3)\n    .env(#{{\n        \
             A: \"{}\",\n        B: \"{}\",\n    }})\n    .stdin(true).tty(true)",
            "x".repeat(60),
            "y".repeat(60)
        );
        assert_eq!(app.write(0, 0), expected);
    }
}
