//! Where the caller keeps age keys: where SOPS looks for them.

use super::age::{self, Identity};
use crate::inputs::Variables;
use infra_sdk::engine::Unread;
use infra_sdk::types::in_words;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The keys in SOPS_AGE_KEY, in the file that SOPS_AGE_KEY_FILE names, and in the user's own.
pub(super) fn identities(variables: &Variables) -> Result<Vec<Identity>, Unread> {
    let given = |name: &str| variables.get(name).filter(|value| !value.is_empty());
    let mut found = Vec::new();
    if let Some(keys) = given("SOPS_AGE_KEY").map(Zeroizing::new) {
        found.extend(age::identities(&keys));
    }
    if let Some(path) = given("SOPS_AGE_KEY_FILE") {
        let keys = keys(Path::new(&path)).map_err(|error| {
            Unread::new(format!(
                "the file `{path}` of SOPS_AGE_KEY_FILE cannot be read: {}",
                in_words(&error)
            ))
        })?;
        found.extend(age::identities(&keys));
    }
    // Most people have none there.
    if let Some(Ok(keys)) = own_file().map(|path| keys(&path)) {
        found.extend(age::identities(&keys));
    }
    Ok(found)
}

fn keys(path: &Path) -> std::io::Result<Zeroizing<String>> {
    std::fs::read_to_string(path).map(Zeroizing::new)
}

/// `sops/age/keys.txt` in the user's folder of settings.
fn own_file() -> Option<PathBuf> {
    let settings = std::env::var_os("XDG_CONFIG_HOME").filter(|path| !path.is_empty());
    let settings = settings.map(PathBuf::from).or_else(|| {
        let home = std::env::home_dir()?;
        Some(if cfg!(target_os = "macos") {
            home.join("Library").join("Application Support")
        } else {
            home.join(".config")
        })
    })?;
    Some(settings.join("sops").join("age").join("keys.txt"))
}
