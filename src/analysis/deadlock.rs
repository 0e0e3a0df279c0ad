//! Finds what hangs: deadlocks (blocked for ever) and stalls (blocked until a timeout), each with the
//! event that completed it.
//!
//! Invariant: being stuck is for ever, so the event that completes a knot is found by bisection over the
//! trace. Findings hold for the run as it was: under the same history, whatever the durations to come.
//! How it is put into words is deliberately absent: see [`super::explain`].

use super::cancellation::{ShouldContinue, without_bound};
use super::knot::{self, Knot, knots};
use super::state::task::Phase;
use super::state::{Checkpoints, State};
use super::wait_for::reach::Reach;
use super::wait_for::{Assumptions, WaitFor};
use crate::model::executor::ExecutorKind;
use crate::model::id::TaskId;
use crate::model::time::Time;
use crate::trace::event::EventId;
use crate::trace::{OutcomeKind, Trace};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Knots that are dated one by one; a run with more of them reports the rest as a number.
const MAX_HANGS: usize = 64;
/// Stalls that are reported.
const MAX_STALLS: usize = 64;
/// Graph nodes looked at for stalls before the search is given up.
const STALL_WORK: usize = 20_000_000;

/// A deadlock: tasks that can never continue.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Deadlock {
    /// The event that completed it.
    pub event: EventId,
    /// Instant at which it closes.
    pub at: Time,
    /// The knot as it was after that event.
    pub knot: Knot,
    /// Tasks that at the end of the trace wait for the knot without being part of it.
    pub behind: Vec<TaskId>,
}

/// Tasks that could go on only because of a timeout.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stall {
    /// The event that completed it.
    pub event: EventId,
    /// Instant from which nothing moves.
    pub at: Time,
    /// The knot as it was after that event.
    pub knot: Knot,
    /// The task whose timeout ended it, or will.
    pub waiter: TaskId,
    /// When that timeout came, or will come; `None` if its length is drawn and it is still to come.
    pub until: Option<Time>,
    /// The timeout, if it has come.
    pub ended_by: Option<EventId>,
}

/// All that hangs in a run.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Findings {
    /// Deadlocks, in order of the events that completed them.
    pub deadlocks: Vec<Deadlock>,
    /// Stalls, in the order in which they begin.
    pub stalls: Vec<Stall>,
    /// Deadlocks that were found and not dated, because there are too many.
    pub more_deadlocks: usize,
    /// Instants at which timeouts came that were not examined, because there are too many.
    pub unexamined_timeouts: usize,
}

/// A trace made ready to be asked for its wait-for graph at any event.
pub struct WaitForIndex<'a> {
    trace: Cow<'a, Trace>,
    reach: Reach,
    checkpoints: Checkpoints,
    never: BTreeSet<(TaskId, EventId)>,
}

impl<'a> WaitForIndex<'a> {
    /// Folds the trace once.
    pub fn new(trace: &'a Trace) -> WaitForIndex<'a> {
        WaitForIndex::of(Cow::Borrowed(trace))
    }

    /// The same, keeping the trace, so that the whole can be kept.
    pub fn owning(trace: Trace) -> WaitForIndex<'static> {
        WaitForIndex::of(Cow::Owned(trace))
    }

    /// How many events apart a lens keeps the states of a trace of this length.
    pub fn spacing(events: usize) -> u32 {
        (events / 128).clamp(256, 65_536) as u32
    }

