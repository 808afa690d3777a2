//! What `--delete` and `--only` name: `KIND/NAME`, or `NAMESPACE/KIND/NAME` where that is not enough.

use crate::{
    engine::{Action, EngineError, Step},
    environment::suggest,
    object::ObjectId,
};
use infra_schema::kind::Kind;
use std::collections::BTreeSet;

/// The one object that a target means; `None` where it means none of these.
pub(crate) fn find<'a>(
    target: &str,
    all: impl IntoIterator<Item = &'a ObjectId>,
) -> Result<Option<&'a ObjectId>, EngineError> {
    let called = all.into_iter().filter(|id| is_called(id, target));
    let called: BTreeSet<&ObjectId> = called.collect();
    if called.len() > 1 {
        return Err(EngineError::AmbiguousTarget {
            target: target.to_owned(),
            meant: called.into_iter().map(whole).collect(),
        });
    }
    Ok(called.into_iter().next())
}

/// The shortest target that means this one of these objects.
pub(crate) fn name_among<'a>(id: &ObjectId, all: impl IntoIterator<Item = &'a ObjectId>) -> String {
    let short = id.short();
    let shared = all
        .into_iter()
        .any(|other| other != id && other.short() == short);
    if shared { whole(id) } else { short }
}

/// Which of several environments each target is for, given what each of them no longer wants: see
/// [`removals`](super::removals). The answer has the targets of each environment in its place. A
/// target that no environment knows is an error, and so is one that means two objects.
pub fn share(targets: &[String], held: &[Vec<Step>]) -> Result<Vec<Vec<String>>, EngineError> {
    let ids = |steps: &Vec<Step>| steps.iter().map(|step| step.id.clone()).collect();
    let held_ids: Vec<Vec<ObjectId>> = held.iter().map(ids).collect();
    holders(targets, &held_ids)?
        .map_err(|target| unknown(&target, held.iter().flatten(), held_ids.iter().flatten()))
}

/// The targets of each of several holders of objects; or the one that nobody has.
pub(crate) fn holders(
    targets: &[String],
    held: &[Vec<ObjectId>],
) -> Result<Result<Vec<Vec<String>>, String>, EngineError> {
    let mut shares = vec![Vec::new(); held.len()];
    for target in targets {
        let meant = find(target, held.iter().flatten())?;
        let holder = meant.and_then(|meant| held.iter().position(|ids| ids.contains(meant)));
        let Some(holder) = holder else {
            return Ok(Err(target.clone()));
        };
        shares[holder].push(target.clone());
    }
    Ok(Ok(shares))
}

/// A target that means nothing, with what is kept.
pub(crate) fn unknown<'a>(
    target: &str,
    steps: impl IntoIterator<Item = &'a Step>,
    all: impl Iterator<Item = &'a ObjectId> + Clone,
) -> EngineError {
    let kept = steps.into_iter().filter(|step| step.action == Action::Keep);
    let kept: Vec<String> = kept.map(|step| name_among(&step.id, all.clone())).collect();
    EngineError::NothingToDelete {
        target: target.to_owned(),
        meant: nearest(target, &kept),
        kept,
    }
}

/// Which of these was probably meant. A kind has several names, and may be right: it is the object's
/// name that is compared.
pub(crate) fn nearest(target: &str, known: &[String]) -> Option<String> {
    let name = |target: &str| target.rsplit('/').next().unwrap_or_default().to_owned();
    let names: Vec<String> = known.iter().map(|target| name(target)).collect();
    let near = suggest(&name(target), names.iter().map(String::as_str))?;
    known.iter().find(|known| name(known) == near).cloned()
}

/// An object by its namespace, kind and name.
fn whole(id: &ObjectId) -> String {
    match &id.namespace {
        Some(namespace) => format!("{namespace}/{}", id.short()),
        None => id.short(),
    }
}

/// Whether a target means this object, by any name of its kind.
pub(crate) fn is_called(id: &ObjectId, target: &str) -> bool {
    let parts: Vec<&str> = target.split('/').collect();
    let (namespace, kind, name) = match parts.as_slice() {
        [kind, name] => (None, *kind, *name),
        [namespace, kind, name] => (Some(*namespace), *kind, *name),
        _ => return false,
    };
    name == id.name
        && (namespace.is_none() || namespace == id.namespace.as_deref())
        && (kind.eq_ignore_ascii_case(&id.kind)
            || Kind::lookup(kind)
                .iter()
                .any(|kind| kind.group == id.group.as_str() && kind.kind == id.kind.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(namespace: Option<&str>, kind: &str, name: &str) -> ObjectId {
        ObjectId {
            group: String::new(),
            kind: kind.into(),
            namespace: namespace.map(str::to_owned),
            name: name.into(),
        }
    }

    #[test]
    fn a_target_is_any_name_of_the_kind() {
        let claim = id(Some("shop"), "PersistentVolumeClaim", "data-0");
        for (target, called) in [
            ("pvc/data-0", true),
            ("persistentvolumeclaim/data-0", true),
            ("PersistentVolumeClaims/data-0", true),
            ("shop/pvc/data-0", true),
            ("stall/pvc/data-0", false),
            ("pvc/data-1", false),
            ("secret/data-0", false),
            ("data-0", false),
            ("a/shop/pvc/data-0", false),
        ] {
            assert_eq!(is_called(&claim, target), called, "{target}");
        }
        assert!(!is_called(&id(None, "Namespace", "shop"), "x/ns/shop"));
    }

    #[test]
    fn targets_go_to_who_holds_them() {
        let claim = |namespace: &str, name: &str| {
            let id = id(Some(namespace), "PersistentVolumeClaim", name);
            Step::new(id, Action::Keep)
        };
        let held = [
            vec![claim("a", "db"), claim("a", "cache")],
            vec![],
            vec![
                claim("b", "db"),
                Step::new(id(None, "Namespace", "b"), Action::Keep),
            ],
        ];
        let share = |targets: &[&str]| {
            let targets: Vec<String> = targets.iter().map(|one| (*one).to_owned()).collect();
            super::share(&targets, &held).map_err(|error| error.to_string())
        };
        assert_eq!(
            share(&["pvc/cache", "b/pvc/db", "ns/b", "a/pvc/db"]),
            Ok(vec![
                vec!["pvc/cache".to_owned(), "a/pvc/db".to_owned()],
                vec![],
                vec!["b/pvc/db".to_owned(), "ns/b".to_owned()],
            ])
        );
        assert_eq!(
            share(&["ns/b", "pvc/db"]).unwrap_err(),
            "`pvc/db` means more than one: a/persistentvolumeclaim/db, b/persistentvolumeclaim/db"
        );
        let wrong = super::share(&["pvc/cahce".to_owned()], &held);
        assert!(
            matches!(&wrong, Err(EngineError::NothingToDelete { meant: Some(meant), .. })
                if meant == "persistentvolumeclaim/cache"),
            "{wrong:?}"
        );
        assert_eq!(
            share(&["pvc/cahce"]).unwrap_err(),
            "`pvc/cahce` is not among what is kept: a/persistentvolumeclaim/db, \
             persistentvolumeclaim/cache, b/persistentvolumeclaim/db, namespace/b"
        );
    }
}
