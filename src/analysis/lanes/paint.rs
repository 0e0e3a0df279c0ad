//! Derives lanes and spans from a trace, event by event.
//!
//! Invariant: after each event, what is open for a task is what the state says it does.

use super::model::{
    Access, Activity, Depths, Entry, Lane, LaneKind, Lanes, Mark, MarkKind, Span, Steps, WaitReason,
};
use crate::analysis::observed::written_cell;
use crate::analysis::occupancy::changes_occupancy;
use crate::analysis::paged::Paged;
use crate::analysis::races::LostUpdate;
use crate::analysis::state::State;
use crate::analysis::state::task::{Phase, Task, Thread};
use crate::model::id::{ExecutorId, Pc, TaskId, WorkerId};
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::{Event, EventId};
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq)]
struct OpenSpan {
    key: (ExecutorId, LaneKind),
    depth: u8,
    activity: Activity,
    from: Time,
    event: EventId,
}

/// Draws the lanes of a trace that is still being read.
pub(crate) struct LanePainter {
    open: Paged<OpenSpan>,
    waiting: Paged<(ExecutorId, Time, EventId)>,
    /// Own threads in use, by executor.
    own: BTreeMap<TaskId, (ExecutorId, u32)>,
    /// Their lanes numbered as they were met.
    spans: Vec<Span>,
    lanes: BTreeMap<(ExecutorId, LaneKind), u32>,
    /// The task below that of the event which comes next.
    below: Option<TaskId>,
    out: Lanes,
}

/// Derives the lanes of a trace. `lost` are its lost updates.
pub fn lanes(trace: &Trace, lost: &[LostUpdate]) -> Lanes {
    let mut state = State::new(&trace.scenario);
    let mut painter = LanePainter::new(&trace.scenario);
    for (id, at, event) in trace.events() {
        painter.before(event, &state);
        state.apply(id, at, event);
        painter.after(id, at, event, &state);
    }
    painter.finish(trace.outcome.at, &state, lost)
}

impl LanePainter {
    /// Before the first event.
    pub(crate) fn new(scenario: &Scenario) -> LanePainter {
        LanePainter {
            open: Paged::default(),
            waiting: Paged::default(),
            own: BTreeMap::new(),
            spans: Vec::new(),
            lanes: BTreeMap::new(),
            below: None,
            out: Lanes { depths: vec![Depths::default(); scenario.executors.len()], ..Lanes::default() },
        }
    }

    /// Looks at what the next event is about to change.
    pub(crate) fn before(&mut self, event: Event, state: &State) {
        self.below = event.task().and_then(|task| state.task(task)).and_then(|task| task.below);
    }

    /// Draws what the event has changed; `state` is the state after it.
    pub(crate) fn after(&mut self, id: EventId, at: Time, event: Event, state: &State) {
        let task = event.task();
        let parent = match event {
            Event::Submitted { parent, .. } => Some(parent),
            _ => None,
        };
        let under = task.and_then(|task| state.task(task)).and_then(|task| task.below);
        let under = under.filter(|under| Some(*under) != self.below);
        for task in [task, self.below, under, parent].into_iter().flatten() {
            self.refresh(task, id, at, state);
        }
        if changes_occupancy(event) {
            self.depths(at, state);
        }
        if let Event::Sent { task, pc } | Event::Received { task, pc, .. } = event {
            self.channel(at, task, pc, state);
        }
        self.note(id, at, event, state);
    }

    /// How many messages lie in the channel that a task's instruction names.
    fn channel(&mut self, at: Time, task: TaskId, pc: Pc, state: &State) {
        let scenario = state.scenario();
        let kind = state.task(task).map(|task| task.kind);
        let code = kind.map(|kind| &scenario.tasks[kind.index()].program.code);
        let Some(channel) = code.and_then(|code| code.get(pc.index())?.shared()) else { return };
        let depth = state.shared(channel).messages.len() as u32;
        match self.out.channels.iter_mut().find(|(known, _)| *known == channel) {
            Some((_, steps)) => push(steps, at, depth),
            None => {
                let mut steps = Steps::new();
                push(&mut steps, at, depth);
                self.out.channels.push((channel, steps));
                self.out.channels.sort_by_key(|(channel, _)| *channel);
            }
        }
    }

