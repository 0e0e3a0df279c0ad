//! How many jobs servers had at once, over the whole run, and how fast they were with them.
//!
//! Invariant: time-weighted from the trace alone. A task is a job of a server while it is in its `use`.

use super::state::State;
use super::state::task::Phase;
use crate::model::id::SharedId;
use crate::model::program::Instruction;
use crate::model::shared::{SPEED_BITS, Server, SharedKind};
use crate::model::time::SECOND;
use crate::trace::Trace;
use std::collections::BTreeMap;

/// What a server did in a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Serving {
    /// Server that is described.
    pub server: SharedId,
    /// Its capacity, contention and coherency.
    pub law: Server,
    /// Most jobs at once.
    pub peak: u32,
    /// Mean number of jobs while there were any; 0 if there never were.
    pub mean: f64,
    /// Mean speed of all jobs together while there were any, where 1 is one job that is alone; 0 if there never were.
    pub speed: f64,
    /// How long there were jobs, in seconds.
    pub busy: f64,
}

impl Serving {
    /// The speed of `jobs` jobs together, where 1 is one job that is alone.
    pub fn speed_of(&self, jobs: u32) -> f64 {
        together(self.law, jobs)
    }
}

fn together(server: Server, jobs: u32) -> f64 {
    if jobs == 0 {
        return 0.0;
    }
    f64::from(jobs) * server.speed(jobs) as f64 / (1_u64 << SPEED_BITS) as f64
}

/// What every server did, in document order.
pub fn serving(trace: &Trace) -> Vec<Serving> {
    let shared = trace.scenario.shared.iter().enumerate();
    let mut meters: BTreeMap<usize, Meter> = shared
        .filter_map(|(at, shared)| match shared.kind {
            SharedKind::Server(server) => Some((at, Meter::new(server))),
            _ => None,
        })
        .collect();
    if meters.is_empty() {
        return Vec::new();
    }
    let mut state = State::new(&trace.scenario);
    let mut at_server: Vec<Option<usize>> = Vec::new();
    let mut last = 0;
    for (id, at, event) in trace.events() {
        meters.values_mut().for_each(|meter| meter.pass(at.0 - last));
        last = at.0;
        state.apply(id, at, event);
        let Some(task) = event.task() else { continue };
        at_server.resize(at_server.len().max(task.index() + 1), None);
        let job = state.task(task).filter(|task| task.phase == Phase::Io).and_then(|task| {
            match state.instruction(task) {
                Some(Instruction::Use { server, .. }) => Some(server.index()),
                _ => None,
            }
        });
        let before = std::mem::replace(&mut at_server[task.index()], job);
        if before != job {
            before.and_then(|at| meters.get_mut(&at)).into_iter().for_each(|meter| meter.jobs -= 1);
            job.and_then(|at| meters.get_mut(&at)).into_iter().for_each(Meter::join);
        }
    }
    let end = trace.outcome.at.0;
    meters.values_mut().for_each(|meter| meter.pass(end - last));
    meters.into_iter().map(|(at, meter)| meter.finish(SharedId(at as u16))).collect()
}

/// Counts the jobs of one server over time.
struct Meter {
    law: Server,
    jobs: u32,
    peak: u32,
    /// Time with any jobs, in nanoseconds.
    busy: u64,
    /// Jobs × nanoseconds.
    job_time: u128,
    /// Speed of all jobs together × nanoseconds.
    work: f64,
}

impl Meter {
    fn new(law: Server) -> Meter {
        Meter { law, jobs: 0, peak: 0, busy: 0, job_time: 0, work: 0.0 }
    }

    fn join(&mut self) {
        self.jobs += 1;
        self.peak = self.peak.max(self.jobs);
    }

    /// Lets this many nanoseconds pass.
    fn pass(&mut self, nanoseconds: u64) {
        if self.jobs > 0 {
            self.busy += nanoseconds;
            self.job_time += u128::from(nanoseconds) * u128::from(self.jobs);
            self.work += together(self.law, self.jobs) * nanoseconds as f64;
        }
    }

    fn finish(self, server: SharedId) -> Serving {
        let busy = self.busy as f64;
        let over = |sum: f64| if busy > 0.0 { sum / busy } else { 0.0 };
        Serving {
            server,
            law: self.law,
            peak: self.peak,
            mean: over(self.job_time as f64),
            speed: over(self.work),
            busy: busy / SECOND as f64,
        }
    }
}
