//! Custom resource definitions. Source: `pkg/apis/apiextensions/validation` of the API extensions
//! server, Kubernetes 1.36.

use serde_json::Value;

use super::look::{entries, field, items, text};
use super::path::{Found, Path};
use super::{definition_conversion, definition_root, definition_schema, inner};
use crate::names;

/// What the columns of a table can hold.
const COLUMN_TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS: [&str; 8] = [
    "byte",
    "date",
    "date-time",
    "double",
    "float",
    "int32",
    "int64",
    "password",
];

/// How many fields lists may be filtered by.
const MOST_SELECTABLE: u64 = 8;

/// A whole definition.
pub(super) fn check(object: &Value, found: &mut Found) {
    let spec = &object["spec"];
    let wanted = format!("{}.{}", text(&spec["names"], "plural"), text(spec, "group"));
    let metadata = Path::ROOT.field("metadata");
    for name in ["name", "generateName"] {
        let given = text(&object["metadata"], name);
        if given != wanted && !given.is_empty() {
            let detail = "must be spec.names.plural+\".\"+spec.group";
            let path = metadata.field(name);
            path.invalid(found, &object["metadata"][name], detail);
        }
    }
    let path = Path::ROOT.field("spec");
    group(spec, &path, found);
    scope(spec, &path, found);
    for name in ["plural", "singular", "kind", "listKind"] {
        if text(&spec["names"], name).is_empty() {
            path.field("names").field(name).required(found, "");
        }
    }
    names(&spec["names"], &path.field("names"), found);
    versions(spec, &path, found);
    if let Some(conversion) = field(spec, "conversion") {
        definition_conversion::check(conversion, &path.field("conversion"), found);
    }
    if spec["preserveUnknownFields"] == true {
        preserving(spec, &path, found);
    }
    let path = Path::ROOT.field("status");
    let status = &object["status"];
    names(
        &status["acceptedNames"],
        &path.field("acceptedNames"),
        found,
    );
    stored(status, spec, &path.field("storedVersions"), found);
}

/// What goes with keeping unknown fields, which no new definition may do.
fn preserving(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let own = path.field("preserveUnknownFields");
    let detail = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
    own.invalid(found, &Value::Bool(true), detail);
    let mut versions = items(spec, "versions").iter();
    if versions.any(|version| has_defaults(&version["schema"]["openAPIV3Schema"])) {
        let detail = "must be false in order to use defaults in the schema";
        own.invalid(found, &Value::Bool(true), detail);
    }
    let strategy = text(&spec["conversion"], "strategy");
    if !matches!(strategy, "None" | "") {
        let path = path.field("conversion");
        let detail = "must be None if spec.preserveUnknownFields is true";
        path.field("strategy")
            .invalid(found, &Value::from(strategy), detail);
    }
}

/// Whether anything in a schema has a default.
fn has_defaults(schema: &Value) -> bool {
    let below = |name: &&str| field(schema, name).is_some_and(has_defaults);
    field(schema, "default").is_some()
        || ["items", "additionalProperties", "not"].iter().any(below)
        || entries(schema, "properties").any(|(_, schema)| has_defaults(schema))
        || ["allOf", "anyOf", "oneOf"]
            .iter()
            .any(|name| items(schema, name).iter().any(has_defaults))
}

/// A status that is written through its own endpoint.
pub(super) fn status(status: &Value, path: &Path<'_>, found: &mut Found) {
    names(
        &status["acceptedNames"],
        &path.field("acceptedNames"),
        found,
    );
}

fn group(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let (group, path) = (text(spec, "group"), path.field("group"));
    let wrong = names::dns1123_subdomain(group);
    if group.is_empty() {
        path.required(found, "");
    } else if !wrong.is_empty() {
        path.invalid(found, &spec["group"], &wrong.join(","));
    } else if !group.contains('.') {
        let detail = "should be a domain with at least one dot";
        path.invalid(found, &spec["group"], detail);
    }
}

fn scope(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let path = path.field("scope");
    match text(spec, "scope") {
        "" => path.required(found, ""),
        "Cluster" | "Namespaced" => {}
        other => path.unsupported(found, &Value::from(other), &["Cluster", "Namespaced"]),
    }
}