    /// Ends what a task was doing, and begins what it does now, if that is something else.
    fn refresh(&mut self, id: TaskId, event: EventId, at: Time, state: &State) {
        let known = state.task(id);
        let wanted = known.and_then(|task| doing(state, &mut self.own, id, task));
        let same = |open: &OpenSpan| {
            wanted.is_some_and(|w| (w.0, w.1, w.2) == (open.key, open.depth, open.activity))
        };
        let open = self.open.get(id.0).copied();
        if open.is_some() != wanted.is_some() || !open.as_ref().is_none_or(same) {
            if let Some(open) = open {
                self.close(id, open, at, false);
            }
            match wanted {
                Some((key, depth, activity)) => {
                    self.open.insert(id.0, OpenSpan { key, depth, activity, from: at, event });
                }
                None => {
                    self.open.remove(id.0);
                }
            }
        }
        let place = known.and_then(|task| match task.phase {
            Phase::Queued | Phase::Held => Some(task.executor),
            _ => None,
        });
        let before = self.waiting.get(id.0).map(|(executor, ..)| *executor);
        if place != before {
            self.leave(id, at, false, state);
            if let Some(executor) = place {
                self.waiting.insert(id.0, (executor, at, event));
            }
        }
        if !self.own.is_empty() && known.is_none_or(|task| task.phase.is_ended()) {
            self.own.remove(&id);
        }
    }

    fn leave(&mut self, task: TaskId, at: Time, is_open: bool, state: &State) {
        let Some((executor, from, event)) = self.waiting.get(task.0).copied() else { return };
        self.waiting.remove(task.0);
        let is_cancelled = state.task(task).is_none_or(|task| task.cancelled);
        let entry = Entry { executor, task, from, to: at, event, is_open, is_cancelled };
        if at > from || is_open {
            self.out.entries.push(entry);
        }
    }

    fn close(&mut self, task: TaskId, open: OpenSpan, at: Time, is_open: bool) {
        let OpenSpan { key, depth, activity, from, event } = open;
        let next = self.lanes.len() as u32;
        let lane = *self.lanes.entry(key).or_insert(next);
        if at > from || is_open {
            self.spans.push(Span { lane, depth, is_open, task, activity, from, to: at, event });
        }
    }

    fn depths(&mut self, at: Time, state: &State) {
        for (number, depths) in self.out.depths.iter_mut().enumerate() {
            let place = state.executor(ExecutorId(number as u16));
            push(&mut depths.waiting, at, place.waiting);
            push(&mut depths.workers, at, place.alive);
            push(&mut depths.busy, at, (place.busy + place.starting).min(place.alive));
            depths.caps.resize_with(place.cap_use.len(), Vec::new);
            for (steps, now) in depths.caps.iter_mut().zip(&place.cap_use) {
                push(steps, at, *now);
            }
        }
    }

    fn note(&mut self, event: EventId, at: Time, what: Event, state: &State) {
        let access = |cell, task, value| Access { cell, at, task, value, loses: false, event };
        let (task, kind) = match what {
            Event::Read { task, cell, .. } => return self.out.accesses.push(access(cell, task, None)),
            Event::Wrote { task, pc, value } => {
                let kind = state.task(task).map(|task| task.kind);
                let scenario = state.scenario();
                let cell = kind.and_then(|kind| written_cell(scenario, kind, pc));
                return self.out.accesses.extend(cell.map(|cell| access(cell, task, Some(value))));
            }
            Event::Arrived { task, fate, .. }
            | Event::Submitted { task, fate, .. }
            | Event::Entered { task, fate, .. } => match fate {
                _ if fate.is_rejection() => (task, MarkKind::Rejected),
                crate::trace::event::SubmissionOutcome::Dropped => (task, MarkKind::Dropped),
                _ => return,
            },
            Event::Failed { task, .. } => (task, MarkKind::Failed),
            Event::Cancelled { task, succeeded: true, .. } => (task, MarkKind::Cancelled),
            Event::Dropped { task, .. } | Event::Drained { task, .. } => (task, MarkKind::Dropped),
            Event::Warned { task, executor, warning } => {
                let kind = MarkKind::Warned(warning);
                return self.out.marks.push(Mark { at, task, executor, kind, event });
            }
            Event::Noted { task, pc } => (task, MarkKind::Noted(pc)),
            Event::Signalled { task, pc, count: 0 } => (task, MarkKind::Lost(pc)),
            _ => return,
        };
        let executor = state.task(task).map(|task| task.executor).or_else(|| target(state.scenario(), what));
        let executor = executor.unwrap_or(ExecutorId(0));
        self.out.marks.push(Mark { at, task, executor, kind, event });
    }

    /// The lanes of a run that ended at `end` in this state. `lost` are its lost updates.
    pub(crate) fn finish(mut self, end: Time, state: &State, lost: &[LostUpdate]) -> Lanes {
        self.out.end = end;
        let open: Vec<(u32, OpenSpan)> = self.open.iter().map(|(task, open)| (task, *open)).collect();
        for (task, open) in open {
            self.close(TaskId(task), open, end, true);
        }
        let waiting: Vec<u32> = self.waiting.iter().map(|(task, _)| task).collect();
        for task in waiting {
            self.leave(TaskId(task), end, true, state);
        }
        for (number, _) in state.scenario().executors.iter().enumerate() {
            let executor = ExecutorId(number as u16);
            for (worker, _) in state.executor(executor).workers.iter() {
                let next = self.lanes.len() as u32;
                self.lanes.entry((executor, LaneKind::Worker(WorkerId(worker)))).or_insert(next);
            }
        }
        self.sort();
        self.out.entries.sort_by_key(|entry| (entry.executor, entry.from, entry.event));
        for access in &mut self.out.accesses {
            access.loses = lost.binary_search_by_key(&access.event, |lost| lost.event).is_ok();
        }
        self.out.accesses.sort_by_key(|access| (access.cell, access.event));
        self.out
    }

