//! How events change semaphores and locks: who holds how much, and who waits.
//!
//! Invariant: constant time an event, on average, however many hold or wait: a line is kept by the events at which its
//! tasks joined it.

use super::State;
use super::apply::CurrentEvent;
use super::place::{Holder, Resource};
use super::task::Phase;
use crate::model::id::{Pc, ResourceId, TaskId};
use crate::model::program::Claim;
use std::collections::VecDeque;

impl State {
    /// A task waits for a semaphore or lock from now on, behind all others.
    pub(super) fn asks_for(&mut self, now: CurrentEvent, id: TaskId, resource: ResourceId) {
        let Some(task) = self.tasks.get_mut(id.0) else { return };
        task.asked = now.id;
        let Some(task) = self.tasks.get(id.0) else { return };
        let at = (resource, self.resource_key(resource, task));
        self.resources.entry(at).or_default().waiting.insert(now.id, id);
    }

    /// It waits for no permit or lock, nor at a shared thing, any longer.
    pub(super) fn stop_waiting(&mut self, id: TaskId) {
        self.leaves_line(id);
        let Some(task) = self.tasks.get(id.0) else { return };
        let Some(resource) = self.awaited_resource(task) else { return };
        let (at, asked) = ((resource, self.resource_key(resource, task)), task.asked);
        if let Some(task) = self.tasks.get_mut(id.0) {
            task.acquiring = false;
        }
        let Some(instance) = self.resources.get_mut(&at) else { return };
        instance.waiting.remove(&asked);
        if instance.is_untouched() {
            self.resources.remove(&at);
        }
    }

    pub(super) fn acquired(&mut self, now: CurrentEvent, id: TaskId, pc: Pc) {
        self.touch(now, id, pc);
        self.stop_waiting(id);
        let Some(task) = self.tasks.get(id.0) else { return };
        let Some((resource, claim)) = self.instruction(task).and_then(|at| self.claim_at(at)) else { return };
        let key = self.resource_key(resource, task);
        let is_owned = self.scenario.resources[resource.index()].is_owned();
        let instance = self.resources.entry((resource, key)).or_default();
        instance.taken += permits(claim);
        if is_owned {
            instance.holders.push_back(Holder { task: id, claim });
            self.holdings += 1;
        }
        if let Some(task) = self.tasks.get_mut(id.0) {
            if is_owned {
                task.holds.push(resource);
            }
            // One that waited for it waits no longer.
            if task.phase == Phase::Waiting {
                task.phase = Phase::Running;
                (task.since, task.since_at) = (now.id, now.at);
            }
        }
    }

    pub(super) fn released(&mut self, id: TaskId, resource: ResourceId, claim: Claim) {
        let Some(task) = self.tasks.get(id.0) else { return };
        let at = (resource, self.resource_key(resource, task));
        let is_owned = self.scenario.resources[resource.index()].is_owned();
        let instance = self.resources.entry(at.clone()).or_default();
        instance.taken -= permits(claim);
        let mut left = claim.permits();
        let is_nested = task.holds.iter().filter(|held| **held == resource).count() > 1;
        while is_owned && left > 0 {
            let is_same = |holder: &Holder| holder.task == id && is_like(holder.claim, claim);
            // Of several that one task has, the last is given back first.
            let place = match is_nested {
                true => instance.holders.iter().rposition(is_same),
                false => place_of(&instance.holders, is_same),
            };
            let Some(place) = place else { break };
            let held = instance.holders[place].claim.permits();
            if held > left {
                instance.holders[place].claim = Claim::Permits(held - left);
                break;
            }
            left -= held;
            instance.holders.remove(place);
            self.holdings -= 1;
            let Some(task) = self.tasks.get_mut(id.0) else { break };
            if let Some(held) = task.holds.iter().rposition(|held| *held == resource) {
                task.holds.remove(held);
            }
        }
        if self.resources.get(&at).is_some_and(Resource::is_untouched) {
            self.resources.remove(&at);
        }
    }
}

/// What a claim counts for among the permits taken; a writer takes none, but alone.
fn permits(claim: Claim) -> i64 {
    if claim == Claim::Write { 0 } else { i64::from(claim.permits()) }
}

/// Whether a release of one can give the other back.
fn is_like(held: Claim, released: Claim) -> bool {
    held == released || matches!((held, released), (Claim::Permits(_), Claim::Permits(_)))
}

/// A place in a list, looked for from both ends: of many thousand holders it is nearly always one of the first or
/// of the last that lets go.
fn place_of(list: &VecDeque<Holder>, is_it: impl Fn(&Holder) -> bool) -> Option<usize> {
    let last = list.len().checked_sub(1)?;
    (0..=last / 2).flat_map(|at| [last - at, at]).find(|at| is_it(&list[*at]))
}