/// Names that are asked for, or accepted.
fn names(given: &Value, path: &Path<'_>, found: &mut Found) {
    let judge = |name: &str, lower: bool, path: &Path<'_>, found: &mut Found| {
        let text = if lower {
            name.to_lowercase()
        } else {
            name.to_owned()
        };
        let wrong = names::dns1035_label(&text).join(",");
        if !wrong.is_empty() {
            let detail = if lower {
                format!("may have mixed case, but should otherwise match: {wrong}")
            } else {
                wrong
            };
            path.invalid(found, &Value::from(name), &detail);
        }
    };
    for (name, lower) in [
        ("plural", false),
        ("singular", false),
        ("kind", true),
        ("listKind", true),
    ] {
        let value = text(given, name);
        if !value.is_empty() {
            judge(value, lower, &path.field(name), found);
        }
    }
    for list in ["shortNames", "categories"] {
        let list_path = path.field(list);
        for (at, name) in items(given, list).iter().enumerate() {
            let name = name.as_str().unwrap_or_default();
            judge(name, false, &list_path.index(at), found);
        }
    }
    let kind = text(given, "kind");
    if !kind.is_empty() && kind == text(given, "listKind") {
        let detail = "kind and listKind may not be the same";
        path.field("listKind")
            .invalid(found, &given["listKind"], detail);
    }
}

/// A part of every version. Where all versions have the same, the server knows it once, for all.
struct Part<'v> {
    versions: &'v [Value],
    name: &'static str,
    is_shared: bool,
}

impl<'v> Part<'v> {
    fn of(versions: &'v [Value], name: &'static str) -> Self {
        let same = |version: &Value| field(version, name) == field(&versions[0], name);
        Self {
            versions,
            name,
            is_shared: versions.iter().all(same),
        }
    }

    /// Judges each, or the one that all have, which has another name.
    fn judge(
        &self,
        shared: &str,
        path: &Path<'_>,
        found: &mut Found,
        judge: impl Fn(&'v Value, &Value, &Path<'_>, &mut Found),
    ) {
        let list = path.field("versions");
        for (at, version) in self.versions.iter().enumerate() {
            let Some(part) = field(version, self.name) else {
                continue;
            };
            if self.is_shared {
                judge(part, version, &path.field(shared), found);
                return;
            }
            let path = list.index(at);
            judge(part, version, &path.field(self.name), found);
        }
    }
}

/// The versions in the server's inner form; what all have in common stands elsewhere.
fn shown(versions: &Value) -> String {
    let Some(all) = versions.as_array().filter(|all| !all.is_empty()) else {
        return versions.to_string();
    };
    let list = |value: &Value, names: &[(&str, &str)]| {
        let items = value.as_array().into_iter().flatten();
        let items: Vec<String> = items.map(|item| inner::record(item, names)).collect();
        format!("[{}]", items.join(","))
    };
    let part = |version: &Value, name: &'static str| match field(version, name) {
        Some(value) if !Part::of(all, name).is_shared => match name {
            "additionalPrinterColumns" => list(
                value,
                &[
                    ("Name", "name"),
                    ("Type", "type"),
                    ("Format", "format"),
                    ("Description", "description"),
                    ("Priority", "priority"),
                    ("JSONPath", "jsonPath"),
                ],
            ),
            "selectableFields" => list(value, &[("JSONPath", "jsonPath")]),
            _ => value.to_string(),
        },
        _ => "null".to_owned(),
    };
    let shown = all.iter().map(|version| {
        let flag = |name: &str| version[name] == true;
        format!(
            "{{\"Name\":{},\"Served\":{},\"Storage\":{},\"Deprecated\":{},\"DeprecationWarning\":{},\"Schema\":{},\"Subresources\":{},\"AdditionalPrinterColumns\":{},\"SelectableFields\":{}}}",
            Value::from(text(version, "name")),
            flag("served"),
            flag("storage"),
            flag("deprecated"),
            field(version, "deprecationWarning").unwrap_or(&Value::Null),
            part(version, "schema"),
            part(version, "subresources"),
            part(version, "additionalPrinterColumns"),
            part(version, "selectableFields"),
        )
    });
    format!("[{}]", shown.collect::<Vec<_>>().join(","))
}

