//! Reading the secrets that objects need, each once.

use super::{EngineError, SecretSource, Unread, kinds, refusal};
use crate::{
    cluster::Cluster,
    environment::Rendered,
    object::{ExistingKey, Object, ObjectId, SecretBytes, SecretFrom, SecretPart, SecretText},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

type Found<K> = BTreeMap<K, Result<SecretBytes, Unread>>;

/// What was read: values, and why there is none.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    from: Found<SecretFrom>,
    existing: Found<ExistingKey>,
}

impl Gathered {
    /// What the caller's source gives for these texts.
    pub(crate) async fn from_source<'t>(
        source: &dyn SecretSource,
        texts: impl Iterator<Item = &'t SecretText>,
    ) -> Self {
        let mut gathered = Self::default();
        let parts = texts.flat_map(SecretText::sources);
        let wanted: BTreeSet<&SecretFrom> = parts
            .filter_map(|part| match part {
                SecretPart::From(from) => Some(from),
                _ => None,
            })
            .collect();
        for from in wanted {
            gathered.from.insert(from.clone(), source.read(from).await);
        }
        gathered
    }

    /// Everything that the objects of an environment need, from the source and from the cluster.
    pub(crate) async fn all(
        cluster: &Cluster,
        source: &dyn SecretSource,
        namespace: &str,
        objects: &[Object],
    ) -> Self {
        // Those of Secrets, and those that hashes of what pods read are made of.
        let texts = objects.iter().flat_map(|object| {
            let hashed = object
                .checksums
                .iter()
                .flat_map(|checksum| &checksum.secrets);
            let hashed = hashed.flat_map(BTreeMap::values);
            object.secrets.values().chain(hashed)
        });
        let texts: Vec<&SecretText> = texts.collect();
        Self::of_texts(cluster, source, namespace, &texts).await
    }

    /// Everything that these texts need, from the source and from the cluster.
    pub(crate) async fn of_texts(
        cluster: &Cluster,
        source: &dyn SecretSource,
        namespace: &str,
        texts: &[&SecretText],
    ) -> Self {
        let mut gathered = Self::from_source(source, texts.iter().copied()).await;
        let parts: Vec<&SecretPart> = texts.iter().flat_map(|text| text.sources()).collect();
        let mut read = BTreeMap::new();
        for part in parts {
            let SecretPart::Existing(key) = part else {
                continue;
            };
            let home = key.namespace.as_deref().unwrap_or(namespace);
            let place = (home, key.name.as_str());
            if let Entry::Vacant(entry) = read.entry(place) {
                entry.insert(secret(cluster, home, &key.name).await);
            }
            let value = match &read[&place] {
                Ok(secret) => value(secret, home, key),
                Err(unread) => Err(unread.clone()),
            };
            gathered.existing.insert(key.clone(), value);
        }
        gathered
    }

    /// The value of a part that is read.
    pub(crate) fn value(&self, part: &SecretPart) -> Result<&SecretBytes, Unread> {
        let found = match part {
            SecretPart::From(from) => self.from.get(from),
            SecretPart::Existing(key) => self.existing.get(key),
            _ => None,
        };
        let token = || SecretText::of(part.clone()).token();
        match found {
            Some(Ok(value)) => Ok(value),
            Some(Err(unread)) => Err(unread.clone()),
            None => Err(Unread::new(format!("{} was not read", token()))),
        }
    }
}

async fn secret(cluster: &Cluster, namespace: &str, name: &str) -> Result<Value, Unread> {
    let served = kinds::builtin("", "Secret");
    let found = cluster.get(&served, Some(namespace), name).await;
    match found {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => Err(Unread::new(format!(
            "there is no secret `{name}` in the namespace `{namespace}`"
        ))
        .help("is it the right cluster? whoever makes it must have made it before")),
        Err(error) => Err(Unread::new(format!(
            "the secret `{name}` in the namespace `{namespace}` cannot be read: {error}"
        ))),
    }
}

fn value(secret: &Value, namespace: &str, key: &ExistingKey) -> Result<SecretBytes, Unread> {
    let ExistingKey { name, key, .. } = key;
    let data = &secret["data"];
    let bytes = data[key]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok());
    bytes.map(SecretBytes::from).ok_or_else(|| {
        let keys = data.as_object().into_iter().flatten();
        let keys: Vec<&str> = keys.map(|(key, _)| key.as_str()).collect();
        let problem =
            format!("the secret `{name}` in the namespace `{namespace}` has no key `{key}`");
        Unread::new(problem).help(match keys.as_slice() {
            [] => "it has no keys at all".to_owned(),
            keys => format!("its keys are `{}`", keys.join("`, `")),
        })
    })
}

/// Reads every secret that these environments need, before the first of them is applied; all that
/// cannot be read, at the lines that ask for it.
///
/// A Secret that an earlier environment makes is not there yet, and is not looked for.
pub async fn check_secrets(
    cluster: &Cluster,
    environments: &[Rendered],
    source: &dyn SecretSource,
) -> Result<(), EngineError> {
    let mut unread = Vec::new();
    let mut made: BTreeSet<&ObjectId> = BTreeSet::new();
    for environment in environments {
        let objects = &environment.objects;
        let gathered = Gathered::all(cluster, source, &environment.namespace, objects).await;
        for object in objects {
            for (key, text) in &object.secrets {
                let missing = text.sources().into_iter().find_map(|part| match part {
                    SecretPart::Existing(key) if is_made(&made, environment, key) => None,
                    SecretPart::From(_) | SecretPart::Existing(_) => gathered.value(part).err(),
                    _ => None,
                });
                unread.extend(missing.map(|missing| refusal::unread(object, key, missing)));
            }
        }
        made.extend(objects.iter().map(|object| &object.id));
    }
    if unread.is_empty() {
        Ok(())
    } else {
        Err(EngineError::Secrets(unread))
    }
}

fn is_made(made: &BTreeSet<&ObjectId>, environment: &Rendered, key: &ExistingKey) -> bool {
    let namespace = key.namespace.as_ref().unwrap_or(&environment.namespace);
    made.iter().any(|id| {
        id.group.is_empty()
            && id.kind == "Secret"
            && id.name == key.name
            && id.namespace.as_ref().is_none_or(|home| home == namespace)
    })
}
