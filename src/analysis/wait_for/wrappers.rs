//! What the wait-for graph says of wrappers: delays, caps, buses, their scheduler threads, and room for
//! a submission.
//!
//! Invariant: as for all of the graph: a hand-over that may still happen counts as live.

use super::build::{Builder, Needs, live, never};
use super::graph::Mode;
use super::model::Node;
use crate::analysis::names::Origin;
use crate::analysis::state::task::{Phase, Task};
use crate::model::executor::{Cap, ExecutorKind, HandOver, OnFull, OnWait};
use crate::model::id::{ExecutorId, TaskId, TaskTypeId};

impl<'a> Builder<'a> {
    /// The caps of `wrapper` that name this type and have no room.
    pub(super) fn saturated(
        &self,
        wrapper: ExecutorId,
        kind: TaskTypeId,
    ) -> impl Iterator<Item = (u16, &'a Cap)> + use<'a> {
        let caps: &[Cap] = match &self.state.scenario().executors[wrapper.index()].kind {
            ExecutorKind::Cap { caps, .. } => caps,
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Bus { .. } => &[],
        };
        let usage = &self.state.executor(wrapper).cap_use;
        caps.iter()
            .enumerate()
            .filter(move |(at, cap)| cap.types.contains(&kind) && usage[*at] >= cap.limit)
            .map(|(at, cap)| (at as u16, cap))
    }

    pub(super) fn held(&self, id: TaskId, task: &Task) -> Needs {
        let mut needs = self.scheduler_of(task.executor);
        match self.kind(task.executor) {
            ExecutorKind::Scheduled { .. } => {
                // What is not due yet comes due, unless nothing is due any more.
                let over = self.assumptions.quiescent || self.assumptions.never.contains(&(id, task.since));
                return if over { never() } else { live() };
            }
            ExecutorKind::Delay { delay, into } => {
                let given = match task.origin {
                    Origin::Child { parent, submit, .. } => self.state.task(parent).and_then(|parent| {
                        let program = &self.state.scenario().tasks[parent.kind.index()].program;
                        let after = program.submits[submit.index()].after?;
                        Some(&program.draws[after.index()].distribution)
                    }),
                    Origin::Arrival(_) | Origin::Run { .. } => None,
                };
                let forever = given.unwrap_or(delay).fixed().is_some_and(|length| length.is_forever());
                let green = self.shares_green_thread(self.state.scenario().pool_of(*into));
                if green {
                    needs.push(Node::GreenThread);
                }
                // A delay that is over shows only by its hand-over: until then it counts as running.
                let over = self.assumptions.quiescent || self.assumptions.never.contains(&(id, task.since));
                if forever || over && needs.is_empty() {
                    return never();
                }
            }
            ExecutorKind::Cap { .. } => {
                needs.extend(
                    self.saturated(task.executor, task.kind).map(|(cap, _)| Node::Cap(task.executor, cap)),
                );
                if let ExecutorKind::Cap { into, hand_over: HandOver::Turn, .. } = self.kind(task.executor) {
                    // The place of its group in the queue behind has to come to its turn.
                    needs.push(Node::Worker(*into));
                }
                if needs.is_empty() {
                    return self.moves();
                }
            }
            ExecutorKind::Bus { .. } => return (Mode::All, vec![Node::Head(task.executor)]),
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Inline => {
                return self.moves();
            }
        }
        if needs.is_empty() {
            return live();
        }
        let rescues = self.rescues(task);
        if rescues.is_empty() {
            return (Mode::All, needs);
        }
        // Rare: keep it simple, and call the task live with its rescuer rather than nest nodes.
        (Mode::Any, rescues.into_iter().chain(needs).collect())
    }

    pub(super) fn room(&self, executor: ExecutorId, kind: Option<TaskTypeId>) -> Needs {
        let mut needs: Vec<Node> = self.rescue(executor).into_iter().collect();
        match self.kind(executor) {
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. } => {
                needs.push(Node::Worker(executor));
                // A parent that waits may take its child off the queue.
                if self.state.scenario().executors[executor.index()].on_wait == OnWait::HelpChild {
                    needs.extend(self.state.entries(executor).map(|(id, _)| Node::Task(id)));
                }
            }
            ExecutorKind::Delay { .. } | ExecutorKind::Cap { .. } => {
                let same = |task: &Task| kind.is_none_or(|kind| task.kind == kind);
                let held = self.state.entries(executor).filter(|(_, task)| same(task)).count();
                let bound = self.state.scenario().executors[executor.index()].queue;
                if bound.is_none_or(|bound| held < bound as usize) {
                    return self.moves();
                }
                needs.extend(
                    self.state.entries(executor).filter(|(_, t)| same(t)).map(|(id, _)| Node::Task(id)),
                );
                if let Some(kind) = kind {
                    // `queue = 0`: nothing is held, the submission waits for the caps themselves.
                    let caps: Vec<Node> =
                        self.saturated(executor, kind).map(|(cap, _)| Node::Cap(executor, cap)).collect();
                    if caps.is_empty() {
                        let busy = self.scheduler_of(executor);
                        return if busy.is_empty() { self.moves() } else { (Mode::All, busy) };
                    }
                    if needs.is_empty() {
                        return (Mode::All, caps);
                    }
                    needs.extend(caps);
                }
            }
            ExecutorKind::Bus { .. } => needs.push(Node::Head(executor)),
            ExecutorKind::Inline => return self.moves(),
        }
        (Mode::Any, needs)
    }

