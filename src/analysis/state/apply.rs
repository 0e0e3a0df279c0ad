//! How each event changes a [`State`]: the one place that knows.
//!
//! Invariant: constant time an event, on average. What cannot follow from a run of ours (an event of a
//! task that does not exist, a second start) changes nothing.

use super::State;
use super::task::{Child, End, Phase, Task, Thread};
use crate::analysis::names::{Key, Origin, submit_at};
use crate::model::executor::ExecutorKind;
use crate::model::handler::{Handler, HandlerKind};
use crate::model::id::{ArrivalId, ExecutorId, Pc, TaskId, TaskTypeId, WorkerId};
use crate::model::program::Instruction;
use crate::model::scenario::render_key;
use crate::model::time::Time;
use crate::trace::event::{Event, EventId, Seat, SubmissionOutcome};

/// The event being applied.
#[derive(Clone, Copy)]
pub(super) struct CurrentEvent {
    pub(super) id: EventId,
    pub(super) at: Time,
}

impl State {
    /// Applies the next event.
    pub fn apply(&mut self, id: EventId, at: Time, event: Event) {
        let now = CurrentEvent { id, at };
        self.applied = id.0 + 1;
        self.at = at;
        match event {
            Event::Arrived { task, entry, fate } => self.arrived(now, task, entry, fate),
            Event::Submitted { task, parent, pc, fate } => self.submitted(now, task, parent, pc, fate),
            Event::Entered { task, executor, fate } => self.entered(now, task, executor, fate),
            Event::Repeated { task, series, fate } => self.repeated(now, task, series, fate),
            Event::Claimed { .. } => {}
            Event::Resized { task, pc, .. } => self.touch(now, task, pc),
            Event::Started { task, executor, worker, seat } => {
                self.started(now, task, executor, worker, seat)
            }
            Event::Finished { task } => self.ended(now, task, End::Finished),
            Event::Failed { task, failure } => self.ended(now, task, End::Failed(failure)),
            Event::Cancelled { task, by: _, succeeded } => self.cancelled(task, succeeded),
            Event::Skipped { task, executor } => {
                self.executors[executor.index()].met = Some(now.id);
                self.ended(now, task, End::Cancelled);
            }
            Event::Dropped { task, executor: _ } => self.ended(now, task, End::Discarded),
            Event::Drained { task, executor: _ } => self.drained(now, task),
            Event::WorkerStarted { executor, worker } => self.worker_started(executor, worker),
            Event::WorkerStopped { executor, worker } => self.worker_stopped(executor, worker),
            Event::Ran { task, pc } => self.step(now, task, pc, Phase::Running),
            Event::Blocked { task, pc } => self.step(now, task, pc, Phase::Io),
            Event::Yielded { task, pc } => self.step(now, task, pc, Phase::Running),
            Event::Ready { task } => self.ready(now, task),
            Event::Dispatched { task } => self.dispatched(now, task),
            Event::Waiting { task, pc } => self.waits(now, task, pc),
            Event::Passed { task, pc } => {
                self.leave_scope(task, pc);
                self.touch(now, task, pc);
            }
            Event::Resumed { task, why: _ } => self.resumed(now, task),
            Event::LeftWorker { task } => self.left_worker(task),
            Event::TookWorker { task, worker } => self.took_worker(now, task, worker),
            Event::Acquired { task, pc } => self.acquired(now, task, pc),
            Event::Released { task, resource, claim } => self.released(task, resource, claim),
            Event::Read { task, pc, cell } => self.read(now, task, pc, cell),
            Event::Wrote { task, pc, value } => self.wrote(now, task, pc, value),
            Event::Noted { task, pc } => self.touch(now, task, pc),
            Event::Warned { .. } => {}
            Event::ShutDown { task, pc, executor } => {
                self.touch(now, task, pc);
                self.executors[executor.index()].shut_down = true;
            }
            Event::SourceEnded { entry } => self.sources[entry.index()].ended = true,
            Event::Interrupted { .. } | Event::Swallowed { .. } => {}
            Event::Caught { task, pc, failure: _ } => self.step(now, task, pc, Phase::Running),
            Event::Sent { task, pc } => self.sent(now, task, pc),
            Event::Received { task, pc, sender: _ } => self.received(now, task, pc),
            Event::Closed { task, pc } => self.closed(now, task, pc),
            Event::FoundClosed { task, pc } => self.goes_on(now, task, pc),
            Event::Signalled { task, pc, count } => self.signalled(now, task, pc, count),
            Event::Relocks { task, why: _ } => self.relocks(now, task),
            Event::Counted { task, pc, left } => self.counted(now, task, pc, left),
        }
    }

