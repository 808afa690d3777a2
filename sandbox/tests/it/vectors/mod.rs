//! The golden vectors of server-side apply, as requests in sequence.
//!
//! `infra-schema` runs them on the merge alone; here each goes through the real client, with bodies
//! that a server accepts, and shows what a server adds: defaults, validation, the form of refusals.
//! Whole answers of a real API server lie in `recorded/`. A plain `cargo test` holds the sandbox to
//! them; under a control plane a second test holds that they still are what a server answers, and records them anew with
//! `INFRA_TEST_RECORD=1`:
//!
//! ```sh
//! tests/control-plane/run --without-controllers cargo test -p infra-sandbox --test it vectors
//! ```

mod api;
mod lists;
mod refusals;
mod sharing;
mod told;
mod updates;

use crate::control_plane::{self, Controllers};
use api::Api;

/// A test for each vector on the sandbox, and one for all of them on a server.
macro_rules! vectors {
    ($($subject:ident::$name:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                let mut api = Api::sandbox().await;
                $subject::$name(&mut api).await;
                told::compare(stringify!($name), &api.told());
            }
        )*

        #[tokio::test]
        async fn a_server_still_answers_as_recorded() {
            let test = "the golden vectors on a server";
            let Some(client) = control_plane::client(test, Controllers::Off).await else {
                return;
            };
            $(
                let mut api = Api::server(client.clone()).await;
                $subject::$name(&mut api).await;
                if control_plane::is_recording() {
                    told::record(stringify!($name), &api.told());
                }
                told::compare(stringify!($name), &api.told());
            )*
        }
    };
}

vectors!(
    sharing::v1_the_set_of_a_first_apply,
    sharing::v2_conflicts_sharing_and_force,
    sharing::v3_shared_fields_go_with_their_last_owner,
    updates::v4_updates_own_the_containers_that_they_made,
    lists::v5_an_item_stays_while_somebody_is_its_member,
    lists::v6_order_of_shared_lists,
    lists::v7_atomic_maps_have_one_owner,
    lists::v8_sets_and_atomic_items,
    updates::v9_owning_a_child_does_not_keep_the_item,
    refusals::v10_what_does_not_fit,
    sharing::v11_handing_a_field_over,
    updates::v12_objects_from_before_ownership,
    updates::v13_controllers_write_through_status,
    updates::v14_updates_take_what_they_change,
    lists::v15_atomic_lists_have_one_owner,
    lists::v16_emptied_containers_vanish,
);
