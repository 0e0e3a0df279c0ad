//! What a run that goes its own way keeps of itself.

use super::explore::past::Past;
use crate::model::id::TaskId;
use crate::model::time::Time;
use crate::model::value::Value;
use crate::trace::event::{Event, EventId};
use crate::trace::recorder::{Full, Off, Recorder};

/// Everything, or as little as is needed: one kind of run for all of them.
#[derive(Clone)]
pub(super) enum Keep {
    /// Everything.
    All(Full),
    /// The count of events.
    Count(Off),
    /// What expectations depend on.
    Past(Box<Past>),
}

impl Recorder for Keep {
    fn record(&mut self, at: Time, cause: EventId, event: Event) -> EventId {
        match self {
            Keep::All(full) => full.record(at, cause, event),
            Keep::Count(off) => off.record(at, cause, event),
            Keep::Past(past) => past.record(at, cause, event),
        }
    }

    fn value(&mut self, value: &Value) -> u32 {
        match self {
            Keep::All(full) => full.value(value),
            Keep::Count(off) => off.value(value),
            Keep::Past(past) => past.value(value),
        }
    }

    fn count(&self) -> u64 {
        match self {
            Keep::All(full) => full.count(),
            Keep::Count(off) => off.count(),
            Keep::Past(past) => past.count(),
        }
    }

    fn remembered(&self, task: TaskId) -> Option<u64> {
        match self {
            Keep::All(_) | Keep::Count(_) => None,
            Keep::Past(past) => past.remembered(task),
        }
    }
}
