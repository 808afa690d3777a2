//! Ports.

use super::Invalid;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::{fmt, num::NonZeroU16, str::FromStr};

/// The number of a port, 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(NonZeroU16);

impl Port {
    /// The number.
    pub fn number(self) -> u16 {
        self.0.get()
    }
}

fn port_error(found: impl Into<String>) -> Invalid {
    Invalid::new("a port", found, "a number from 1 to 65535")
}

impl FromStr for Port {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self).map_err(|_| port_error(text))
    }
}

from_text!(Port);

impl TryFrom<i64> for Port {
    type Error = Invalid;

    fn try_from(number: i64) -> Result<Self, Invalid> {
        u16::try_from(number)
            .ok()
            .and_then(NonZeroU16::new)
            .map(Self)
            .ok_or_else(|| port_error(number.to_string()))
    }
}

impl TryFrom<u16> for Port {
    type Error = Invalid;

    fn try_from(number: u16) -> Result<Self, Invalid> {
        i64::from(number).try_into()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_type! {
    /// The name of a port.
    PortName, "the name of a port", is_port_name,
    "lower case letters, digits and single `-`, with a letter among them, at most 15, such as `http`"
}

fn is_port_name(text: &str) -> bool {
    infra_schema::names::port_name(text).is_empty()
}

/// A port as it is referred to: by number or by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortRef {
    /// By number.
    Number(Port),
    /// By the name that a container gives it.
    Name(PortName),
}

impl PortRef {
    pub(crate) fn int_or_string(&self) -> IntOrString {
        match self {
            Self::Number(port) => IntOrString::Int(port.number().into()),
            Self::Name(name) => IntOrString::String(name.to_string()),
        }
    }
}

impl FromStr for PortRef {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.starts_with(|c: char| c.is_ascii_digit()) && text.parse::<u64>().is_ok() {
            text.parse().map(Self::Number)
        } else {
            text.parse().map(Self::Name)
        }
    }
}

from_text!(PortRef);

impl From<Port> for PortRef {
    fn from(port: Port) -> Self {
        Self::Number(port)
    }
}

impl From<PortName> for PortRef {
    fn from(name: PortName) -> Self {
        Self::Name(name)
    }
}

impl TryFrom<i64> for PortRef {
    type Error = Invalid;

    fn try_from(number: i64) -> Result<Self, Invalid> {
        Port::try_from(number).map(Self::Number)
    }
}

impl fmt::Display for PortRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(port) => port.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

word_type! {
    /// The protocol of a port.
    Protocol, "a protocol" {
        /// TCP.
        Tcp = "TCP",
        /// UDP.
        Udp = "UDP",
        /// SCTP.
        Sctp = "SCTP",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_by_number_and_by_name() {
        for (text, expected) in [
            ("1", Some("1")),
            ("65535", Some("65535")),
            ("http", Some("http")),
            ("8080-tcp", Some("8080-tcp")),
            ("0", None),
            ("65536", None),
            ("HTTP", None),
            ("a--b", None),
            ("sixteen-letters-x", None),
            ("", None),
        ] {
            let port = PortRef::try_from(text).ok().map(|port| port.to_string());
            assert_eq!(port.as_deref(), expected, "{text}");
        }
        assert_eq!(
            Port::try_from(70_000_i64).map_err(|error| error.to_string()),
            Err("`70000` is not a port: expected a number from 1 to 65535".to_owned())
        );
    }
}