    /// From states that were kept along the trace elsewhere, [`WaitForIndex::spacing`] apart.
    pub fn assembled(trace: Trace, checkpoints: Checkpoints) -> WaitForIndex<'static> {
        WaitForIndex::with(Cow::Owned(trace), checkpoints)
    }

    fn of(trace: Cow<'a, Trace>) -> WaitForIndex<'a> {
        let checkpoints = Checkpoints::new(&trace, WaitForIndex::spacing(trace.records.len()));
        WaitForIndex::with(trace, checkpoints)
    }

    pub(crate) fn with(trace: Cow<'a, Trace>, checkpoints: Checkpoints) -> WaitForIndex<'a> {
        let never =
            if is_quiescent(trace.outcome.kind) { never(checkpoints.last()) } else { BTreeSet::new() };
        WaitForIndex { reach: Reach::new(&trace.scenario), trace, checkpoints, never }
    }

    /// Returns the trace that is watched.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// What tasks may still do.
    pub(super) fn reach(&self) -> &Reach {
        &self.reach
    }

    /// The states kept along the trace.
    pub fn checkpoints(&self) -> &Checkpoints {
        &self.checkpoints
    }

    /// The state after the first `count` events.
    pub fn state(&self, count: u32) -> State {
        self.checkpoints.after(&self.trace, count)
    }

    /// The wait-for graph at a state of this trace.
    pub fn wait_for(&self, state: &State, without_timeouts: bool) -> WaitFor {
        let at_end = state.applied() as usize == self.trace.records.len();
        let quiescent = at_end && is_quiescent(self.trace.outcome.kind);
        WaitFor::new(
            state,
            &self.reach,
            &Assumptions { without_timeouts, quiescent, never: self.never.clone() },
        )
    }

    fn graph_at(&self, count: u32, without_timeouts: bool) -> (State, WaitFor) {
        let state = self.state(count);
        let graph = self.wait_for(&state, without_timeouts);
        (state, graph)
    }

    /// The knot after `count` events that has one of `tasks` in it or before it.
    fn knot_of(&self, count: u32, tasks: &[TaskId], without_timeouts: bool) -> Option<Knot> {
        let (state, graph) = self.graph_at(count, without_timeouts);
        let mut found = knots(&state, &graph);
        let direct = found.iter().position(|knot| knot.tasks.iter().any(|task| tasks.contains(task)));
        let at = direct.or_else(|| {
            found.iter().position(|knot| tasks.iter().any(|task| knot::reaches(&graph, *task, knot)))
        });
        at.map(|at| found.swap_remove(at))
    }
}

fn is_quiescent(kind: OutcomeKind) -> bool {
    match kind {
        OutcomeKind::Completed | OutcomeKind::Stuck => true,
        OutcomeKind::Until | OutcomeKind::Deadlock | OutcomeKind::Limit(_) => false,
    }
}

/// What is in a step, or held by a delay, although nothing is due any more, will be there for ever.
fn never(end: &State) -> BTreeSet<(TaskId, EventId)> {
    // Behind a busy scheduler thread, or a green thread that is never free, is another matter.
    let is_delay = |executor: crate::model::id::ExecutorId| {
        let (executors, place) = (&end.scenario().executors, end.executor(executor));
        let green =
            matches!(executors[end.scenario().pool_of(executor).index()].kind, ExecutorKind::Green { .. });
        let busy = place.scheduler_blocked.is_some() || place.scheduler_top.is_some();
        matches!(executors[executor.index()].kind, ExecutorKind::Delay { .. }) && !green && !busy
    };
    end.tasks()
        .filter(|(_, task)| match task.phase {
            Phase::Running | Phase::Io => task.above.is_none(),
            Phase::Held => is_delay(task.executor),
            _ => false,
        })
        .map(|(id, task)| (id, task.since))
        .collect()
}

/// Everything that hangs in a run.
pub fn find(lens: &WaitForIndex<'_>) -> Findings {
    find_while(lens, &without_bound).expect("nothing ends it")
}

/// The same; `None` if it may not go on for so long.
pub fn find_while(lens: &WaitForIndex<'_>, may_go_on: ShouldContinue<'_>) -> Option<Findings> {
    let mut findings = Findings::default();
    if lens.trace.outcome.kind != OutcomeKind::Completed {
        find_hangs(lens, &mut findings, may_go_on)?;
    }
    find_stalls(lens, &mut findings, may_go_on)?;
    if !is_quiescent(lens.trace.outcome.kind) {
        find_pending_stalls(lens, &mut findings, may_go_on)?;
    }
    findings.deadlocks.sort_by_key(|hang| hang.event);
    findings.stalls.sort_by_key(|stall| stall.event);
    Some(findings)
}

/// The event that completes the first deadlock.
pub fn first_deadlock(trace: &Trace) -> Option<EventId> {
    let lens = WaitForIndex::new(trace);
    let mut findings = Findings::default();
    find_hangs(&lens, &mut findings, &without_bound)?;
    findings.deadlocks.iter().map(|hang| hang.event).min()
}

/// Finds who can never continue; `None` if it may not go on for so long.
fn find_hangs(lens: &WaitForIndex<'_>, findings: &mut Findings, may_go_on: ShouldContinue<'_>) -> Option<()> {
    let count = lens.trace.records.len() as u32;
    let end = lens.checkpoints.last();
    let graph = lens.wait_for(end, false);
    let mut found = knots(end, &graph);
    findings.more_deadlocks = found.len().saturating_sub(MAX_HANGS);
    found.truncate(MAX_HANGS);
    let mut dated = Vec::new();
    date(lens, (0, count), found.iter().collect(), &mut dated, may_go_on)?;
    for (formed, at_end) in dated {
        if !may_go_on() {
            return None;
        }
        let all = knot::waits_for(end, &graph, at_end);
        let knot = lens.knot_of(formed, &at_end.tasks, false).unwrap_or_else(|| at_end.clone());
        let behind = all.into_iter().filter(|task| knot.tasks.binary_search(task).is_err()).collect();
        let event = EventId(formed - 1);
        findings.deadlocks.push(Deadlock { event, at: lens.trace.at(event), knot, behind });
    }
    Some(())
}

/// For each knot, the number of events after which a task of it is stuck for the first time. None is
/// stuck after `low` events, all are after `high`. `None` if it may not go on for so long.
fn date<'k>(
    lens: &WaitForIndex<'_>,
    (low, high): (u32, u32),
    knots: Vec<&'k Knot>,
    dated: &mut Vec<(u32, &'k Knot)>,
    may_go_on: ShouldContinue<'_>,
) -> Option<()> {
    if knots.is_empty() {
        return Some(());
    }
    if high - low <= 1 {
        dated.extend(knots.into_iter().map(|knot| (high.max(1), knot)));
        return Some(());
    }
    if !may_go_on() {
        return None;
    }
    let middle = low + (high - low) / 2;
    let (_, graph) = lens.graph_at(middle, false);
    let is_stuck = |knot: &&Knot| knot.tasks.iter().any(|task| graph.is_stuck(*task));
    let (before, after): (Vec<&Knot>, Vec<&Knot>) = knots.into_iter().partition(is_stuck);
    drop(graph);
    date(lens, (low, middle), before, dated, may_go_on)?;
    date(lens, (middle, high), after, dated, may_go_on)
}

/// The number of events after which `task`, stuck without timeouts after `high`, was so first; it was
/// not after `low`.
fn date_stall(lens: &WaitForIndex<'_>, mut low: u32, mut high: u32, task: TaskId, work: &mut usize) -> u32 {
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let (_, graph) = lens.graph_at(middle, true);
        *work += graph.nodes.len();
        if graph.is_stuck(task) { high = middle } else { low = middle }
    }
    high
}

