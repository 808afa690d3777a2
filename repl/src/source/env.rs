//! Secrets from variables.

use super::Read;
use crate::inputs::Variables;
use infra_sdk::engine::Unread;

pub(super) fn read(variables: &Variables, name: &str) -> Read {
    variables.get(name).map(Into::into).ok_or_else(|| {
        Unread::new(format!("the environment variable `{name}` is not set"))
            .help("set it, or put it into an `--env-file`")
    })
}
