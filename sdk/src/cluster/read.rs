//! Reading: one object, or all of a kind page by page.

use super::{ApiError, Cluster, Selector, Served, request::Call};
use serde_json::Value;

/// How many objects a page holds.
const PAGE: usize = 500;

/// Asks for objects without their content.
const METADATA: &str =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/// What a list was read as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The resource version to watch from.
    pub resource_version: String,
    /// How many objects there were.
    pub count: usize,
}

impl Cluster {
    /// One object, or `None` when it is not there. A kind that is not served is an error
    /// ([`ApiError::is_kind_missing`]).
    pub async fn get(
        &self,
        served: &Served,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Option<Value>, ApiError> {
        match self
            .call(&Call::get(served.object_path(namespace, name)))
            .await
        {
            Ok(mut object) => {
                served.stamp(&mut object);
                Ok(Some(object))
            }
            Err(error) if error.is_not_found() && !error.is_kind_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Every object of a kind that the selector picks, in one namespace or in all, handed to
    /// `keep` one by one as the pages come in. `apiVersion` and `kind` stand in each.
    ///
    /// A list whose pages expire while it is read starts again from the first, so `keep` may see
    /// an object twice.
    pub async fn list(
        &self,
        served: &Served,
        namespace: Option<&str>,
        selector: &Selector,
        keep: &mut (dyn FnMut(Value) + Send),
    ) -> Result<Page, ApiError> {
        self.list_as(super::request::JSON, served, namespace, selector, keep)
            .await
    }

    /// The same, collected.
    pub async fn list_all(
        &self,
        served: &Served,
        namespace: Option<&str>,
        selector: &Selector,
    ) -> Result<Vec<Value>, ApiError> {
        let mut items = Vec::new();
        self.list(served, namespace, selector, &mut |item| items.push(item))
            .await?;
        Ok(items)
    }

    /// The same with only the metadata of each, where the API server can.
    pub async fn list_metadata(
        &self,
        served: &Served,
        namespace: Option<&str>,
        selector: &Selector,
        keep: &mut (dyn FnMut(Value) + Send),
    ) -> Result<Page, ApiError> {
        self.list_as(METADATA, served, namespace, selector, keep)
            .await
    }

    async fn list_as(
        &self,
        accept: &'static str,
        served: &Served,
        namespace: Option<&str>,
        selector: &Selector,
        keep: &mut (dyn FnMut(Value) + Send),
    ) -> Result<Page, ApiError> {
        let mut page = Page::default();
        let mut next = String::new();
        let mut restarted = false;
        loop {
            let mut call = Call::get(served.collection_path(namespace));
            call.accept = accept;
            call.query = selector.query();
            call.query.push(("limit", PAGE.to_string()));
            if !next.is_empty() {
                call.query.push(("continue", next.clone()));
            }
            let mut list = match self.call(&call).await {
                Err(error) if error.is_gone() && !next.is_empty() && !restarted => {
                    (page, next, restarted) = (Page::default(), String::new(), true);
                    continue;
                }
                answer => answer?,
            };
            for mut item in items(&mut list) {
                served.stamp(&mut item);
                page.count += 1;
                keep(item);
            }
            let metadata = &list["metadata"];
            metadata["continue"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut next);
            if next.is_empty() {
                metadata["resourceVersion"]
                    .as_str()
                    .unwrap_or_default()
                    .clone_into(&mut page.resource_version);
                return Ok(page);
            }
        }
    }
}

fn items(list: &mut Value) -> Vec<Value> {
    match list.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}
