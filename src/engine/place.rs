//! What is decided about a submission, before it is told and done.

use super::task::Slot;
use crate::model::id::WorkerId;
use crate::trace::event::SubmissionOutcome;

/// What is decided about a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// This idle worker takes it.
    Worker(WorkerId),
    /// A new worker takes it.
    NewWorker,
    /// A worker that waits runs it above this task.
    Helper(Slot),
    /// The task joins the queue.
    Queue,
    /// The longest-waiting entry is dropped, and it queues.
    InsteadOfOldest,
    /// The longest-waiting entry is dropped, and the wrapper holds it.
    HoldInsteadOfOldest,
    /// A wrapper holds it.
    Hold,
    /// A wrapper passes it on.
    Pass,
    /// It runs in its submitter.
    Caller,
    /// Its submitter waits for room.
    Block,
    /// It is dropped.
    Drop,
    /// There is no room for it.
    Full,
    /// The executor is shut down.
    Shut,
    /// A guard forbids it.
    Guarded,
    /// Its submitter's executor is a leaf.
    Leaf,
}

impl Place {
    pub fn fate(self) -> SubmissionOutcome {
        match self {
            Place::Worker(_) | Place::NewWorker | Place::Helper(_) => SubmissionOutcome::Taken,
            Place::Queue | Place::InsteadOfOldest => SubmissionOutcome::Queued,
            Place::Hold | Place::HoldInsteadOfOldest => SubmissionOutcome::Held,
            Place::Pass => SubmissionOutcome::Passed,
            Place::Caller => SubmissionOutcome::InCaller,
            Place::Block => SubmissionOutcome::Blocked,
            Place::Drop => SubmissionOutcome::Dropped,
            Place::Full => SubmissionOutcome::Full,
            Place::Shut => SubmissionOutcome::ShutDown,
            Place::Guarded => SubmissionOutcome::Guarded,
            Place::Leaf => SubmissionOutcome::Leaf,
        }
    }
}
