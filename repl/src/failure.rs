//! Why a command did not do what it was asked, and with which exit code that ends.

use crate::exit::Exit;

/// A failure that is ready to be shown.
#[derive(Debug)]
pub(crate) struct Failure {
    /// How the process ends.
    pub(crate) exit: Exit,
    /// What is wrong, as a sentence.
    pub(crate) message: String,
    /// The message was drawn already and is shown as it is.
    pub(crate) drawn: bool,
    /// What to do next.
    pub(crate) help: Option<String>,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            drawn: false,
            help: None,
        }
    }

    /// The command line, a file of the user's or the script is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Something that should have worked did not.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// The user did not agree, or could not be asked.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, message)
    }

    /// Something that was drawn already.
    pub(crate) fn drawn(exit: Exit, text: String) -> Self {
        Self {
            drawn: true,
            ..Self::new(exit, text)
        }
    }

    /// The user stopped it.
    pub(crate) fn interrupted(message: impl Into<String>) -> Self {
        Self::new(Exit::Interrupted, message)
    }

    /// Adds what to do next.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
