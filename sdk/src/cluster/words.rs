//! What the errors of libraries say, as a part of a sentence that a user can do something with.

use crate::types::{in_words, sentence_part};
use kube::{client::AuthError, config::LoadDataError};
use std::{error::Error, io, path::Path};

/// The innermost error's words: the layers above only say that something below failed.
pub(crate) fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    loop {
        if let Some(words) = known(innermost) {
            return words;
        }
        match innermost.source() {
            Some(source) => innermost = source,
            None => return plain(&innermost.to_string()),
        }
    }
}

/// Words as a part of a sentence.
pub(crate) fn plain(cause: &str) -> String {
    if cause == "deadline has elapsed" {
        return "no connection in the time allowed".to_owned();
    }
    sentence_part(cause)
}

/// That a file cannot be read.
pub(crate) fn unreadable(path: &Path, cause: &io::Error) -> String {
    format!("`{}` cannot be read: {}", path.display(), in_words(cause))
}

/// Errors that say more than the one that they were made of, or show what should not be seen: the
/// output of a login command may hold a token.
fn known(error: &(dyn Error + 'static)) -> Option<String> {
    match error.downcast_ref() {
        Some(LoadDataError::ReadFile(cause, path)) => return Some(unreadable(path, cause)),
        Some(LoadDataError::DecodeBase64(_)) => {
            return Some("a certificate or key in it is not base64".to_owned());
        }
        _ => {}
    }
    let login = "the command that its user logs in with";
    match error.downcast_ref()? {
        AuthError::ReadTokenFile(cause, path) => Some(unreadable(path, cause)),
        AuthError::AuthExecStart(cause) => {
            Some(format!("{login} cannot be started: {}", in_words(cause)))
        }
        AuthError::AuthExecRun { out, .. } => {
            let told = String::from_utf8_lossy(&out.stderr);
            let told = told.lines().map(str::trim).find(|line| !line.is_empty());
            let told = told.map_or_else(String::new, |line| format!(": {line}"));
            Some(format!("{login} failed ({}){told}", out.status))
        }
        AuthError::AuthExecParse(_) => {
            Some(format!("{login} gave something else than credentials"))
        }
        AuthError::AuthExec(_) => Some(format!("{login} cannot be started")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing() -> io::Error {
        io::Error::from(io::ErrorKind::NotFound)
    }

    #[test]
    fn files_are_named_and_output_is_not_shown() {
        let login = AuthError::AuthExec("Executing x failed: Os { code: 2 }".into());
        let cases: [(Box<dyn Error>, &str); 5] = [
            (
                Box::new(LoadDataError::ReadFile(missing(), "/ca.crt".into())),
                "`/ca.crt` cannot be read: entity not found",
            ),
            (
                Box::new(kube::Error::Auth(AuthError::ReadTokenFile(
                    missing(),
                    "/token".into(),
                ))),
                "`/token` cannot be read: entity not found",
            ),
            (
                Box::new(AuthError::AuthExecStart(missing())),
                "the command that its user logs in with cannot be started: entity not found",
            ),
            (
                Box::new(login),
                "the command that its user logs in with cannot be started",
            ),
            (Box::new(missing()), "entity not found"),
        ];
        for (error, expected) in &cases {
            assert_eq!(root_cause(error.as_ref()), *expected);
        }
        assert_eq!(
            plain("deadline has elapsed"),
            "no connection in the time allowed"
        );
    }
}
