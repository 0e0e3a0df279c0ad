//! What a run that goes its own way keeps of itself.

use super::explore::past::Past;
use crate::model::id::TaskId;
use crate::model::time::Time;
use crate::model::value::Value;
use crate::trace::event::{Event, EventId};
use crate::trace::recorder::{Full, Off, Recorder};

/// Everything, or as little as is needed: one kind of run for all of them.
#[derive(Clone)]
pub(super) enum RunRecorder {
    /// Everything.
    All(Full),
    /// The count of events.
    Count(Off),
    /// What expectations depend on.
    Past(Box<Past>),
}

impl Recorder for RunRecorder {
    fn record(&mut self, at: Time, cause: EventId, event: Event) -> EventId {
        match self {
            RunRecorder::All(full) => full.record(at, cause, event),
            RunRecorder::Count(off) => off.record(at, cause, event),
            RunRecorder::Past(past) => past.record(at, cause, event),
        }
    }

    fn value(&mut self, value: &Value) -> u32 {
        match self {
            RunRecorder::All(full) => full.value(value),
            RunRecorder::Count(off) => off.value(value),
            RunRecorder::Past(past) => past.value(value),
        }
    }

    fn count(&self) -> u64 {
        match self {
            RunRecorder::All(full) => full.count(),
            RunRecorder::Count(off) => off.count(),
            RunRecorder::Past(past) => past.count(),
        }
    }

    fn remembered(&self, task: TaskId) -> Option<u64> {
        match self {
            RunRecorder::All(_) | RunRecorder::Count(_) => None,
            RunRecorder::Past(past) => past.remembered(task),
        }
    }
}
