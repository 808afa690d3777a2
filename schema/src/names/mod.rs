//! Names, labels and keys: what the server takes, and what it says about what it does not.
//!
//! Every check gives the server's messages, none for a good value.

mod dns;
mod keys;
mod messages;

pub use dns::{
    dns1035_label, dns1123_label, dns1123_subdomain, search_domain, wildcard_dns1123_subdomain,
};
pub use keys::{
    config_key, env_var_name, http_header, label_key, label_value, path_segment, port_name,
    port_number, relaxed_env_var_name,
};