/// Finds who could go on only because of a timeout that came; `None` if it may not go on for so long.
fn find_stalls(
    lens: &WaitForIndex<'_>,
    findings: &mut Findings,
    may_go_on: ShouldContinue<'_>,
) -> Option<()> {
    let mut work = 0;
    let mut examined = None;
    for (id, at, event) in lens.trace.timeouts() {
        let Some(task) = event.task() else { continue };
        if !may_go_on() {
            return None;
        }
        if examined == Some(at) || belongs_to(&findings.stalls, lens, id, task) {
            continue;
        }
        examined = Some(at);
        if findings.stalls.len() >= MAX_STALLS || work > STALL_WORK {
            findings.unexamined_timeouts += 1;
            continue;
        }
        let (state, graph) = lens.graph_at(id.0, true);
        work += graph.nodes.len();
        let Some(waiter) = state.task(task).filter(|_| graph.is_stuck(task)) else { continue };
        let formed = date_stall(lens, waiter.since.0, id.0, task, &mut work);
        let Some(knot) = lens.knot_of(formed, &[task], true) else { continue };
        let event = EventId(formed - 1);
        let stall = Stall {
            event,
            at: lens.trace.at(event),
            knot,
            waiter: task,
            until: Some(at),
            ended_by: Some(id),
        };
        findings.stalls.push(stall);
    }
    Some(())
}

/// Whether a timeout at `id` is one more of a stall that is known already: its task is of that knot and
/// has been waiting ever since.
fn belongs_to(stalls: &[Stall], lens: &WaitForIndex<'_>, id: EventId, task: TaskId) -> bool {
    let Some(stall) = stalls.iter().rev().find(|stall| stall.knot.tasks.binary_search(&task).is_ok()) else {
        return false;
    };
    lens.state(id.0).task(task).is_some_and(|task| task.since <= stall.event)
}

/// Finds who can go on only because of a timeout that is to come; `None` if it may not go on for so long.
fn find_pending_stalls(
    lens: &WaitForIndex<'_>,
    findings: &mut Findings,
    may_go_on: ShouldContinue<'_>,
) -> Option<()> {
    let end = lens.checkpoints.last();
    let with = lens.wait_for(end, false);
    let without = lens.wait_for(end, true);
    let is_open = |knot: &Knot| knot.tasks.iter().any(|task| !with.is_stuck(*task));
    let mut work = 0;
    for at_end in knots(end, &without).into_iter().filter(is_open).take(MAX_STALLS) {
        if !may_go_on() {
            return None;
        }
        let waiters = at_end.tasks.iter().filter_map(|id| Some((timeout_of(end, *id)?, *id)));
        let Some((until, waiter)) = waiters.min() else { continue };
        let Some(since) = end.task(waiter).map(|task| task.since) else { continue };
        let formed = date_stall(lens, since.0, end.applied(), waiter, &mut work);
        let knot = lens.knot_of(formed, &[waiter], true).unwrap_or(at_end);
        let event = EventId(formed - 1);
        let until = Some(until).filter(|until| *until != Time::NEVER);
        findings.stalls.push(Stall { event, at: lens.trace.at(event), knot, waiter, until, ended_by: None });
    }
    Some(())
}

