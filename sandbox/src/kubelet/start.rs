//! The start of a container: its image, its environment.

use super::container::{PULL, RETRY, Step};
use super::restart::back_off;
use super::run::{Container, State};
use super::{environment, fault, image};
use crate::controller::json::{later, text};
use crate::controller::meta::{namespace, uid};

impl Step<'_, '_> {
    /// Looks for the image, and starts the container where it is there.
    pub(super) fn find_image(&mut self, entry: &mut Container) {
        let now = self.view.now;
        let image = self.image().to_owned();
        if let Some(message) = image::invalid(&image) {
            self.warning("InspectFailed", message.clone());
            self.warning("Failed", "Error: InvalidImageName".to_owned());
            entry.state = State::Blocked {
                reason: "InvalidImageName",
                message,
                until: later(now, RETRY),
            };
            return;
        }
        let missing = fault::image_is_missing(self.pod, self.name());
        let present = !missing && (entry.pulled || self.view.images.contains(&image));
        if present && !(image::is_always_pulled(self.spec) && entry.restarts == 0 && !entry.pulled)
        {
            self.normal(
                "Pulled",
                format!("Container image \"{image}\" already present on machine"),
            );
            entry.pulled = true;
            return self.start(entry);
        }
        if text(self.spec, "imagePullPolicy") == "Never" {
            let message =
                format!("Container image \"{image}\" is not present with pull policy of Never");
            self.warning("ErrImageNeverPull", message.clone());
            self.warning("Failed", "Error: ErrImageNeverPull".to_owned());
            entry.state = State::Blocked {
                reason: "ErrImageNeverPull",
                message,
                until: later(now, RETRY),
            };
            return;
        }
        self.normal("Pulling", format!("Pulling image \"{image}\""));
        if missing {
            let message = image::not_found(&image);
            self.warning(
                "Failed",
                format!("Failed to pull image \"{image}\": {message}"),
            );
            self.warning("Failed", "Error: ErrImagePull".to_owned());
            entry.failed_pulls += 1;
            entry.state = State::Blocked {
                reason: "ErrImagePull",
                message,
                until: later(now, 1),
            };
            return;
        }
        entry.state = State::Pulling {
            until: later(now, PULL),
        };
    }

    /// Waits before the next try to pull.
    pub(super) fn back_off_pulling(&mut self, entry: &mut Container) {
        let image = self.image().to_owned();
        self.normal("BackOff", format!("Back-off pulling image \"{image}\""));
        self.warning("Failed", "Error: ImagePullBackOff".to_owned());
        let message = format!(
            "Back-off pulling image \"{image}\": ErrImagePull: {}",
            image::not_found(&image)
        );
        let until = later(self.view.now, back_off(i64::from(entry.failed_pulls)));
        entry.state = State::Blocked {
            reason: "ImagePullBackOff",
            message,
            until,
        };
    }

    /// Starts the container, unless its environment is not there.
    pub(super) fn start(&mut self, entry: &mut Container) {
        let now = self.view.now;
        let problem = environment::problem(self.spec, namespace(self.pod), self.view.cluster);
        if let Some(message) = problem {
            self.warning("Failed", format!("Error: {message}"));
            let reason = "CreateContainerConfigError";
            entry.state = State::Blocked {
                reason,
                message,
                until: later(now, RETRY),
            };
            return;
        }
        let name = self.name().to_owned();
        self.normal("Created", format!("Created container: {name}"));
        self.normal("Started", format!("Started container {name}"));
        let restarts = entry.restarts.to_string();
        entry.id = format!(
            "containerd://{}",
            image::digest(&[uid(self.pod), &name, &restarts])
        );
        entry.told = None;
        entry.state = State::Running { since: now };
        self.out.logs.push((name, None));
    }
}