    fn create(
        &mut self,
        now: CurrentEvent,
        id: TaskId,
        kind: TaskTypeId,
        origin: Origin,
        key: Key,
        to: ExecutorId,
    ) {
        self.created = id.0 + 1;
        self.unfinished += 1;
        self.kept += 1;
        self.tasks.insert(
            id.0,
            Task {
                kind,
                origin,
                key,
                first: to,
                executor: to,
                phase: Phase::Passing,
                pc: Pc(0),
                since: now.id,
                since_at: now.at,
                thread: None,
                below: None,
                above: None,
                children: Vec::new(),
                all_children: Vec::new(),
                deque: None,
                holds: Vec::new(),
                seen: Vec::new(),
                cancelled: false,
                acquiring: false,
                asked: EventId::NONE,
                fresh: false,
                unwatched: false,
                listed: None,
                previous: None,
                next: None,
            },
        );
    }

    fn arrived(&mut self, now: CurrentEvent, id: TaskId, entry: ArrivalId, fate: SubmissionOutcome) {
        if id.0 != self.created {
            return;
        }
        let arrivals = &self.scenario.arrivals[entry.index()];
        let source = &mut self.sources[entry.index()];
        let key = arrivals.key.as_ref().map(|template| render_key(template, source.count).into());
        source.count += 1;
        if fate == SubmissionOutcome::Blocked {
            source.held_back = Some(id);
        }
        let (kind, to) = (arrivals.task, arrivals.to);
        self.create(now, id, kind, Origin::Arrival(entry), key, to);
        self.settle(now, id, fate);
    }

    fn submitted(&mut self, now: CurrentEvent, id: TaskId, parent: TaskId, pc: Pc, fate: SubmissionOutcome) {
        self.touch(now, parent, pc);
        let Some(by) = self.tasks.get_mut(parent.0).filter(|_| id.0 == self.created) else { return };
        let Some(submit) = submit_at(&self.scenario, by.kind, pc) else { return };
        let program = &self.scenario.tasks[by.kind.index()].program;
        let step = &program.submits[submit.index()];
        let mut replaced = None;
        let nth = match by.children.iter_mut().find(|child| child.name == step.name) {
            Some(child) => {
                replaced = Some(std::mem::replace(&mut child.latest, id));
                child.count += 1;
                child.count - 1
            }
            None => {
                by.children.push(Child { name: step.name, latest: id, count: 1 });
                0
            }
        };
        // The end of an open scope, or a `wait all`, may still ask for it.
        replaced = replaced.filter(|old| !by.all_children.iter().rev().any(|child| child == old));
        if program.waits_for_all || program.scope_around(pc).is_some() {
            by.all_children.push(id);
        }
        let key = match &step.key {
            Some(template) => Some(render_key(template, nth.into()).into()),
            None => by.key.clone(),
        };
        if fate == SubmissionOutcome::Blocked {
            by.phase = Phase::Submitting(id);
            by.since = now.id;
            by.since_at = now.at;
        }
        let to = step.to.unwrap_or(by.first);
        let origin = Origin::Child { parent, pc, submit, name: step.name };
        let kind = step.task;
        self.create(now, id, kind, origin, key, to);
        if let Some(replaced) = replaced {
            self.unwatch(replaced);
        }
        self.settle(now, id, fate);
    }

    /// A series stands nowhere while one of its runs is under way.
    fn repeated(&mut self, now: CurrentEvent, id: TaskId, series: TaskId, fate: SubmissionOutcome) {
        let Some(task) = self.tasks.get(series.0).filter(|task| !task.phase.is_ended()) else { return };
        let (kind, key, to) = (task.kind, task.key.clone(), task.executor);
        self.unsettle(series);
        if let Some(task) = self.tasks.get_mut(series.0) {
            task.phase = Phase::Passing;
            (task.since, task.since_at) = (now.id, now.at);
        }
        self.create(now, id, kind, Origin::Run { series }, key, to);
        self.settle(now, id, fate);
    }

