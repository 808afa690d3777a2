use super::*;
use serde_json::json;

fn at(path: &[&str]) -> Type {
    let mut ty = Type::of("apps", "v1", "Deployment").expect("known");
    for step in path {
        ty = if *step == "[]" {
            ty.item()
        } else {
            ty.field(step)
        }
        .expect(step);
    }
    ty
}

#[test]
fn shapes_follow_the_topology() {
    let pod = ["spec", "template", "spec"];
    let of = |rest: &[&str]| at(&[&pod[..], rest].concat());
    assert_eq!(of(&["containers"]).shape(), Shape::List(ListKind::Map));
    assert_eq!(of(&["tolerations"]).shape(), Shape::List(ListKind::Atomic));
    assert_eq!(of(&["nodeSelector"]).shape(), Shape::Map { atomic: true });
    assert_eq!(
        at(&["metadata", "labels"]).shape(),
        Shape::Map { atomic: false }
    );
    assert_eq!(
        at(&["metadata", "finalizers"]).shape(),
        Shape::List(ListKind::Set)
    );
    assert_eq!(
        at(&["spec", "selector"]).shape(),
        Shape::Struct { atomic: true }
    );
    assert_eq!(
        at(&["spec", "replicas"]).shape(),
        Shape::Scalar(Scalar::Integer)
    );
    let limits = of(&["containers", "[]", "resources", "limits", "cpu"]);
    assert_eq!(limits.shape(), Shape::Scalar(Scalar::Quantity));
}

#[test]
fn keys_have_the_defaults_of_their_fields() {
    let ports = at(&["spec", "template", "spec", "containers", "[]", "ports"]);
    assert_eq!(
        ports.list_keys(),
        [
            ("containerPort".into(), Some(json!(0))),
            ("protocol".into(), Some(json!("TCP")))
        ]
    );
    assert_eq!(
        ports.patch(),
        Patch {
            merge: true,
            replace: false,
            retain_keys: false,
            merge_key: "containerPort"
        }
    );
    assert!(at(&["spec", "strategy"]).patch().retain_keys);
}

#[test]
fn fields_are_declared_or_not() {
    assert!(at(&["spec"]).field("foo").is_none());
    assert!(at(&["metadata", "labels"]).field("foo").is_some());
    assert!(!at(&["metadata", "labels"]).declares("foo"));
    assert!(at(&["spec"]).declares("replicas"));
    assert_eq!(at(&["spec"]).required(), ["selector", "template"]);
    assert_eq!(
        at(&["spec", "strategy", "type"]).allowed(),
        ["Recreate", "RollingUpdate"]
    );
    assert_eq!(
        Type::untyped().field("x").map(|t| t.shape()),
        Some(Shape::Untyped)
    );
}
