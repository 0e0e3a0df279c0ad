//! A block of steps that is open, and what its `end` has to fill in.

use crate::language::problem::Span;
use crate::model::id::{DrawId, Pc, ResourceId};
use crate::model::program::Claim;

/// Deepest nesting of blocks.
pub(super) const MAX_BLOCKS: usize = 32;

/// What a step can come to besides going on, so that a block directly behind it may ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Aftermath {
    /// It can time out: `on-timeout` may follow.
    pub timeout: bool,
    /// It can find its channel closed: `on-closed` may follow.
    pub closed: bool,
}

/// A block that is open.
pub(super) struct Block {
    /// Where its first word stands in the document.
    pub opened: Span,
    /// What it is, and what its `end` has to fill in.
    pub kind: BlockKind,
}

#[derive(Clone, Copy)]
pub(super) enum BlockKind {
    /// The `Repeat` instruction, to be told its end.
    Repeat { at: Pc, counter: u8, times: Option<u32> },
    /// The `Maybe` instruction, to be told where else to go.
    Maybe { at: Pc },
    /// The `Jump` at the end of the first half, to be told the end.
    Else { jump: Pc },
    /// Its place among the program's scopes.
    With { scope: usize, resource: ResourceId, claim: Claim },
    /// The `UnlessTimedOut` instruction, to be told the end; and what else may be asked about the step before.
    OnTimeout { at: Pc, rest: Aftermath },
    /// The `UnlessClosed` instruction, likewise.
    OnClosed { at: Pc, rest: Aftermath },
    /// Its place among the program's handlers.
    Try { handler: usize },
    /// The `Jump` at the end of the body of a `try`, to be told the end.
    OnFailure { jump: Pc },
    /// Its place among the program's handlers, how long it pauses, and the step that opened it.
    Retry { handler: usize, pause: Option<DrawId>, step: u16 },
    /// Its place among the program's handlers.
    Scope { handler: usize },
    /// A block whose opening step was wrong; its `end` is expected all the same.
    Broken { word: &'static str },
}

impl Block {
    /// The word that opened it.
    pub fn word(&self) -> &'static str {
        match self.kind {
            BlockKind::Repeat { .. } => "repeat",
            BlockKind::Maybe { .. } => "maybe",
            BlockKind::Else { .. } => "else",
            BlockKind::With { .. } => "with",
            BlockKind::OnTimeout { .. } => "on-timeout",
            BlockKind::OnClosed { .. } => "on-closed",
            BlockKind::Try { .. } => "try",
            BlockKind::OnFailure { .. } => "on-failure",
            BlockKind::Retry { .. } => "retry",
            BlockKind::Scope { .. } => "scope",
            BlockKind::Broken { word } => word,
        }
    }
}