fn versions(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let all = items(spec, "versions");
    let list = path.field("versions");
    let stored = all.iter().filter(|version| version["storage"] == true);
    if stored.count() != 1 {
        let detail = "must have exactly one version marked as storage version";
        list.invalid_text(found, &shown(&spec["versions"]), detail);
    }
    let same = |at: usize| all[..at].iter().any(|one| one["name"] == all[at]["name"]);
    if (0..all.len()).any(same) {
        let detail = "must contain unique version names";
        list.invalid_text(found, &shown(&spec["versions"]), detail);
    }
    let first = path.field("version");
    for (at, version) in all.iter().enumerate() {
        let path = list.index(at);
        let name = text(version, "name");
        let wrong = names::dns1035_label(name).join(",");
        if !wrong.is_empty() {
            path.field("name")
                .invalid(found, &Value::from(name), &wrong);
            if at == 0 && !name.is_empty() {
                // The first is also what once was the only one.
                first.invalid(found, &Value::from(name), &wrong);
            }
        }
        if version.pointer("/schema/openAPIV3Schema").is_none() {
            let path = path.field("schema");
            path.field("openAPIV3Schema").required(found, "");
        }
        if let Some(warning) = field(version, "deprecationWarning")
            && version["deprecated"] != true
        {
            let detail = "can only be set for deprecated versions";
            path.field("deprecationWarning")
                .invalid(found, warning, detail);
        }
    }
    if all.is_empty() {
        return;
    }
    let schema = Part::of(all, "schema");
    let has_status = |version: &Value| version.pointer("/subresources/status").is_some();
    schema.judge("validation", path, found, |part, version, path, found| {
        if let Some(root) = field(part, "openAPIV3Schema") {
            let path = path.field("openAPIV3Schema");
            let has_status = if schema.is_shared {
                all.iter().any(has_status)
            } else {
                has_status(version)
            };
            definition_root::check(root, has_status, &path, found);
            definition_schema::check(root, &path, found);
        }
    });
    let columns = Part::of(all, "additionalPrinterColumns");
    columns.judge(columns.name, path, found, |part, _, path, found| {
        for (at, column) in part.as_array().into_iter().flatten().enumerate() {
            self::column(column, &path.index(at), found);
        }
    });
    let scales = Part::of(all, "subresources");
    scales.judge(scales.name, path, found, |part, _, path, found| {
        if let Some(scale) = field(part, "scale") {
            self::scale(scale, path, found);
        }
    });
    let fields = Part::of(all, "selectableFields");
    fields.judge(fields.name, path, found, |part, version, path, found| {
        if schema.is_shared != fields.is_shared {
            let detail = if fields.is_shared {
                "may only be set when validations.schema is included"
            } else {
                "may only be set when `version.schema.openAPIV3Schema` is not included"
            };
            path.invalid(found, &Value::from(""), detail);
            return;
        }
        let schema = version.pointer("/schema/openAPIV3Schema");
        selectable(part, schema.unwrap_or(&Value::Null), path, found);
    });
}

fn column(column: &Value, path: &Path<'_>, found: &mut Found) {
    if text(column, "name").is_empty() {
        path.field("name").required(found, "");
    }
    let one_of = format!("must be one of {}", COLUMN_TYPES.join(","));
    match text(column, "type") {
        "" => path.field("type").required(found, &one_of),
        ty if !COLUMN_TYPES.contains(&ty) => {
            path.field("type").invalid(found, &column["type"], &one_of);
        }
        _ => {}
    }
    let format = text(column, "format");
    if !format.is_empty() && !COLUMN_FORMATS.contains(&format) {
        let one_of = format!("must be one of {}", COLUMN_FORMATS.join(","));
        path.field("format")
            .invalid(found, &column["format"], &one_of);
    }
    simple_path(column, "jsonPath", &path.field("JSONPath"), found);
}

/// A path in the dot notation; whether it is one.
fn simple_path(holder: &Value, name: &str, path: &Path<'_>, found: &mut Found) -> bool {
    let text = text(holder, name);
    if text.is_empty() {
        path.required(found, "");
    } else if !text.starts_with('.') {
        let detail = "must be a simple json path starting with .";
        path.invalid(found, &holder[name], detail);
    }
    text.starts_with('.')
}

