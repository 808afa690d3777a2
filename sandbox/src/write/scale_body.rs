//! What requests to the `scale` endpoint bring.

use super::patch::{patch_text, unreadable};
use super::{Write, apply, body};
use crate::error::Status;
use crate::facts::{Patch, patched};
use crate::kinds::Served;
use infra_schema::apply::{ApplyError, check_fields};
use infra_schema::ty::Type;
use infra_schema::validate::{convert, decode_fault, prune, unknown_fields};
use serde_json::Value;

/// The body of a request.
pub(crate) enum ScaleBody {
    /// PUT: a whole Scale.
    Scale(Value),
    /// PATCH of the Scale.
    Patch(Patch),
    /// Apply of a Scale.
    Apply(Value),
}

/// What a body comes to.
pub(super) struct Wanted {
    /// The Scale, or what is applied to it.
    pub(super) scale: Value,
    /// The number of replicas; `None` when an apply says nothing of it.
    pub(super) replicas: Option<i64>,
    pub(super) applied: bool,
    pub(super) warnings: Vec<String>,
}

fn ty() -> Type {
    Type::of("autoscaling", "v1", "Scale").unwrap_or(Type::untyped())
}

impl ScaleBody {
    /// Refuses what cannot be read, whether or not the object is there: what the caller is warned of.
    pub(super) fn check(&self, kind: &Served, write: &Write) -> Result<Vec<String>, Status> {
        let Self::Scale(scale) = self else {
            return Ok(Vec::new());
        };
        if let Some(fault) = decode_fault(&ty(), scale) {
            if kind.is_custom() {
                // The server cannot even say for which kind it read it.
                return Err(Status::bad_request(
                    "no kind is registered for the type v1.Scale in scheme \"pkg/runtime/scheme.go:111\"",
                ));
            }
            return Err(Status::bad_request(format!(
                "Scale in version \"v1\" cannot be handled as a Scale: {fault}"
            )));
        }
        unknown(write, &mut scale.clone()).map_err(|why| {
            Status::bad_request(format!(
                "Scale in version \"v1\" cannot be handled as a Scale: {why}"
            ))
        })
    }

    /// Refuses a whole scale that is of another object.
    pub(super) fn named(&self, name: &str) -> Result<(), Status> {
        match self {
            Self::Scale(scale) => body::named(name, scale),
            Self::Patch(_) | Self::Apply(_) => Ok(()),
        }
    }

    /// What is wanted of an object whose scale is `now`.
    pub(super) fn wanted(self, kind: &Served, write: &Write, now: Value) -> Result<Wanted, Status> {
        let (mut scale, applied, mut warnings) = match self {
            Self::Scale(scale) => (scale, false, Vec::new()),
            Self::Apply(scale) => {
                check_fields(&ty(), &scale).map_err(apply::refusal)?;
                (scale, true, Vec::new())
            }
            Self::Patch(change) => {
                let mut scale = patched(kind, now, &change)?;
                let text = patch_text(&change, &scale);
                let fault = match change {
                    Patch::Strategic(_) => convert(&ty(), &mut scale).err(),
                    Patch::Json(_) | Patch::Merge(_) => decode_fault(&ty(), &scale),
                };
                if let Some(fault) = fault {
                    return Err(unreadable(&text, &fault));
                }
                let warnings = unknown(write, &mut scale).map_err(|why| unreadable(&text, &why))?;
                (scale, false, warnings)
            }
        };
        if applied && let Err(why) = convert(&ty(), &mut scale) {
            return Err(apply::refusal(ApplyError::Invalid(why)));
        }
        let replicas = scale["spec"]["replicas"].as_i64();
        warnings.dedup();
        Ok(Wanted {
            replicas: replicas.or_else(|| (!applied).then_some(0)),
            scale,
            applied,
            warnings,
        })
    }
}

/// Takes out the fields that no Scale has: warnings, or what is wrong.
fn unknown(write: &Write, scale: &mut Value) -> Result<Vec<String>, String> {
    let fields = unknown_fields(&ty(), scale);
    prune(&ty(), scale);
    body::unknown(write.validation, &fields)
}
