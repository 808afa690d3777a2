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
