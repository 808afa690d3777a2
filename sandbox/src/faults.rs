//! Faults of the API itself, planted by tests. (Faults of pods are planted by annotations.)

use crate::error::Status;
use crate::server::Request;

/// What the API answers instead of doing what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429, with the seconds after which to come back.
    TooManyRequests(u64),
    /// 500.
    InternalError,
    /// 503.
    Unavailable,
    /// 504.
    Timeout,
    /// 409: somebody else wrote in between.
    Conflict,
    /// 403.
    Forbidden,
    /// 410: the version asked for is too old.
    Gone,
}

/// A fault that waits for its requests.
#[derive(Clone, Debug)]
pub(crate) struct Planted {
    pub(crate) verb: String,
    pub(crate) resource: String,
    pub(crate) fault: Fault,
    pub(crate) left: usize,
}

/// The faults that wait.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Planted>);

fn fits(wanted: &str, word: &str) -> bool {
    wanted == "*" || wanted == word
}

impl Faults {
    /// Plants a fault.
    pub(crate) fn plant(&mut self, planted: Planted) {
        self.0.push(planted);
    }

    /// What a request meets; each planted fault is met as often as it was planted for.
    pub(crate) fn meet(&mut self, request: &Request) -> Option<Status> {
        let at = self.0.iter().position(|planted| {
            fits(&planted.verb, request.verb) && fits(&planted.resource, &request.resource)
        })?;
        self.0[at].left -= 1;
        let fault = self.0[at].fault;
        if self.0[at].left == 0 {
            self.0.remove(at);
        }
        Some(status(fault, request))
    }
}

fn status(fault: Fault, request: &Request) -> Status {
    let (group, plural) = (request.group.as_str(), request.resource.as_str());
    let name = request.name.as_deref().unwrap_or_default();
    match fault {
        Fault::TooManyRequests(seconds) => {
            Status::too_many("Too many requests, please try again later.", seconds)
        }
        Fault::InternalError => Status::new(
            500,
            "InternalError",
            "Internal error occurred: a fault was planted",
        ),
        Fault::Unavailable => Status::new(
            503,
            "ServiceUnavailable",
            "the server is currently unable to handle the request",
        ),
        Fault::Timeout => Status::new(
            504,
            "Timeout",
            "Timeout: request did not complete within the allotted timeout",
        ),
        Fault::Conflict => Status::modified(group, plural, name),
        Fault::Forbidden => {
            let why = format!(
                "User \"sandbox\" cannot {} resource \"{plural}\" in API group \"{group}\"",
                request.verb
            );
            Status::forbidden(group, plural, name, &why)
        }
        Fault::Gone => Status::expired("The provided resource version is too old."),
    }
}
