//! Which fields change hands, and to whom.

use super::{
    Adoption, Former,
    outline::outline,
    tool::{self, Tool, tool},
};
use crate::engine::{GENERATED_MANAGER, HANDOVER_MANAGER, MANAGER};
use infra_schema::{
    fields::{FieldPath, FieldSet},
    managed::{Manager, Managers, Operation},
};
use serde_json::Value;

/// What others give up of an object, as its fields' managers were when it was planned.
#[derive(Clone, Debug)]
pub(crate) struct Takeover {
    gives: Vec<Give>,
}

/// What one of them gives up.
#[derive(Clone, Debug)]
struct Give {
    from: Manager,
    /// What goes to our managers, by their names.
    to: Vec<(&'static str, FieldSet)>,
    left: FieldSet,
}

/// What does not go to field manager `infra`.
pub(crate) struct Leaves<'a> {
    /// What `infra` will apply.
    pub(crate) claims: &'a FieldSet,
    /// Fields of values that are made once.
    pub(crate) generated: &'a FieldSet,
    /// An autoscaler decides the replicas.
    pub(crate) scaled: bool,
    /// What is not taken: it is left to others, or shared with them.
    pub(crate) kept: &'a (dyn Fn(&FieldPath) -> bool + Sync),
}

impl Leaves<'_> {
    /// Who gets a field of `tool`; nobody where it stays.
    fn goes_to(&self, tool: Tool, path: &FieldPath, replicas: &FieldPath) -> Option<&'static str> {
        if (self.kept)(path) {
            None
        } else if self.generated.has(&path.0) {
            Some(GENERATED_MANAGER)
        } else if self.scaled && path == replicas {
            Some(HANDOVER_MANAGER)
        } else {
            (tool == Tool::Maker || self.claims.has(&path.0)).then_some(MANAGER)
        }
    }
}

impl Takeover {
    /// Who gives up what of a live object, with what to say of it.
    pub(crate) fn of(live: &Value, leaves: &Leaves<'_>) -> (Adoption, Self) {
        let managers = Managers::of(live).unwrap_or_default();
        let replicas = FieldPath::fields(&["spec", "replicas"]);
        let mut gives: Vec<Give> = Vec::new();
        let mut others = FieldSet::new();
        for manager in managers.iter() {
            let tool = tool(&manager.name, &manager.subresource);
            if matches!(tool, Tool::Controller | Tool::Ours) || !manager.subresource.is_empty() {
                if tool != Tool::Ours {
                    others = others.union(&manager.fields);
                }
                continue;
            }
            let mut give = Give {
                from: manager.clone(),
                to: Vec::new(),
                left: FieldSet::new(),
            };
            for path in manager.fields.paths() {
                let to = match tool {
                    Tool::Maker | Tool::Hand => leaves.goes_to(tool, &path, &replicas),
                    _ => None,
                };
                match to {
                    Some(to) => give.give(to, &path),
                    None => give.left.insert(&path.0),
                }
            }
            others = others.union(&give.left);
            gives.push(give);
        }
        gives.sort_by(|a, b| a.from.identity().cmp(&b.from.identity()));
        let adoption = adoption(live, &gives, &others);
        gives.retain(|give| !give.to.is_empty());
        (adoption, Self { gives })
    }

    /// Whether nothing changes hands.
    pub(crate) fn is_empty(&self) -> bool {
        self.gives.is_empty()
    }

    /// Whether fields go that only others have set: what `infra` gets and does not apply.
    pub(crate) fn drops(&self, claims: &FieldSet) -> bool {
        self.gives
            .iter()
            .flat_map(|give| &give.to)
            .any(|(to, fields)| *to == MANAGER && !fields.difference(claims).is_empty())
    }

    /// Whether all has changed hands already.
    pub(crate) fn is_done(&self, live: &Value) -> bool {
        let managers = Managers::of(live).unwrap_or_default();
        self.gives.iter().all(|give| {
            let left = managers.get(&give.from).map(|known| &known.fields);
            left.is_none_or(|left| *left == give.left)
                && give.to.iter().all(|(to, fields)| {
                    let owned = managers.applied_by(to);
                    owned.is_some_and(|owned| fields.is_subset(owned))
                })
        })
    }

    /// The live object's `managedFields` once all has changed hands; `None` where others have set
    /// other fields since.
    pub(crate) fn managed_fields(&self, live: &Value) -> Option<Value> {
        let mut managers = Managers::of(live).ok()?;
        for give in &self.gives {
            let known = managers.remove(&give.from)?;
            if known.fields != give.from.fields {
                return None;
            }
            for (to, fields) in &give.to {
                let mut own = known.clone();
                (*to).clone_into(&mut own.name);
                own.operation = Operation::Apply;
                own.fields = fields.clone();
                if let Some(ours) = managers.get(&own) {
                    if ours.api_version != own.api_version {
                        // Fields of another version say nothing in this one.
                        continue;
                    }
                    own.fields = own.fields.union(&ours.fields);
                }
                managers.put(own);
            }
            if !give.left.is_empty() {
                managers.put(Manager {
                    fields: give.left.clone(),
                    ..known
                });
            }
        }
        Some(managers.to_json())
    }
}

impl Give {
    fn give(&mut self, to: &'static str, path: &FieldPath) {
        match self.to.iter_mut().find(|(known, _)| *known == to) {
            Some((_, fields)) => fields.insert(&path.0),
            None => self.to.push((to, FieldSet::of([path]))),
        }
    }

