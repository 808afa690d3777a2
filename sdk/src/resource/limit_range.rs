//! A limit range: what pods and claims of a namespace ask for, at least, at most, and by default.

use super::meta::some;
use super::{Meta, Relation, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{Name, Quantity, ResourceName};
use k8s_openapi::api::core::v1 as core;
use std::collections::BTreeMap;

/// What containers, pods and claims of a namespace ask for, at least, at most, and by default
/// (`LimitRange`). It bears on what is created after it.
///
/// ```
/// use infra_sdk::resource::{LimitRange, Limits};
///
/// let defaults = LimitRange::new("defaults".parse()?).container(
///     Limits::new()
///         .default_request("cpu".parse()?, "100m".parse()?)
///         .max("memory".parse()?, "4Gi".parse()?),
/// );
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct LimitRange {
    meta: Meta,
    limits: Vec<(&'static str, Limits)>,
}

type Amounts = BTreeMap<ResourceName, Quantity>;

/// What one container, pod or claim asks for, at least, at most, and by default.
///
/// ```
/// use infra_sdk::resource::Limits;
///
/// let limits = Limits::new()
///     .default_limit("memory".parse()?, "512Mi".parse()?)
///     .max("memory".parse()?, "4Gi".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Limits {
    max: Amounts,
    min: Amounts,
    default: Amounts,
    default_request: Amounts,
    max_limit_request_ratio: Amounts,
}

impl Limits {
    /// Nothing is bounded yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The highest limit (`max`).
    pub fn max(mut self, resource: ResourceName, quantity: Quantity) -> Self {
        self.max.insert(resource, quantity);
        self
    }

    /// The lowest request (`min`).
    pub fn min(mut self, resource: ResourceName, quantity: Quantity) -> Self {
        self.min.insert(resource, quantity);
        self
    }

    /// The limit of a container that names none (`default`).
    pub fn default_limit(mut self, resource: ResourceName, quantity: Quantity) -> Self {
        self.default.insert(resource, quantity);
        self
    }

    /// The request of a container that names none (`defaultRequest`).
    pub fn default_request(mut self, resource: ResourceName, quantity: Quantity) -> Self {
        self.default_request.insert(resource, quantity);
        self
    }

    /// How many times its request a limit may be (`maxLimitRequestRatio`).
    pub fn max_limit_request_ratio(mut self, resource: ResourceName, times: Quantity) -> Self {
        self.max_limit_request_ratio.insert(resource, times);
        self
    }

    /// What contradicts itself, as the end of a sentence.
    fn contradictions(&self) -> Vec<String> {
        let pairs = [
            ("min", &self.min, "max", &self.max),
            ("default", &self.default, "max", &self.max),
            ("default_request", &self.default_request, "max", &self.max),
            (
                "default_request",
                &self.default_request,
                "default",
                &self.default,
            ),
            ("min", &self.min, "default_request", &self.default_request),
            ("min", &self.min, "default", &self.default),
        ];
        let mut found = Vec::new();
        for (low, lows, high, highs) in pairs {
            for (name, least) in lows {
                if let Some(most) = highs.get(name).filter(|most| least > most) {
                    found.push(format!(
                        "`{low}` of `{name}` ({least}) is more than `{high}` ({most})"
                    ));
                }
            }
        }
        found
    }

    fn lower(&self, kind: &str) -> core::LimitRangeItem {
        let wire = |amounts: &Amounts| {
            let pairs = amounts.iter();
            some(
                pairs
                    .map(|(name, quantity)| (name.to_string(), quantity.wire()))
                    .collect(),
            )
        };
        core::LimitRangeItem {
            default: wire(&self.default),
            default_request: wire(&self.default_request),
            max: wire(&self.max),
            max_limit_request_ratio: wire(&self.max_limit_request_ratio),
            min: wire(&self.min),
            type_: kind.to_owned(),
        }
    }
}

impl LimitRange {
    /// A limit range that bounds nothing yet.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            limits: Vec::new(),
        }
    }

    /// What each container asks for (`limits[]` of type `Container`).
    pub fn container(self, limits: Limits) -> Self {
        self.limit("Container", limits)
    }

    /// What all containers of a pod together ask for (`limits[]` of type `Pod`). A pod has no
    /// defaults.
    pub fn pod(self, limits: Limits) -> Self {
        self.limit("Pod", limits)
    }

    /// What each claim asks for (`limits[]` of type `PersistentVolumeClaim`): its `storage`, at least
    /// and at most.
    pub fn volume_claim(self, limits: Limits) -> Self {
        self.limit("PersistentVolumeClaim", limits)
    }

    fn limit(mut self, kind: &'static str, limits: Limits) -> Self {
        self.limits.retain(|(known, _)| *known != kind);
        self.limits.push((kind, limits));
        self
    }

    fn faults(&self) -> Vec<(String, &'static str)> {
        let mut found = Vec::new();
        if self.limits.is_empty() {
            found.push((
                "bounds nothing".to_owned(),
                "say what: `.container(#{ default_request: #{ cpu: \"100m\" } })`",
            ));
        }
        for (kind, limits) in &self.limits {
            let words = super::words_of(kind);
            for words_of in limits.contradictions() {
                found.push((
                    format!("contradicts itself: for each {words}, {words_of}"),
                    "what is there by default lies between the least and the most",
                ));
            }
            let has_defaults = !(limits.default.is_empty() && limits.default_request.is_empty());
            if *kind == "Pod" && has_defaults {
                found.push((
                    "has defaults for pods, which containers alone have".to_owned(),
                    "give them with `.container(…)`",
                ));
            }
            if *kind == "PersistentVolumeClaim" && has_defaults {
                found.push((
                    "has defaults for claims, which always say their size".to_owned(),
                    "bound it with `min` and `max`",
                ));
            }
        }
        found
    }
}

