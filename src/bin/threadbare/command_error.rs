//! Bad input and bad usage: what ends the command with exit code 2.
//!
//! A run that goes wrong inside the simulation is not trouble; it is a result.

use anstyle::{AnsiColor, Style};

const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Why a command cannot do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// One sentence, and what would be right.
    Usage {
        /// What is wrong, without a full stop.
        what: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The problems of a document, rendered with their places.
    Document(String),
}

impl CommandError {
    /// An error that says what is wrong, without a hint.
    pub fn new(what: impl Into<String>) -> CommandError {
        CommandError::Usage { what: what.into(), hint: None }
    }

    /// An error with a hint.
    pub fn with_hint(what: impl Into<String>, hint: impl Into<String>) -> CommandError {
        CommandError::Usage { what: what.into(), hint: Some(hint.into()) }
    }

    /// As it is printed on standard error.
    pub fn render(&self) -> String {
        match self {
            CommandError::Document(text) => format!("{}\n", text.trim_end()),
            CommandError::Usage { what, hint } => {
                let mut text = format!("{ERROR}error{ERROR:#}: {what}\n");
                if let Some(hint) = hint {
                    for line in hint.lines() {
                        text.push_str("  ");
                        text.push_str(line);
                        text.push('\n');
                    }
                }
                text
            }
        }
    }
}