    /// Numbers the lanes in their order, and puts the spans into theirs.
    fn sort(&mut self) {
        let mut number = vec![0_u32; self.lanes.len()];
        for (at, met) in self.lanes.values().enumerate() {
            number[*met as usize] = at as u32;
        }
        let mut of_lane: Vec<Vec<Span>> = vec![Vec::new(); self.lanes.len()];
        for span in std::mem::take(&mut self.spans) {
            let lane = number[span.lane as usize];
            of_lane[lane as usize].push(Span { lane, ..span });
        }
        for ((executor, kind), mut spans) in self.lanes.keys().zip(of_lane) {
            // They come in the order of their ends, so this is soon done.
            spans.sort_by_key(|span| (span.from, span.depth));
            let first = self.out.spans.len() as u32;
            self.out.spans.append(&mut spans);
            let spans = first..self.out.spans.len() as u32;
            self.out.lanes.push(Lane { executor: *executor, kind: *kind, spans });
        }
    }
}

/// The lane, depth and activity of a task that is on a thread.
fn doing(
    state: &State,
    own: &mut BTreeMap<TaskId, (ExecutorId, u32)>,
    id: TaskId,
    task: &Task,
) -> Option<((ExecutorId, LaneKind), u8, Activity)> {
    let activity = activity(state, task)?;
    let key = match task.thread? {
        Thread::Worker(executor, worker) => (executor, LaneKind::Worker(worker)),
        Thread::Scheduler(executor) => (executor, LaneKind::Scheduler),
        Thread::Own(owner) => {
            let at = state.task(owner).map_or(task.executor, |owner| owner.executor);
            let taken = |n: u32| own.values().any(|own| *own == (at, n));
            let known = own.get(&owner).copied();
            let (at, n) = known.unwrap_or_else(|| (at, (0..).find(|n| !taken(*n)).unwrap_or(0)));
            own.insert(owner, (at, n));
            (at, LaneKind::Own(n))
        }
    };
    let depth = state.stack(Some(id)).count().saturating_sub(1).min(255) as u8;
    Some((key, depth, activity))
}

/// Where the arrival or hand-over of a task that is already forgotten was to go.
fn target(scenario: &Scenario, event: Event) -> Option<ExecutorId> {
    match event {
        Event::Arrived { entry, .. } => Some(scenario.arrivals[entry.index()].to),
        Event::Entered { executor, .. }
        | Event::Dropped { executor, .. }
        | Event::Drained { executor, .. } => Some(executor),
        _ => None,
    }
}

/// Notes that a number is `now` from `at` on.
fn push(steps: &mut Steps, at: Time, now: u32) {
    match steps.last_mut() {
        None if now == 0 => {}
        Some((_, last)) if *last == now => {}
        Some((when, last)) if *when == at => *last = now,
        _ => steps.push((at, now)),
    }
}

fn activity(state: &State, task: &Task) -> Option<Activity> {
    if !task.phase.is_under_way() {
        return None;
    }
    if task.above.is_some() {
        return Some(Activity::Covered);
    }
    Some(match task.phase {
        Phase::Running => Activity::Running,
        Phase::Io => Activity::Io,
        Phase::Ready | Phase::Returning => Activity::Ready,
        Phase::Submitting(child) => Activity::Waiting(WaitReason::Room(
            state.task(child).map_or(task.executor, |child| child.executor),
        )),
        Phase::Waiting => Activity::Waiting(wait_reason(state, task)),
        Phase::Held
        | Phase::Passing
        | Phase::Blocked
        | Phase::Queued
        | Phase::Drained
        | Phase::Taken
        | Phase::Ended(_) => {
            return None;
        }
    })
}

/// What a waiting task waits for.
fn wait_reason(state: &State, task: &Task) -> WaitReason {
    if let Some(signal) = state.awaited_signal(task) {
        return WaitReason::Signal(signal);
    }
    match (state.awaited_resource(task), state.instruction(task)) {
        (Some(resource), _) => WaitReason::Resource(resource),
        (None, Some(Instruction::Shutdown { executor, .. })) => WaitReason::Drain(*executor),
        (None, _) => WaitReason::Children,
    }
}
