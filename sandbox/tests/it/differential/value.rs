//! Valid bodies, varied by what the schema knows.

use super::dice::Dice;
use super::fault::places;
use super::kind::{NAMESPACE, PODS, Sample};
use super::operation::merged;
use infra_schema::ty::{Scalar, Shape, Type};
use serde_json::{Map, Value, json};

/// Fields that are the server's, or that name what is not there for one end alone.
pub(crate) const LEFT_OUT: [&str; 14] = [
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
    named(&mut body, sample, name);
    body
}

/// Says what it is; metadata that are something else stay so.
pub(crate) fn named(body: &mut Value, sample: &Sample, name: &str) {
    body["apiVersion"] = sample.api.clone().into();
    body["kind"] = sample.kind.clone().into();
    let metadata = &mut body["metadata"];
    if metadata.is_null() {
        *metadata = json!({});
    }
    if let Some(fields) = metadata.as_object_mut() {
        fields.insert("name".into(), name.into());
    }
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
    let mut places = places(ty, body);
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

/// A value of a type, as sensible as the field's name allows. Of the fields that may be there few
/// are: many exclude one another.
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
            let (required, mut optional): (Vec<_>, Vec<_>) =
                ty.fields().into_iter().partition(|field| field.required);
            optional.retain(|field| depth > 0 || !LEFT_OUT.contains(&field.name.as_ref()));
            let mut fields = required;
            if depth < 5 {
                for _ in 0..dice.weighted(&[(4, 1), (2, 0), (2, 2)]) {
                    fields.extend(dice.pick(&optional).cloned());
                }
            }
            for field in fields {
                let value = of_type(dice, &field.ty, &field.name, depth + 1);
                out.insert(field.name.into_owned(), value);
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
        Scalar::Time => "2021-03-04T00:00:00Z".into(),
        Scalar::MicroTime => "2021-03-04T00:00:00.000001Z".into(),
        Scalar::Bytes => "YQ==".into(),
        Scalar::String | Scalar::Untyped => match lower.as_str() {
            "namespace" => NAMESPACE.into(),
            "image" => "image:1".into(),
            "apiversion" => "v1".into(),
            "finalizers" => "example.com/hold".into(),
            "uid" => "11111111-2222-3333-4444-555555555555".into(),
            _ if lower.contains("path") => "/data".into(),
            _ if lower == "ip" || lower.ends_with("ips") => "192.0.2.1".into(),
            _ if lower.contains("cidr") => "10.0.0.0/8".into(),
            _ => dice.word(&["thing", "other"]).into(),
        },
    }
}
