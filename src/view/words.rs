//! Short words for what tasks do and wait for: labels in spans, hover cards, lists.
//!
//! Invariant: plain English in sentence case without a full stop; names are the scenario's own. Whole
//! explanations are in `analysis::explain`.

pub use crate::analysis::prose::list;

use crate::analysis::digest::Digest;
use crate::analysis::state::State;
use crate::analysis::state::task::{End, Phase, Task};
use crate::analysis::written::bytes_text;
use crate::model::executor::Executor;
use crate::model::expectation::{Expectation, Metric};
use crate::model::id::{Pc, TaskId};
use crate::model::program::{Instruction, Program, WaitMode};
use crate::model::scenario::Scenario;
use crate::model::signal::Signal;
use crate::trace::event::{Event, EventId, Failure, SubmissionOutcome};

/// Number of events from which details that an event does not hold are no longer looked up.
const MAX_LOOKUPS: usize = 200_000;

/// What a waiting task waits for, the longest form first, given the event that began the stretch.
pub fn waits_for(digest: &Digest<'_>, task: TaskId, event: EventId) -> Vec<String> {
    let trace = digest.trace();
    let kind = digest.names.kind(task);
    let program = &trace.scenario.tasks[kind.index()].program;
    let what = match trace.event(event) {
        Event::Waiting { task: waiter, pc } if waiter == task => waiting_at(digest, program, pc),
        Event::Submitted { parent, fate: SubmissionOutcome::Blocked, task: child, .. } if parent == task => {
            let executor = digest.lives[child.index()].first;
            Some(format!("room in {}", trace.scenario.executors[executor.index()].name))
        }
        _ if trace.len() <= MAX_LOOKUPS => {
            let state = digest.lens.state(event.0 + 1);
            state.task(task).and_then(|task| waiting_at(digest, program, task.pc))
        }
        _ => None,
    };
    match what {
        Some(what) => {
            let kinds = ["lock ", "read-write lock ", "semaphore ", "latch ", "barrier ", "a message in "];
            let bare = kinds.iter().find_map(|kind| what.strip_prefix(kind)).map(str::to_owned);
            [format!("waits for {what}"), what].into_iter().chain(bare).collect()
        }
        None => vec!["waits".to_owned()],
    }
}

/// What the instruction at `pc` waits for: `net`, `any of a, b`, `lock db`, `default to drain`.
fn waiting_at(digest: &Digest<'_>, program: &Program, pc: Pc) -> Option<String> {
    awaited(digest, program, program.code.get(pc.index())?)
}

/// What an instruction waits for, if it is one that can wait.
pub fn awaited(digest: &Digest<'_>, program: &Program, instruction: &Instruction) -> Option<String> {
    let scenario = &digest.trace().scenario;
    match instruction {
        Instruction::Wait { mode: WaitMode::Every, .. } => Some("all children".to_owned()),
        Instruction::JoinScope => Some("all that its scope submitted".to_owned()),
        Instruction::Wait { names, mode, .. } | Instruction::Result { names, mode, .. } => {
            let names: Vec<&str> =
                names.iter().map(|name| program.names[name.index()].text.as_str()).collect();
            let any = *mode == WaitMode::Any && names.len() > 1;
            Some(match names.as_slice() {
                [first, second, rest @ ..] if rest.len() > 2 => {
                    let any = if any { "any of " } else { "" };
                    format!("{any}{first}, {second} and {} more", rest.len())
                }
                names if any => format!("any of {}", names.join(", ")),
                names => list(names),
            })
        }
        Instruction::Acquire { resource, .. } => {
            let resource = &scenario.resources[resource.index()];
            Some(format!("{} {}", resource.word(), resource.name))
        }
        Instruction::Shutdown { executor, .. } => {
            Some(format!("{} to drain", scenario.executors[executor.index()].name))
        }
        Instruction::AwaitExecutor { executor, .. } => {
            Some(format!("the end of {}", scenario.executors[executor.index()].name))
        }
        Instruction::Send { .. }
        | Instruction::Receive { .. }
        | Instruction::WaitOn { .. }
        | Instruction::Await { .. } => {
            instruction.awaited_signal(scenario).map(|signal| self::signal(scenario, signal))
        }
        Instruction::Run(_)
        | Instruction::Io(..)
        | Instruction::Resize { .. }
        | Instruction::Crash
        | Instruction::Yield
        | Instruction::Submit(_)
        | Instruction::Cancel { .. }
        | Instruction::Retry { .. }
        | Instruction::OpenScope { .. }
        | Instruction::CloseScope
        | Instruction::Release { .. }
        | Instruction::Notify { .. }
        | Instruction::CountDown { .. }
        | Instruction::Reset(_)
        | Instruction::Use { .. }
        | Instruction::Read(_)
        | Instruction::Write(..)
        | Instruction::Add(..)
        | Instruction::Fail(_)
        | Instruction::Note(_)
        | Instruction::Repeat { .. }
        | Instruction::Again { .. }
        | Instruction::Maybe { .. }
        | Instruction::Jump(_)
        | Instruction::UnlessTimedOut(_)
        | Instruction::UnlessClosed(_)
        | Instruction::Close(_) => None,
    }
}

/// What another task is to bring: `a message in jobs`, `room in jobs`.
pub fn signal(scenario: &Scenario, signal: Signal) -> String {
    let name = signal.name(scenario);
    match signal {
        Signal::Message(_) => format!("a message in {name}"),
        Signal::Room(_) => format!("room in {name}"),
        Signal::Notification(_) => format!("a notification of {name}"),
        Signal::Opening(_) => format!("latch {name}"),
        Signal::Parties(_) => format!("barrier {name}"),
        Signal::Permits(_) => format!("semaphore {name}"),
    }
}

