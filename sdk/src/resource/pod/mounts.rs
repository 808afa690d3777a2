//! The volumes of a pod, collected from the mounts of its containers.

use super::lower::label_of;
use super::projected::Projection;
use super::{ClaimTemplate, DownwardApi, Files, PodSettings, Projected, Volume, VolumeSource};
use crate::resource::meta::some;
use crate::types::{FileMode, MountPath};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Whether its files outlive the container, so that who owns them matters.
pub(super) fn is_persistent(volume: &Volume) -> bool {
    matches!(
        volume.source,
        VolumeSource::Claim(_) | VolumeSource::Template(_) | VolumeSource::Csi(_)
    )
}

/// The volumes of a pod: each once, however many containers mount it.
pub(super) struct Mounts {
    volumes: Vec<(String, Volume)>,
}

impl Mounts {
    /// Names that a user gave come first, so that none that is made up takes one of them.
    pub(super) fn of(pod: &PodSettings) -> Self {
        let mut mounts = Self {
            volumes: Vec::new(),
        };
        for container in pod.all_containers() {
            for (path, volume) in container.all_volumes() {
                if volume.options.name.is_some() {
                    mounts.name(path, volume);
                }
            }
        }
        mounts
    }

    pub(super) fn mount(&mut self, mounts: &[(MountPath, Volume)]) -> Vec<core::VolumeMount> {
        mounts
            .iter()
            .map(|(path, volume)| core::VolumeMount {
                mount_path: path.to_string(),
                name: self.name(path, volume),
                mount_propagation: volume.options.propagation.map(|word| word.to_string()),
                read_only: volume.options.read_only.then_some(true),
                recursive_read_only: volume
                    .options
                    .recursive_read_only
                    .map(|word| word.to_string()),
                sub_path: volume.options.sub_path.clone(),
                sub_path_expr: volume.options.sub_path_expr.clone(),
            })
            .collect()
    }

    pub(super) fn devices(&mut self, devices: &[(MountPath, Volume)]) -> Vec<core::VolumeDevice> {
        let devices = devices.iter();
        devices
            .map(|(path, volume)| core::VolumeDevice {
                device_path: path.to_string(),
                name: self.name(path, volume),
            })
            .collect()
    }

    /// The volume's name in the pod; adds it where it is new.
    fn name(&mut self, path: &MountPath, volume: &Volume) -> String {
        let wanted = match &volume.options.name {
            Some(name) => name.to_string(),
            None => default_name(path, &volume.source),
        };
        // Two empty folders are two, unless they were given one name.
        let shared =
            volume.options.name.is_some() || !matches!(volume.source, VolumeSource::EmptyDir(_));
        let mut name = wanted.clone();
        let mut number = 2;
        while let Some((_, known)) = self.volumes.iter().find(|(known, _)| *known == name) {
            if shared && same_source(&known.source, &volume.source) {
                return name;
            }
            name = format!("{wanted}-{number}");
            number += 1;
        }
        self.volumes.push((name.clone(), volume.clone()));
        name
    }

    /// The volumes of the pod, and the claims that a stateful set makes for each pod.
    pub(super) fn done(self) -> (Vec<core::Volume>, Vec<core::PersistentVolumeClaim>) {
        let (mut volumes, mut templates) = (Vec::new(), Vec::new());
        for (name, volume) in self.volumes {
            match &volume.source {
                VolumeSource::Template(template) if !template.ephemeral => {
                    templates.push(claim(name, template));
                }
                source => volumes.push(lower(name, source, volume.options.read_only)),
            }
        }
        (volumes, templates)
    }
}

/// Whether both are one volume: how each is mounted does not count.
pub(super) fn same_source(a: &VolumeSource, b: &VolumeSource) -> bool {
    let plain = |source: &VolumeSource| {
        let mut source = source.clone();
        source.forget_options();
        source
    };
    plain(a) == plain(b)
}

/// The name of a volume that has no object to be named after: its path's words.
#[must_use]
pub fn volume_name_at(path: &str) -> String {
    let path = path.to_lowercase();
    let parts = path.split(|c: char| !c.is_ascii_alphanumeric());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        "root".to_owned()
    } else {
        label_of(&parts.join("-"))
    }
}

fn default_name(path: &MountPath, source: &VolumeSource) -> String {
    match source {
        VolumeSource::Claim(claim) => label_of(claim.name()),
        VolumeSource::Files(files) => label_of(files.source.name()),
        VolumeSource::Template(template) => template.name.to_string(),
        _ => volume_name_at(path.as_str()),
    }
}

fn claim(name: String, template: &ClaimTemplate) -> core::PersistentVolumeClaim {
    core::PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: Some(name),
            ..ObjectMeta::default()
        },
        spec: Some(template.spec()),
        status: None,
    }
}

