//! `infra render --output-dir`: one file for each object, for tools that read folders of a
//! repository (Argo CD, Flux, kustomize).
//!
//! Each environment has a folder with a `kustomization.yaml`. A list of what was written stands
//! beside it, with a checksum of each file: what is on it and is no longer rendered goes, unless
//! somebody changed it. Nothing else is ever overwritten or removed.

use crate::failure::Failure;
use infra_sdk::environment::Rendered;
use infra_sdk::object::{Object, ObjectId};
use infra_sdk::types::{in_words, yaml};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// The list of what was written.
const LIST: &str = ".infra-rendered";
const FIRST_LINE: &str =
    "# Written by `infra render --output-dir`: what is changed here is lost.\n";

/// What was done in a folder.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// How many files hold objects.
    pub(crate) objects: usize,
    /// Files that were removed, since nothing renders them any more.
    pub(crate) removed: Vec<String>,
    /// Files that nothing renders any more and somebody changed.
    pub(crate) left: Vec<String>,
    /// Files of Secrets whose values are placeholders.
    pub(crate) placeholders: Vec<String>,
}

/// Writes an environment's folder below `folder`.
pub(crate) fn write(folder: &Path, environment: &Rendered) -> Result<Written, Failure> {
    let own = folder.join(&environment.name);
    let mut written = Written::default();
    let files = files(environment, &mut written);
    let before = read_list(&own)?;
    let strangers: Vec<String> = files
        .keys()
        .filter(|path| !before.contains_key(*path) && own.join(path).symlink_metadata().is_ok())
        .map(|path| format!("`{}`", own.join(path).display()))
        .collect();
    if !strangers.is_empty() {
        return Err(Failure::usage(format!(
            "these files were not written by `infra render` and are in the way: {}",
            strangers.join(", ")
        ))
        .help("move them away, or choose another folder"));
    }
    // Whatever comes between, nothing of ours is forgotten.
    let all = before.iter().map(|(path, sum)| (path.clone(), sum.clone()));
    let new = files
        .iter()
        .map(|(path, text)| (path.clone(), sum(text.as_bytes())));
    let list: BTreeMap<String, String> = all.chain(new.clone()).collect();
    write_list(&own, &list)?;
    for (path, text) in &files {
        write_file(&own.join(path), text)?;
    }
    let mut kept = BTreeMap::new();
    for (path, old) in &before {
        if files.contains_key(path) {
            continue;
        }
        let whole = own.join(path);
        match std::fs::symlink_metadata(&whole) {
            Err(_) => {}
            Ok(found) if found.is_file() && is_below(&own, &whole) && is_as_it_was(&whole, old) => {
                std::fs::remove_file(&whole).map_err(|error| problem("remove", &whole, &error))?;
                if let Some(parent) = whole.parent() {
                    // Others may have files in it.
                    let _ = std::fs::remove_dir(parent);
                }
                written.removed.push(whole.display().to_string());
            }
            Ok(_) => {
                kept.insert(path.clone(), old.clone());
                written.left.push(whole.display().to_string());
            }
        }
    }
    write_list(&own, &new.chain(kept).collect())?;
    Ok(written)
}

/// Every file of an environment, by its path in the environment's folder.
fn files(environment: &Rendered, written: &mut Written) -> BTreeMap<String, String> {
    let (mut files, mut resources) = (BTreeMap::new(), Vec::new());
    for object in &environment.objects {
        let path = path(&object.id);
        let mut text = FIRST_LINE.to_owned();
        if has_placeholders(object) {
            text.push_str(
                "# Values of this Secret are placeholders, so it is not in kustomization.yaml.\n",
            );
            written.placeholders.push(path.clone());
        } else {
            resources.push(path.clone());
        }
        text.push_str(&yaml::to_string(&object.value));
        written.objects += 1;
        files.insert(path, text);
    }
    let mut kustomization = format!(
        "{FIRST_LINE}apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:"
    );
    if resources.is_empty() {
        kustomization.push_str(" []");
    }
    kustomization.push('\n');
    for path in resources {
        let _ = writeln!(kustomization, "- {path}");
    }
    files.insert("kustomization.yaml".to_owned(), kustomization);
    files
}

/// Whether a value of it comes from somewhere that is not read here.
fn has_placeholders(object: &Object) -> bool {
    !object.secrets.is_empty()
}

/// `NAMESPACE/KIND-NAME.yaml`; `_cluster` where an object is in none, since no namespace is called
/// so. Kinds of others bear their group: two may have the same.
fn path(id: &ObjectId) -> String {
    let namespace = id.namespace.as_deref().unwrap_or("_cluster");
    let kind = id.kind.to_lowercase();
    let builtin = id.group.is_empty() || !id.group.contains('.') || id.group.ends_with(".k8s.io");
    let group = if builtin {
        String::new()
    } else {
        format!(".{}", id.group)
    };
    format!("{namespace}/{kind}{}-{}.yaml", safe(&group), safe(&id.name))
}

/// Names of roles may hold what file names may not, and file systems may not tell `A` from `a`.
fn safe(name: &str) -> String {
    let mut safe = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}

fn sum(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn is_as_it_was(path: &Path, old: &str) -> bool {
    std::fs::read(path).is_ok_and(|bytes| sum(&bytes) == old)
}

/// Whether a file is really in the folder, and not behind a link out of it.
fn is_below(folder: &Path, path: &Path) -> bool {
    let parent = path.parent().map(Path::canonicalize);
    let (Some(Ok(parent)), Ok(folder)) = (parent, folder.canonicalize()) else {
        return false;
    };
    parent.starts_with(folder)
}

/// Lines of a checksum and a path; those that would lead out of the folder do not count.
fn read_list(own: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let path = own.join(LIST);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(problem("read", &path, &error)),
    };
    let entries = text.lines().filter_map(|line| {
        let (sum, path) = line.split_once("  ")?;
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        inside.then(|| (path.to_owned(), sum.to_owned()))
    });
    Ok(entries.collect())
}

fn write_list(own: &Path, list: &BTreeMap<String, String>) -> Result<(), Failure> {
    let mut text = String::new();
    for (path, sum) in list {
        let _ = writeln!(text, "{sum}  {path}");
    }
    write_file(&own.join(LIST), &text)
}

/// A file that is there already with the same content stays as it is, with its time.
fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    if std::fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    let parent: PathBuf = path.parent().unwrap_or(path).to_owned();
    std::fs::create_dir_all(&parent)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| problem("write", path, &error))
}

fn problem(verb: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!(
        "cannot {verb} `{}`: {}",
        path.display(),
        in_words(error)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_stable_and_safe() {
        for (group, kind, namespace, name, expected) in [
            (
                "",
                "Namespace",
                None,
                "shop",
                "_cluster/namespace-shop.yaml",
            ),
            (
                "apps",
                "Deployment",
                Some("shop"),
                "app",
                "shop/deployment-app.yaml",
            ),
            (
                "networking.k8s.io",
                "Ingress",
                Some("shop"),
                "app",
                "shop/ingress-app.yaml",
            ),
            (
                "serving.knative.dev",
                "Service",
                Some("shop"),
                "app",
                "shop/service.serving.knative.dev-app.yaml",
            ),
            (
                "rbac.authorization.k8s.io",
                "ClusterRole",
                None,
                "system:Reader/../x",
                "_cluster/clusterrole-system%3A%52eader%2F..%2Fx.yaml",
            ),
        ] {
            let id = ObjectId {
                group: group.into(),
                kind: kind.into(),
                namespace: namespace.map(str::to_owned),
                name: name.into(),
            };
            assert_eq!(path(&id), expected);
        }
    }
}
