//! Who makes volumes.

use infra_schema::names;

text_type! {
    /// Who makes the volumes of a storage class (`provisioner`).
    Provisioner, "the name of a provisioner", is_provisioner,
    "a name such as `ebs.csi.aws.com` or `kubernetes.io/no-provisioner`"
}

text_type! {
    /// A CSI driver: a DNS subdomain of at most 63 characters.
    DriverName, "the name of a driver", is_driver,
    "lower case letters, digits, `-` and `.`, at most 63 of them, such as `ebs.csi.aws.com`"
}

fn is_provisioner(text: &str) -> bool {
    names::label_key(&text.to_lowercase()).is_empty()
}

fn is_driver(text: &str) -> bool {
    text.len() <= 63 && super::name::is_subdomain(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_and_provisioners() {
        let long = format!("{}.example", "a".repeat(60));
        for (text, provisioner, driver) in [
            ("ebs.csi.aws.com", true, true),
            ("kubernetes.io/no-provisioner", true, false),
            ("Example.com/Disk", true, false),
            (long.as_str(), false, false),
            ("a b", false, false),
            ("", false, false),
        ] {
            assert_eq!(Provisioner::try_from(text).is_ok(), provisioner, "{text}");
            assert_eq!(DriverName::try_from(text).is_ok(), driver, "{text}");
        }
    }
}
