//! Definitions of custom kinds that objects of an environment can be held against, wherever they are.

use super::{Environment, Platform, scope};
use serde_json::Value;
use std::collections::HashMap;

/// The definitions that resources bring along, and those of the platform. Those that are objects of
/// the environment count before them.
#[derive(Debug)]
pub(crate) struct Definitions<'a> {
    brought: HashMap<(&'a str, &'a str), &'a Value>,
    platform: &'a Platform<'a>,
}

impl<'a> Definitions<'a> {
    pub(crate) fn new(environment: &'a Environment, platform: &'a Platform<'a>) -> Self {
        let resources = environment.resources.iter();
        let brought = resources.filter_map(|resource| resource.definition());
        Self {
            brought: brought
                .map(|definition| (scope::defines(definition), definition))
                .collect(),
            platform,
        }
    }

    /// The definition of a kind.
    pub(crate) fn find(&self, group: &str, kind: &str) -> Option<&'a Value> {
        let brought = self.brought.get(&(group, kind)).copied();
        brought.or_else(|| self.platform.definition(group, kind))
    }

    /// Whether objects of a kind are in a namespace, where it is known.
    pub(crate) fn namespaced(&self, group: &str, kind: &str) -> Option<bool> {
        self.find(group, kind).map(scope::is_namespaced)
    }
}
