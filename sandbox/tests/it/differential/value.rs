//! Bodies: valid ones, varied by what the schema knows, and such with one thing wrong.

use super::dice::Dice;
use super::kind::{NAMESPACE, PODS, Sample};
use super::operation::merged;
use infra_schema::ty::{Scalar, Shape, Type};
use serde_json::{Map, Value, json};

/// Fields that are the server's, or that name what is not there for one end alone.
const LEFT_OUT: [&str; 14] = [
    "apiVersion",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generateName",
    "generation",
    "kind",
    "managedFields",
    "name",
    "namespace",
    "resourceVersion",
    "selfLink",
    "status",
    "uid",
];

/// A valid body of a kind, with apiVersion, kind and name.
pub(crate) fn valid(dice: &mut Dice, sample: &Sample, name: &str) -> Value {
    let mut body = dice.pick(&sample.bodies).cloned().unwrap_or(json!({}));
    for _ in 0..dice.weighted(&[(4, 0), (4, 1), (2, 2), (1, 3)]) {
        merged(&mut body, &change(dice, sample));
    }
    without_nulls(&mut body);
    if dice.percent(12) {
        add(dice, &sample.schema().ty(), &mut body);
    }
    body["apiVersion"] = sample.api.clone().into();
    body["kind"] = sample.kind.clone().into();
    body["metadata"]["name"] = name.into();
    body
}

/// A merge patch that keeps a body valid, as a rule.
pub(crate) fn change(dice: &mut Dice, sample: &Sample) -> Value {
    match &sample.pods {
        Some(path) if dice.percent(60) => {
            let pod = if dice.percent(50) {
                dice.pick(&PODS.pods).cloned().unwrap_or_default()
            } else {
                let mut container = dice.pick(&PODS.containers).cloned().unwrap_or_default();
                container["name"] = "app".into();
                if container.get("image").is_none() {
                    container["image"] = "app:1".into();
                }
                json!({"containers": [container]})
            };
            path.rsplit('.')
                .fold(pod, |below, name| json!({name: below}))
        }
        _ if dice.percent(15) => {
            let labels = [
                json!({"metadata": {"labels": {"tier": "front"}}}),
                json!({"metadata": {"labels": {"tier": "back", "app": "web"}}}),
                json!({"metadata": {"labels": null}}),
                json!({"metadata": {"annotations": {"example.com/note": "a note"}}}),
                json!({"metadata": {"annotations": {"example.com/note": null}}}),
                json!({"metadata": {"finalizers": ["example.com/hold"]}}),
                json!({"metadata": {"finalizers": []}}),
                json!({"metadata": {"labels": {"tier": ""}}}),
            ];
            dice.pick(&labels).cloned().unwrap_or_default()
        }
        _ => dice.pick(&sample.changes).cloned().unwrap_or_default(),
    }
}

/// What a merge patch removes was never there.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// Adds a field that the schema knows, with a value of its type.
pub(crate) fn add(dice: &mut Dice, ty: &Type, body: &mut Value) {
    let mut places = Vec::new();
    collect(ty, body, String::new(), &mut places);
    places.retain(|(_, ty, _)| matches!(ty.shape(), Shape::Struct { .. }));
    let Some((pointer, ty, _)) = dice.pick(&places).cloned() else {
        return;
    };
    let Some(Value::Object(fields)) = body.pointer_mut(&pointer) else {
        return;
    };
    let mut missing = ty.fields();
    missing.retain(|field| {
        !fields.contains_key(field.name.as_ref()) && !LEFT_OUT.contains(&field.name.as_ref())
    });
    if let Some(field) = dice.pick(&missing) {
        let value = of_type(dice, &field.ty, &field.name, 0);
        fields.insert(field.name.to_string(), value);
    }
}

/// A value of a type, as sensible as the field's name allows.
pub(crate) fn of_type(dice: &mut Dice, ty: &Type, name: &str, depth: usize) -> Value {
    match ty.shape() {
        Shape::Scalar(scalar) => of_scalar(dice, scalar, ty, name),
        Shape::Untyped => json!({"any": "thing"}),
        Shape::List(_) => {
            let item = ty.item().unwrap_or(Type::untyped());
            json!([of_type(dice, &item, name, depth + 1)])
        }
        Shape::Map { .. } => {
            let item = ty.item().unwrap_or(Type::untyped());
            json!({"key": of_type(dice, &item, name, depth + 1)})
        }
        Shape::Struct { .. } => {
            let mut out = Map::new();
            let likely = 30_usize.saturating_sub(depth * 8);
            for field in ty.fields() {
                let left_out = depth == 0 && LEFT_OUT.contains(&field.name.as_ref());
                if field.required || (!left_out && dice.percent(likely) && depth < 5) {
                    let value = of_type(dice, &field.ty, &field.name, depth + 1);
                    out.insert(field.name.into_owned(), value);
                }
            }
            Value::Object(out)
        }
    }
}

