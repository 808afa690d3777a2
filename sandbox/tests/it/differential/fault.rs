//! What can be wrong with a body, and how one thing is made wrong.

use super::dice::Dice;
use super::operation::{escaped, remove_at};
use super::value::{LEFT_OUT, of_type};
use infra_schema::ty::{ListKind, Scalar, Shape, Type};
use serde_json::{Value, json};

/// The one thing that is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Nothing, as far as is known.
    #[default]
    None,
    /// A field that must be there is not.
    Missing,
    /// A field that nobody knows.
    Unknown,
    /// A value of another type.
    Mistyped,
    /// A value of the right type that is not allowed.
    OutOfRange,
    /// A change of what cannot change.
    Immutable,
    /// Two items of a list under the same key.
    Duplicate,
}

/// All of them, and the columns of the count.
pub(crate) const FAULTS: [Fault; 7] = [
    Fault::None,
    Fault::Missing,
    Fault::Unknown,
    Fault::Mistyped,
    Fault::OutOfRange,
    Fault::Immutable,
    Fault::Duplicate,
];

/// Those that any body can have, whatever stands on the server.
pub(crate) const OF_BODIES: [Fault; 5] = [
    Fault::Missing,
    Fault::Unknown,
    Fault::Mistyped,
    Fault::OutOfRange,
    Fault::Duplicate,
];

impl Fault {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "valid",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Mistyped => "mistyped",
            Self::OutOfRange => "range",
            Self::Immutable => "immutable",
            Self::Duplicate => "duplicate",
        }
    }
}

/// A place in a body: its JSON pointer, its type, and whether its parent requires it.
pub(crate) type Place = (String, Type, bool);

/// Every place below (and with) this one.
pub(crate) fn places(ty: &Type, value: &Value) -> Vec<Place> {
    let mut out = Vec::new();
    collect((String::new(), ty.clone(), false), value, &mut out);
    out
}

fn collect(place: Place, value: &Value, out: &mut Vec<Place>) {
    let (pointer, ty, _) = &place;
    match value {
        Value::Object(fields) => {
            let required = ty.required();
            for (name, value) in fields {
                let left_out = matches!(name.as_str(), "apiVersion" | "kind")
                    || (pointer == "/metadata" && LEFT_OUT.contains(&name.as_str()));
                if let Some(ty) = ty.field(name).filter(|_| !left_out) {
                    let is_required = required.iter().any(|one| one == name);
                    let below = format!("{pointer}/{}", escaped(name));
                    collect((below, ty, is_required), value, out);
                }
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                if let Some(ty) = ty.item() {
                    collect((format!("{pointer}/{at}"), ty, false), value, out);
                }
            }
        }
        _ => {}
    }
    out.push(place);
}

/// Whether lists of this type have keys that can be there twice.
pub(crate) fn is_keyed(ty: &Type) -> bool {
    matches!(ty.shape(), Shape::List(ListKind::Map | ListKind::Set))
}

