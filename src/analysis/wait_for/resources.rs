//! What those need who ask for a semaphore or lock, or for what another task is to bring.

use super::build::{Builder, Needs, never};
use super::graph::Mode;
use super::model::Node;
use crate::analysis::names::Key;
use crate::analysis::state::place::Resource;
use crate::analysis::state::task::{Phase, Task};
use crate::model::id::{ResourceId, TaskId};
use crate::model::program::Claim;
use crate::model::runtime::Barging;
use crate::model::signal::Signal;

impl Builder<'_> {
    /// What a task needs that asks for a semaphore or lock: nothing if it can have it now.
    pub(super) fn acquiring(
        &self,
        task: &Task,
        resource: ResourceId,
        claim: Claim,
        signal: Option<Signal>,
    ) -> Needs {
        let key = self.state.resource_key(resource, task);
        let described = &self.state.scenario().resources[resource.index()];
        let untouched = Resource::default();
        let held = self.state.resource(resource, &key).unwrap_or(&untouched);
        let is_held = held.is_taken(claim, described.permits);
        if let Some(signal) = signal.filter(|_| is_held) {
            return (Mode::All, vec![Node::Signal(signal)]);
        }
        // What asks for little may stand behind what asks for much.
        let in_order = described.fair == Some(true) || described.barging != Barging::Requeue;
        let first = held.waiting.values().next().and_then(|id| Some((*id, self.state.task(*id)?)));
        let before = first.filter(|(_, first)| in_order && !std::ptr::eq(*first, task));
        let plain = claim == Claim::ONE && self.asks_for_one_each(held);
        match before {
            // Whatever is given back, who asks for more than there is lets nobody past.
            Some((id, first)) if self.asks_for_too_much(resource, first) => (Mode::All, vec![Node::Task(id)]),
            Some((id, _)) if !is_held && !plain && held.holders.is_empty() => {
                (Mode::All, vec![Node::Task(id)])
            }
            Some(_) => (Mode::All, vec![Node::Resource(resource, key, claim)]),
            None if is_held || plain => (Mode::All, vec![Node::Resource(resource, key, claim)]),
            None => self.moves(),
        }
    }

    /// Whether what a task in line asks for never comes, unless anybody may bring it.
    fn asks_for_too_much(&self, resource: ResourceId, task: &Task) -> bool {
        let claim = self.state.awaited_claim(task).map(|(_, claim)| claim);
        claim.is_some_and(|claim| self.is_too_much(resource, claim))
    }

    fn is_too_much(&self, resource: ResourceId, claim: Claim) -> bool {
        let described = &self.state.scenario().resources[resource.index()];
        described.is_owned() && matches!(claim, Claim::Permits(count) if count > described.permits)
    }

    /// Whether a task that was woken would find what it asks for if it looked now.
    pub(super) fn may_have_it_now(&self, task: &Task) -> bool {
        let Some((resource, claim)) = self.state.awaited_claim(task) else { return false };
        let key = self.state.resource_key(resource, task);
        let permits = self.state.scenario().resources[resource.index()].permits;
        let is_taken = self.state.resource(resource, &key).is_some_and(|held| held.is_taken(claim, permits));
        !is_taken && !self.assumptions.quiescent
    }

    /// Whether all who wait there ask for a single permit, or for a lock.
    fn asks_for_one_each(&self, held: &Resource) -> bool {
        held.waiting.values().all(|id| {
            let claim = self.state.task(*id).and_then(|task| self.state.awaited_claim(task));
            claim.is_none_or(|(_, claim)| claim == Claim::ONE)
        })
    }

    /// Whoever holds something of it may give it back; whoever waits for it with a timeout makes way for those behind.
    pub(super) fn resource(&self, resource: ResourceId, key: &Key, claim: Claim) -> Needs {
        let described = &self.state.scenario().resources[resource.index()];
        if self.is_too_much(resource, claim) {
            return never();
        }
        let Some(held) = self.state.resource(resource, key) else { return self.moves() };
        let one_each = self.asks_for_one_each(held);
        if held.holders.is_empty() || (one_each && held.taken < i64::from(described.permits)) {
            return self.free(resource, held);
        }
        let holding = held.holding_tasks().into_iter();
        let mut needs: Vec<Node> = holding
            .filter(|id| self.state.task(*id).is_some_and(|task| !task.phase.is_ended()))
            .map(Node::Task)
            .collect();
        if !one_each {
            let timed = held
                .waiting
                .values()
                .filter(|id| self.state.task(**id).is_some_and(|task| self.may_time_out(task)));
            needs.extend(timed.map(|id| Node::Wait(*id)));
        }
        (Mode::Any, needs)
    }

    /// There is some of it. Whoever was woken for it looks first, once a thread is to be had; where the others stand aside
    /// meanwhile, somebody who passes by may take it and wake one of them.
    fn free(&self, resource: ResourceId, held: &Resource) -> Needs {
        let is_woken = |id: &&TaskId| self.state.task(**id).is_some_and(|task| task.phase == Phase::Ready);
        let mut needs: Vec<Node> = held.waiting.values().filter(is_woken).map(|id| Node::Task(*id)).collect();
        if needs.is_empty() {
            return self.moves();
        }
        if self.state.scenario().resources[resource.index()].barging == Barging::Requeue {
            match self.signal(Signal::Permits(resource)) {
                (Mode::Any, others) => needs.extend(others),
                moves @ (Mode::All, _) => return moves,
            }
        }
        (Mode::Any, needs)
    }

    /// Anybody who may still come to an instruction that brings it, or submit somebody who does.
    pub(super) fn signal(&self, signal: Signal) -> Needs {
        let scenario = self.state.scenario();
        let mut needs = Vec::new();
        for (source, arrivals) in self.state.sources().iter().zip(&scenario.arrivals) {
            match source.held_back {
                _ if source.ended || !self.reach.ever_brings(arrivals.task, signal) => {}
                Some(first) => needs.push(Node::Task(first)),
                None => return self.moves(),
            }
        }
        let tasks = self.state.tasks().filter(|(_, task)| !task.phase.is_ended() && !task.cancelled);
        let may = |task: &Task| match task.phase.is_under_way() {
            true => self.reach.brings(task.kind, task.pc, signal),
            false => self.reach.ever_brings(task.kind, signal),
        };
        needs.extend(tasks.filter(|(_, task)| may(task)).map(|(id, _)| Node::Task(id)));
        (Mode::Any, needs)
    }
}
