//! How a command ended, as its exit code says. `docs/reference/exit-codes.md` documents the codes.

use crate::interrupt;
use std::process::ExitCode;

/// How a command ended. Scripts rely on the codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Everything is as expected.
    Expected,
    /// An expectation failed, or a run without any ended stuck.
    Unexpected,
    /// Bad input or bad usage.
    BadInput,
    /// Ctrl-C ended it; what was done by then is kept.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Expected => 0,
            Exit::Unexpected => 1,
            Exit::BadInput => 2,
            Exit::Interrupted => interrupt::CODE,
        })
    }
}