/// Makes one thing wrong. False where nothing in the body can be wrong in this way.
pub(crate) fn spoil(dice: &mut Dice, ty: &Type, body: &mut Value, fault: Fault) -> bool {
    let places = places(ty, body);
    match fault {
        Fault::None | Fault::Immutable => false,
        Fault::Missing => remove(dice, &places, body),
        Fault::Unknown => unknown(dice, &places, body),
        Fault::Mistyped => mistype(dice, &places, body),
        Fault::OutOfRange => exceed(dice, &places, body),
        Fault::Duplicate => repeat(dice, &places, body),
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

fn remove(dice: &mut Dice, places: &[Place], body: &mut Value) -> bool {
    let whole = body.get("metadata").is_some();
    if whole && dice.percent(12) {
        let of = dice.word(&["/apiVersion", "/kind", "/metadata/name", "/metadata"]);
        return remove_at(body, of);
    }
    // What validation asks for beyond the schema can be anywhere.
    let any = dice.percent(40);
    let found = place(dice, places, |(pointer, _, required)| {
        *required && !any && !pointer.is_empty()
    })
    .or_else(|| {
        place(dice, places, |(pointer, ..)| {
            !pointer.is_empty() && !pointer.starts_with("/metadata")
        })
    });
    match found {
        Some((pointer, ..)) => remove_at(body, pointer),
        None => whole && remove_at(body, "/metadata/name"),
    }
}

fn unknown(dice: &mut Dice, places: &[Place], body: &mut Value) -> bool {
    let found = place(dice, places, |(_, ty, _)| {
        matches!(ty.shape(), Shape::Struct { .. })
    });
    let fields = found.and_then(|(pointer, ..)| body.pointer_mut(pointer)?.as_object_mut());
    fields
        .map(|fields| fields.insert("bogus".into(), json!("x")))
        .is_some()
}

fn mistype(dice: &mut Dice, places: &[Place], body: &mut Value) -> bool {
    let found = place(dice, places, |(pointer, ..)| !pointer.is_empty());
    let Some(value) = found.and_then(|(pointer, ..)| body.pointer_mut(pointer)) else {
        return false;
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
    true
}

/// A list with two items under one key: the same item twice, or the key with other values.
fn repeat(dice: &mut Dice, places: &[Place], body: &mut Value) -> bool {
    let there: Vec<&Place> = places
        .iter()
        .filter(|(pointer, ty, _)| {
            let items = body.pointer(pointer).and_then(Value::as_array);
            is_keyed(ty) && items.is_some_and(|items| !items.is_empty())
        })
        .collect();
    if !there.is_empty() && dice.percent(70) {
        let Some((pointer, ty, _)) = dice.pick(&there).copied() else {
            return false;
        };
        let Some(Value::Array(items)) = body.pointer_mut(pointer) else {
            return false;
        };
        let mut twin = dice.pick(items).cloned().unwrap_or_default();
        if dice.percent(60) {
            differ(dice, ty, &mut twin);
        }
        items.push(twin);
        return true;
    }
    let mut absent = Vec::new();
    for (pointer, ty, _) in places {
        let fields = body.pointer(pointer).and_then(Value::as_object);
        let free = ty.fields().into_iter().filter(|field| {
            is_keyed(&field.ty)
                && fields.is_some_and(|fields| !fields.contains_key(field.name.as_ref()))
        });
        absent.extend(free.map(|field| (pointer, field)));
    }
    let Some((pointer, field)) = dice.pick(&absent) else {
        return false;
    };
    let item = field.ty.item().unwrap_or(Type::untyped());
    let one = of_type(dice, &item, &field.name, 1);
    let mut two = one.clone();
    differ(dice, &field.ty, &mut two);
    let fields = body.pointer_mut(pointer).and_then(Value::as_object_mut);
    fields
        .map(|fields| fields.insert(field.name.to_string(), json!([one, two])))
        .is_some()
}

/// Changes what is no key of a list's item.
fn differ(dice: &mut Dice, list: &Type, item: &mut Value) {
    let Some(fields) = item.as_object_mut() else {
        return;
    };
    let keys = list.list_keys();
    let of = list.item().unwrap_or(Type::untyped());
    let mut free = of.fields();
    free.retain(|field| {
        !keys.iter().any(|(key, _)| *key == field.name)
            && matches!(field.ty.shape(), Shape::Scalar(_))
    });
    if let Some(field) = dice.pick(&free) {
        let value = match fields.get(field.name.as_ref()) {
            Some(Value::String(text)) => json!(format!("{text}x")),
            Some(Value::Bool(on)) => json!(!on),
            Some(Value::Number(number)) => json!(number.as_i64().unwrap_or(0) + 1),
            _ => of_type(dice, &field.ty, &field.name, 1),
        };
        fields.insert(field.name.to_string(), value);
    }
}

/// Keys and texts that no rule of Kubernetes allows for names, keys and labels.
const BAD: [&str; 4] = ["", "Not Valid!", "-dash", "a/b/c"];

fn exceed(dice: &mut Dice, places: &[Place], body: &mut Value) -> bool {
    let found = place(dice, places, |(pointer, ty, _)| {
        !pointer.is_empty() && matches!(ty.shape(), Shape::Scalar(_) | Shape::Map { .. })
    });
    let Some((pointer, ty, _)) = found else {
        // Where there is nothing else, there are always labels.
        let labels = body.get_mut("metadata").and_then(Value::as_object_mut);
        let long = json!({"tier": "long-".repeat(60)});
        return labels
            .map(|metadata| metadata.insert("labels".into(), long))
            .is_some();
    };
    let Some(value) = body.pointer_mut(pointer) else {
        return false;
    };
    if let Value::Object(entries) = value {
        let item = ty.item().unwrap_or(Type::untyped());
        let entry = of_type(dice, &item, "", 1);
        entries.insert(dice.word(&BAD).into(), entry);
        return true;
    }
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
        _ => match dice.roll(BAD.len() + 1) {
            0 => Some(json!("long-".repeat(60))),
            at => Some(json!(BAD[at - 1])),
        },
    };
    *value = wrong.unwrap_or_default();
    true
}
