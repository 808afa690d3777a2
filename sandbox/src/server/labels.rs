//! Label selectors as they stand in queries, read as a server reads them, with its words for what is
//! wrong.

use infra_schema::names;
use serde_json::Value;

/// What a label has to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Requirement {
    key: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl Requirement {
    /// Whether an object's labels are so.
    pub(super) fn holds(&self, labels: &Value) -> bool {
        let found = labels.get(&self.key).and_then(Value::as_str);
        let number = || found.and_then(|found| found.parse::<i64>().ok());
        let among = |values: &[String], found: &str| values.iter().any(|value| value == found);
        match &self.test {
            Test::Exists => found.is_some(),
            Test::Absent => found.is_none(),
            Test::In(values) => found.is_some_and(|found| among(values, found)),
            Test::NotIn(values) => !found.is_some_and(|found| among(values, found)),
            Test::Above(bound) => number().is_some_and(|number| number > *bound),
            Test::Below(bound) => number().is_some_and(|number| number < *bound),
        }
    }
}

/// The requirements of a selector.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, String> {
    let mut parser = Parser {
        tokens: tokens(text),
        at: 0,
    };
    let mut requirements = Vec::new();
    loop {
        match parser.peek() {
            "" => return Ok(requirements),
            token if is_word(token) || token == "!" => {
                let requirement = parser
                    .requirement()
                    .map_err(|why| format!("unable to parse requirement: {why}"))?;
                requirements.push(requirement);
            }
            token => {
                return Err(format!(
                    "found '{token}', expected: !, identifier, or 'end of string'"
                ));
            }
        }
        match parser.take().as_str() {
            "" => return Ok(requirements),
            "," if is_word(parser.peek()) || parser.peek() == "!" => {}
            "," => {
                let token = parser.peek();
                return Err(format!("found '{token}', expected: identifier after ','"));
            }
            token => return Err(format!("found '{token}', expected: ',' or 'end of string'")),
        }
    }
}

const SYMBOLS: &str = "=!(),<>";

fn is_word(token: &str) -> bool {
    !token.is_empty() && !token.contains(|letter| SYMBOLS.contains(letter))
}

/// Words and symbols; the end is an empty one.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut open = false;
    for letter in text.chars() {
        if letter.is_whitespace() {
            open = false;
            continue;
        }
        let symbol = SYMBOLS.contains(letter);
        let continues = tokens.last().is_some_and(|last| {
            let doubled = letter == '=' && matches!(last.as_str(), "=" | "!");
            open && if symbol { doubled } else { is_word(last) }
        });
        match tokens.last_mut() {
            Some(last) if continues => last.push(letter),
            _ => tokens.push(letter.to_string()),
        }
        open = true;
    }
    tokens
}

struct Parser {
    tokens: Vec<String>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn take(&mut self) -> String {
        let token = self.peek().to_owned();
        self.at += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let mut absent = false;
        let mut key = self.take();
        if key == "!" {
            absent = true;
            key = self.take();
        }
        if !is_word(&key) {
            return Err(format!("found '{key}', expected: identifier"));
        }
        let wrong = names::label_key(&key).join("; ");
        if !wrong.is_empty() {
            return Err(format!("<nil>: Invalid value: \"{key}\": {wrong}"));
        }
        if absent || matches!(self.peek(), "" | ",") {
            let test = if absent { Test::Absent } else { Test::Exists };
            return Ok(Requirement { key, test });
        }
        let operator = self.take();
        let values = match operator.as_str() {
            "in" | "notin" => self.list()?,
            "=" | "==" | "!=" | ">" | "<" => vec![self.exact()?],
            other => {
                return Err(format!(
                    "found '{other}', expected: in, notin, =, ==, !=, gt, lt"
                ));
            }
        };
        let test = match operator.as_str() {
            ">" => Test::Above(bound(&values[0])?),
            "<" => Test::Below(bound(&values[0])?),
            "notin" | "!=" => Test::NotIn(values),
            _ => Test::In(values),
        };
        if let Test::In(values) | Test::NotIn(values) = &test {
            for (at, value) in values.iter().enumerate() {
                if let Some(wrong) = names::label_value(value).first() {
                    return Err(format!(
                        "values[{at}][{key}]: Invalid value: \"{value}\": {wrong}"
                    ));
                }
            }
        }
        Ok(Requirement { key, test })
    }

    fn exact(&mut self) -> Result<String, String> {
        if matches!(self.peek(), "" | ",") {
            return Ok(String::new());
        }
        let token = self.take();
        if is_word(&token) {
            Ok(token)
        } else {
            Err(format!("found '{token}', expected: identifier"))
        }
    }

    /// A list in parentheses; between commas may be nothing.
    fn list(&mut self) -> Result<Vec<String>, String> {
        let open = self.take();
        if open != "(" {
            return Err(format!("found '{open}' expected: '('"));
        }
        let mut values = vec![String::new()];
        loop {
            let token = self.take();
            match (token.as_str(), values.last_mut()) {
                (")", _) => return Ok(values),
                (",", _) => values.push(String::new()),
                (word, Some(last)) if is_word(word) && last.is_empty() => *last = token,
                (token, _) => return Err(format!("found '{token}', expected: ',' or ')'")),
            }
        }
    }
}

fn bound(value: &str) -> Result<i64, String> {
    value.parse().map_err(|_| {
        format!(
            "values[0]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn label_selectors_pick_what_the_servers_do() {
        let labels = json!({"app": "web", "tier": "front", "size": "10"});
        for (text, picked) in [
            ("", true),
            ("app", true),
            ("!app", false),
            ("!other", true),
            ("app=web", true),
            ("app==web,tier=front", true),
            ("app = web , tier", true),
            ("app!=web", false),
            ("other!=web", true),
            ("app in (web, api)", true),
            ("app in ()", false),
            ("app notin (web,api),tier", false),
            ("other notin (x)", true),
            ("size>5,size<11", true),
            ("size>10", false),
        ] {
            let requirements = parse(text).expect(text);
            let all = requirements
                .iter()
                .all(|requirement| requirement.holds(&labels));
            assert_eq!(all, picked, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_as_a_server_does() {
        for (text, expected) in [
            (
                "app in web",
                "unable to parse requirement: found 'web' expected: '('",
            ),
            (
                "app in (web",
                "unable to parse requirement: found '', expected: ',' or ')'",
            ),
            (
                "=x",
                "found '=', expected: !, identifier, or 'end of string'",
            ),
            (
                "!=x",
                "found '!=', expected: !, identifier, or 'end of string'",
            ),
            (
                "a b",
                "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
            ),
            ("a=b c", "found 'c', expected: ',' or 'end of string'"),
            ("a,,b", "found ',', expected: identifier after ','"),
            (
                "!",
                "unable to parse requirement: found '', expected: identifier",
            ),
            (
                "size>x",
                "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
            ),
        ] {
            assert_eq!(parse(text), Err(expected.to_owned()), "{text}");
        }
    }
}