    /// Puts a task where its fate at its present executor says.
    fn settle(&mut self, now: CurrentEvent, id: TaskId, fate: SubmissionOutcome) {
        let phase = match fate {
            SubmissionOutcome::Taken => Phase::Taken,
            SubmissionOutcome::Queued => Phase::Queued,
            SubmissionOutcome::Held => Phase::Held,
            SubmissionOutcome::Passed | SubmissionOutcome::InCaller => Phase::Passing,
            SubmissionOutcome::Blocked => Phase::Blocked,
            SubmissionOutcome::Full
            | SubmissionOutcome::ShutDown
            | SubmissionOutcome::Guarded
            | SubmissionOutcome::Leaf => {
                return self.ended(now, id, End::Rejected(fate));
            }
            SubmissionOutcome::Dropped => return self.ended(now, id, End::Discarded),
        };
        let deque = if phase == Phase::Queued { self.deque_for(id) } else { None };
        let Some(task) = self.tasks.get_mut(id.0) else { return };
        task.phase = phase;
        task.since = now.id;
        task.since_at = now.at;
        task.deque = deque;
        let executor = task.executor;
        let place = &mut self.executors[executor.index()];
        match phase {
            Phase::Taken => place.starting += 1,
            Phase::Queued | Phase::Held => self.enlist(id, executor),
            Phase::Blocked => place.blocked.push_back(id),
            _ => {}
        }
    }

    /// The worker on whose deque its pool puts what waits there: its submitter's, if that runs on a worker of the same
    /// pool. What came through a wrapper comes from outside.
    fn deque_for(&self, id: TaskId) -> Option<WorkerId> {
        let task = self.tasks.get(id.0)?;
        let parent = task.origin.parent().filter(|_| task.first == task.executor)?;
        let kind = &self.scenario.executors[task.executor.index()].kind;
        if !matches!(kind, ExecutorKind::ForkJoin { .. }) {
            return None;
        }
        match self.tasks.get(parent.0)?.thread? {
            Thread::Worker(pool, worker) if pool == task.executor => Some(worker),
            Thread::Worker(..) | Thread::Scheduler(_) | Thread::Own(_) => None,
        }
    }

    /// Takes a task out of whatever place it has before it runs.
    pub(super) fn unsettle(&mut self, id: TaskId) {
        let Some(task) = self.tasks.get(id.0) else { return };
        let (phase, executor) = (task.phase, task.executor);
        match phase {
            Phase::Queued | Phase::Held => self.delist(id),
            Phase::Taken => {
                let place = &mut self.executors[executor.index()];
                place.starting = place.starting.saturating_sub(1);
            }
            Phase::Blocked => self.unblock(id, executor),
            _ => {}
        }
    }

    fn unblock(&mut self, id: TaskId, executor: ExecutorId) {
        let blocked = &mut self.executors[executor.index()].blocked;
        if let Some(at) = blocked.iter().position(|task| *task == id) {
            blocked.remove(at);
        }
        for place in &mut self.executors {
            if place.scheduler_blocked == Some(id) {
                place.scheduler_blocked = None;
            }
        }
        let Some(task) = self.tasks.get(id.0) else { return };
        if let Origin::Arrival(entry) = task.origin {
            let source = &mut self.sources[entry.index()];
            source.held_back = source.held_back.filter(|held| *held != id);
        }
    }

    fn entered(&mut self, now: CurrentEvent, id: TaskId, executor: ExecutorId, fate: SubmissionOutcome) {
        let Some(task) = self.tasks.get(id.0) else { return };
        if task.phase.is_under_way() || task.phase.is_ended() {
            return;
        }
        let (from, kind) = (task.executor, task.kind);
        let next = self.scenario.executors[from.index()].wraps();
        if executor != from && next != Some(executor) {
            return;
        }
        self.unsettle(id);
        if executor != from {
            if !self.has_turns(from) {
                self.count_hand_over(from, kind, true);
            }
            if fate == SubmissionOutcome::Blocked {
                self.executors[from.index()].scheduler_blocked = Some(id);
            }
        }
        if let Some(task) = self.tasks.get_mut(id.0) {
            task.executor = executor;
        }
        self.settle(now, id, fate);
    }

