//! Which steps others can notice: where a task pauses so that others can come first, and where it need not.
//!
//! A partial order reduction: a step that nobody else can notice commutes with everything that others do, so
//! that only one order of the two is looked at. Invariant: a step is left out of the interleaving only if no
//! other task, now or later, can tell when it happened.

use super::choice::{Choice, ChoiceKind, PendingAction};
use crate::engine::agenda::Action;
use crate::engine::exploring::Decision;
use crate::engine::sim::Sim;
use crate::engine::task::{Flag, Phase, Slot};
use crate::model::executor::OnWait;
use crate::model::id::{NameId, Pc};
use crate::model::program::{Instruction, IoMode, Program};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// The way that the `maybe` which the task stands at was drawn to go, if both are to be looked at.
    pub(super) fn open_maybe(&self, slot: Slot) -> Option<bool> {
        if !self.st.exploring.rules.untimed {
            return None;
        }
        let task = &self.st.tasks[slot];
        if task.phase != Phase::Ready || self.has_verdict(slot) {
            return None;
        }
        match self.s.tasks[task.kind.index()].program.code.get(task.pc.index())? {
            Instruction::Maybe { p, site, .. } if *p > 0.0 && *p < 1.0 => {
                let executions = self.st.tasks.extra(slot).map(|extra| &extra.executions);
                let n = executions.and_then(|n| n.get(task.pc.index())).copied().unwrap_or(0);
                Some(task.stream.at(*site, n).unit() < *p)
            }
            _ => None,
        }
    }

    /// The ways that the step may go which the task stands at, the one that it was drawn to go first; none if there is but
    /// one.
    pub(super) fn ways(&self, slot: Slot) -> Vec<(ChoiceKind, Decision)> {
        if let Some(drawn) = self.open_maybe(slot) {
            return [drawn, !drawn].map(|way| (ChoiceKind::Maybe(way), Decision::Maybe(way))).to_vec();
        }
        let waiters = self.open_notify(slot);
        let way = |(place, waiter): (u32, Slot)| {
            (ChoiceKind::Notify(self.st.tasks[waiter].id), Decision::Notify(place))
        };
        (0..).zip(waiters).map(way).collect()
    }

    /// How the `maybe` that comes next goes, if that was chosen.
    pub(in crate::engine) fn decided_maybe(&mut self) -> Option<bool> {
        match self.st.exploring.decision.take() {
            Some(Decision::Maybe(way)) => Some(way),
            Some(Decision::Notify(_) | Decision::Steal(_)) | None => None,
        }
    }

    /// Whom the `notify` that the task stands at may wake first, where the runtime does not say: nobody if it wakes all.
    fn open_notify(&self, slot: Slot) -> Vec<Slot> {
        let task = &self.st.tasks[slot];
        if task.phase != Phase::Ready || self.has_verdict(slot) || self.s.runtime.notifies_in_order() {
            return Vec::new();
        }
        match self.s.tasks[task.kind.index()].program.code.get(task.pc.index()) {
            Some(Instruction::Notify { condition, count: Some(count) }) => {
                let waiters = self.waiters_on(*condition);
                if waiters.len() > *count as usize { waiters } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn has_verdict(&self, slot: Slot) -> bool {
        self.st.tasks.extra(slot).is_some_and(|extra| extra.verdict.is_some())
    }

    /// Whether nobody else can notice what this choice does, so that it may as well come first: a native
    /// thread's step that works, sleeps, or decides.
    pub(super) fn is_unnoticed(&self, choice: &Choice) -> bool {
        let PendingAction::Agenda { index, .. } = choice.act else { return false };
        let Some((Action::Turn(slot), _)) = self.st.agenda.iter().nth(index) else { return false };
        let task = &self.st.tasks[slot];
        let goes_on = match task.phase {
            Phase::Ready => !self.has_verdict(slot),
            // Whether it has started matters only to those who might cancel it.
            Phase::Taken => !self.plan.has_cancels,
            Phase::Held
            | Phase::Queued
            | Phase::Unadmitted
            | Phase::Drained
            | Phase::Timed
            | Phase::Resident
            | Phase::Waiting
            | Phase::Acquiring
            | Phase::Woken
            | Phase::Parked
            | Phase::Served
            | Phase::Submitting
            | Phase::Calling
            | Phase::Ended => false,
        };
        if !goes_on {
            return false;
        }
        match self.s.tasks[task.kind.index()].program.code.get(task.pc.index()) {
            Some(Instruction::Maybe { p, .. }) => {
                *p > 0.0 && *p < 1.0 && (self.plan.has_native || !task.flags.has(Flag::Green))
            }
            Some(Instruction::Run(_)) => !task.flags.has(Flag::Green),
            Some(step @ Instruction::Io(..)) => {
                !task.flags.has(Flag::Green) && !self.is_noticed(slot, Some(step))
            }
            _ => false,
        }
    }

    /// Of these alternatives the first of a task that stands at a decision in the middle of its turn, where all there is
    /// runs on its thread: nothing comes between there.
    pub(super) fn in_its_only_turn(&self, choices: &[Choice]) -> Option<usize> {
        let is_in_its_turn = |choice: &Choice| {
            let PendingAction::Agenda { index, decision: Some(_) } = choice.act else { return false };
            match self.st.agenda.iter().nth(index) {
                // One that yields and keeps its thread lets others come.
                Some((Action::Turn(slot), _)) => !self.st.tasks[slot].flags.has(Flag::KeepsCarrier),
                Some((Action::Carrier(_) | Action::Pump(_) | Action::Steal(..), _)) | None => false,
            }
        };
        if self.plan.has_native { None } else { choices.iter().position(is_in_its_turn) }
    }

    /// A task starts, in whatever turn: from then on nobody can cancel it, which those who try can notice.
    pub(in crate::engine) fn starts_in_view(&mut self) {
        self.st.exploring.stepped |= self.plan.has_cancels || self.st.exploring.rules.every_step;
    }

    /// Whether the task stops before its next instruction, so that others can come first. If so, it is next
    /// on the agenda.
    pub(in crate::engine) fn pauses(&mut self, slot: Slot, program: &Program, pc: Pc) -> bool {
        if self.st.exploring.decision.is_none() && !self.ways(slot).is_empty() {
            self.pause(slot);
            return true;
        }
        let green = self.st.tasks[slot].flags.has(Flag::Green);
        if green && !self.plan.has_native {
            // All there is runs on this one thread.
            return false;
        }
        let noticed =
            self.st.exploring.rules.every_step || self.is_noticed(slot, program.code.get(pc.index()));
        if noticed && self.st.exploring.stepped {
            self.pause(slot);
            return true;
        }
        self.st.exploring.stepped |= noticed;
        false
    }

    fn pause(&mut self, slot: Slot) {
        let cause = self.st.cause;
        self.st.tasks[slot].phase = Phase::Ready;
        self.st.agenda.push_first(Action::Turn(slot), cause);
    }

    /// Whether others can notice the instruction, or it depends on what they did.
    fn is_noticed(&self, slot: Slot, instruction: Option<&Instruction>) -> bool {
        let Some(instruction) = instruction else { return true };
        match instruction {
            // Another worker takes the place of one that blocks in it.
            Instruction::Io(_, IoMode::Managed) => self.plan.has_interrupts || self.is_in_fork_join(slot),
            // Where a task waits when it is interrupted makes a difference.
            Instruction::Io(..) | Instruction::Yield => self.plan.has_interrupts,
            Instruction::Run(_)
            | Instruction::Note(_)
            | Instruction::Repeat { .. }
            | Instruction::Again { times: Some(_), .. }
            | Instruction::Retry { .. }
            | Instruction::OpenScope { .. }
            | Instruction::Maybe { .. }
            | Instruction::Jump(_)
            | Instruction::UnlessTimedOut(_)
            | Instruction::UnlessClosed(_) => false,
            // In every circle of states somebody goes round such a loop, or submits: there all others get their turn.
            Instruction::Again { times: None, .. } => true,
            // Once it is over it stays over, so it makes no difference when one begins to wait for it: unless
            // the waiting itself does something.
            Instruction::Wait { timeout, names, .. } | Instruction::Result { timeout, names, .. } => {
                timeout.is_some()
                    || !self.waits_idly(slot)
                    || self.plan.has_interrupts
                    || self.may_give_carrier(slot, names)
            }
            Instruction::JoinScope => {
                !self.waits_idly(slot) || self.plan.has_interrupts || self.may_give_carrier(slot, &[])
            }
            Instruction::Submit(_)
            | Instruction::Cancel { .. }
            | Instruction::CloseScope
            | Instruction::Acquire { .. }
            | Instruction::Release { .. }
            | Instruction::Read(_)
            | Instruction::Write(..)
            | Instruction::Add(..)
            | Instruction::Fail(_)
            | Instruction::AwaitExecutor { .. }
            | Instruction::Resize { .. }
            | Instruction::Crash
            | Instruction::Send { .. }
            | Instruction::Receive { .. }
            | Instruction::Close(_)
            | Instruction::WaitOn { .. }
            | Instruction::Notify { .. }
            | Instruction::Await { .. }
            | Instruction::CountDown { .. }
            | Instruction::Reset(_)
            | Instruction::Use { .. }
            | Instruction::Shutdown { .. } => true,
        }
    }

    /// Whether a green thread gives its carrier to others where it waits for these tasks (all of its children if none is
    /// named), unless they end before: it keeps the carrier if there is nothing left to wait for.
    fn may_give_carrier(&self, slot: Slot, names: &[NameId]) -> bool {
        let Some(extra) = self.st.tasks.extra(slot) else { return false };
        let is_open = |child: &Slot| !self.st.tasks[*child].flags.has(Flag::Notified);
        let is_named_open = |name: &NameId| {
            extra
                .names
                .get(name.index())
                .and_then(|(child, _)| child.some())
                .is_some_and(|child| is_open(&child))
        };
        let waits = if names.is_empty() {
            extra.children.iter().any(is_open)
        } else {
            names.iter().any(is_named_open)
        };
        waits && self.st.tasks[slot].flags.has(Flag::Green)
    }

    /// Whether a wait for another task does nothing but wait: others notice what a pool lets its worker do meanwhile.
    pub(super) fn waits_idly(&self, slot: Slot) -> bool {
        let home = self.pool_home(slot);
        home.is_none_or(|home| self.st.executors[home.index()].traits.on_wait == OnWait::Hold)
    }
}
