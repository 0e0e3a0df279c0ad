//! What a run that goes its own way keeps of itself.

use super::explore::past::Past;
use crate::model::id::TaskId;
use crate::model::time::Time;
use crate::model::value::Value;
use crate::trace::event::{Event, EventId};
use crate::trace::record::Record;
use crate::trace::recorder::{FullRecord, Recorder};

/// Everything, or as little as is needed: one kind of run for all of them.
#[derive(Clone)]
pub(super) enum RunRecorder {
    /// Keeps the whole run.
    All(FullRecord),
    /// What a search needs.
    Search(SearchRecorder),
}

/// What a search needs of a run: what expectations depend on, and what has happened lately.
#[derive(Clone, Default)]
pub(super) struct SearchRecorder {
    count: u64,
    /// What expectations depend on, if there are any.
    past: Option<Box<Past>>,
    /// The events since they were last taken, if anybody takes them.
    recent: Option<Vec<Record>>,
}

impl SearchRecorder {
    /// Keeps the count of events, and what expectations depend on.
    pub fn new(past: Option<Box<Past>>) -> SearchRecorder {
        SearchRecorder { count: 0, past, recent: None }
    }

    /// Keeps events as well, for [`SearchRecorder::take_recent`].
    pub fn with_events(self) -> SearchRecorder {
        SearchRecorder { recent: Some(Vec::new()), ..self }
    }

    /// The events since they were last taken.
    pub fn recent(&self) -> &[Record] {
        self.recent.as_deref().unwrap_or_default()
    }

    /// Takes the events since they were last taken.
    pub fn take_recent(&mut self) -> Vec<Record> {
        let recent = self.recent.as_mut().map(std::mem::take);
        recent.unwrap_or_default()
    }
}

impl RunRecorder {
    /// What expectations depend on, if it is kept.
    pub fn past(&self) -> Option<&Past> {
        match self {
            RunRecorder::All(_) => None,
            RunRecorder::Search(search) => search.past.as_deref(),
        }
    }

    /// The events since they were last taken, or all.
    pub fn recent(&self) -> &[Record] {
        match self {
            RunRecorder::All(full) => &full.records,
            RunRecorder::Search(search) => search.recent(),
        }
    }

    /// Takes the events since they were last taken; none of a run that keeps all.
    pub fn take_recent(&mut self) -> Vec<Record> {
        match self {
            RunRecorder::All(_) => Vec::new(),
            RunRecorder::Search(search) => search.take_recent(),
        }
    }
}

impl Recorder for SearchRecorder {
    fn record(&mut self, at: Time, cause: EventId, event: Event) -> EventId {
        self.count += 1;
        if let Some(recent) = &mut self.recent {
            recent.push(Record::new(at, EventId::NONE, event));
        }
        match &mut self.past {
            Some(past) => past.record(at, cause, event),
            None => EventId::NONE,
        }
    }

    fn value(&mut self, value: &Value) -> u32 {
        self.past.as_mut().map_or(0, |past| past.value(value))
    }

    fn count(&self) -> u64 {
        self.count
    }

    fn remembered(&self, task: TaskId) -> Option<u64> {
        self.past.as_ref().and_then(|past| past.remembered(task))
    }
}

impl Recorder for RunRecorder {
    fn record(&mut self, at: Time, cause: EventId, event: Event) -> EventId {
        match self {
            RunRecorder::All(full) => full.record(at, cause, event),
            RunRecorder::Search(search) => search.record(at, cause, event),
        }
    }

    fn value(&mut self, value: &Value) -> u32 {
        match self {
            RunRecorder::All(full) => full.value(value),
            RunRecorder::Search(search) => search.value(value),
        }
    }

    fn count(&self) -> u64 {
        match self {
            RunRecorder::All(full) => full.count(),
            RunRecorder::Search(search) => search.count(),
        }
    }

    fn remembered(&self, task: TaskId) -> Option<u64> {
        match self {
            RunRecorder::All(_) => None,
            RunRecorder::Search(search) => search.remembered(task),
        }
    }
}
