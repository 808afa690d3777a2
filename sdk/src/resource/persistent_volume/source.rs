//! Where a persistent volume is.

use crate::environment::Graph;
use crate::resource::Link;
use crate::resource::meta::some;
use crate::resource::pod::HostPathType;
use crate::types::DriverName;
use k8s_openapi::api::core::v1 as core;
use std::collections::BTreeMap;

/// Where a volume is, and how it is reached there.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    place: Option<Place>,
    pub(super) host_path_type: Option<HostPathType>,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) fs_type: Option<String>,
    pub(super) read_only: bool,
    pub(super) stage_secret: Option<Link>,
    pub(super) publish_secret: Option<Link>,
}

#[derive(Clone, Debug)]
enum Place {
    Csi { driver: DriverName, handle: String },
    Nfs { server: String, path: String },
    HostPath(String),
    Local(String),
}

impl Source {
    pub(super) fn csi(&mut self, driver: DriverName, handle: String) {
        self.place = Some(Place::Csi { driver, handle });
    }

    pub(super) fn nfs(&mut self, server: String, path: String) {
        self.place = Some(Place::Nfs { server, path });
    }

    pub(super) fn host_path(&mut self, path: String) {
        self.place = Some(Place::HostPath(path));
    }

    pub(super) fn local(&mut self, path: String) {
        self.place = Some(Place::Local(path));
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &Link> {
        self.stage_secret.iter().chain(&self.publish_secret)
    }

    /// What is wrong: the end of a sentence, the field, and what to do.
    pub(super) fn faults(&self, has_nodes: bool) -> Vec<(String, &'static str, &'static str)> {
        let Some(place) = &self.place else {
            return vec![(
                "does not say where it is".to_owned(),
                "spec",
                "name a driver's volume with `.csi(driver, handle)`, a server's folder with `.nfs(server, path)`, or a node's with `.local(path)`",
            )];
        };
        let (csi, nfs, host, local) = match place {
            Place::Csi { .. } => (true, false, false, false),
            Place::Nfs { .. } => (false, true, false, false),
            Place::HostPath(_) => (false, false, true, false),
            Place::Local(_) => (false, false, false, true),
        };
        let mut faults = Vec::new();
        let mut only = |set: bool, fits: bool, what: &str, field, whose: &'static str| {
            if set && !fits {
                faults.push((
                    format!("has {what}, which its source does not know"),
                    field,
                    whose,
                ));
            }
        };
        only(
            !self.attributes.is_empty(),
            csi,
            "settings of a driver",
            "spec.csi.volumeAttributes",
            "`.attribute(…)` is for a volume of a driver (`.csi(…)`)",
        );
        only(
            self.secrets().next().is_some(),
            csi,
            "secrets for a driver",
            "spec.csi",
            "secrets are for a volume of a driver (`.csi(…)`)",
        );
        only(
            self.fs_type.is_some(),
            csi || local,
            "a file system",
            "spec.csi.fsType",
            "`.fs_type(…)` is for a volume of a driver (`.csi(…)`) or a disk of a node (`.local(…)`)",
        );
        only(
            self.read_only,
            csi || nfs,
            "`read_only`",
            "spec.csi.readOnly",
            "`.read_only()` is for a volume of a driver or server; mount this one with `.mount().read_only()` of its claim",
        );
        only(
            self.host_path_type.is_some(),
            host,
            "a type of host path",
            "spec.hostPath.type",
            "`.type(…)` is for a folder of a node (`.host_path(…)`)",
        );
        if local && !has_nodes {
            faults.push((
                "is on a node, and does not say on which".to_owned(),
                "spec.local",
                "name it with `.node(\"node-1\")`",
            ));
        }
        faults
    }

    /// The part of `spec` that says where it is.
    pub(super) fn lower(&self, graph: &Graph) -> core::PersistentVolumeSpec {
        let mut spec = core::PersistentVolumeSpec::default();
        let read_only = self.read_only.then_some(true);
        let secret = |link: &Option<Link>| {
            link.as_ref().map(|link| core::SecretReference {
                name: Some(link.name().to_owned()),
                namespace: Some(graph.namespace_of(link.reference()).to_owned()),
            })
        };
        match &self.place {
            Some(Place::Csi { driver, handle }) => {
                spec.csi = Some(core::CSIPersistentVolumeSource {
                    driver: driver.to_string(),
                    fs_type: self.fs_type.clone(),
                    node_publish_secret_ref: secret(&self.publish_secret),
                    node_stage_secret_ref: secret(&self.stage_secret),
                    read_only,
                    volume_attributes: some(self.attributes.clone()),
                    volume_handle: handle.clone(),
                    ..core::CSIPersistentVolumeSource::default()
                });
            }
            Some(Place::Nfs { server, path }) => {
                spec.nfs = Some(core::NFSVolumeSource {
                    path: path.clone(),
                    read_only,
                    server: server.clone(),
                });
            }
            Some(Place::HostPath(path)) => {
                spec.host_path = Some(core::HostPathVolumeSource {
                    path: path.clone(),
                    type_: self.host_path_type.map(|kind| kind.to_string()),
                });
            }
            Some(Place::Local(path)) => {
                spec.local = Some(core::LocalVolumeSource {
                    fs_type: self.fs_type.clone(),
                    path: path.clone(),
                });
            }
            None => {}
        }
        spec
    }
}
