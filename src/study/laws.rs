//! The operational laws of a run, which say why a size is what it is; and Erlang C where a pool is that model.
//!
//! - Utilisation law: mean busy workers = rate × mean time that a task holds a worker.
//! - Little's law: mean tasks waiting = rate × mean time in the queue (J. D. C. Little, "A proof for the queuing
//!   formula L = λW", *Operations Research* 9, 1961; both for any run that is observed from empty to empty:
//!   P. J. Denning & J. P. Buzen, "The operational analysis of queueing network models", *Computing Surveys*
//!   10, 1978).
//! - Erlang C: the share of tasks that wait, and how long, at c servers with Poisson arrivals and exponential
//!   service (A. K. Erlang, 1917; L. Kleinrock, *Queueing Systems* I, 3.5).
//!
//! Invariant: the first two are facts of the run they are read from; Erlang C is only said of a pool that is
//! M/M/c to the letter, see [`fits`].

use crate::analysis::digest::Digest;
use crate::analysis::lives::LifePart;
use crate::model::distribution::Distribution;
use crate::model::executor::{Executor, ExecutorKind, OnWait, Order};
use crate::model::id::ExecutorId;
use crate::model::program::Instruction;
use crate::model::scenario::{Pattern, Scenario};
use crate::model::time::SECOND;

/// What the laws say of one pool in one run.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolOperationalLaws {
    /// Executor that is described.
    pub executor: ExecutorId,
    /// Tasks a second that went through it.
    pub rate: f64,
    /// How long a task held a worker, on average, in seconds.
    pub holding: f64,
    /// Workers that held a task, on average: `rate × holding`.
    pub busy: f64,
    /// How long a task stood in the queue, on average, in seconds.
    pub queued: f64,
    /// Tasks that stood in the queue, on average: `rate × queued`. Those that never started are not counted.
    pub waiting: f64,
    /// Entries in the queue on average, as the run shows, those that never started among them.
    pub queue: f64,
}

/// The flow through every pool that ran something, in document order. A task counts where it ran.
pub fn flows(digest: &Digest<'_>) -> Vec<PoolOperationalLaws> {
    let trace = digest.trace();
    let seconds = trace.outcome.at.seconds();
    let scenario = &trace.scenario;
    let flow = |(at, executor): (usize, &Executor)| {
        executor.workers()?;
        let id = ExecutorId(at as u16);
        let row = &digest.occupancy.executors[at];
        let here = || digest.lives.iter().filter(|life| life.executor == id && life.started().is_some());
        let count = here().count() as f64;
        if count == 0.0 || seconds == 0.0 {
            return None;
        }
        let rate = count / seconds;
        let queued = here().map(|life| u128::from(life.spent(LifePart::Queue).0)).sum::<u128>();
        let queued = queued as f64 / SECOND as f64 / count;
        Some(PoolOperationalLaws {
            executor: id,
            rate,
            holding: row.mean_busy / rate,
            busy: row.mean_busy,
            queued,
            waiting: rate * queued,
            queue: row.mean_queue,
        })
    };
    scenario.executors.iter().enumerate().filter_map(flow).collect()
}

/// A pool that is M/M/c.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MmcQueue {
    /// Executor that is described.
    pub executor: ExecutorId,
    /// Number of servers.
    pub servers: u32,
    /// Arrivals a second.
    pub arrivals: f64,
    /// Tasks a second that one server serves.
    pub service: f64,
}

/// What Erlang C says of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErlangCPrediction {
    /// The share of tasks that wait.
    pub waits: f64,
    /// The mean wait of all tasks, in seconds.
    pub wait: f64,
}

impl MmcQueue {
    /// Erlangs: how many servers would be busy if there were enough.
    pub fn load(&self) -> f64 {
        self.arrivals / self.service
    }

    /// What Erlang C says; `None` if the queue grows for ever.
    pub fn erlang_c(&self) -> Option<ErlangCPrediction> {
        let (load, servers) = (self.load(), f64::from(self.servers));
        if load >= servers {
            return None;
        }
        // Erlang B by its recursion, which neither over- nor underflows.
        let blocked = (1..=self.servers).fold(1.0, |b, n| load * b / (f64::from(n) + load * b));
        let use_of = load / servers;
        let waits = blocked / (1.0 - use_of + use_of * blocked);
        Some(ErlangCPrediction { waits, wait: waits / (servers * self.service - self.arrivals) })
    }
}

/// The pool of a scenario that is M/M/c to the letter: native workers that are never added late (a start costs
/// nothing), an unbounded first-in-first-out queue, one Poisson source, one task type of one exponential step,
/// cores that are never contended, and nothing else that runs anywhere. `None` for everything else.
pub fn fits(scenario: &Scenario) -> Option<MmcQueue> {
    let ([arrivals], None) = (scenario.arrivals.as_slice(), &scenario.machine) else { return None };
    let executor = &scenario.executors[arrivals.to.index()];
    let ExecutorKind::Threads { workers, start_cost, .. } = executor.kind else { return None };
    let is_plain = executor.queue.is_none()
        && executor.order == Order::Fifo
        && executor.on_wait == OnWait::Hold
        && start_cost.0 == 0;
    let Pattern::Stream { gap: Distribution::Exponential { mean: gap }, gap_first: true, .. } =
        &arrivals.pattern
    else {
        return None;
    };
    let program = &scenario.tasks[arrivals.task.index()].program;
    let [Instruction::Run(draw) | Instruction::Io(draw, _)] = program.code.as_slice() else { return None };
    let Distribution::Exponential { mean: time } = program.draws[draw.index()].distribution else {
        return None;
    };
    let second = SECOND as f64;
    is_plain.then(|| MmcQueue {
        executor: arrivals.to,
        servers: workers,
        arrivals: second / gap,
        service: second / time,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erlang_c_is_that_of_the_tables() {
        let pool = |servers, arrivals| MmcQueue { executor: ExecutorId(0), servers, arrivals, service: 1.0 };
        // Kleinrock I, figure 3.10: one server waits with probability rho; two with 2 rho² / (1 + rho).
        let one = pool(1, 0.6).erlang_c().expect("it is stable");
        assert!((one.waits - 0.6).abs() < 1e-12 && (one.wait - 1.5).abs() < 1e-12, "{one:?}");
        let two = pool(2, 1.5).erlang_c().expect("it is stable");
        assert!((two.waits - 2.0 * 0.75 * 0.75 / 1.75).abs() < 1e-12, "{two:?}");
        assert_eq!(pool(4, 4.0).erlang_c(), None);
        assert!(pool(100_000, 99_000.0).erlang_c().is_some_and(|found| found.waits.is_finite()));
    }
}