fn of_scalar(dice: &mut Dice, scalar: Scalar, ty: &Type, name: &str) -> Value {
    let allowed = ty.allowed();
    if !allowed.is_empty() {
        return dice.word(allowed).into();
    }
    let lower = name.to_lowercase();
    match scalar {
        Scalar::Boolean => dice.percent(70).into(),
        Scalar::Integer | Scalar::IntOrString if lower.ends_with("port") => 8080.into(),
        Scalar::Integer | Scalar::Number => (1 + dice.roll(5)).into(),
        Scalar::Quantity => dice.word(&["1", "500m", "1.5Gi", "1000m"]).into(),
        Scalar::IntOrString => dice.pick(&[json!(1), json!("20%")]).cloned().into(),
        Scalar::Time => "2026-01-01T00:00:00Z".into(),
        Scalar::MicroTime => "2026-01-01T00:00:00.000001Z".into(),
        Scalar::Bytes => "YQ==".into(),
        Scalar::String | Scalar::Untyped => match lower.as_str() {
            "namespace" => NAMESPACE.into(),
            "image" => "image:1".into(),
            "apiversion" => "v1".into(),
            "uid" => "11111111-2222-3333-4444-555555555555".into(),
            _ if lower.contains("path") => "/data".into(),
            _ if lower == "ip" || lower.ends_with("ips") => "192.0.2.1".into(),
            _ if lower.contains("cidr") => "10.0.0.0/8".into(),
            _ => dice.word(&["thing", "other"]).into(),
        },
    }
}

/// A place in a body: its JSON pointer, its type, and whether its parent requires it.
pub(crate) type Place = (String, Type, bool);

/// Every place below (and with) this one.
pub(crate) fn collect(ty: &Type, value: &Value, pointer: String, places: &mut Vec<Place>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let left_out = matches!(name.as_str(), "apiVersion" | "kind")
                    || (pointer == "/metadata" && LEFT_OUT.contains(&name.as_str()));
                if let Some(ty) = ty.field(name).filter(|_| !left_out) {
                    let step = name.replace('~', "~0").replace('/', "~1");
                    collect(&ty, value, format!("{pointer}/{step}"), places);
                }
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                if let Some(ty) = ty.item() {
                    collect(&ty, value, format!("{pointer}/{at}"), places);
                }
            }
        }
        _ => {}
    }
    let required = ty.is_required();
    places.push((pointer, ty.clone(), required));
}

/// Makes one thing wrong.
pub(crate) fn spoil(dice: &mut Dice, ty: &Type, body: &mut Value) {
    let mut places = Vec::new();
    collect(ty, body, String::new(), &mut places);
    match dice.roll(6) {
        0 => remove(dice, &places, body),
        1 => unknown(dice, &places, body),
        2 => mistype(dice, &places, body),
        3 => repeat(dice, &places, body),
        _ => exceed(dice, &places, body),
    }
}

fn place<'a>(
    dice: &mut Dice,
    places: &'a [Place],
    fits: impl Fn(&Place) -> bool,
) -> Option<&'a Place> {
    let fitting: Vec<&Place> = places.iter().filter(|place| fits(place)).collect();
    dice.pick(&fitting).copied()
}

fn remove(dice: &mut Dice, places: &[Place], body: &mut Value) {
    let found = place(dice, places, |(pointer, _, required)| {
        *required && !pointer.is_empty()
    })
    .or_else(|| place(dice, places, |(pointer, ..)| pointer.starts_with("/spec")));
    let Some((pointer, ..)) = found else { return };
    let Some((parent, last)) = pointer.rsplit_once('/') else {
        return;
    };
    match body.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            fields.remove(&last.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            items.pop();
        }
        _ => {}
    }
}

fn unknown(dice: &mut Dice, places: &[Place], body: &mut Value) {
    let found = place(dice, places, |(_, ty, _)| {
        matches!(ty.shape(), Shape::Struct { .. })
    });
    if let Some((pointer, ..)) = found
        && let Some(Value::Object(fields)) = body.pointer_mut(pointer)
    {
        fields.insert("bogus".into(), json!("x"));
    }
}

fn mistype(dice: &mut Dice, places: &[Place], body: &mut Value) {
    let found = place(dice, places, |(pointer, ..)| !pointer.is_empty());
    let Some((pointer, ..)) = found else { return };
    let Some(value) = body.pointer_mut(pointer) else {
        return;
    };
    let others: Vec<Value> = [
        json!("text"),
        json!(3),
        json!(true),
        json!({"a": "b"}),
        json!(["a"]),
    ]
    .into_iter()
    .filter(|other| std::mem::discriminant(other) != std::mem::discriminant(value))
    .collect();
    *value = dice.pick(&others).cloned().unwrap_or_default();
}

fn repeat(dice: &mut Dice, places: &[Place], body: &mut Value) {
    let found = place(dice, places, |(_, ty, _)| {
        matches!(ty.shape(), Shape::List(_))
    });
    if let Some((pointer, ..)) = found
        && let Some(Value::Array(items)) = body.pointer_mut(pointer)
        && let Some(first) = items.first().cloned()
    {
        items.push(first);
    }
}

fn exceed(dice: &mut Dice, places: &[Place], body: &mut Value) {
    let found = place(dice, places, |(_, ty, _)| {
        matches!(ty.shape(), Shape::Scalar(_))
    });
    let Some((pointer, ty, _)) = found else {
        return;
    };
    let Some(value) = body.pointer_mut(pointer) else {
        return;
    };
    let number = value.is_number();
    let wrong = match ty.scalar() {
        Some(Scalar::Integer | Scalar::Number | Scalar::IntOrString) if number => {
            let numbers = [
                json!(-1),
                json!(0),
                json!(70_000),
                json!(4_000_000_000_u64),
                json!(1.5),
            ];
            dice.pick(&numbers).cloned()
        }
        Some(Scalar::Quantity) => dice
            .pick(&[json!("-1"), json!("many"), json!("1.0000000001"), json!("")])
            .cloned(),
        Some(Scalar::Boolean) => value.as_bool().map(|value| json!(!value)),
        _ => {
            let long = "long-".repeat(60);
            let texts = [
                json!(""),
                json!("Not Valid!"),
                json!("-dash"),
                json!(long),
                json!("a/b/c"),
            ];
            dice.pick(&texts).cloned()
        }
    };
    *value = wrong.unwrap_or_default();
}
