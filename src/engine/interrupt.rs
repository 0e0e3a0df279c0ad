//! Interrupts: `cancel … interrupt`, the end of a `scope fail-fast`, and what takes a task out of any wait.
//!
//! A task that is interrupted raises at its present or next interruptible wait. In Java its future is cancelled at
//! once, whatever the body does then (`java/util/concurrent/FutureTask.java`, `cancel`); elsewhere only when the task
//! has ended by it (CPython, `asyncio/tasks.py`, `Task.cancel`). `detach` cancels the future at once and leaves the
//! body alone (`FutureTask.cancel(false)`).

use super::sim::Sim;
use super::state::KindState;
use super::task::{Future, Interrupt, Phase, Slot};
use super::work::Flow;
use crate::model::id::{NameId, Pc};
use crate::model::program::{CancelMode, Instruction, IoMode};
use crate::trace::event::{Event, Failure, WakeReason};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// `cancel NAME…` or `cancel all`.
    pub(super) fn cancel_children(&mut self, slot: Slot, names: &[NameId], all: bool, mode: CancelMode) {
        let count = match (all, self.st.tasks.extra(slot)) {
            (_, None) => 0,
            (true, Some(extra)) => extra.children.len(),
            (false, Some(_)) => names.len(),
        };
        for number in 0..count {
            // Looked up one by one: what a cancel leads to neither adds children nor takes any away.
            let child = self.st.tasks.extra(slot).and_then(|extra| match all {
                true => extra.children.get(number).copied(),
                false => {
                    let entry = extra.names.get(names.get(number)?.index());
                    entry.and_then(|(child, _)| child.some())
                }
            });
            if let Some(child) = child {
                match mode {
                    CancelMode::Plain => self.cancel(child, slot),
                    CancelMode::Interrupt => self.cancel_by_interrupt(child, slot),
                    CancelMode::Detach => self.detach(child, slot),
                }
            }
        }
    }

    /// Cancels what has not started; interrupts what has.
    fn cancel_by_interrupt(&mut self, slot: Slot, by: Slot) {
        if !self.is_under_way(slot) {
            return self.cancel(slot, by);
        }
        let failure = match self.s.runtime.is_java() {
            true => {
                self.detach(slot, by);
                Failure::Interrupted
            }
            false => Failure::Cancelled,
        };
        self.interrupt(slot, by, Interrupt { failure, by_scope: false });
    }

    /// Interrupts a child because a sibling has failed.
    pub(super) fn interrupt_sibling(&mut self, slot: Slot, by: Slot) {
        self.cancel_by_interrupt(slot, by);
    }

    /// Cancels the future at once; a body that runs runs on.
    fn detach(&mut self, slot: Slot, by: Slot) {
        if !self.is_under_way(slot) {
            return self.cancel(slot, by);
        }
        let (task, by) = (self.st.tasks[slot].id, self.st.tasks[by].id);
        self.emit(Event::Cancelled { task, by, succeeded: true });
        let cause = self.st.cause;
        if self.st.tasks[slot].phase == Phase::Resident {
            self.st.resident -= 1;
        }
        self.st.tasks[slot].future = Future::Cancelled;
        self.st.unfinished -= 1;
        self.give_places_back(slot);
        self.notify(slot);
        self.st.cause = cause;
    }

    /// Whether the task has started, has not ended, and its future is open.
    fn is_under_way(&self, slot: Slot) -> bool {
        let task = &self.st.tasks[slot];
        let waits_to_start =
            matches!(task.phase, Phase::Held | Phase::Queued | Phase::Unadmitted | Phase::Taken);
        task.future == Future::Running && task.phase != Phase::Ended && !waits_to_start
    }

    /// Interrupts a task that has started: it raises at once if it is in an interruptible wait, else at the next.
    pub(super) fn interrupt(&mut self, slot: Slot, by: Slot, interrupt: Interrupt) {
        debug_assert!(
            !matches!(self.st.tasks[slot].phase, Phase::Held | Phase::Queued | Phase::Unadmitted),
            "what has not started is cancelled"
        );
        let (task, by) = (self.st.tasks[slot].id, self.st.tasks[by].id);
        let cause = self.st.cause;
        self.emit(Event::Interrupted { task, by });
        let extra = self.st.tasks.extra_mut(slot);
        extra.interrupt = extra.interrupt.or(Some(interrupt));
        self.take_out_of_wait(slot);
        self.st.cause = cause;
    }

    /// Raises the interrupt that is pending if the task is in an interruptible wait.
    fn take_out_of_wait(&mut self, slot: Slot) {
        let task = &self.st.tasks[slot];
        let code = &self.s.tasks[task.kind.index()].program.code;
        let has_verdict = self.st.tasks.extra(slot).is_some_and(|extra| extra.verdict.is_some());
        let before = task.pc.index().checked_sub(1).and_then(|at| code.get(at));
        match task.phase {
            Phase::Timed | Phase::Resident => match before {
                Some(Instruction::Io(_, IoMode::Uninterruptible)) => self.swallow_interrupt(slot),
                Some(Instruction::Io(_, IoMode::Blocking)) if !self.s.runtime.is_java() => {}
                Some(Instruction::Io(..)) => self.end_io(slot),
                _ => {}
            },
            Phase::Waiting if !has_verdict && code[task.pc.index()].is_interruptible() => {
                if let Some(failure) = self.take_interrupt(slot) {
                    self.wake_waiter(slot, WakeReason::Raises, failure);
                }
            }
            // It has the lock of its condition again first, and raises at its next wait.
            Phase::Acquiring if self.retakes_lock(slot) => {}
            Phase::Parked | Phase::Acquiring => {
                if let Some(failure) = self.take_interrupt(slot) {
                    self.stop_waiting(slot, WakeReason::Raises, failure);
                }
            }
            // It is at the back of those that are ready, and raises when its turn comes.
            Phase::Ready if !has_verdict && matches!(before, Some(Instruction::Yield)) => {
                if let Some(failure) = self.take_interrupt(slot) {
                    self.st.tasks[slot].pc.0 -= 1;
                    self.st.tasks.extra_mut(slot).verdict = Some((WakeReason::Raises, failure));
                }
            }
            Phase::Waiting
            | Phase::Ready
            | Phase::Woken
            | Phase::Served
            | Phase::Submitting
            | Phase::Calling
            | Phase::Held
            | Phase::Queued
            | Phase::Unadmitted
            | Phase::Drained
            | Phase::Taken
            | Phase::Ended => {}
        }
    }

    /// The sleep that the task is in ends by its interrupt.
    fn end_io(&mut self, slot: Slot) {
        let Some(failure) = self.take_interrupt(slot) else { return };
        self.leave_io(slot);
        self.end_wait(slot, WakeReason::Raises, failure);
    }

    /// The task is in its `io` step no longer, and raises at it.
    fn leave_io(&mut self, slot: Slot) {
        self.no_longer_blocked(slot);
        let task = &mut self.st.tasks[slot];
        if task.phase == Phase::Resident && task.future == Future::Running {
            self.st.resident -= 1;
        }
        task.pc = Pc(task.pc.0 - 1);
    }

    /// A task that has just begun to block raises instead.
    pub(super) fn raise_blocked(&mut self, slot: Slot, failure: Failure) {
        if self.st.tasks[slot].phase == Phase::Waiting {
            return self.wake_waiter(slot, WakeReason::Raises, failure);
        }
        self.leave_io(slot);
        self.end_wait(slot, WakeReason::Raises, failure);
    }

    /// Whether the task, which waited on a condition, is on its way to have the lock again.
    fn retakes_lock(&self, slot: Slot) -> bool {
        self.st.tasks.extra(slot).is_some_and(|extra| extra.relock.is_some())
    }

    /// Whether a woken waiter that finds nothing raises instead of waiting again.
    pub(super) fn raises_in_line(&self, slot: Slot) -> bool {
        let has_interrupt = |slot| self.st.tasks.extra(slot).is_some_and(|extra| extra.interrupt.is_some());
        self.plan.has_interrupts && has_interrupt(slot) && !self.retakes_lock(slot)
    }

    fn take_interrupt(&mut self, slot: Slot) -> Option<Failure> {
        self.st.tasks.extra_mut(slot).interrupt.take().map(|interrupt| interrupt.failure)
    }

    fn swallow_interrupt(&mut self, slot: Slot) {
        self.st.tasks.extra_mut(slot).interrupt = None;
        self.emit(Event::Swallowed { task: self.st.tasks[slot].id });
    }

    /// The task is about to wait: what its thread does instead, if an interrupt is pending.
    #[inline(always)]
    pub(super) fn meets_interrupt(&mut self, slot: Slot) -> Option<Flow> {
        if self.plan.has_interrupts { self.raises_interrupt(slot) } else { None }
    }

    fn raises_interrupt(&mut self, slot: Slot) -> Option<Flow> {
        let failure = self.take_interrupt(slot)?;
        let extra = self.st.tasks.extra_mut(slot);
        extra.verdict = Some((WakeReason::Raises, failure));
        extra.remaining = 0;
        self.st.tasks.await_none(slot);
        self.st.tasks[slot].phase = Phase::Ready;
        Some(Flow::Next(slot))
    }

    /// The same for an `io` step, by how it blocks.
    #[inline]
    pub(super) fn meets_interrupt_in_io(&mut self, slot: Slot, mode: IoMode) -> Option<Flow> {
        if !self.plan.has_interrupts || self.st.tasks.extra(slot)?.interrupt.is_none() {
            return None;
        }
        match mode {
            IoMode::Uninterruptible => {
                self.swallow_interrupt(slot);
                None
            }
            IoMode::Blocking if !self.s.runtime.is_java() => None,
            IoMode::Plain | IoMode::Blocking | IoMode::Managed => self.meets_interrupt(slot),
        }
    }

    /// The wrappers that the task passed have room again, although its body runs on.
    fn give_places_back(&mut self, slot: Slot) {
        let task = &self.st.tasks[slot];
        let (mut at, last, kind, id) = (task.first, task.at, task.kind, task.id);
        while at != last {
            match &mut self.st.executors[at.index()].kind {
                KindState::Cap(cap) => cap.gives_back(kind, id, false),
                KindState::Bus(bus) => bus.taken -= 1,
                KindState::Pool(_) | KindState::Inline | KindState::Delay(_) => {}
            }
            self.pump_later(at);
            self.poke_upstream(at);
            at = self.s.executors[at.index()].wraps().expect("the chain goes on to where the task is");
        }
    }
}
