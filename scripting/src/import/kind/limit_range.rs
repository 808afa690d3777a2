//! `limit_range(name)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::pod::items;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let mut code = call("limit_range", [text(subject.name())]);
    for limits in items(&subject.spec()["limits"]) {
        let setter = match limits["type"].as_str()? {
            "Container" => "container",
            "Pod" => "pod",
            "PersistentVolumeClaim" => "volume_claim",
            _ => return None,
        };
        let fields = [
            ("min", "min"),
            ("max", "max"),
            ("default", "default"),
            ("defaultRequest", "default_request"),
            ("maxLimitRequestRatio", "max_limit_request_ratio"),
        ];
        let known = fields
            .into_iter()
            .filter(|(field, _)| limits[*field].is_object());
        let known = known.map(|(field, key)| (key.to_owned(), json(&limits[field])));
        code = code.then(setter, [Code::Map(known.collect())]);
    }
    Some(code)
}
