//! Who of those in line at a semaphore or lock comes next.

use super::instance::Waiter;
use super::sim::Sim;
use super::task::{Flag, Phase, Slot};
use crate::model::id::ResourceId;
use crate::model::program::Claim;
use crate::model::runtime::{Barging, ReadWritePreference};
use crate::model::scenario::ResourceKind;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Something was given back (`released`, by `releaser`), or a waiter left: those who can have it now are handed it,
    /// or woken.
    pub(super) fn serve(
        &mut self,
        releaser: Option<Slot>,
        resource: ResourceId,
        instance: u32,
        released: Option<Claim>,
    ) {
        if self.st.resources[instance as usize].waiters.is_empty() {
            return;
        }
        let described = &self.s.resources[resource.index()];
        if let ResourceKind::ReadWriteLock { prefer, .. } = described.kind
            && described.fair == Some(true)
        {
            return self.serve_readers_and_writers(resource, instance, prefer, released);
        }
        if described.fair == Some(true) {
            return self.hand_in_order(resource, instance);
        }
        match described.barging {
            Barging::Requeue => {
                let permits = released.map_or(u32::MAX, Claim::permits);
                self.wake_or_hand(releaser, resource, instance, permits);
            }
            Barging::KeepPlace => self.wake_head(resource, instance),
            Barging::Once if self.st.resources[instance as usize].starving => {
                self.hand_in_order(resource, instance);
                self.st.resources[instance as usize].starving = self.head(instance).is_some();
            }
            Barging::Once => self.wake_head(resource, instance),
        }
    }

    /// The longest waiter, those who wait no longer dropped.
    fn head(&mut self, instance: u32) -> Option<Waiter> {
        loop {
            let first = *self.st.resources[instance as usize].waiters.front()?;
            if self.is_in_line(&first) {
                return Some(first);
            }
            self.st.resources[instance as usize].waiters.pop_front();
        }
    }

    /// Whether there is what a waiter asks for.
    fn has_for(&self, resource: ResourceId, instance: u32, waiter: &Waiter) -> bool {
        let permits = self.s.resources[resource.index()].permits;
        self.st.resources[instance as usize].has(waiter.claim, self.st.tasks[waiter.slot].id, permits)
    }

    /// Strictly in order: a large request at the head holds back the small ones behind it.
    fn hand_in_order(&mut self, resource: ResourceId, instance: u32) {
        while let Some(head) = self.head(instance) {
            if !self.has_for(resource, instance, &head) {
                return;
            }
            self.hand(head, resource, instance);
        }
    }

    /// The waiter holds it from now on, and goes on at its turn.
    fn hand(&mut self, waiter: Waiter, resource: ResourceId, instance: u32) {
        let cause = self.st.cause;
        self.leave_resource_line(waiter.slot, instance);
        self.has_it_now(waiter.slot, resource, instance, waiter.claim);
        self.ready(waiter.slot);
        self.st.cause = cause;
    }

    /// The waiters that `released` permits suffice for, the longest first, look again: out of line meanwhile. Between green
    /// tasks a lock is handed to the longest by default.
    fn wake_or_hand(
        &mut self,
        releaser: Option<Slot>,
        resource: ResourceId,
        instance: u32,
        mut released: u32,
    ) {
        while released > 0 && self.head(instance).is_some() {
            let waiters = &self.st.resources[instance as usize].waiters;
            let fits = |waiter: &&Waiter| {
                self.is_in_line(waiter)
                    && self.st.tasks[waiter.slot].phase == Phase::Acquiring
                    && self.has_for(resource, instance, waiter)
            };
            let Some(waiter) = waiters.iter().find(fits).copied() else { return };
            released = released.saturating_sub(waiter.claim.permits());
            if self.is_fair_by_default(releaser, waiter.slot, resource) {
                self.hand(waiter, resource, instance);
            } else {
                self.leave_resource_line(waiter.slot, instance);
                self.wake(waiter.slot);
            }
        }
    }

    fn is_fair_by_default(&self, releaser: Option<Slot>, waiter: Slot, resource: ResourceId) -> bool {
        let described = &self.s.resources[resource.index()];
        let is_green = |slot: Slot| self.st.tasks[slot].flags.has(Flag::Green);
        described.fair.is_none() && described.is_lock() && is_green(waiter) && releaser.is_none_or(is_green)
    }

    fn wake(&mut self, waiter: Slot) {
        let cause = self.st.cause;
        self.st.tasks[waiter].phase = Phase::Woken;
        self.ready(waiter);
        self.st.cause = cause;
    }

    /// Where waiters keep their place: the first looks again, if it has something to find.
    pub(super) fn wake_head(&mut self, resource: ResourceId, instance: u32) {
        let described = &self.s.resources[resource.index()];
        if described.fair == Some(true) || described.barging == Barging::Requeue {
            return;
        }
        if let Some(head) = self.head(instance)
            && self.st.tasks[head.slot].phase == Phase::Acquiring
            && self.has_for(resource, instance, &head)
        {
            self.wake(head.slot);
        }
    }

    /// The task stands in line no longer.
    pub(super) fn leave_resource_line(&mut self, slot: Slot, instance: u32) {
        let waiters = &mut self.st.resources[instance as usize].waiters;
        let tasks = &self.st.tasks;
        let place = waiters.iter().position(|waiter| waiter.slot == slot && waiter.is_in_line(tasks));
        if let Some(place) = place {
            waiters.remove(place);
        }
    }

    /// All readers that wait go in together: under `readers` whenever nobody writes, under `go` after a writer only.
    fn serve_readers_and_writers(
        &mut self,
        resource: ResourceId,
        instance: u32,
        prefer: ReadWritePreference,
        released: Option<Claim>,
    ) {
        if prefer == ReadWritePreference::Queue {
            return self.hand_in_order(resource, instance);
        }
        let waiters: Vec<Waiter> = self.st.resources[instance as usize].waiters.iter().copied().collect();
        let mut waiting: Vec<Waiter> = waiters.into_iter().filter(|waiter| self.is_in_line(waiter)).collect();
        let writer = waiting.iter().find(|waiter| waiter.claim == Claim::Write).copied();
        let readers_first =
            prefer == ReadWritePreference::Readers || released == Some(Claim::Write) || writer.is_none();
        waiting.retain(|waiter| waiter.claim == Claim::Read && readers_first);
        for next in waiting.into_iter().chain(writer) {
            if self.has_for(resource, instance, &next) {
                self.hand(next, resource, instance);
            }
        }
    }
}
