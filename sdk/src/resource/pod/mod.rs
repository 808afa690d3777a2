//! The pod, written once for every workload.
//!
//! [`ContainerSettings`] are what one container has, [`PodSettings`] what the pod around it has. The
//! setters are two traits: [`HasContainer`] for what has a container (a workload's main one, or a
//! [`Container`] of its own), [`Workload`] for what has a pod. Lowering to a pod template, where the
//! defaults are applied, is in `lower`.

#[macro_use]
mod volume;

mod account;
mod affinity;
mod check;
mod container;
mod env;
mod files;
mod hook;
mod lower;
mod mounts;
mod port;
mod probe;
mod projected;
mod relate;
mod scale;
mod security;
mod setters;
mod settings;
mod storage;
#[cfg(test)]
mod tests;
#[macro_use]
mod workload;

pub use affinity::{TaintEffect, Toleration, TopologySpread};
pub use container::{Container, ContainerSettings, ImagePullPolicy, ResizePolicy};
pub use env::{EnvFrom, EnvValue, FieldRef, KeyRef, ResourceRef};
pub use files::Files;
pub use hook::Hook;
pub use mounts::volume_name_at;
pub use port::ContainerPort;
pub use probe::{Probe, ProbeAction};
pub use projected::{DownwardApi, Projected};
pub use security::{SeccompProfile, SecuritySettings};
pub use setters::HasContainer;
pub use settings::{DnsPolicy, PodSettings, RestartPolicy};
pub use storage::{ClaimTemplate, Csi, EmptyDir, Nfs};
pub use volume::{
    ClaimMount, HostPath, HostPathType, ImageVolume, MountOptions, MountPropagation, Mounting,
    RecursiveReadOnly, Volume, VolumeSource,
};
pub use workload::Workload;

pub(crate) use account::account;
pub(crate) use affinity::match_labels;
pub(crate) use check::check;
pub(crate) use lower::Template;
pub(crate) use relate::{facts, relations};
pub(crate) use storage::{claim_spec, mode_words};
pub(crate) use workload::selector_of;
