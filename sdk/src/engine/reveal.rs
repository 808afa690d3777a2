//! Objects with their secrets in clear, for who asks for it.

use super::{EngineError, SecretSource, gather::Gathered, refusal, resolve::Secrets};
use crate::object::Object;
use serde_json::Value;
use std::collections::BTreeMap;

/// These objects with the values of their secrets, base64-encoded as `data` holds them. What only the
/// cluster knows, generated values and those of existing secrets, stays what stands for it.
pub async fn reveal(
    objects: &[Object],
    source: &dyn SecretSource,
) -> Result<Vec<Value>, EngineError> {
    let shown = |object: &Object| -> Vec<String> {
        let texts = object.secrets.iter();
        let texts = texts.filter(|(_, text)| !text.is_in_the_cluster());
        texts.map(|(key, _)| key.clone()).collect()
    };
    let texts = objects
        .iter()
        .flat_map(|object| object.secrets.values())
        .filter(|text| !text.is_in_the_cluster());
    let gathered = Gathered::from_source(source, texts).await;
    let secrets = Secrets::new(gathered, &BTreeMap::new(), |_| None)
        .map_err(|error| EngineError::Random(error.to_string()))?;
    let mut unread = Vec::new();
    let mut values = Vec::new();
    for object in objects {
        let mut value = object.value.clone();
        for key in shown(object) {
            match secrets.encoded(&object.secrets[&key]) {
                Ok(encoded) => value["data"][&key] = encoded.into(),
                Err(missing) => unread.push(refusal::unread(object, &key, missing)),
            }
        }
        values.push(value);
    }
    if unread.is_empty() {
        Ok(values)
    } else {
        Err(EngineError::Secrets(unread))
    }
}