    fn started(&mut self, now: CurrentEvent, id: TaskId, executor: ExecutorId, worker: WorkerId, seat: Seat) {
        let Some(task) = self.tasks.get(id.0) else { return };
        if task.phase.is_under_way() || task.phase.is_ended() {
            return;
        }
        let (parent, has_passed) = (task.origin.parent(), task.first != task.executor);
        self.unsettle(id);
        if has_passed {
            self.count_turns(id);
        }
        let on_worker =
            || self.executors[executor.index()].workers.get(worker.0).and_then(|worker| worker.top);
        let (thread, below) = match seat {
            Seat::Worker | Seat::Above => (Some(Thread::Worker(executor, worker)), on_worker()),
            Seat::Own => (Some(Thread::Own(id)), None),
            Seat::Scheduler => {
                (Some(Thread::Scheduler(executor)), self.executors[executor.index()].scheduler_top)
            }
            Seat::Caller => (parent.and_then(|by| self.tasks.get(by.0)).and_then(|by| by.thread), parent),
        };
        // Only what is under way can be below: no stack ever closes into a ring.
        let is_under_way = |below: &TaskId| self.tasks.get(below.0).is_some_and(|by| by.phase.is_under_way());
        let below = below.filter(is_under_way);
        if let Some(below) = below.and_then(|below| self.tasks.get_mut(below.0)) {
            below.above = Some(id);
        }
        if let Some(thread) = thread {
            self.set_top(thread, Some(id));
        }
        let Some(task) = self.tasks.get_mut(id.0) else { return };
        let first = self.scenario.tasks[task.kind.index()].program.code.first();
        task.phase = if matches!(first, Some(Instruction::Io(..))) { Phase::Io } else { Phase::Running };
        task.fresh = task.phase == Phase::Io;
        (task.thread, task.below, task.pc) = (thread, below, Pc(0));
        (task.since, task.since_at) = (now.id, now.at);
    }

    fn ended(&mut self, now: CurrentEvent, id: TaskId, end: End) {
        let Some(task) = self.tasks.get(id.0).filter(|task| !task.phase.is_ended()) else { return };
        let (parent, is_cancelled) = (task.origin.parent(), task.cancelled);
        self.unfinished -= u32::from(!is_cancelled);
        let is_on_stack = task.thread.is_some() || task.below.is_some() || task.above.is_some();
        if !task.phase.is_under_way() {
            self.unsettle(id);
        }
        if is_on_stack {
            self.leave_thread(id);
        }
        // A cancel gave its place back already; whoever waits for a dropped task's end waits for ever.
        if !is_cancelled && end != End::Discarded {
            self.give_place_back(id);
        }
        let Some(task) = self.tasks.get_mut(id.0) else { return };
        task.phase = Phase::Ended(end);
        (task.since, task.since_at) = (now.id, now.at);
        let children = std::mem::take(&mut task.children);
        let all = std::mem::take(&mut task.all_children);
        let forget = task.unwatched || parent.is_none_or(|parent| self.is_over(parent));
        for child in children.iter().map(|child| child.latest).chain(all) {
            self.unwatch(child);
        }
        if forget {
            self.forget(id);
        }
    }

    fn is_over(&self, task: TaskId) -> bool {
        self.tasks.get(task.0).is_none_or(|task| task.phase.is_ended())
    }

