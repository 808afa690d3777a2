//! Host names and ranges of addresses.

use super::name::is_subdomain;
use std::net::IpAddr;

text_type! {
    /// A host's name, `*.` before it for all of its direct children.
    HostName, "a host name", is_host,
    "a DNS name in lower case without scheme, port or path, such as `app.example.com` or `*.example.com`"
}

fn is_host(text: &str) -> bool {
    is_subdomain(text.strip_prefix("*.").unwrap_or(text)) && text.parse::<IpAddr>().is_err()
}

text_type! {
    /// Where a server is: a host's name or its IP address.
    ServerName, "a host", is_server,
    "a DNS name in lower case or an IP address, without scheme, port or path, such as `db.example.com` or `10.0.20.5`"
}

impl ServerName {
    /// The address, where it is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.as_str().parse().ok()
    }
}

fn is_server(text: &str) -> bool {
    is_subdomain(text) || text.parse::<IpAddr>().is_ok()
}

text_type! {
    /// A range of addresses (CIDR).
    Cidr, "a range of addresses", is_cidr,
    "an address, `/` and a number of bits, such as `10.0.0.0/8` or `2001:db8::/32`"
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let max = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    // `+8` and `08` parse as numbers and are none to the API server.
    bits.parse()
        .is_ok_and(|number: u8| number <= max && number.to_string() == bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ranges() {
        for (text, host, server, cidr) in [
            ("app.bitflow.biz", true, true, false),
            ("*.example.com", true, false, false),
            ("https://example.com", false, false, false),
            ("example.com:80", false, false, false),
            ("10.0.0.1", false, true, false),
            ("2001:db8::1", false, true, false),
            ("10.0.0.0/8", false, false, true),
            ("2001:db8::/32", false, false, true),
            ("10.0.0.0/33", false, false, false),
            ("10.0.0/8", false, false, false),
            ("10.0.0.0/+8", false, false, false),
        ] {
            assert_eq!(ServerName::try_from(text).is_ok(), server, "{text}");
            assert_eq!(HostName::try_from(text).is_ok(), host, "{text}");
            assert_eq!(Cidr::try_from(text).is_ok(), cidr, "{text}");
        }
    }
}
