//! Everything that is random elsewhere, and here the same in every run.

use serde_json::{Value, json};

/// The alphabet of generated name suffixes (Kubernetes leaves out vowels and look-alikes).
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// Counters from which uids, name suffixes and addresses are made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counters {
    uids: u64,
    suffixes: u64,
    service_ips: u64,
    node_ports: u64,
    numbers: u64,
}

/// Spreads a counter over 64 bits (splitmix64): neighbours look nothing alike.
fn spread(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Counters {
    /// The next uid, in the form of a version 4 UUID.
    pub(crate) fn uid(&mut self) -> String {
        self.uids += 1;
        let (high, low) = (spread(self.uids), spread(self.uids ^ 0xA5A5_A5A5_0000_0000));
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            0x8000 | ((low >> 48) & 0x3FFF),
            low & 0xFFFF_FFFF_FFFF,
        )
    }

    /// The next five-letter suffix of a generated name.
    pub(crate) fn suffix(&mut self) -> String {
        self.suffixes += 1;
        let mut rest = spread(self.suffixes.wrapping_mul(0x1000_0001));
        (0..5)
            .map(|_| {
                let letter = ALPHABET[(rest % 27) as usize];
                rest /= 27;
                char::from(letter)
            })
            .collect()
    }

    /// The next service address, from 10.96.0.0/16. 10.96.0.1 and .10 stay free for the API and DNS.
    pub(crate) fn service_ip(&mut self) -> String {
        self.service_ips += 1;
        let n = self.service_ips % 64_000 + 10;
        format!("10.96.{}.{}", n / 254, n % 254 + 1)
    }

    /// The next node port, from 30000-32767.
    pub(crate) fn node_port(&mut self) -> u16 {
        self.node_ports += 1;
        30_000 + (self.node_ports.wrapping_mul(7919) % 2_768) as u16
    }

    /// A number that no other call gets.
    pub(crate) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// For the kept state.
    pub(crate) fn to_json(&self) -> Value {
        json!([
            self.uids,
            self.suffixes,
            self.service_ips,
            self.node_ports,
            self.numbers,
        ])
    }

    /// From the kept state; what is missing starts anew.
    pub(crate) fn from_json(value: &Value) -> Self {
        let at = |index: usize| value[index].as_u64().unwrap_or_default();
        Self {
            uids: at(0),
            suffixes: at(1),
            service_ips: at(2),
            node_ports: at(3),
            numbers: at(4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn uids_differ_and_have_the_form_of_a_uuid() {
        let mut counters = Counters::default();
        let uids: BTreeSet<String> = (0..1000).map(|_| counters.uid()).collect();
        assert_eq!(uids.len(), 1000);
        for uid in uids {
            assert_eq!(uid.len(), 36, "{uid}");
            assert_eq!(uid.as_bytes()[14], b'4');
        }
    }

    #[test]
    fn suffixes_differ_and_addresses_are_valid() {
        let mut counters = Counters::default();
        let suffixes: BTreeSet<String> = (0..1000).map(|_| counters.suffix()).collect();
        assert!(suffixes.len() > 998);
        for _ in 0..1000 {
            assert!(counters.service_ip().parse::<std::net::Ipv4Addr>().is_ok());
        }
    }

    #[test]
    fn kept_counters_go_on_where_they_stopped() {
        let mut counters = Counters::default();
        counters.uid();
        let mut again = Counters::from_json(&counters.to_json());
        assert_eq!(counters.uid(), again.uid());
    }
}