/// When a waiting task's timeout comes; [`Time::NEVER`] if its length is drawn; `None` if it has none.
fn timeout_of(state: &State, id: TaskId) -> Option<Time> {
    let task = state.task(id).filter(|task| task.phase == Phase::Waiting)?;
    let draw = state.instruction(task)?.timeout()?;
    let program = &state.scenario().tasks[task.kind.index()].program;
    let length = program.draws[draw.index()].distribution.fixed();
    Some(length.map_or(Time::NEVER, |length| task.since_at + length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::knot::KnotKind;
    use crate::analysis::testing;
    use crate::analysis::watch::DeadlockWatch;
    use crate::model::id::{ArrivalId, DrawId, ExecutorId, NameId, Pc, SubmitId, WorkerId};
    use crate::model::program::{Instruction, WaitMode};
    use crate::trace::event::{Event, Seat, SubmissionOutcome, WakeReason};

    /// `builds` builds on a pool of `workers`, each of which waits for a child on the same pool.
    fn builds(workers: u32, builds: u32, timeout: bool) -> Trace {
        let wait = Instruction::Wait {
            names: Box::new([NameId(0)]),
            mode: WaitMode::All,
            timeout: timeout.then_some(DrawId(1)),
        };
        let code = vec![Instruction::Run(DrawId(0)), Instruction::Submit(SubmitId(0)), wait];
        let build = testing::task("build", code, &[1, 300], &[(1, "net")]);
        let network = testing::task(
            "network",
            vec![Instruction::Io(DrawId(0), crate::model::program::IoMode::Plain)],
            &[3],
            &[],
        );
        let scenario = testing::scenario(vec![testing::pool("default", workers)], vec![build, network], 2);
        let (executor, entry) = (ExecutorId(0), ArrivalId(0));
        let mut events = Vec::new();
        for i in 0..builds {
            let (task, worker) = (TaskId(i), WorkerId(i));
            events.push((0, Event::Arrived { task, entry, fate: SubmissionOutcome::Taken }));
            events.push((0, Event::WorkerStarted { executor, worker }));
            events.push((0, Event::Started { task, executor, worker, seat: Seat::Worker }));
        }
        events.push((0, Event::SourceEnded { entry }));
        for i in 0..builds {
            let (task, parent) = (TaskId(builds + i), TaskId(i));
            events.push((1, Event::Submitted { task, parent, pc: Pc(1), fate: SubmissionOutcome::Queued }));
            events.push((1, Event::Waiting { task: parent, pc: Pc(2) }));
        }
        if timeout {
            events.push((301, Event::Resumed { task: TaskId(0), why: WakeReason::TimedOut }));
            events.push((301, Event::Finished { task: TaskId(0) }));
        }
        let kind = if timeout { OutcomeKind::Until } else { OutcomeKind::Stuck };
        testing::trace(&scenario, events, kind)
    }

    #[test]
    fn the_last_wait_completes_the_deadlock() {
        let trace = builds(2, 2, false);
        let findings = find(&WaitForIndex::new(&trace));
        assert_eq!(findings.deadlocks.len(), 1);
        assert_eq!(findings.stalls, []);
        let hang = &findings.deadlocks[0];
        assert_eq!(hang.event, EventId(trace.records.len() as u32 - 1));
        assert_eq!(hang.knot.kind, KnotKind::Cycle);
        assert_eq!(hang.knot.tasks, [TaskId(0), TaskId(1), TaskId(2), TaskId(3)]);
        assert_eq!(hang.knot.pools, [ExecutorId(0)]);
        let mut watch = DeadlockWatch::new(&trace.scenario);
        assert_eq!(watch.look(&trace.records[..trace.records.len() - 1], true), None);
        assert_eq!(watch.look(&trace.records, true), Some(hang.event));
    }

    #[test]
    fn a_worker_to_spare_means_no_deadlock() {
        let trace = builds(3, 2, false);
        assert_eq!(DeadlockWatch::new(&trace.scenario).look(&trace.records, true), None);
    }

    #[test]
    fn a_timeout_makes_it_a_stall() {
        let trace = builds(2, 2, true);
        let findings = find(&WaitForIndex::new(&trace));
        assert_eq!(findings.deadlocks, []);
        assert_eq!(findings.stalls.len(), 1);
        let stall = &findings.stalls[0];
        assert_eq!((stall.event, stall.waiter), (EventId(10), TaskId(0)));
        assert_eq!(stall.until, Some(trace.at(EventId(11))));
        assert_eq!(stall.knot.tasks.len(), 4);
    }
}
