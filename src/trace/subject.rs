//! Whom an event is about.

use super::event::Event;
use crate::model::id::TaskId;

impl Event {
    /// The task that it is about: of a submission the one that is submitted. `None` if it is about a worker or a source.
    pub fn task(self) -> Option<TaskId> {
        match self {
            Event::Arrived { task, .. }
            | Event::Submitted { task, .. }
            | Event::Entered { task, .. }
            | Event::Started { task, .. }
            | Event::Finished { task }
            | Event::Failed { task, .. }
            | Event::Cancelled { task, .. }
            | Event::Skipped { task, .. }
            | Event::Dropped { task, .. }
            | Event::Drained { task, .. }
            | Event::Ran { task, .. }
            | Event::Blocked { task, .. }
            | Event::Yielded { task, .. }
            | Event::Ready { task }
            | Event::Dispatched { task }
            | Event::Waiting { task, .. }
            | Event::Passed { task, .. }
            | Event::Resumed { task, .. }
            | Event::LeftWorker { task }
            | Event::TookWorker { task, .. }
            | Event::Acquired { task, .. }
            | Event::Released { task, .. }
            | Event::Read { task, .. }
            | Event::Wrote { task, .. }
            | Event::Noted { task, .. }
            | Event::Warned { task, .. }
            | Event::Sent { task, .. }
            | Event::Received { task, .. }
            | Event::Closed { task, .. }
            | Event::FoundClosed { task, .. }
            | Event::Signalled { task, .. }
            | Event::Relocks { task, .. }
            | Event::Counted { task, .. }
            | Event::ShutDown { task, .. }
            | Event::Interrupted { task, .. }
            | Event::Swallowed { task }
            | Event::Caught { task, .. }
            | Event::Repeated { task, .. }
            | Event::Claimed { task, .. }
            | Event::Resized { task, .. } => Some(task),
            Event::WorkerStarted { .. } | Event::WorkerStopped { .. } | Event::SourceEnded { .. } => None,
        }
    }
}
