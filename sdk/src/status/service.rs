//! Services.

use super::Status;
use super::read::{list, text};
use serde_json::Value;

/// A service is ready when it has its address: of the load balancer where it asks for one.
pub(super) fn status(object: &Value) -> Status {
    let kind = text(object, "/spec/type").unwrap_or("ClusterIP");
    if kind == "ExternalName" {
        let name = text(object, "/spec/externalName").unwrap_or_default();
        return Status::ready(format!("stands for `{name}`"));
    }
    let Some(ip) = text(object, "/spec/clusterIP") else {
        return Status::progressing("has no cluster address yet");
    };
    if kind == "LoadBalancer" {
        let address = list(object, "/status/loadBalancer/ingress")
            .iter()
            .find_map(|one| text(one, "/ip").or_else(|| text(one, "/hostname")))
            .or_else(|| {
                list(object, "/spec/externalIPs")
                    .first()
                    .and_then(Value::as_str)
            });
        return match address {
            Some(address) => Status::ready(format!("load balancer at {address}")),
            None => Status::progressing("has no load balancer address yet"),
        };
    }
    match ip {
        "None" => Status::ready("headless"),
        ip => Status::ready(format!("at {ip}")),
    }
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Progressing, Ready};
    use crate::status::cases::table;

    #[test]
    fn addresses_are_told_and_waited_for() {
        table(
            "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {clusterIP: 10.0.0.1}}",
            &[
                ("{}", Ready, "at 10.0.0.1"),
                ("{spec: {clusterIP: None}}", Ready, "headless"),
                (
                    "{spec: {clusterIP: null}}",
                    Progressing,
                    "has no cluster address yet",
                ),
                (
                    "{spec: {type: ExternalName, clusterIP: null, externalName: db.example}}",
                    Ready,
                    "stands for `db.example`",
                ),
                // T8: an address is waited for.
                (
                    "{spec: {type: LoadBalancer}}",
                    Progressing,
                    "has no load balancer address yet",
                ),
                (
                    "{spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{hostname: lb.example}]}}}",
                    Ready,
                    "load balancer at lb.example",
                ),
            ],
        );
    }
}
