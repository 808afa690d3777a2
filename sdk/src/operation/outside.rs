//! What procedures reach besides the cluster: the values of secrets, and others over HTTP.

use super::http::Exchange;
use crate::cluster::Cluster;
use crate::engine::{
    SecretSource, Unread,
    gather::Gathered,
    kinds,
    mask::Hidden,
    resolve::{Home, Secrets, generated, homes},
    wait::Mask,
};
use crate::object::{Encoding, Object, ObjectId, SecretPart, SecretText};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};
use zeroize::Zeroizing;

/// What an operation needs that talks to others than the cluster.
#[derive(Clone)]
pub struct Outside {
    /// What sends requests.
    pub exchange: Arc<dyn Exchange>,
    /// What reads the caller's secrets.
    pub secrets: Arc<dyn SecretSource>,
    /// Where secrets lie that are in a cluster; its clock is the one that is waited on.
    pub cluster: Cluster,
    /// The namespace of secrets that name none.
    pub namespace: String,
    /// The objects among whose secrets a generated value has its home; asked for only where one is
    /// needed.
    pub objects: Arc<dyn Fn() -> Vec<Object> + Send + Sync>,
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside")
            .field("cluster", &self.cluster)
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

/// Secret texts with their values, and what hides these in all that is told.
pub(crate) struct Unveiled {
    /// The values, in the order of the texts.
    pub(crate) values: Vec<Zeroizing<Vec<u8>>>,
    /// Hides them.
    pub(crate) mask: Mask,
}

/// Whether more than what the script says word for word is in a text.
pub(crate) fn is_secret(text: &SecretText) -> bool {
    let mut sources = text.sources().into_iter();
    sources.any(|part| !matches!(part, SecretPart::Text(_)))
}

/// A text for messages: what the script says word for word, and nothing else.
pub(crate) fn shown(text: &SecretText) -> String {
    let parts = text.parts().iter().map(|part| match part {
        SecretPart::Text(text) => text.as_str(),
        _ => "(secret)",
    });
    parts.collect()
}

impl Outside {
    /// The values of these texts, read from wherever they come from.
    pub(crate) async fn unveil(&self, texts: &[&SecretText]) -> Result<Unveiled, Unread> {
        let source = self.secrets.as_ref();
        let gathered = Gathered::of_texts(&self.cluster, source, &self.namespace, texts).await;
        let made = texts.iter().any(|text| generated(text).next().is_some());
        let homes = if made {
            homes(&(self.objects)())
        } else {
            BTreeMap::new()
        };
        let live = self.homes_of(texts, &homes).await?;
        let secrets = Secrets::new(gathered, &homes, |id| live.get(id))
            .map_err(|error| Unread::new(error.to_string()))?;
        let mut hidden = Hidden::default();
        let mut values = Vec::new();
        for text in texts {
            for part in text.sources() {
                if let SecretPart::Generated(generated) = part
                    && secrets.is_fresh(&generated.name)
                {
                    return Err(Unread::new(format!(
                        "the generated value `{}` is not in the cluster yet",
                        generated.name
                    ))
                    .help("apply the environment that makes it first"));
                }
            }
            // A body alone is no secret because one stands in it; each of its parts is.
            for part in text.parts().iter().chain(text.sources()) {
                // In JSON, what stands between the quotation marks is hidden by its own part.
                let plain = matches!(
                    part,
                    SecretPart::Text(_)
                        | SecretPart::Encoded {
                            encoding: Encoding::Json,
                            ..
                        }
                );
                if !plain {
                    hidden.add(&secrets.content(&SecretText::of(part.clone()))?);
                }
            }
            values.push(secrets.content(text)?);
        }
        Ok(Unveiled {
            values,
            mask: hidden.mask(),
        })
    }

    /// The secrets in the cluster where the generated values of these texts are kept.
    async fn homes_of(
        &self,
        texts: &[&SecretText],
        homes: &BTreeMap<String, Home>,
    ) -> Result<BTreeMap<ObjectId, Value>, Unread> {
        let names = texts.iter().flat_map(|text| generated(text));
        let wanted: BTreeSet<&ObjectId> = names
            .filter_map(|name| homes.get(name).map(|home| &home.id))
            .collect();
        let mut live = BTreeMap::new();
        for id in wanted {
            let served = kinds::builtin("", "Secret");
            let namespace = id.namespace.as_deref().unwrap_or(&self.namespace);
            let found = self.cluster.get(&served, Some(namespace), &id.name).await;
            let found =
                found.map_err(|error| Unread::new(format!("the {id} cannot be read: {error}")))?;
            if let Some(secret) = found {
                live.insert(id.clone(), secret);
            }
        }
        Ok(live)
    }
}
