//! Why a connection is not trusted, by either side.

use rustls::{AlertDescription, CertificateError as Wrong, Error as Tls, InvalidMessage};
use std::{error::Error, io};

/// What stands in [`Answer::reason`](super::Answer::reason) where there was no answer because of
/// this, and what is wrong in words; nothing where it is something else.
pub(crate) fn distrust(error: &(dyn Error + 'static)) -> Option<(&'static str, String)> {
    let mut at = Some(error);
    while let Some(error) = at {
        if error.to_string() == "tls handshake eof" {
            let words = "it ended the connection instead of speaking TLS";
            return Some((NO_TLS, words.to_owned()));
        }
        if let Some(tls) = tls(error) {
            return told(tls);
        }
        at = error.source();
    }
    None
}

/// The connection's error is wrapped as one of input and output, which has another source.
fn tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Tls> {
    if let Some(tls) = error.downcast_ref() {
        return Some(tls);
    }
    let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
    tls(inner)
}

fn told(error: &Tls) -> Option<(&'static str, String)> {
    let (reason, words) = match error {
        Tls::InvalidCertificate(Wrong::UnknownIssuer) => (
            UNKNOWN_AUTHORITY,
            "its certificate is signed by an authority that is not known here".to_owned(),
        ),
        Tls::InvalidCertificate(Wrong::Expired) => {
            (EXPIRED, "its certificate has expired".to_owned())
        }
        Tls::InvalidCertificate(Wrong::ExpiredContext { not_after, .. }) => (
            EXPIRED,
            format!("its certificate has expired{}", date(" on ", *not_after)),
        ),
        Tls::InvalidCertificate(Wrong::NotValidYet) => {
            (NOT_YET_VALID, "its certificate is not valid yet".to_owned())
        }
        Tls::InvalidCertificate(Wrong::NotValidYetContext { not_before, .. }) => (
            NOT_YET_VALID,
            format!(
                "its certificate is not valid yet{}",
                date(", and will be on ", *not_before)
            ),
        ),
        Tls::InvalidCertificate(Wrong::NotValidForName | Wrong::NotValidForNameContext { .. }) => (
            OTHER_NAME,
            "its certificate is for other names than this address".to_owned(),
        ),
        Tls::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied,
        ) => (
            LOGIN_REFUSED,
            "it does not accept the certificate that the user logs in with, or wants one"
                .to_owned(),
        ),
        Tls::InvalidMessage(InvalidMessage::InvalidContentType) => {
            (NO_TLS, "it does not speak TLS".to_owned())
        }
        _ => return None,
    };
    Some((reason, words))
}

/// The certificate's authority is not known.
pub(crate) const UNKNOWN_AUTHORITY: &str = "CertificateOfUnknownAuthority";
/// The certificate has expired.
pub(crate) const EXPIRED: &str = "CertificateExpired";
/// The certificate is not valid yet.
pub(crate) const NOT_YET_VALID: &str = "CertificateNotYetValid";
/// The certificate is for another name.
pub(crate) const OTHER_NAME: &str = "CertificateOfAnotherName";
/// The user's certificate is refused.
pub(crate) const LOGIN_REFUSED: &str = "LoginCertificateRefused";
/// What answers does not speak TLS.
pub(crate) const NO_TLS: &str = "NoTls";

/// What answers is no API server.
pub(crate) const NO_API_SERVER: &str = "NoApiServer";

fn date(before: &str, at: rustls::pki_types::UnixTime) -> String {
    let seconds = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| String::new(), |at| format!("{before}{at}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distrust_is_found_below_other_errors() {
        let at = |seconds| {
            rustls::pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds))
        };
        for (error, reason, words) in [
            (
                Tls::InvalidCertificate(Wrong::UnknownIssuer),
                UNKNOWN_AUTHORITY,
                "an authority",
            ),
            (
                Tls::InvalidCertificate(Wrong::ExpiredContext {
                    time: at(9),
                    not_after: at(0),
                }),
                EXPIRED,
                "has expired on 1970-01-01T00:00:00Z",
            ),
            (
                Tls::InvalidCertificate(Wrong::NotValidYetContext {
                    time: at(0),
                    not_before: at(9),
                }),
                NOT_YET_VALID,
                "will be on 1970-01-01T00:00:09Z",
            ),
            (
                Tls::InvalidCertificate(Wrong::NotValidForName),
                OTHER_NAME,
                "other names",
            ),
            (
                Tls::AlertReceived(AlertDescription::CertificateRequired),
                LOGIN_REFUSED,
                "logs in",
            ),
            (
                Tls::InvalidMessage(InvalidMessage::InvalidContentType),
                NO_TLS,
                "speak TLS",
            ),
        ] {
            let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error));
            let (found, told) = distrust(&wrapped).expect("distrust");
            assert_eq!(found, reason);
            assert!(told.contains(words), "{told}");
        }
        assert_eq!(distrust(&io::Error::other("connection refused")), None);
    }
}
