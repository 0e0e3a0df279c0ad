//! What became of a task, in the six words that every count is made of.

use serde::{Deserialize, Serialize};

/// What became of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// It ended well.
    Finished,
    /// It raised, or was interrupted.
    Failed,
    /// Its submission was refused.
    Refused,
    /// Dropped for lack of room.
    Discarded,
    /// Cancelled, whether or not its queue entry has been met.
    Cancelled,
    /// Had not ended when the run did.
    Unfinished,
}

impl Ending {
    /// All of them, in the order in which they are told.
    pub const ALL: [Ending; 6] = [
        Ending::Finished,
        Ending::Failed,
        Ending::Refused,
        Ending::Discarded,
        Ending::Cancelled,
        Ending::Unfinished,
    ];

    /// The word for it in a table: `2 failed`, `3 unfinished`.
    pub fn word(self) -> &'static str {
        match self {
            Ending::Finished => "finished",
            Ending::Failed => "failed",
            Ending::Refused => "refused",
            Ending::Discarded => "discarded",
            Ending::Cancelled => "cancelled",
            Ending::Unfinished => "unfinished",
        }
    }

    /// The verb for `count` such tasks in a sentence: `2 failed`, `1 was refused`, `3 did not end`.
    pub(super) fn verb(self, count: u64) -> &'static str {
        match (self, count) {
            (Ending::Finished, _) => "finished",
            (Ending::Failed, _) => "failed",
            (Ending::Refused, 1) => "was refused",
            (Ending::Refused, _) => "were refused",
            (Ending::Discarded, 1) => "was discarded",
            (Ending::Discarded, _) => "were discarded",
            (Ending::Cancelled, 1) => "was cancelled",
            (Ending::Cancelled, _) => "were cancelled",
            (Ending::Unfinished, _) => "did not end",
        }
    }
}