described!(LimitRange);

impl Resource for LimitRange {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference("", "LimitRange")
    }

    fn relations(&self) -> Vec<Relation> {
        self.meta.relations(self.reference()).done()
    }

    fn check(&self, _graph: &Graph) -> Vec<Problem> {
        let at = self.meta.origin.of_field("spec.limits");
        let faults = self.faults().into_iter();
        faults
            .map(|(message, help)| Problem {
                message: format!("limit range `{}` {message}", self.meta.name),
                at: at.cloned(),
                help: Some(help.to_owned()),
            })
            .collect()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let limits = self.limits.iter();
        let limits = limits.map(|(kind, limits)| limits.lower(kind)).collect();
        let range = core::LimitRange {
            metadata: self.meta.object_meta(graph),
            spec: Some(core::LimitRangeSpec { limits }),
        };
        vec![self.meta.object(&range)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p, problems};
    use serde_json::json;

    #[test]
    fn what_each_may_ask_for() {
        let defaults = LimitRange::new(p("defaults"))
            .container(
                Limits::new()
                    .default_limit(p("memory"), p("512Mi"))
                    .default_request(p("memory"), p("256Mi"))
                    .min(p("memory"), p("64Mi"))
                    .max(p("memory"), p("4Gi"))
                    .max_limit_request_ratio(p("memory"), p("4")),
            )
            .pod(Limits::new().max(p("cpu"), p("1")))
            .pod(Limits::new().max(p("cpu"), p("4000m")))
            .volume_claim(Limits::new().max(p("storage"), p("1Ti")));
        assert_eq!(
            lower(&[&defaults])[0]["spec"]["limits"],
            json!([
                {
                    "type": "Container",
                    "default": { "memory": "512Mi" }, "defaultRequest": { "memory": "256Mi" },
                    "min": { "memory": "64Mi" }, "max": { "memory": "4Gi" },
                    "maxLimitRequestRatio": { "memory": "4" },
                },
                { "type": "Pod", "max": { "cpu": "4" } },
                { "type": "PersistentVolumeClaim", "max": { "storage": "1Ti" } },
            ])
        );
        assert!(problems(&[&defaults]).is_empty());
    }

    #[test]
    fn what_cannot_be_kept_is_a_problem() {
        let (one, two): (Quantity, Quantity) = (p("1"), p("2"));
        let limits =
            |change: fn(Limits, Quantity, Quantity) -> Limits| change(Limits::new(), one, two);
        let of_container = |limits| LimitRange::new(p("x")).container(limits);
        for (range, expected) in [
            (LimitRange::new(p("x")), "limit range `x` bounds nothing"),
            (
                of_container(limits(|all, one, two| {
                    all.min(p("cpu"), two).max(p("cpu"), one)
                })),
                "limit range `x` contradicts itself: for each container, `min` of `cpu` (2) is more than `max` (1)",
            ),
            (
                of_container(limits(|all, one, two| {
                    all.default_request(p("cpu"), two)
                        .default_limit(p("cpu"), one)
                })),
                "limit range `x` contradicts itself: for each container, `default_request` of `cpu` (2) is more than `default` (1)",
            ),
            (
                LimitRange::new(p("x")).pod(limits(|all, one, _| all.default_limit(p("cpu"), one))),
                "limit range `x` has defaults for pods, which containers alone have",
            ),
            (
                LimitRange::new(p("x"))
                    .volume_claim(limits(|all, one, _| all.default_request(p("storage"), one))),
                "limit range `x` has defaults for claims, which always say their size",
            ),
        ] {
            assert_eq!(problems(&[&range]), [expected]);
        }
    }
}
