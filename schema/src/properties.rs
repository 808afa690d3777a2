//! Laws that hold for every built-in kind, on objects made from its own type.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::apply::{ApplyOptions, UpdateOptions, apply, update};
use crate::canonical::canonical;
use crate::crd::Definition;
use crate::default::defaults;
use crate::diff::diff;
use crate::fields::FieldSet;
use crate::kind::Kind;
use crate::merge::{compare, conform, field_set, merge, remove_items};
use crate::patch::{json_patch, strategic_merge_patch};
use crate::ty::{ListKind, Scalar, Shape, Type};
use crate::validate::{decode_error, unknown_fields, validate, validate_update};

/// A small generator that is the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn value(&mut self, ty: &Type, depth: u32) -> Value {
        match ty.shape() {
            Shape::Scalar(scalar) => self.scalar(scalar),
            Shape::Untyped => json!({"any": [1, {"thing": "x"}]}),
            Shape::List(kind) => self.list(ty, kind, depth),
            Shape::Map { .. } => {
                let item = ty.item().expect("item");
                (0..=self.roll(2))
                    .map(|at| (format!("key{at}"), self.value(&item, depth + 1)))
                    .collect()
            }
            Shape::Struct { .. } => {
                let mut out = Map::new();
                for field in ty.fields() {
                    let wanted = field.required || self.roll(4 + u64::from(depth)) == 0;
                    if wanted && depth < 9 && field.name != "managedFields" {
                        out.insert(field.name.into_owned(), self.value(&field.ty, depth + 1));
                    }
                }
                Value::Object(out)
            }
        }
    }

    fn scalar(&mut self, scalar: Scalar) -> Value {
        match scalar {
            Scalar::Integer | Scalar::Number => json!(self.roll(9) + 1),
            Scalar::Boolean => json!(true),
            Scalar::Quantity => json!(["1000m", "1.5Gi", "2", "0.5", "1e3"][self.roll(5) as usize]),
            Scalar::IntOrString if self.roll(2) == 0 => json!(self.roll(9) + 1),
            Scalar::Time => json!("2026-01-01T00:00:00Z"),
            Scalar::MicroTime => json!("2026-01-01T00:00:00.000001Z"),
            Scalar::Bytes => json!("YQ=="),
            _ => json!(["a", "b", "c", "d"][self.roll(4) as usize]),
        }
    }

    fn list(&mut self, ty: &Type, kind: ListKind, depth: u32) -> Value {
        let item = ty.item().expect("item");
        let mut items: Vec<Value> = Vec::new();
        for at in 0..=self.roll(3) {
            let mut value = self.value(&item, depth + 1);
            for (key, _) in ty.list_keys() {
                let number = item.field(&key).and_then(|ty| ty.scalar()) == Some(Scalar::Integer);
                value[key.as_ref()] = if number {
                    json!(at + 1)
                } else {
                    json!(format!("item{at}"))
                };
            }
            if kind != ListKind::Set || !items.contains(&value) {
                items.push(value);
            }
        }
        Value::Array(items)
    }

    /// Puts nonsense somewhere into a value.
    fn spoil(&mut self, value: &mut Value) {
        let below = match value {
            Value::Object(fields) if !fields.is_empty() => {
                let at = self.roll(fields.len() as u64) as usize;
                fields.values_mut().nth(at)
            }
            Value::Array(items) if !items.is_empty() => {
                let at = self.roll(items.len() as u64) as usize;
                items.get_mut(at)
            }
            _ => None,
        };
        match below {
            Some(below) if self.roll(4) != 0 => self.spoil(below),
            _ => {
                let junk = [
                    json!(null),
                    json!(-1),
                    json!("ä/"),
                    json!([null, 1]),
                    json!({"": {}}),
                    json!(1.5),
                ];
                *value = junk[self.roll(junk.len() as u64) as usize].clone();
            }
        }
    }

    fn object(&mut self, kind: &Kind) -> Value {
        let mut object = self.value(&kind.ty(), 0);
        object["apiVersion"] = json!(kind.api_version());
        object["kind"] = json!(kind.kind);
        object["metadata"]["name"] = json!("x");
        object
    }
}