fn scale(scale: &Value, path: &Path<'_>, found: &mut Found) {
    for (name, shown, heads, detail) in [
        (
            "specReplicasPath",
            "scale.specReplicasPath",
            &[".spec."][..],
            "should be a json path under .spec",
        ),
        (
            "statusReplicasPath",
            "scale.statusReplicasPath",
            &[".status."],
            "should be a json path under .status",
        ),
        (
            "labelSelectorPath",
            "scale.labelSelectorPath",
            &[".spec.", ".status."],
            "should be a json path under either .spec or .status",
        ),
    ] {
        let value = text(scale, name);
        if name == "labelSelectorPath" && value.is_empty() {
            continue;
        }
        let path = path.field(shown);
        let is_below = heads.iter().any(|head| value.starts_with(head));
        if simple_path(scale, name, &path, found) && !is_below {
            path.invalid(found, &scale[name], detail);
        }
    }
}

fn selectable(fields: &Value, schema: &Value, path: &Path<'_>, found: &mut Found) {
    let mut seen = std::collections::BTreeSet::new();
    for (at, one) in fields.as_array().into_iter().flatten().enumerate() {
        let path = path.index(at);
        let path = path.field("jsonPath");
        let given = text(one, "jsonPath");
        if given.is_empty() {
            path.required(found, "");
            continue;
        }
        match definition_schema::at(schema, given, false) {
            Err(why) => {
                let detail = format!("is an invalid path: {why}");
                path.invalid(found, &one["jsonPath"], &detail);
            }
            Ok((steps, below)) => {
                if steps.first().is_some_and(|step| step == "metadata") {
                    let detail = "must not point to fields in metadata";
                    path.invalid(found, &one["jsonPath"], detail);
                }
                if !matches!(text(below, "type"), "string" | "boolean" | "integer") {
                    let detail = "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.";
                    path.invalid(found, &one["jsonPath"], detail);
                }
                if !seen.insert(steps) {
                    path.duplicate(found, &one["jsonPath"]);
                }
            }
        }
    }
    let count = seen.len() as u64;
    if count > MOST_SELECTABLE {
        found.push(super::Violation::too_many(
            &path.to_string(),
            count,
            MOST_SELECTABLE,
        ));
    }
}

/// Versions in which objects may be stored must stay.
fn stored(status: &Value, spec: &Value, path: &Path<'_>, found: &mut Found) {
    let given = items(status, "storedVersions");
    if given.is_empty() {
        let detail = "must have at least one stored version";
        path.invalid(found, &status["storedVersions"], detail);
        return;
    }
    let versions = items(spec, "versions");
    for version in versions {
        if version["storage"] == true && !given.contains(&version["name"]) {
            let detail = format!("must have the storage version {}", text(version, "name"));
            path.invalid(found, &status["storedVersions"], &detail);
        }
    }
    for (at, name) in given.iter().enumerate() {
        let is_last = !given[at + 1..].contains(name);
        if is_last && !versions.iter().any(|version| version["name"] == *name) {
            let name_of = name.as_str().unwrap_or_default();
            let detail = format!(
                "missing from spec.versions; {name_of} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {name_of} and removes {name_of} from status.storedVersions"
            );
            path.index(at).invalid(found, name, &detail);
        }
    }
}

/// The formats of a definition that mean nothing, each as often as it stands there. Those that all
/// versions have stand there once.
fn unknown_formats(definition: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let all = items(&definition["spec"], "versions");
    if all.is_empty() {
        return out;
    }
    let shared = Part::of(all, "schema").is_shared;
    for version in if shared { &all[..1] } else { all } {
        if let Some(schema) = version.pointer("/schema/openAPIV3Schema") {
            definition_schema::unknown_formats(schema, &mut out);
        }
    }
    out
}

/// What a server warns of in a definition.
pub(super) fn warnings(old: Option<&Value>, new: &Value) -> Vec<String> {
    let had = old.map(unknown_formats).unwrap_or_default();
    let mut new = unknown_formats(new);
    new.retain(|format| !had.contains(format));
    let told = new
        .iter()
        .map(|format| format!("unrecognized format {format:?}"));
    told.collect()
}
