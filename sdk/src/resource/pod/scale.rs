//! A pod at another size.

use super::volume::VolumeSource;
use super::{ContainerSettings, PodSettings};
use crate::types::Share;

impl PodSettings {
    /// All that its containers request and may use, and its volumes. What is left to a default stays
    /// with it.
    pub(crate) fn scale(&mut self, share: Share) {
        self.container.scale(share);
        for other in &mut self.containers {
            other.settings.scale(share);
        }
        for (init, _) in &mut self.init {
            init.settings.scale(share);
        }
    }
}

impl ContainerSettings {
    fn scale(&mut self, share: Share) {
        for (resource, quantity) in self.requests.iter_mut().chain(&mut self.limits) {
            *quantity = share.of_quantity(resource, *quantity);
        }
        for (resource, limit) in &mut self.limits {
            // Rounded in other units, a request could come out above its limit.
            if let Some(request) = self.requests.get(resource) {
                *limit = (*limit).max(*request);
            }
        }
        for (_, volume) in self.volumes.iter_mut().chain(&mut self.devices) {
            match &mut volume.source {
                VolumeSource::Template(claim) => {
                    claim.size = share.of_quantity("storage", claim.size);
                }
                VolumeSource::EmptyDir(dir) => {
                    if let Some(limit) = &mut dir.size_limit {
                        *limit = share.of_quantity("ephemeral-storage", *limit);
                    }
                }
                _ => {}
            }
        }
    }
}
