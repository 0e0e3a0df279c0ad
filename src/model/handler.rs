//! Where a program goes on when something is raised in it.

use super::id::Pc;

/// What is raised at an instruction in `from..to`, and at none of a handler within, goes on at `target`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First instruction of the body.
    pub from: Pc,
    /// The instruction after it.
    pub to: Pc,
    /// Where the task goes on.
    pub target: Pc,
    /// Which step it is of.
    pub kind: HandlerKind,
}

/// Steps that catch what is raised in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandlerKind {
    /// `try … on-failure … end`.
    Try,
    /// `retry N … end`: while there are repetitions left.
    Retry {
        /// The loop counter that counts the repetitions.
        counter: u8,
        /// At most this many more.
        times: u32,
    },
    /// `scope … end`: to be raised at its end.
    Scope,
}
