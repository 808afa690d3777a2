//! A request, for those who want to see each.

use crate::ui::Look;
use infra_sdk::cluster::Sent;

/// `GET /api/v1/namespaces/shop 200 3ms`.
pub(crate) fn sent(look: Look, sent: &Sent) -> String {
    let status = match sent.status {
        Some(status) => status.to_string(),
        None => "no answer".to_owned(),
    };
    let took = sent.took.as_millis();
    let line = format!("{} {} {status} {took}ms", sent.method, sent.path);
    format!("{}\n", look.dim(&line))
}
