//! One finished run and all that is said about it, shared by every panel.

use std::fmt;
use std::ops::Deref;
use std::rc::Rc;
use threadbare::analysis::digest::Digest;
use threadbare::model::id::TaskId;
use threadbare::trace::Trace;
use threadbare::view::chart::RunChart;

/// A run and what was read from it.
pub struct AnalyzedRun {
    /// Which request it answers; unique.
    pub id: u32,
    /// What is said about it, and the trace itself.
    pub digest: Digest<'static>,
    /// What pictures of it are cut from.
    pub chart: RunChart,
    /// The trace's fingerprint, in hexadecimal digits.
    pub(super) fingerprint: String,
}

impl AnalyzedRun {
    /// Reads a trace once.
    pub fn new(id: u32, trace: Trace) -> AnalyzedRun {
        let (digest, lanes) = Digest::with_lanes(trace);
        let chart = RunChart::of(&digest, lanes);
        let fingerprint = digest.trace().fingerprint().to_string();
        AnalyzedRun { id, digest, chart, fingerprint }
    }

    /// Returns the trace of the run.
    pub fn trace(&self) -> &Trace {
        self.digest.trace()
    }

    /// The trace's fingerprint, in hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The task's number again, if the run has such a task.
    pub fn known(&self, task: TaskId) -> Option<TaskId> {
        (task.index() < self.digest.names.len()).then_some(task)
    }
}

/// A shared run. Two are equal if they are the same one.
#[derive(Clone)]
pub struct SharedRun(Rc<AnalyzedRun>);

impl SharedRun {
    /// Shares a run.
    pub fn new(run: AnalyzedRun) -> SharedRun {
        SharedRun(Rc::new(run))
    }
}

impl Deref for SharedRun {
    type Target = AnalyzedRun;
    fn deref(&self) -> &AnalyzedRun {
        &self.0
    }
}

impl PartialEq for SharedRun {
    fn eq(&self, other: &SharedRun) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Its number: a run's trace is no reading.
impl fmt::Debug for SharedRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run {}", self.id)
    }
}
