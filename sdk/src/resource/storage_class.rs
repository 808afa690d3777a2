//! A storage class: who makes volumes, and how.

use super::meta::some;
use super::{Meta, Relation, Resource, persistent_volume::ReclaimPolicy};
use crate::environment::Graph;
use crate::object::{Object, Ref};
use crate::types::{LabelKey, LabelValue, Name, Provisioner};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::api::storage::v1 as storage;
use std::collections::BTreeMap;

/// The annotation of the class of claims that name none.
const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

/// Who makes volumes, and how (`StorageClass`). It belongs to the whole cluster.
///
/// ```
/// use infra_sdk::resource::{StorageClass, VolumeClaim};
///
/// let fast = StorageClass::new("fast-ssd".parse()?, "ebs.csi.aws.com".parse()?)
///     .parameters([("type", "gp3"), ("iops", "3000")]);
/// let data = VolumeClaim::new("data".parse()?, "100Gi".parse()?).storage_class((&fast).into());
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct StorageClass {
    meta: Meta,
    provisioner: Provisioner,
    parameters: BTreeMap<String, String>,
    reclaim_policy: Option<ReclaimPolicy>,
    expansion: Option<bool>,
    binding: Option<VolumeBindingMode>,
    mount_options: Vec<String>,
    topologies: BTreeMap<String, Vec<String>>,
    default_class: bool,
}

word_type! {
    /// When a claim gets its volume (`volumeBindingMode`).
    VolumeBindingMode, "when claims get their volumes" {
        /// As soon as it is there, wherever that may be.
        Immediate = "Immediate",
        /// When the first pod that uses it is scheduled: the volume is made where the pod can run.
        WaitForFirstConsumer = "WaitForFirstConsumer",
    }
}

named_link! {
    /// A storage class by value or by name; an empty name is none: only volumes without a class.
    StorageClassLink, "storage.k8s.io", "StorageClass", StorageClass, "the name of a storage class"
}

impl StorageClassLink {
    /// No class: only a volume without one is taken, and none is made (`storageClassName: ""`).
    pub fn none() -> Self {
        Name::referred("").into()
    }

    /// The field's value.
    pub(crate) fn wire(&self) -> String {
        self.name().to_owned()
    }
}

impl StorageClass {
    /// A class of a driver or other provisioner.
    #[track_caller]
    pub fn new(name: Name, provisioner: Provisioner) -> Self {
        Self {
            meta: Meta::new(name),
            provisioner,
            parameters: BTreeMap::new(),
            reclaim_policy: None,
            expansion: None,
            binding: None,
            mount_options: Vec::new(),
            topologies: BTreeMap::new(),
            default_class: false,
        }
    }

    /// Settings of the provisioner (`parameters`), added to those that are there. They cannot change
    /// later: the class is made anew, and volumes that are there stay as they are.
    pub fn parameters<K: Into<String>, V: Into<String>>(
        mut self,
        parameters: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let parameters = parameters.into_iter();
        self.parameters
            .extend(parameters.map(|(key, value)| (key.into(), value.into())));
        self
    }

    /// What becomes of a volume, and its data, when its claim is deleted (`reclaimPolicy`). Default:
    /// it goes too (`Delete`).
    pub fn reclaim_policy(mut self, policy: ReclaimPolicy) -> Self {
        self.reclaim_policy = Some(policy);
        self
    }

    /// Whether claims can grow (`allowVolumeExpansion`). Default: yes.
    pub fn allow_volume_expansion(mut self, yes: bool) -> Self {
        self.expansion = Some(yes);
        self
    }

    /// When a claim gets its volume (`volumeBindingMode`). Default: `WaitForFirstConsumer`, so that
    /// the volume is made where the pod can run.
    pub fn volume_binding_mode(mut self, mode: VolumeBindingMode) -> Self {
        self.binding = Some(mode);
        self
    }

    /// An option with which its volumes are mounted (`mountOptions[]`).
    pub fn mount_option(mut self, option: impl Into<String>) -> Self {
        self.mount_options.push(option.into());
        self
    }

    /// Its volumes are made only where the nodes' label has one of these values
    /// (`allowedTopologies[]`).
    pub fn allowed_topology(
        mut self,
        key: LabelKey,
        values: impl IntoIterator<Item = LabelValue>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.topologies.insert(key.into(), values);
        self
    }

