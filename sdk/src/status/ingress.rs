//! Ingresses. Many controllers never publish an address, so the lack of one holds nothing up.

use super::Status;
use super::read::{list, text};
use serde_json::Value;

pub(super) fn status(object: &Value) -> Status {
    let address = list(object, "/status/loadBalancer/ingress")
        .iter()
        .find_map(|one| text(one, "/ip").or_else(|| text(one, "/hostname")));
    match address {
        Some(address) => Status::ready(format!("at {address}")),
        None => Status::ready("applied").note("no address is published yet"),
    }
}

#[cfg(test)]
mod tests {
    use crate::status::State::Ready;
    use crate::status::cases::table;

    #[test]
    fn an_address_is_told_where_there_is_one() {
        table(
            "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}}",
            &[
                ("{}", Ready, "applied"),
                (
                    "{status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}}",
                    Ready,
                    "at 1.2.3.4",
                ),
            ],
        );
    }
}