fn applied(kind: &Kind, live: Option<&Value>, config: &Value) -> crate::apply::Applied {
    let options = ApplyOptions {
        manager: "infra",
        api_version: &kind.api_version(),
        force: true,
        subresource: "",
        time: "2026-01-01T00:00:00Z",
        reset: &FieldSet::new(),
    };
    apply(&kind.ty(), live, config, &options).expect("applied")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn objects_and_their_sets(seed in 1_u64.., at in 0_usize..1000) {
        let kind = &Kind::all()[at % Kind::all().len()];
        let ty = kind.ty();
        let (one, two) = (Dice(seed).object(kind), Dice(seed ^ 0xABCD).object(kind));
        prop_assert_eq!(conform(&ty, &one, false), Vec::<String>::new());

        let (a, b) = (field_set(&ty, &one), field_set(&ty, &two));
        prop_assert_eq!(FieldSet::from_json(&a.to_json()), Ok(a.clone()));
        prop_assert_eq!(a.union(&b).difference(&b).union(&b), a.union(&b));
        prop_assert_eq!(a.intersection(&b), b.intersection(&a));
        prop_assert!(a.difference(&b).is_subset(&a));
        prop_assert!(a.intersection(&a.difference(&b)).intersection(&b).is_empty());

        prop_assert_eq!(merge(&ty, &one, &json!({})), one.clone());
        prop_assert_eq!(merge(&ty, &one, &one), one.clone());
        let both = merge(&ty, &one, &two);
        prop_assert_eq!(merge(&ty, &both, &two), both.clone());

        prop_assert!(compare(&ty, &one, &one).is_same());
        let change = compare(&ty, &one, &both);
        prop_assert!(change.removed.is_empty());
        prop_assert!(diff(&ty, &one, &one).is_empty());
        let left = remove_items(&ty, one.clone(), &a);
        prop_assert!(field_set(&ty, &left).intersection(&a).is_empty());
    }

    #[test]
    fn applying_what_was_applied_changes_nothing(seed in 1_u64.., at in 0_usize..1000) {
        let kind = &Kind::all()[at % Kind::all().len()];
        let mut config = Dice(seed).object(kind);
        // An object of which nobody owns anything counts as one from before ownership.
        config["metadata"]["labels"]["own"] = json!("x");
        let mut first = applied(kind, None, &config).object;
        prop_assert!(!applied(kind, Some(&first), &config).changed);
        // Defaults belong to nobody and stay where they are.
        defaults(kind, &mut first);
        let live = canonical(&kind.ty(), first);
        let mut again = applied(kind, Some(&live), &canonical(&kind.ty(), config)).object;
        defaults(kind, &mut again);
        prop_assert_eq!(canonical(&kind.ty(), again), live);
    }

    #[test]
    fn nonsense_is_no_reason_to_panic(seed in 1_u64.., at in 0_usize..1000) {
        let kind = &Kind::all()[at % Kind::all().len()];
        let ty = kind.ty();
        let mut dice = Dice(seed);
        let live = dice.object(kind);
        let mut odd = live.clone();
        (0..3).for_each(|_| dice.spoil(&mut odd));
        let _ = (decode_error(kind, &odd), unknown_fields(&ty, &odd), validate(kind, &odd));
        let _ = (validate_update(kind, &live, &odd), validate_update(kind, &odd, &live));
        let _ = (diff(&ty, &live, &odd), compare(&ty, &odd, &live), field_set(&ty, &odd));
        let _ = (merge(&ty, &live, &odd), merge(&ty, &odd, &live));
        let _ = (strategic_merge_patch(&ty, live.clone(), &odd), json_patch(live.clone(), &odd));
        let options = ApplyOptions {
            manager: "a", api_version: &kind.api_version(), force: false, subresource: "", time: "", reset: &FieldSet::new(),
        };
        let _ = (apply(&ty, Some(&odd), &live, &options), apply(&ty, Some(&live), &odd, &options));
        let _ = Definition::parse(&odd).map(|made| made.versions.len());
        defaults(kind, &mut odd);
        let _ = canonical(&ty, odd);
    }

    #[test]
    fn a_live_object_keeps_every_field(seed in 1_u64.., at in 0_usize..1000) {
        let kind = &Kind::all()[at % Kind::all().len()];
        let mut object = Dice(seed).object(kind);
        defaults(kind, &mut object);
        let mut live = canonical(&kind.ty(), object);
        live["from"] = json!({"a newer server": [null]});
        let mut again = live.clone();
        defaults(kind, &mut again);
        prop_assert_eq!(canonical(&kind.ty(), again), live);
    }

    #[test]
    fn an_update_owns_what_it_made(seed in 1_u64.., at in 0_usize..1000) {
        let kind = &Kind::all()[at % Kind::all().len()];
        let mut object = Dice(seed).object(kind);
        defaults(kind, &mut object);
        let options = UpdateOptions {
            manager: "edit",
            api_version: &kind.api_version(),
            subresource: "",
            time: "2026-01-01T00:00:00Z",
            reset: &FieldSet::new(),
        };
        let made = update(&kind.ty(), None, object.clone(), &options);
        let again = update(&kind.ty(), Some(&made), made.clone(), &options);
        prop_assert_eq!(again, made);
    }
}
