//! What an API server would refuse, or not know, of a single object.

use super::look::{Findings, Look};
use super::{Rule, Severity};
use crate::environment::suggest;
use infra_schema::default::defaults;
use infra_schema::kind::{Kind, Word};
use infra_schema::validate::{decode_fault, unknown_fields_and_known, validate};

pub(super) static INVALID_OBJECT: Rule = Rule {
    id: "invalid-object",
    severity: Severity::Error,
    title: "an object that the API server refuses",
    why: "the run stops there",
    cure: "give the field what the message asks for",
};

pub(super) static UNKNOWN_FIELD: Rule = Rule {
    id: "unknown-field",
    severity: Severity::Error,
    title: "a field that its kind does not have",
    why: "the API server leaves it out: what it was to do is not done",
    cure: "write the field as Kubernetes does",
};

/// How much of one object is worth telling.
const MOST: usize = 20;

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for (position, object) in look.view.objects.iter().enumerate() {
        let Some(kind) = Kind::find_api(object.api_version(), &object.id.kind) else {
            continue;
        };
        let short = object.id.short();
        for (path, known) in unknown_fields_and_known(&kind.ty(), &object.value)
            .into_iter()
            .take(MOST)
        {
            let name = path.rsplit(['.', ']']).next().unwrap_or_default();
            let meant = suggest(name, known.iter().map(Word::as_ref));
            let help = meant.map(|meant| format!("did you mean `{meant}`?"));
            let message = format!(
                "`{short}` has the field `{path}`, which a {} does not have",
                object.id.kind
            );
            findings.add_with(&UNKNOWN_FIELD, position, &path, message, help);
        }
        // What stands for a secret is not what is sent.
        if !object.secrets.is_empty() {
            continue;
        }
        let mut value = object.value.clone();
        if let Some(wrong) = decode_fault(&kind.ty(), &value) {
            let message = format!("the API server cannot read `{short}`: {wrong}");
            findings.add(&INVALID_OBJECT, position, "", message);
            continue;
        }
        defaults(kind, &mut value);
        let mut told: Vec<String> = Vec::new();
        for wrong in validate(kind, &value).into_iter().take(MOST) {
            let message = format!("the API server refuses `{short}`: {wrong}");
            if !told.contains(&message) {
                findings.add(&INVALID_OBJECT, position, &wrong.field, message.clone());
                told.push(message);
            }
        }
    }
}
