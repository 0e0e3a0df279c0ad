//! Where `after` means nothing: a `submit` without `to`, by a task none of whose executors leads through a `delay`.
//!
//! Invariant: a task that may be submitted to a delay, by anyone, is not warned about; one that nobody submits neither.

use super::reader::Reader;
use crate::model::id::ExecutorId;
use crate::model::scenario::Scenario;

/// The routes by which a task may be submitted.
#[derive(Clone, Copy, Default, PartialEq)]
struct SubmissionRoutes {
    delay: bool,
    elsewhere: bool,
}

/// Warns of each `after` that the reader noted, if it can hold nothing back.
pub(super) fn check(reader: &mut Reader<'_>, scenario: &Scenario) {
    if reader.afters.is_empty() {
        return;
    }
    let reached = reached(&reader.delays, scenario);
    for (task, at) in std::mem::take(&mut reader.afters) {
        let here = reached[task];
        if here.elsewhere && !here.delay {
            warn(reader, at);
        }
    }
}

/// Warns of an `after` that holds nothing back.
pub(super) fn warn(reader: &mut Reader<'_>, at: super::problem::Span) {
    let help = "only an executor of kind `delay` or `scheduled` holds a task back; here it changes nothing";
    reader.sink.warn(at, "`after` has no meaning for this executor", Some(help.to_owned()));
}

/// From the arrivals on, until nothing new is reached; each task can change twice.
fn reached(delays: &[bool], scenario: &Scenario) -> Vec<SubmissionRoutes> {
    let at = |executor: ExecutorId| match delays.get(executor.index()) {
        Some(true) => SubmissionRoutes { delay: true, elsewhere: false },
        Some(false) | None => SubmissionRoutes { delay: false, elsewhere: true },
    };
    let mut reached = vec![SubmissionRoutes::default(); scenario.tasks.len()];
    let mut open: Vec<(usize, SubmissionRoutes)> =
        scenario.arrivals.iter().map(|arrivals| (arrivals.task.index(), at(arrivals.to))).collect();
    while let Some((task, more)) = open.pop() {
        let Some(known) = reached.get_mut(task) else { continue };
        let now = SubmissionRoutes {
            delay: known.delay || more.delay,
            elsewhere: known.elsewhere || more.elsewhere,
        };
        if now != *known {
            *known = now;
            let submits = &scenario.tasks[task].program.submits;
            open.extend(submits.iter().map(|submit| (submit.task.index(), submit.to.map_or(now, at))));
        }
    }
    reached
}
