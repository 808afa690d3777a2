//! What went wrong, as data: where, what was expected, what to do. The terminal draws it.

mod hint;
mod lexer;
mod library;
mod limit;
mod literal;
mod names;
mod place;
mod raised;
mod source;
mod suggest;
mod translate;
mod unknown;

pub use lexer::{Lexeme, LexemeKind, lex};
pub use source::{Source, Sources, Span};
pub use suggest::{closest, did_you_mean};

pub(crate) use hint::parse_error;
pub(crate) use limit::TOO_LONG;
pub(crate) use names::article;
pub(crate) use raised::{Raised, message_of};
pub(crate) use translate::Translator;
pub(crate) use unknown::{arity, unknown_function, unknown_method};

/// One error, with everything that is needed to show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, in one sentence: lower case, no full stop, names in backticks.
    pub message: String,
    /// The place that is to blame.
    pub at: Option<Span>,
    /// What stands under the caret; may be empty.
    pub label: String,
    /// Other facts that belong to it, each with its place if it has one.
    pub notes: Vec<Note>,
    /// What to do.
    pub help: Vec<String>,
    /// How the script got there, innermost first.
    pub frames: Vec<Frame>,
}

/// A further fact about an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The fact.
    pub message: String,
    /// Where it shows.
    pub at: Option<Span>,
}

/// One step of the way to an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What happens there, such as "called from here, in `store`".
    pub message: String,
    /// Where.
    pub at: Option<Span>,
}

impl Diagnostic {
    /// A message without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            at: None,
            label: String::new(),
            notes: Vec::new(),
            help: Vec::new(),
            frames: Vec::new(),
        }
    }

    /// The same, at a place.
    #[must_use]
    pub fn at(mut self, span: Option<Span>) -> Self {
        self.at = span;
        self
    }

    /// The same, with a text under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same, with an advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same, with a further fact.
    #[must_use]
    pub fn note(mut self, message: impl Into<String>, at: Option<Span>) -> Self {
        self.notes.push(Note {
            message: message.into(),
            at,
        });
        self
    }
}

/// `file:line:column: message`, for logs and tests; the terminal draws more.
impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(at) = &self.at {
            write!(f, "{}:{}:{}: ", at.file, at.line, at.column)?;
        }
        f.write_str(&self.message)?;
        if !self.label.is_empty() {
            write!(f, " ({})", self.label)?;
        }
        for note in &self.notes {
            write!(f, "\n  note: {}", note.message)?;
        }
        for help in &self.help {
            write!(f, "\n  help: {help}")?;
        }
        for frame in &self.frames {
            write!(f, "\n  {}", frame.message)?;
            if let Some(at) = &frame.at {
                write!(f, " ({}:{}:{})", at.file, at.line, at.column)?;
            }
        }
        Ok(())
    }
}

/// A text that begins with a small letter.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}
