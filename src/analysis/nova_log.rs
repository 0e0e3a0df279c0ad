//! A run as Nova would have logged it: the state of a pool at each submission to it, and a warning where no worker was free.
//!
//! The wording is that of `_log_executor_stats` and `spawn_on` in Nova's `nova/thread_pool_factory.py` with
//! `thread_pool_statistic_period = 0`, and of `ExecutorStatistics` in futurist's `_futures.py` (`runtime` counts from the
//! submission). The clock begins in 1970, in oslo.log's form, to the millisecond.

use super::lives::TaskLife;
use super::names::Names;
use super::state::State;
use crate::model::id::{ExecutorId, TaskId};
use crate::model::time::{SECOND, Time};
use crate::trace::Trace;
use crate::trace::event::{Event, Warning};
use std::fmt::Write;

/// What futurist counts of an executor.
#[derive(Clone, Copy, Default)]
struct Statistics {
    failures: u64,
    executed: u64,
    /// Nanoseconds from submission to end, of all that were executed.
    runtime: u64,
    cancelled: u64,
}

/// The log while it is written.
struct Log<'a> {
    trace: &'a Trace,
    state: State,
    statistics: Vec<Statistics>,
    /// For each task the pool that it came to last, and when.
    entered: Vec<Option<(ExecutorId, Time)>>,
    out: String,
}

/// The whole log.
pub fn nova_log(trace: &Trace, names: &Names, lives: &[TaskLife]) -> String {
    let mut log = Log {
        trace,
        state: State::new(&trace.scenario),
        statistics: vec![Statistics::default(); trace.scenario.executors.len()],
        entered: vec![None; names.len()],
        out: String::new(),
    };
    for (id, at, event) in trace.events() {
        let submission = match event {
            Event::Arrived { task, .. } | Event::Submitted { task, .. } => {
                lives.get(task.index()).map(|life| (task, life.first))
            }
            Event::Entered { task, executor, .. } => Some((task, executor)),
            _ => None,
        };
        if let Some((task, executor)) = submission {
            log.submission(at, task, executor);
        }
        if let Event::Warned { task, executor, warning: Warning::Backlog } = event {
            log.warning(at, names.kind_name(task), executor);
        }
        log.count(event, at);
        log.state.apply(id, at, event);
    }
    log.out
}

impl Log<'_> {
    /// What is said about a pool before something is submitted to it.
    fn submission(&mut self, at: Time, task: TaskId, executor: ExecutorId) {
        let pool = &self.trace.scenario.executors[executor.index()];
        let Some(most) = pool.workers() else { return };
        if let Some(entered) = self.entered.get_mut(task.index()) {
            *entered = Some((executor, at));
        }
        let place = self.state.executor(executor);
        let (alive, queued) = (place.alive, place.waiting);
        let taken = place.busy + place.starting;
        let name = &pool.name;
        let told = if pool.kind_word() == "green" {
            format!(
                "GreenThreadPoolExecutor when submitting a new task: workers: {taken}, max_workers: {most}, work queued length: {queued}"
            )
        } else {
            let idle = alive.saturating_sub(taken);
            format!(
                "ThreadPoolExecutor when submitting a new task: max_workers: {most}, workers: {alive}, idle workers: {idle}, \
                 queued work: {queued}"
            )
        };
        let Statistics { failures, executed, runtime, cancelled } = self.statistics[executor.index()];
        let hundredths = runtime / (SECOND / 100);
        let _ = writeln!(
            self.out,
            "{} 1 DEBUG nova.thread_pool_factory [-] State of {name} {told}, stats: <ExecutorStatistics object at 0x0 \
             (failures={failures}, executed={executed}, runtime={}.{:02}, cancelled={cancelled})>",
            moment(at),
            hundredths / 100,
            hundredths % 100
        );
    }

    fn warning(&mut self, at: Time, function: &str, executor: ExecutorId) {
        let pool = &self.trace.scenario.executors[executor.index()].name;
        let _ = writeln!(
            self.out,
            "{} 1 WARNING nova.thread_pool_factory [-] The {pool} pool does not have free threads so the task <function \
             {function} at 0x0> will be queued. If this happens repeatedly then the size of the pool is too small for the load \
             or there are stuck threads filling the pool.",
            moment(at)
        );
    }

    /// What an event adds to the statistics of the pool that its task is in.
    fn count(&mut self, event: Event, at: Time) {
        let (task, fails, is_cancelled) = match event {
            Event::Finished { task } => (task, false, false),
            Event::Failed { task, .. } => (task, true, false),
            Event::Cancelled { task, succeeded: true, .. } => (task, false, true),
            _ => return,
        };
        let Some((executor, since)) = self.entered.get(task.index()).copied().flatten() else { return };
        let of = &mut self.statistics[executor.index()];
        if is_cancelled {
            of.cancelled += 1;
        } else {
            of.executed += 1;
            of.failures += u64::from(fails);
            of.runtime = of.runtime.saturating_add(at.since(since).0);
        }
    }
}

/// `1970-01-01 00:00:03.250`. (Days to a date by the method of Howard Hinnant's `civil_from_days`.)
fn moment(at: Time) -> String {
    let millis = at.0 / 1_000_000;
    let (days, rest) = (millis / 86_400_000, millis % 86_400_000);
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let of_cycle = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of_cycle + of_cycle / 4 - of_cycle / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = of_cycle + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{:03}", rest % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn virtual_time_begins_in_1970() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00.000"),
            (3, "1970-01-01 00:00:03.000"),
            (59 * 86_400 + 3_661, "1970-03-01 01:01:01.000"),
            (951_868_800, "2000-03-01 00:00:00.000"),
        ] {
            assert_eq!(moment(Time(seconds * SECOND)), text);
        }
        assert_eq!(moment(Time(1_250_999_999)), "1970-01-01 00:00:01.250");
    }
}