    fn all(&self) -> FieldSet {
        let given = self.to.iter().map(|(_, fields)| fields);
        given.fold(FieldSet::new(), |all, fields| all.union(fields))
    }
}

/// What is said of it: a tool is named once, however often it is noted.
fn adoption(live: &Value, gives: &[Give], others: &FieldSet) -> Adoption {
    let mut from: Vec<(Former, FieldSet, FieldSet)> = Vec::new();
    for give in gives {
        let tool = tool::in_words(&give.from, live);
        let known = from.iter_mut().find(|(former, ..)| former.tool == tool);
        if let Some((_, given, left)) = known {
            *given = given.union(&give.all());
            *left = left.union(&give.left);
            continue;
        }
        let former = Former {
            manager: give.from.name.clone(),
            tool,
            fields: Vec::new(),
            left: Vec::new(),
        };
        from.push((former, give.all(), give.left.clone()));
    }
    let given = from
        .iter()
        .fold(FieldSet::new(), |all, (_, given, _)| all.union(given));
    let named = from.into_iter().filter_map(|(former, gives, left)| {
        let changes_hands = !gives.is_empty();
        let former = Former {
            fields: outline(&gives, others),
            left: outline(&left, &given),
            ..former
        };
        // Who keeps nothing that somebody set says nothing.
        (changes_hands || !former.left.is_empty()).then_some(former)
    });
    Adoption {
        from: named.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(manager: &str, operation: &str, subresource: &str, fields: Value) -> Value {
        let mut entry = json!({"manager": manager, "operation": operation, "apiVersion": "v1",
            "fieldsType": "FieldsV1", "fieldsV1": fields});
        if !subresource.is_empty() {
            entry["subresource"] = subresource.into();
        }
        entry
    }

    fn live(entries: &[Value]) -> Value {
        json!({"metadata": {"managedFields": entries}})
    }

    fn set(paths: &[&[&str]]) -> FieldSet {
        let paths: Vec<FieldPath> = paths.iter().map(|path| FieldPath::fields(path)).collect();
        FieldSet::of(&paths)
    }

    /// Who owns what, in words.
    fn owners(managed: &Value) -> Vec<String> {
        let managers = Managers::from_json(managed).unwrap();
        let mut owners: Vec<String> = managers
            .iter()
            .map(|manager| {
                let paths = manager.fields.paths();
                let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
                let operation = manager.operation.as_str();
                format!("{} {operation} {}", manager.name, paths.join(" "))
            })
            .collect();
        owners.sort();
        owners
    }

    #[test]
    fn a_maker_gives_all_a_hand_what_is_claimed_and_others_nothing() {
        let live = live(&[
            entry(
                "kubectl-client-side-apply",
                "Update",
                "",
                json!({"f:data": {"f:a": {}, "f:old": {}, "f:password": {}}, "f:spec": {"f:replicas": {}}}),
            ),
            entry(
                "kubectl-edit",
                "Update",
                "",
                json!({"f:data": {"f:b": {}, "f:mine": {}}}),
            ),
            entry("terraform", "Apply", "", json!({"f:data": {"f:a": {}}})),
            entry(
                "kubelet",
                "Update",
                "status",
                json!({"f:status": {"f:x": {}}}),
            ),
        ]);
        let claims = set(&[&["data", "a"], &["data", "b"], &["data", "kept"]]);
        let generated = set(&[&["data", "password"]]);
        let leaves = Leaves {
            claims: &claims,
            generated: &generated,
            scaled: true,
            kept: &|_| false,
        };
        let (adoption, takeover) = Takeover::of(&live, &leaves);
        let told: Vec<String> = adoption
            .from
            .iter()
            .map(|from| format!("{}: {:?} left {:?}", from.tool, from.fields, from.left))
            .collect();
        assert_eq!(
            told,
            [
                r#"terraform: [] left [".data.a"]"#,
                r#"kubectl apply: [".data.a", ".data.old", ".data.password", ".spec"] left []"#,
                r#"kubectl edit: [".data.b"] left [".data.mine"]"#,
            ]
        );
        assert!(takeover.drops(&claims));
        assert_eq!(
            owners(&takeover.managed_fields(&live).unwrap()),
            [
                "infra Apply .data.a .data.b .data.old",
                "infra-generated Apply .data.password",
                "infra-handover Apply .spec.replicas",
                "kubectl-edit Update .data.mine",
                "kubelet Update .status.x",
                "terraform Apply .data.a",
            ]
        );
    }

    #[test]
    fn what_is_shared_stays_with_both_and_what_changed_meanwhile_is_not_taken() {
        let made = |keys: Value| live(&[entry("helm", "Apply", "", json!({ "f:data": keys }))]);
        let before = made(json!({"f:a": {}, "f:b": {}}));
        let claims = set(&[&["data", "a"], &["data", "b"]]);
        let shared = FieldPath::fields(&["data", "b"]);
        let leaves = Leaves {
            claims: &claims,
            generated: &FieldSet::new(),
            scaled: false,
            kept: &|path| path.starts_with(&shared),
        };
        let (_, takeover) = Takeover::of(&before, &leaves);
        assert!(!takeover.drops(&claims));
        assert_eq!(
            owners(&takeover.managed_fields(&before).unwrap()),
            ["helm Apply .data.b", "infra Apply .data.a"]
        );
        assert_eq!(takeover.managed_fields(&made(json!({"f:c": {}}))), None);
        assert_eq!(takeover.managed_fields(&live(&[])), None);
    }
}
