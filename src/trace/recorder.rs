//! Where the engine tells what happens. The one generic of the engine: with [`CountOnly`] it costs nothing.

use super::event::{Event, EventId};
use super::log::Log;
use super::record::Record;
use crate::model::id::TaskId;
use crate::model::time::Time;
use crate::model::value::Value;

/// Receives the events of a run in order.
pub trait Recorder {
    /// Whether the run pauses at every step that others can notice, so that other orders can be taken.
    const STEPWISE: bool = false;

    /// Takes one event and says at which place in the trace it stands.
    fn record(&mut self, at: Time, cause: EventId, event: Event) -> EventId;

    /// Takes a value that a cell was written and says by which number events name it.
    fn value(&mut self, value: &Value) -> u32;

    /// How many events there were.
    fn count(&self) -> u64;

    /// What the recorder remembers of a task that is not over and that makes a difference later: states in which it
    /// is not the same are not alike. `None` if there is nothing.
    fn remembered(&self, _task: TaskId) -> Option<u64> {
        None
    }
}

/// A recorder that only counts events.
#[derive(Clone, Debug, Default)]
pub struct CountOnly {
    count: u64,
}

impl Recorder for CountOnly {
    #[inline(always)]
    fn record(&mut self, _at: Time, _cause: EventId, _event: Event) -> EventId {
        self.count += 1;
        EventId::NONE
    }

    fn value(&mut self, _value: &Value) -> u32 {
        0
    }

    fn count(&self) -> u64 {
        self.count
    }
}

/// A recorder that keeps every event.
#[derive(Clone, Debug, Default)]
pub struct FullRecord {
    /// The events in order.
    pub records: Log,
    /// The values named by them.
    pub values: Vec<Value>,
    numbers: std::collections::BTreeMap<Value, u32>,
}

impl Recorder for FullRecord {
    #[inline(always)]
    fn record(&mut self, at: Time, cause: EventId, event: Event) -> EventId {
        let id = EventId(self.records.len() as u32);
        self.records.push(Record::new(at, cause, event));
        id
    }

    fn value(&mut self, value: &Value) -> u32 {
        if let Some(&number) = self.numbers.get(value) {
            return number;
        }
        let number = self.values.len() as u32;
        self.values.push(value.clone());
        self.numbers.insert(value.clone(), number);
        number
    }

    fn count(&self) -> u64 {
        self.records.len() as u64
    }
}

/// Tells another recorder of a run that pauses at every step that others can notice.
#[derive(Clone, Debug, Default)]
pub struct Stepwise<R>(pub R);

impl<R: Recorder> Recorder for Stepwise<R> {
    const STEPWISE: bool = true;

    #[inline(always)]
    fn record(&mut self, at: Time, cause: EventId, event: Event) -> EventId {
        self.0.record(at, cause, event)
    }

    fn value(&mut self, value: &Value) -> u32 {
        self.0.value(value)
    }

    fn count(&self) -> u64 {
        self.0.count()
    }

    fn remembered(&self, task: TaskId) -> Option<u64> {
        self.0.remembered(task)
    }
}
