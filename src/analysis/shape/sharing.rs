//! Where tasks can stand still at what they share: semaphores and locks, channels, conditions, latches and barriers.

use super::demand::{HoldPoint, LimitedResource};
use super::reading::EntryState;
use super::stands::HoldPointInputs;
use crate::model::id::{ResourceId, SharedId};
use crate::model::program::{Claim, Instruction, Program};
use crate::model::scenario::ResourceKind;
use crate::model::shared::SharedKind;
use crate::model::signal::Signal;
use std::collections::BTreeSet;

impl HoldPointInputs<'_> {
    /// Where a task can stand at a step about something shared.
    pub(super) fn at_shared(
        &self,
        stand: HoldPoint,
        program: &Program,
        at: usize,
        before: &EntryState,
    ) -> Vec<HoldPoint> {
        match &program.code[at] {
            Instruction::Acquire { resource, claim, .. } if self.takes_again(*resource, *claim, before) => {
                Vec::new()
            }
            Instruction::Acquire { resource, timeout, .. } if self.contended[resource.index()] => {
                let signal = [LimitedResource::Signal(Signal::Permits(*resource)), LimitedResource::Never];
                let described = &self.s.resources[resource.index()];
                let needs = match (self.acts_owned[resource.index()], described.permits) {
                    // Nobody holds one, so that nobody may release one.
                    (true, 0) => BTreeSet::from(signal),
                    (true, _) => BTreeSet::from([LimitedResource::Resource(*resource)]),
                    (false, _) => signal.into_iter().chain([LimitedResource::Resource(*resource)]).collect(),
                };
                vec![HoldPoint { needs, timed: self.is_finite(program, *timeout), ..stand }]
            }
            Instruction::WaitOn { condition, timeout } => {
                let (waiting, back) = self.without_lock(stand, *condition);
                let timed = self.is_finite(program, *timeout);
                let waiting = self.needing(waiting, Signal::Notification(*condition), timed);
                back.into_iter().chain([waiting]).collect()
            }
            Instruction::Await { shared, timeout } if self.can_be_closed(*shared) => {
                let signal = program.code[at].awaited_signal(self.s);
                let timed = self.is_finite(program, *timeout);
                signal.map(|signal| self.needing(stand, signal, timed)).into_iter().collect()
            }
            Instruction::Send { channel, timeout } if self.is_bounded(*channel) => {
                vec![self.needing(stand, Signal::Room(*channel), self.is_finite(program, *timeout))]
            }
            Instruction::Receive { channel, timeout } => {
                vec![self.needing(stand, Signal::Message(*channel), self.is_finite(program, *timeout))]
            }
            _ => Vec::new(),
        }
    }

    /// Whether the task has for sure what lets it take that at once: a reentrant lock, or a read-write lock for writing.
    fn takes_again(&self, resource: ResourceId, claim: Claim, before: &EntryState) -> bool {
        let surely = before.surely[resource.index()];
        match self.s.resources[resource.index()].kind {
            ResourceKind::Lock { reentrant } => reentrant && !surely.is_none(),
            ResourceKind::ReadWriteLock { .. } => claim == Claim::Read && surely.covers(Claim::Write),
            ResourceKind::Semaphore { .. } => false,
        }
    }

    /// A wait on a condition gives the condition's lock up; then the task needs it again, with all else that it holds.
    fn without_lock(&self, stand: HoldPoint, condition: SharedId) -> (HoldPoint, Option<HoldPoint>) {
        let SharedKind::Condition { lock: Some(lock) } = self.s.shared[condition.index()].kind else {
            return (stand, None);
        };
        let mut waiting = stand;
        waiting.holds.retain(|(thing, _)| *thing != LimitedResource::Resource(lock));
        let back = HoldPoint { needs: BTreeSet::from([LimitedResource::Resource(lock)]), ..waiting.clone() };
        (waiting, Some(back))
    }

    /// Whether anybody may have to wait for a latch or at a barrier.
    fn can_be_closed(&self, shared: SharedId) -> bool {
        match self.s.shared[shared.index()].kind {
            SharedKind::Latch { count } => count > 0,
            SharedKind::Barrier { parties } => parties > 1,
            SharedKind::Channel { .. } | SharedKind::Condition { .. } | SharedKind::Server(_) => false,
        }
    }

    /// Whether a channel can be full.
    fn is_bounded(&self, channel: SharedId) -> bool {
        !matches!(self.s.shared[channel.index()].kind, SharedKind::Channel { capacity: None })
    }

    /// Where a task needs another to bring something: all who come before, if it is known to come; else only the orders
    /// tell whether it does.
    fn needing(&self, mut stand: HoldPoint, signal: Signal, timed: bool) -> HoldPoint {
        if let Some(players) = signal.shared().and_then(|shared| self.supply.players(shared)) {
            stand.awaits.extend(players.iter().map(|node| (*node, false)));
            return HoldPoint { timed, ..stand };
        }
        HoldPoint {
            needs: BTreeSet::from([LimitedResource::Signal(signal), LimitedResource::Never]),
            timed,
            ..stand
        }
    }
}
