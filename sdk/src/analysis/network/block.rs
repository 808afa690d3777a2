//! Blocks of addresses.

use serde_json::Value;
use std::net::IpAddr;

/// Whether an `ipBlock` holds an address: it is in `cidr` and in no exception.
pub(super) fn holds(block: &Value, address: IpAddr) -> bool {
    let within = |cidr: &Value| cidr.as_str().is_some_and(|cidr| contains(cidr, address));
    within(&block["cidr"]) && !block["except"].as_array().into_iter().flatten().any(within)
}

/// Whether `cidr` (`10.0.0.0/8`, `fc00::/7`) contains an address. What does not parse contains none.
fn contains(cidr: &str, address: IpAddr) -> bool {
    let Some((base, length)) = cidr.split_once('/') else {
        return false;
    };
    let (Ok(base), Ok(length)) = (base.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            same(base.to_bits().into(), address.to_bits().into(), length, 32)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            same(base.to_bits(), address.to_bits(), length, 128)
        }
        _ => false,
    }
}

/// Whether the first `length` of `width` bits are the same.
fn same(one: u128, other: u128, length: u32, width: u32) -> bool {
    // A shift by all 128 bits is none, and would overflow.
    length <= width && (one ^ other).checked_shr(width - length).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_the_addresses_of_their_prefix() {
        for (cidr, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false),
            ("172.16.0.0/12", "172.31.255.255", true),
            ("172.16.0.0/12", "172.32.0.0", false),
            ("1.2.3.4/32", "1.2.3.4", true),
            ("1.2.3.4/32", "1.2.3.5", false),
            ("::/0", "2001:db8::1", true),
            ("fc00::/7", "fd00::1", true),
            ("fc00::/7", "fe80::1", false),
            ("2001:db8::1/128", "2001:db8::1", true),
            ("1.2.3.4", "1.2.3.4", false),
            ("1.2.3.4/33", "1.2.3.4", false),
        ] {
            assert_eq!(
                contains(cidr, address.parse().unwrap()),
                expected,
                "{cidr} {address}"
            );
        }
    }
}