fn lower(name: String, source: &VolumeSource, read_only: bool) -> core::Volume {
    let mut volume = core::Volume {
        name,
        ..core::Volume::default()
    };
    match source {
        VolumeSource::Claim(claim) => {
            volume.persistent_volume_claim = Some(core::PersistentVolumeClaimVolumeSource {
                claim_name: claim.name().to_owned(),
                read_only: None,
            });
        }
        VolumeSource::Template(template) => {
            volume.ephemeral = Some(core::EphemeralVolumeSource {
                volume_claim_template: Some(core::PersistentVolumeClaimTemplate {
                    metadata: None,
                    spec: template.spec(),
                }),
            });
        }
        VolumeSource::EmptyDir(dir) => volume.empty_dir = Some(dir.lower()),
        VolumeSource::Files(files) if files.secret => {
            volume.secret = Some(core::SecretVolumeSource {
                default_mode: files.mode.map(FileMode::get),
                items: items(files),
                optional: files.optional.then_some(true),
                secret_name: Some(files.source.name().to_owned()),
            });
        }
        VolumeSource::Files(files) => {
            volume.config_map = Some(core::ConfigMapVolumeSource {
                default_mode: files.mode.map(FileMode::get),
                items: items(files),
                name: files.source.name().to_owned(),
                optional: files.optional.then_some(true),
            });
        }
        VolumeSource::HostPath(host) => {
            volume.host_path = Some(core::HostPathVolumeSource {
                path: host.path.clone(),
                type_: host.kind.map(|kind| kind.to_string()),
            });
        }
        VolumeSource::Projected(projected) => volume.projected = Some(project(projected)),
        VolumeSource::DownwardApi(fields) => {
            volume.downward_api = Some(core::DownwardAPIVolumeSource {
                default_mode: fields.mode.map(FileMode::get),
                items: some(fields_of(fields)),
            });
        }
        VolumeSource::Nfs(nfs) => {
            volume.nfs = Some(core::NFSVolumeSource {
                path: nfs.path.clone(),
                read_only: read_only.then_some(true),
                server: nfs.server.clone(),
            });
        }
        VolumeSource::Csi(csi) => volume.csi = Some(csi.lower()),
        VolumeSource::Image(image) => {
            volume.image = Some(core::ImageVolumeSource {
                pull_policy: image.pull_policy.map(|policy| policy.to_string()),
                reference: Some(image.image.to_string()),
            });
        }
    }
    volume
}

fn items(files: &Files) -> Option<Vec<core::KeyToPath>> {
    let items = files.items.iter();
    let items: Vec<_> = items
        .map(|item| core::KeyToPath {
            key: item.key.to_string(),
            mode: item.mode.map(FileMode::get),
            path: item.path.clone(),
        })
        .collect();
    some(items)
}

fn fields_of(fields: &DownwardApi) -> Vec<core::DownwardAPIVolumeFile> {
    let pod = fields.fields.iter();
    let pod = pod.map(|(path, field)| core::DownwardAPIVolumeFile {
        field_ref: Some(field.selector()),
        mode: None,
        path: path.clone(),
        resource_field_ref: None,
    });
    let containers = fields.resources.iter();
    let containers = containers.map(|(path, resource)| core::DownwardAPIVolumeFile {
        field_ref: None,
        mode: None,
        path: path.clone(),
        resource_field_ref: Some(resource.selector()),
    });
    pod.chain(containers).collect()
}

fn project(projected: &Projected) -> core::ProjectedVolumeSource {
    let sources = projected.sources.iter().map(|source| {
        let mut projection = core::VolumeProjection::default();
        match source {
            Projection::Files(files) if files.secret => {
                projection.secret = Some(core::SecretProjection {
                    items: items(files),
                    name: files.source.name().to_owned(),
                    optional: files.optional.then_some(true),
                });
            }
            Projection::Files(files) => {
                projection.config_map = Some(core::ConfigMapProjection {
                    items: items(files),
                    name: files.source.name().to_owned(),
                    optional: files.optional.then_some(true),
                });
            }
            Projection::DownwardApi(fields) => {
                projection.downward_api = Some(core::DownwardAPIProjection {
                    items: some(fields_of(fields)),
                });
            }
            Projection::Token {
                path,
                audience,
                expiration,
            } => {
                projection.service_account_token = Some(core::ServiceAccountTokenProjection {
                    audience: audience.clone(),
                    expiration_seconds: expiration.map(|time| time.get().into()),
                    path: path.clone(),
                });
            }
        }
        projection
    });
    core::ProjectedVolumeSource {
        default_mode: projected.mode.map(FileMode::get),
        sources: Some(sources.collect()),
    }
}