    /// A task leaves the scope whose end is at this instruction, if it is one: what was submitted inside is over.
    fn leave_scope(&mut self, id: TaskId, end: Pc) {
        let Some(task) = self.tasks.get(id.0).filter(|task| !task.all_children.is_empty()) else { return };
        let program = &self.scenario.tasks[task.kind.index()].program;
        let is_scope = |handler: &&Handler| handler.kind == HandlerKind::Scope && handler.target == end;
        let Some(scope) = program.handlers.iter().find(is_scope).filter(|_| !program.waits_for_all) else {
            return;
        };
        let inside = scope.from..scope.to;
        let was_inside = |child: &TaskId| match self.tasks.get(child.0).map(|child| child.origin) {
            Some(Origin::Child { pc, .. }) => inside.contains(&pc),
            Some(Origin::Arrival(_) | Origin::Run { .. }) | None => true,
        };
        let (gone, left): (Vec<TaskId>, Vec<TaskId>) =
            task.all_children.iter().partition(|child| was_inside(child));
        let is_latest = |child: &TaskId| task.children.iter().any(|latest| latest.latest == *child);
        let unwatched: Vec<TaskId> = gone.into_iter().filter(|child| !is_latest(child)).collect();
        if let Some(task) = self.tasks.get_mut(id.0) {
            task.all_children = left;
        }
        for child in unwatched {
            self.unwatch(child);
        }
    }

    /// Nobody asks for the end of `id` any more.
    fn unwatch(&mut self, id: TaskId) {
        let Some(task) = self.tasks.get_mut(id.0) else { return };
        task.unwatched = true;
        if task.phase.is_ended() {
            self.forget(id);
        }
    }

    fn forget(&mut self, id: TaskId) {
        self.kept -= u32::from(self.tasks.remove(id.0));
    }

    fn cancelled(&mut self, id: TaskId, succeeded: bool) {
        let Some(task) = self.tasks.get_mut(id.0).filter(|_| succeeded) else { return };
        if !task.cancelled && !task.phase.is_ended() {
            task.cancelled = true;
            self.unfinished -= 1;
            self.give_place_back(id);
        }
    }

    pub(super) fn enter(&mut self, now: CurrentEvent, id: TaskId, phase: Phase) {
        let Some(task) = self.tasks.get_mut(id.0).filter(|task| task.phase.is_under_way()) else { return };
        task.phase = phase;
        (task.since, task.since_at) = (now.id, now.at);
    }

    fn step(&mut self, now: CurrentEvent, id: TaskId, pc: Pc, phase: Phase) {
        self.enter(now, id, phase);
        if let Some(task) = self.tasks.get_mut(id.0) {
            task.pc = pc;
            task.fresh = false;
        }
    }

    /// An instruction that takes no time: a task that was in `io` is between two steps now.
    pub(super) fn touch(&mut self, now: CurrentEvent, id: TaskId, pc: Pc) {
        if let Some(task) = self.tasks.get_mut(id.0) {
            task.pc = pc;
            task.fresh = false;
            if task.phase == Phase::Io {
                task.phase = Phase::Running;
                (task.since, task.since_at) = (now.id, now.at);
            }
        }
    }

    fn ready(&mut self, now: CurrentEvent, id: TaskId) {
        if let Some(task) = self.tasks.get_mut(id.0) {
            task.fresh &= task.since_at == now.at;
        }
        self.enter(now, id, Phase::Ready);
    }

    fn dispatched(&mut self, now: CurrentEvent, id: TaskId) {
        let fresh = self.tasks.get_mut(id.0).is_some_and(|task| std::mem::take(&mut task.fresh));
        self.enter(now, id, if fresh { Phase::Io } else { Phase::Running });
    }

    fn waits(&mut self, now: CurrentEvent, id: TaskId, pc: Pc) {
        // One that was woken and found nothing waits again.
        self.stop_waiting(id);
        self.step(now, id, pc, Phase::Waiting);
        let acquires = |task: &Task| matches!(self.instruction(task), Some(Instruction::Acquire { .. }));
        let acquires = self.tasks.get(id.0).is_some_and(acquires);
        let Some(task) = self.tasks.get_mut(id.0) else { return };
        task.acquiring = acquires;
        self.joins_line(id);
        let Some(task) = self.tasks.get(id.0) else { return };
        let Some(resource) = self.awaited_resource(task) else { return };
        self.asks_for(now, id, resource);
    }

    fn resumed(&mut self, now: CurrentEvent, id: TaskId) {
        self.stop_waiting(id);
        if let Some(pc) = self.tasks.get(id.0).map(|task| task.pc) {
            self.leave_scope(id, pc);
        }
        let phase = match self.tasks.get(id.0).and_then(|task| task.thread) {
            Some(_) => Phase::Running,
            None => Phase::Returning,
        };
        self.enter(now, id, phase);
    }
}
