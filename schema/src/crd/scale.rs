//! Whether the numbers that a scale shows are numbers.

use serde_json::Value;

use super::Scale;
use crate::merge::shown;
use crate::validate::Violation;

/// What is wrong with the numbers of a scale: of both, or of the present one alone, as a write of
/// `status` is judged.
pub fn check_scale(scale: &Scale, object: &Value, status_only: bool) -> Vec<Violation> {
    let mut out = Vec::new();
    let wanted = Some(&scale.spec_replicas).filter(|_| !status_only);
    for path in wanted.into_iter().chain([&scale.status_replicas]) {
        let wrong = match look(object, path) {
            Err(why) => (0, why),
            Ok(Some(value)) => match value.as_i64() {
                Some(number) if number < 0 => {
                    (number, "should be a non-negative integer".to_owned())
                }
                Some(number) if number > i64::from(i32::MAX) => {
                    let most = i32::MAX;
                    (number, format!("should be less than or equal to {most}"))
                }
                Some(_) => continue,
                None => (0, misfit(path, value, "int64")),
            },
            Ok(None) => continue,
        };
        out.push(Violation::invalid(path, &Value::from(wrong.0), &wrong.1));
    }
    if let Some(path) = &scale.label_selector {
        let wrong = match look(object, path) {
            Err(why) => Some(why),
            Ok(Some(value)) if !value.is_string() => Some(misfit(path, value, "string")),
            Ok(_) => None,
        };
        out.extend(wrong.map(|why| Violation::invalid(path, &Value::from(""), &why)));
    }
    out
}

/// What stands at a path such as `.spec.replicas`.
fn look<'v>(object: &'v Value, path: &str) -> Result<Option<&'v Value>, String> {
    let mut value = object;
    let mut walked = String::new();
    for name in path.trim_start_matches('.').split('.') {
        walked = format!("{walked}.{name}");
        match value {
            Value::Null => return Ok(None),
            Value::Object(fields) => match fields.get(name) {
                Some(below) => value = below,
                None => return Ok(None),
            },
            _ => return Err(misfit(&walked, value, "map[string]interface{}")),
        }
    }
    Ok(Some(value))
}

fn misfit(path: &str, value: &Value, expected: &str) -> String {
    let (shown, ty) = match value {
        Value::Null => ("<nil>".to_owned(), "<nil>"),
        Value::Bool(flag) => (flag.to_string(), "bool"),
        Value::Number(number) if number.is_f64() => (number.to_string(), "float64"),
        Value::Number(number) => (number.to_string(), "int64"),
        Value::String(text) => (text.clone(), "string"),
        Value::Array(_) => (shown(value), "[]interface {}"),
        Value::Object(_) => (shown(value), "map[string]interface {}"),
    };
    format!("{path} accessor error: {shown} is of the type {ty}, expected {expected}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_of_a_scale() {
        let scale = Scale {
            spec_replicas: ".spec.replicas".into(),
            status_replicas: ".status.replicas".into(),
            label_selector: Some(".status.selector".into()),
        };
        for (object, expected) in [
            (json!({}), vec![]),
            (
                json!({"spec": {"replicas": 2}, "status": {"selector": "a=b"}}),
                vec![],
            ),
            (
                json!({"spec": {"replicas": -1}, "status": {"replicas": 4_000_000_000_u32}}),
                vec![
                    ".spec.replicas: Invalid value: -1: should be a non-negative integer",
                    ".status.replicas: Invalid value: 4000000000: should be less than or equal to 2147483647",
                ],
            ),
            (
                json!({"spec": true, "status": {"replicas": true, "selector": 1}}),
                vec![
                    ".spec.replicas: Invalid value: 0: .spec.replicas accessor error: true is of the type bool, expected map[string]interface{}",
                    ".status.replicas: Invalid value: 0: .status.replicas accessor error: true is of the type bool, expected int64",
                    ".status.selector: Invalid value: \"\": .status.selector accessor error: 1 is of the type int64, expected string",
                ],
            ),
        ] {
            let found = check_scale(&scale, &object, false);
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{object}");
        }
    }
}
