//! Whether a host is reached through a proxy.

/// Whether `no_proxy` (the variable's value: hosts, domains, addresses and networks, joined with
/// commas) excludes the host.
///
/// kube matches the variable against the proxy's own address instead of the API server's, so it is
/// decided here.
pub(crate) fn is_excluded(no_proxy: &str, host: &str, port: Option<u16>) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    no_proxy
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .any(|entry| entry == "*" || matches(entry, host, port))
}

/// A proxy's address without who logs in to it.
pub(crate) fn shown(proxy: &str) -> String {
    match (proxy.split_once("://"), proxy.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        (_, None) => proxy.to_owned(),
    }
}

fn matches(entry: &str, host: &str, port: Option<u16>) -> bool {
    if let Some((network, bits)) = entry.split_once('/') {
        return in_network(network, bits, host);
    }
    let entry = match entry.rsplit_once(':') {
        Some((name, wanted)) if !name.contains(':') => {
            if wanted.parse().ok() != port {
                return false;
            }
            name
        }
        _ => entry,
    };
    let name = entry.trim_start_matches("*.").trim_start_matches('.');
    if name.is_empty() {
        return false;
    }
    let (host, name) = (host.to_ascii_lowercase(), name.to_ascii_lowercase());
    // `.example.com` means what is below it only; a plain name means both.
    (host == name && name.len() == entry.len())
        || host
            .strip_suffix(&name)
            .is_some_and(|front| front.ends_with('.'))
}

fn in_network(network: &str, bits: &str, host: &str) -> bool {
    use std::net::IpAddr;
    let (Ok(network), Ok(bits), Ok(host)) = (
        network.parse::<IpAddr>(),
        bits.parse::<u32>(),
        host.parse::<IpAddr>(),
    ) else {
        return false;
    };
    match (network, host) {
        (IpAddr::V4(network), IpAddr::V4(host)) => {
            let mask = u32::MAX
                .checked_shl(32_u32.saturating_sub(bits))
                .unwrap_or(0);
            network.to_bits() & mask == host.to_bits() & mask
        }
        (IpAddr::V6(network), IpAddr::V6(host)) => {
            let mask = u128::MAX
                .checked_shl(128_u32.saturating_sub(bits))
                .unwrap_or(0);
            network.to_bits() & mask == host.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_excluded, shown};

    #[test]
    fn nobodys_password_is_shown() {
        for (proxy, expected) in [
            ("http://jane:hunter2@proxy:3128", "http://proxy:3128"),
            ("jane:hunter2@proxy", "proxy"),
            ("://", "://"),
        ] {
            assert_eq!(shown(proxy), expected);
        }
    }

    #[test]
    fn entries_match_the_api_servers_host() {
        for (no_proxy, host, excluded) in [
            ("10.0.0.1", "10.0.0.1", true),
            ("localhost, 10.0.0.0/8", "10.9.8.7", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "11.0.0.1", true),
            ("fd00::/8", "[fd12::1]", true),
            ("example.com", "api.example.com", true),
            ("example.com", "example.com", true),
            (".example.com", "example.com", false),
            (".example.com", "api.Example.com", true),
            ("example.com", "badexample.com", false),
            ("api.example.com:6443", "api.example.com", true),
            ("api.example.com:443", "api.example.com", false),
            ("*", "anything", true),
            ("", "anything", false),
        ] {
            assert_eq!(
                is_excluded(no_proxy, host, Some(6443)),
                excluded,
                "{no_proxy} {host}"
            );
        }
    }
}