    /// The class of claims that name none (the annotation
    /// `storageclass.kubernetes.io/is-default-class`).
    pub fn default_class(mut self) -> Self {
        self.default_class = true;
        self
    }

    fn topologies(&self) -> Vec<core::TopologySelectorTerm> {
        let labels = self.topologies.iter();
        let labels: Vec<_> = labels
            .map(|(key, values)| core::TopologySelectorLabelRequirement {
                key: key.clone(),
                values: values.clone(),
            })
            .collect();
        let term = core::TopologySelectorTerm {
            match_label_expressions: some(labels),
        };
        some(term).into_iter().collect()
    }
}

described!(StorageClass);

impl Resource for StorageClass {
    origin!();

    fn reference(&self) -> Ref {
        Ref::new("storage.k8s.io", "StorageClass", self.meta.name.as_str())
    }

    fn relations(&self) -> Vec<Relation> {
        self.meta.relations(self.reference()).done()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let mut metadata = self.meta.cluster_meta(graph);
        if self.default_class {
            let annotations = metadata.annotations.get_or_insert_default();
            annotations.insert(DEFAULT.to_owned(), "true".to_owned());
        }
        let binding = self
            .binding
            .unwrap_or(VolumeBindingMode::WaitForFirstConsumer);
        let class = storage::StorageClass {
            metadata,
            allow_volume_expansion: Some(self.expansion.unwrap_or(true)),
            allowed_topologies: some(self.topologies()),
            mount_options: some(self.mount_options.clone()),
            parameters: some(self.parameters.clone()),
            provisioner: self.provisioner.to_string(),
            reclaim_policy: self.reclaim_policy.map(|policy| policy.to_string()),
            volume_binding_mode: Some(binding.to_string()),
        };
        vec![self.meta.object(&class)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::testing::{lower, p};
    use crate::resource::{Convention, Described, VolumeClaim};
    use serde_json::json;

    #[test]
    fn a_class_and_a_claim_of_it() {
        let fast = StorageClass::new(p("fast-ssd"), p("ebs.csi.aws.com"))
            .parameters([("type", "gp3"), ("iops", "3000")])
            .without(Convention::StandardLabels);
        assert_eq!(
            lower(&[&fast]),
            [json!({
                "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
                "metadata": { "name": "fast-ssd" },
                "provisioner": "ebs.csi.aws.com",
                "parameters": { "type": "gp3", "iops": "3000" },
                "allowVolumeExpansion": true,
                "volumeBindingMode": "WaitForFirstConsumer",
            })]
        );
        for (class, expected) in [
            (StorageClassLink::from(&fast), "fast-ssd"),
            (p("fast-ssd"), "fast-ssd"),
            (StorageClassLink::none(), ""),
        ] {
            let claim = VolumeClaim::new(p("data"), p("1Gi")).storage_class(class);
            assert_eq!(
                lower(&[&claim, &fast])[0]["spec"]["storageClassName"],
                expected
            );
        }
    }

    #[test]
    fn everything_of_a_class_can_be_said() {
        let slow = StorageClass::new(p("slow"), p("example.com/disk"))
            .reclaim_policy(ReclaimPolicy::Retain)
            .allow_volume_expansion(false)
            .volume_binding_mode(VolumeBindingMode::Immediate)
            .mount_option("noatime")
            .allowed_topology(p("topology.kubernetes.io/zone"), [p("a"), p("b")])
            .default_class();
        let class = &lower(&[&slow])[0];
        assert_eq!(class["metadata"]["annotations"], json!({ DEFAULT: "true" }));
        assert_eq!(
            (
                &class["reclaimPolicy"],
                &class["volumeBindingMode"],
                &class["allowVolumeExpansion"]
            ),
            (&json!("Retain"), &json!("Immediate"), &json!(false))
        );
        assert_eq!(class["mountOptions"], json!(["noatime"]));
        assert_eq!(
            class["allowedTopologies"],
            json!([{ "matchLabelExpressions": [{ "key": "topology.kubernetes.io/zone", "values": ["a", "b"] }] }])
        );
    }
}