/// What the tasks of an executor take turns on: `a carrier`, `the green thread` that several share, or `a CPU`.
pub fn processor(executor: &Executor) -> &'static str {
    match (executor.is_green(), executor.carriers()) {
        (true, Some(_)) => "a carrier",
        (true, None) => "the green thread",
        (false, _) => "a CPU",
    }
}

/// What a task is doing at a state, in a few words: `queued on default`, `waits for net`, `finished`.
pub fn doing(digest: &Digest<'_>, state: &State, task: &Task) -> String {
    let scenario = &digest.trace().scenario;
    let place = &scenario.executors[task.executor.index()].name;
    let program = &scenario.tasks[task.kind.index()].program;
    match task.phase {
        _ if task.cancelled && !task.phase.is_ended() => format!("cancelled, its entry still in {place}"),
        Phase::Held => format!("held back by {place}"),
        Phase::Passing => "on its way".to_owned(),
        Phase::Blocked => format!("waits for room in {place}"),
        Phase::Queued => format!("queued on {place}"),
        Phase::Drained => format!("handed back by {place}, nobody will run it"),
        Phase::Taken => format!("taken by a worker of {place}"),
        Phase::Running if task.above.is_some() => "has another task on top of it".to_owned(),
        Phase::Running => "runs".to_owned(),
        Phase::Io => "in I/O".to_owned(),
        Phase::Ready => {
            format!("ready, waits for {}", processor(&scenario.executors[task.executor.index()]))
        }
        Phase::Waiting => match state.instruction(task).and_then(|at| awaited(digest, program, at)) {
            Some(what) => format!("waits for {what}"),
            None => "waits".to_owned(),
        },
        Phase::Submitting(child) => {
            let to = state.task(child).map_or(task.executor, |child| child.executor);
            format!("waits for room in {}", scenario.executors[to.index()].name)
        }
        Phase::Returning => format!("waits for a worker of {place}"),
        Phase::Ended(end) => ended(end),
    }
}

/// How a task ended, in a few words.
pub fn ended(end: End) -> String {
    match end {
        End::Finished => "finished".to_owned(),
        End::Failed(failure) => format!("failed: {}", why_failed(failure)),
        End::Cancelled => "cancelled".to_owned(),
        End::Rejected(fate) => format!("rejected: {}", why_rejected(fate)),
        End::Discarded => "dropped for lack of room".to_owned(),
    }
}

/// The outcome in a few words: `deadlock at 3 s`.
pub fn outcome(digest: &Digest<'_>) -> String {
    digest.verdict.headline()
}

/// An amount of memory as a person writes it: `200 MB`, `8 MiB`, `1536 B`; in the units in which it is round.
pub fn bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 6] = [
        (1_000_000_000, "GB"),
        (1 << 30, "GiB"),
        (1_000_000, "MB"),
        (1 << 20, "MiB"),
        (1_000, "kB"),
        (1 << 10, "KiB"),
    ];
    // At most one decimal, and nothing is rounded away.
    let fits = |unit: u64| count >= unit && (u128::from(count) * 10).is_multiple_of(u128::from(unit));
    match UNITS.iter().find(|(unit, _)| fits(*unit)) {
        Some((unit, name)) => format!("{} {name}", count as f64 / *unit as f64),
        None => bytes_text(count),
    }
}

/// An expectation as the document has it, its amounts of memory as a person writes them.
pub fn expected(expectation: &Expectation) -> String {
    let text = &expectation.text;
    let is_memory = matches!(expectation.metric, Metric::MemoryMax | Metric::MemoryMean);
    let amount = text.rsplit_once(' ').and_then(|(rest, last)| Some((rest, last.parse::<u64>().ok()?)));
    match amount.filter(|_| is_memory) {
        Some((rest, count)) => format!("{rest} {}", bytes(count)),
        None => text.clone(),
    }
}

/// Why a task failed.
pub fn why_failed(failure: Failure) -> &'static str {
    match failure {
        Failure::Fail => "it raised",
        Failure::Child => "a child failed",
        Failure::ChildCancelled => "a child was cancelled",
        Failure::Timeout => "a result timed out",
        Failure::Rejected => "a submission was refused",
        Failure::NotHolder => "it gave back what it did not hold",
        Failure::Crashed => "its worker died",
        Failure::Broken => "a worker of its pool died",
        Failure::Add => "it added to what it had not read",
        Failure::Interrupted => "it was interrupted",
        Failure::Cancelled => "it was cancelled while it ran",
        Failure::Closed => "it sent to a closed channel",
        Failure::BrokenBarrier => "its barrier is broken",
    }
}

/// Why a submission was refused.
pub fn why_rejected(fate: SubmissionOutcome) -> &'static str {
    match fate {
        SubmissionOutcome::Full => "no room",
        SubmissionOutcome::ShutDown => "shut down",
        SubmissionOutcome::Guarded => "the guard refused it: it could wait for itself",
        SubmissionOutcome::Leaf => "a leaf executor's task may not wait for children",
        SubmissionOutcome::Taken
        | SubmissionOutcome::Queued
        | SubmissionOutcome::Held
        | SubmissionOutcome::Passed
        | SubmissionOutcome::Blocked
        | SubmissionOutcome::InCaller
        | SubmissionOutcome::Dropped => "refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_written_in_the_unit_in_which_it_is_round() {
        for (count, text) in [
            (200_000_000, "200 MB"),
            (1_000_000, "1 MB"),
            (1_500_000, "1.5 MB"),
            (10_000, "10 kB"),
            (64 << 20, "64 MiB"),
            (1 << 30, "1 GiB"),
            (1536, "1.5 KiB"),
            (512, "512 B"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn lists_read_as_a_person_writes_them() {
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a and b");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }
}
