use serde_json::{Value, json};

use super::*;
use crate::apply::{ApplyOptions, apply};
use crate::fields::FieldSet;
use crate::validate::{prune, unknown_fields, validate};

fn definition() -> Definition {
    let text = r#"{
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": {"plural": "widgets", "kind": "Widget", "shortNames": ["wd"]},
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}},
                "additionalPrinterColumns": [{"name": "Size", "type": "string", "jsonPath": ".spec.size"}],
                "schema": {"openAPIV3Schema": {"type": "object", "required": ["spec"], "properties": {
                    "spec": {"type": "object", "required": ["size"], "properties": {
                        "size": {"type": "string", "enum": ["small", "large"]},
                        "replicas": {"type": "integer", "minimum": 1, "maximum": 5, "default": 2},
                        "color": {"type": "string", "maxLength": 5, "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "color is fixed"}]},
                        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                        "port": {"x-kubernetes-int-or-string": true},
                        "parts": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "zone"], "items": {"type": "object", "required": ["name"], "properties": {
                            "name": {"type": "string"}, "zone": {"type": "string", "default": "a"}, "weight": {"type": "integer", "default": 1}}}},
                        "tags": {"type": "object", "additionalProperties": {"type": "string"}},
                        "source": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                            "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}
                    }},
                    "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}
                }}}
            }]
        }
    }"#;
    let object: Value = serde_json::from_str(text).expect("JSON");
    Definition::parse(&object).expect("readable")
}

fn widget(spec: Value) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "d"}, "spec": spec})
}

#[test]
fn a_definition_makes_a_kind() {
    let definition = definition();
    assert_eq!(definition.name, "widgets.example.com");
    assert_eq!(definition.list_kind, "WidgetList");
    let version = definition.version("v1").expect("served");
    assert!(version.has_status());
    assert_eq!(version.columns.len(), 1);
    assert_eq!(version.kind.api_version(), "example.com/v1");
    assert!(version.kind.counts_generation());
    assert!(version.kind.is_called("wd"));
    assert_eq!(
        version.kind.subresource("scale").map(|s| s.kind.as_ref()),
        Some("Scale")
    );
    assert_eq!(
        Definition::parse(&json!({})).err(),
        Some(CrdError::Missing("spec.group"))
    );
}

#[test]
fn objects_are_pruned_filled_and_checked() {
    let definition = definition();
    let kind = &definition.version("v1").expect("served").kind;
    let ty = kind.ty();
    let mut object = widget(
        json!({"size": "small", "unknown": 1, "free": {"any": {"thing": 1}}, "parts": [{"name": "x", "odd": 1}]}),
    );
    assert_eq!(
        unknown_fields(&ty, &object),
        ["spec.parts[0].odd", "spec.unknown"]
    );
    prune(&ty, &mut object);
    fill(&ty, &mut object);
    assert_eq!(
        object["spec"],
        json!({"size": "small", "replicas": 2, "free": {"any": {"thing": 1}}, "parts": [{"name": "x", "zone": "a", "weight": 1}]})
    );
    assert!(validate(kind, &object).is_empty());
    let bad = widget(json!({
        "replicas": 9, "size": "huge", "color": "purple", "port": [], "tags": {"a": 1}, "source": {},
        "parts": [{"name": "x"}, {"name": "x"}, {}],
    }));
    let wrong: Vec<String> = validate(kind, &bad)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        wrong,
        [
            "spec.color: Too long: may not be more than 5 bytes",
            r#"spec.parts[1]: Duplicate value: {"name":"x","zone":"a"}"#,
            "spec.parts[2].name: Required value",
            r#"spec.port: Invalid value: "array": spec.port in body must be of type integer,string: "array""#,
            "spec.replicas: Invalid value: 9: spec.replicas in body should be less than or equal to 5",
            r#"spec.size: Unsupported value: "huge": supported values: "small", "large""#,
            "spec.source: Invalid value: {}: spec.source in body must validate one and only one schema (oneOf). Found none valid",
            r#"spec.tags.a: Invalid value: "integer": spec.tags.a in body must be of type string: "integer""#,
        ]
    );
}

#[test]
fn immutable_fields_are_known() {
    let kind = definition().version("v1").expect("served").kind.clone();
    let color = |color: &str| widget(json!({"size": "small", "color": color}));
    let wrong = crate::validate::validate_update(&kind, &color("red"), &color("blue"));
    assert_eq!(
        wrong[0].to_string(),
        r#"spec.color: Invalid value: "blue": color is fixed"#
    );
}

#[test]
fn ownership_follows_the_schema() {
    let kind = definition().version("v1").expect("served").kind.clone();
    let config =
        widget(json!({"size": "small", "parts": [{"name": "x"}], "free": {"a": {"b": [1]}}}));
    let options = ApplyOptions {
        manager: "a",
        api_version: "example.com/v1",
        force: false,
        subresource: "",
        time: "2026-01-01T00:00:00Z",
        reset: &FieldSet::new(),
    };
    let applied = apply(&kind.ty(), None, &config, &options).expect("applied");
    assert_eq!(
        applied.object["metadata"]["managedFields"][0]["fieldsV1"],
        json!({"f:spec": {
            "f:size": {},
            "f:free": {"f:a": {".": {}, "f:b": {}}},
            "f:parts": {"k:{\"name\":\"x\",\"zone\":\"a\"}": {".": {}, "f:name": {}}},
        }})
    );
}
