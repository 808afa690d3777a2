//! Services: what was given out stays.

use serde_json::Value;

use super::super::look::{field, items, text};
use super::super::path::{Found, Path};
use super::super::service::is_out_of_range;
use super::IMMUTABLE;

/// A service as it is judged when it changes: ports of the nodes that it has already are not asked
/// for again, whatever their range.
pub(super) fn kept_ports(old: &Value, new: &Value) -> Value {
    let mut kept = new.clone();
    let numbers: Vec<&Value> = items(&old["spec"], "ports")
        .iter()
        .filter_map(|port| field(port, "nodePort"))
        .collect();
    let offers = matches!(text(&new["spec"], "type"), "NodePort" | "LoadBalancer");
    let ports = kept
        .pointer_mut("/spec/ports")
        .and_then(Value::as_array_mut);
    let ports = ports.into_iter().flatten().filter(|_| offers);
    let mut seen = Vec::new();
    for port in ports.filter_map(Value::as_object_mut) {
        let Some(number) = port.get("nodePort").cloned() else {
            continue;
        };
        // Of two with one number the second is still told.
        if numbers.contains(&&number) && !seen.contains(&number) && is_out_of_range(&number) {
            port.remove("nodePort");
        }
        seen.push(number);
    }
    kept
}

pub(super) fn service(old: &Value, new: &Value, found: &mut Found) {
    let mut own = Found::new();
    let kept = kept_ports(old, new);
    super::super::service::check(&kept["spec"], &Path::ROOT.field("spec"), &mut own);
    if super::super::service::alone(&mut own) {
        return;
    }
    let external = |service: &Value| text(&service["spec"], "type") == "ExternalName";
    let (before, after) = (
        text(&old["spec"], "clusterIP"),
        text(&new["spec"], "clusterIP"),
    );
    // A writer that leaves the address out keeps it.
    if !external(old)
        && !external(new)
        && !before.is_empty()
        && !after.is_empty()
        && before != after
    {
        let path = Path::ROOT.field("spec");
        let path = path.field("clusterIPs");
        let shown = Value::Array(vec![Value::from(after)]);
        path.index(0)
            .invalid(found, &shown, "may not change once set");
    }
    super::super::service::class(&new["spec"], &Path::ROOT.field("spec"), found);
    let class = |service: &Value| field(&service["spec"], "loadBalancerClass").cloned();
    let balances = |service: &Value| text(&service["spec"], "type") == "LoadBalancer";
    if balances(old) && balances(new) && class(old) != class(new) {
        let path = Path::ROOT.field("spec");
        path.field("loadBalancerClass").invalid(
            found,
            &class(new).unwrap_or_default(),
            "may not change once set",
        );
    }
    let port = |service: &Value| {
        service["spec"]["healthCheckNodePort"]
            .as_i64()
            .unwrap_or_default()
    };
    if port(old) != 0 && port(new) != 0 && port(old) != port(new) {
        let path = Path::ROOT.field("spec");
        path.field("healthCheckNodePort")
            .forbidden(found, IMMUTABLE);
    }
}