    /// The wrapper's scheduler, if it is busy.
    pub(super) fn scheduler_of(&self, wrapper: ExecutorId) -> Vec<Node> {
        let place = self.state.executor(wrapper);
        let busy = place.scheduler_blocked.is_some() || place.scheduler_top.is_some();
        if busy { vec![Node::Scheduler(wrapper)] } else { Vec::new() }
    }

    pub(super) fn scheduler(&self, wrapper: ExecutorId) -> Needs {
        let place = self.state.executor(wrapper);
        let bottom = self.state.stack(place.scheduler_top).last().map(|(id, _)| id);
        let needs = place.scheduler_blocked.into_iter().chain(bottom);
        (Mode::All, needs.map(Node::Task).collect())
    }

    pub(super) fn passed_through(&self, wrapper: ExecutorId) -> Vec<Node> {
        let inside = self.inside.get(&wrapper).into_iter().flatten();
        let gone_on = |id: &&TaskId| self.state.task(**id).is_some_and(|task| task.executor != wrapper);
        inside.filter(gone_on).map(|id| Node::Task(*id)).collect()
    }

    pub(super) fn head(&self, bus: ExecutorId) -> Needs {
        let ExecutorKind::Bus { prefetch, into } = self.kind(bus) else { return self.moves() };
        let held = self.state.entries(bus).next().map(|(first, _)| first);
        let blocked = || self.state.executor(bus).blocked.front().copied();
        let Some(first) = held.or_else(blocked) else { return self.moves() };
        let mut needs = self.scheduler_of(bus);
        if prefetch.is_some_and(|most| self.state.executor(bus).handed_over >= most) {
            needs.push(Node::Prefetch(bus));
        }
        needs.push(Node::Accept(*into, first));
        let mut ways_out: Vec<Node> = self.rescue(bus).into_iter().collect();
        if !ways_out.is_empty() {
            // Rare: the first of its needs stands for them all, so that no node needs nodes within it.
            ways_out.extend(needs.into_iter().take(1));
            return (Mode::Any, ways_out);
        }
        (Mode::All, needs)
    }

    pub(super) fn accept(&self, executor: ExecutorId, message: TaskId) -> Needs {
        let Some(task) = self.state.task(message) else { return self.moves() };
        let kind = task.kind;
        let place = self.state.executor(executor);
        let described = &self.state.scenario().executors[executor.index()];
        let finds_a_way = match described.on_full {
            OnFull::Reject | OnFull::Block => false,
            OnFull::CallerRuns | OnFull::Discard | OnFull::DiscardOldest => true,
        };
        match (&described.kind, described.queue) {
            (ExecutorKind::Cap { into, .. }, bound) => {
                let caps: Vec<Node> =
                    self.saturated(executor, kind).map(|(cap, _)| Node::Cap(executor, cap)).collect();
                let held = self.state.entries(executor).filter(|(_, task)| task.kind == kind).count();
                if caps.is_empty() {
                    return (Mode::All, vec![Node::Accept(*into, message)]);
                }
                if bound.is_none_or(|bound| held < bound as usize) || finds_a_way {
                    return self.moves();
                }
                (Mode::All, caps)
            }
            (
                ExecutorKind::Threads { .. }
                | ExecutorKind::Green { .. }
                | ExecutorKind::Dynamic { .. }
                | ExecutorKind::Elastic { .. }
                | ExecutorKind::ForkJoin { .. }
                | ExecutorKind::Scheduled { .. },
                Some(bound),
            ) => {
                if place.waiting < bound || place.shut_down || finds_a_way {
                    return self.moves();
                }
                let mut needs: Vec<Node> = self.rescue(executor).into_iter().collect();
                needs.push(Node::Worker(executor));
                if described.on_wait == OnWait::HelpChild
                    && let Some(parent) = task.origin.parent()
                    && let Some(by) = self.state.task(parent)
                    && by.phase == Phase::Waiting
                    && by.executor == executor
                    && self.awaited(by).contains(&message)
                {
                    // The worker of its parent takes it, once what runs there now has ended.
                    match by.above {
                        Some(above) => needs.push(Node::Task(above)),
                        None => return self.moves(),
                    }
                }
                (Mode::Any, needs)
            }
            (ExecutorKind::Delay { .. } | ExecutorKind::Bus { .. }, Some(bound)) => {
                if place.waiting < bound || place.shut_down || finds_a_way {
                    return self.moves();
                }
                self.room(executor, None)
            }
            (
                ExecutorKind::Threads { .. }
                | ExecutorKind::Green { .. }
                | ExecutorKind::Dynamic { .. }
                | ExecutorKind::Elastic { .. }
                | ExecutorKind::ForkJoin { .. }
                | ExecutorKind::Scheduled { .. },
                None,
            )
            | (ExecutorKind::Delay { .. } | ExecutorKind::Bus { .. }, None)
            | (ExecutorKind::Inline, _) => self.moves(),
        }
    }
}
