//! Which of the alternatives may be taken alone, the others left for later: a step that is under way on a thread of its
//! own, and leads from there by what nobody else can notice to the next place where the task stands.
//!
//! A partial order reduction of the search, not of the rules: schedules count all alternatives. Such a step commutes
//! with everything that others do until it is taken, and none of them can prevent it (an ample set of one: Clarke,
//! Grumberg and Peled, "Model Checking", 1999, chapter 10). Invariant: no circle of states is made of such steps alone, as
//! they do not go round loops.

use super::choice::{Choice, PendingAction};
use crate::engine::agenda::Action;
use crate::engine::calendar::Due;
use crate::engine::sim::Sim;
use crate::engine::task::{Flag, Future, Phase, Slot};
use crate::model::id::{DrawId, NameId, Pc};
use crate::model::program::{Instruction, IoMode, Program, WaitMode};
use crate::model::time::Duration;
use crate::trace::event::WakeReason;
use crate::trace::recorder::Recorder;

/// Instructions that are looked at for one step: there are seldom more than two.
const MAX_COUNT: usize = 16;

impl<R: Recorder> Sim<'_, R> {
    /// The alternative to be taken alone, if there is one.
    pub(super) fn alone(&self, choices: &[Choice]) -> Option<usize> {
        let rules = self.st.exploring.rules;
        // An interrupt would prevent the step.
        if !rules.untimed || rules.every_step || self.plan.has_interrupts {
            return None;
        }
        choices.iter().position(|choice| self.comes_to_itself(choice))
    }

    fn comes_to_itself(&self, choice: &Choice) -> bool {
        let found = match choice.act {
            PendingAction::Timer(ticket) => self.under_way(ticket),
            PendingAction::Agenda { index, decision: None } => self.going_on(index),
            PendingAction::Agenda { .. }
            | PendingAction::Arrival(_)
            | PendingAction::Release(..)
            | PendingAction::Timeout(_) => None,
        };
        found.is_some_and(|(slot, pc)| self.stands_again(slot, pc))
    }

    /// The native task whose step this timer ends, and where it goes on.
    fn under_way(&self, ticket: u64) -> Option<(Slot, Pc)> {
        let entry = self.st.timers().find(|entry| entry.ticket == ticket)?;
        let Due::Task(slot, wake) = entry.due else { return None };
        let task = &self.st.tasks[slot];
        // One that is replaced while it blocks takes its place back at the end.
        let is_plain = task.phase == Phase::Timed && !task.flags.has(Flag::Compensated);
        (task.wake == wake && is_plain).then_some((slot, task.pc))
    }

    /// The native task whose turn it is, and where it goes on.
    fn going_on(&self, index: usize) -> Option<(Slot, Pc)> {
        let (Action::Turn(slot), _) = self.st.agenda.iter().nth(index)? else { return None };
        let task = &self.st.tasks[slot];
        if task.phase != Phase::Ready {
            return None;
        }
        match self.st.tasks.extra(slot).and_then(|extra| extra.verdict) {
            None => Some((slot, task.pc)),
            Some((WakeReason::Done, _)) => Some((slot, Pc(task.pc.0 + 1))),
            Some((WakeReason::Raises | WakeReason::TimedOut, _)) => None,
        }
    }

    /// Whether all that the task does from this instruction on, until it stands again, is noticed by nobody.
    fn stands_again(&self, slot: Slot, mut pc: Pc) -> bool {
        let task = &self.st.tasks[slot];
        if task.flags.has(Flag::Green) {
            return false;
        }
        let program = &self.s.tasks[task.kind.index()].program;
        for _ in 0..MAX_COUNT {
            match program.code.get(pc.index()) {
                Some(Instruction::Io(_, IoMode::Managed)) if self.is_in_fork_join(slot) => return false,
                Some(Instruction::Run(draw) | Instruction::Io(draw, _)) => {
                    return self.length(slot, program, pc, *draw) > Duration::ZERO;
                }
                Some(Instruction::Wait { names, mode, timeout: None }) if self.waits_idly(slot) => {
                    if self.would_wait(slot, names, *mode) {
                        return true;
                    }
                }
                Some(Instruction::Result { names, mode: WaitMode::All, timeout: None })
                    if self.waits_idly(slot) && names.len() == 1 =>
                {
                    return self.would_wait_for_result(slot, names[0]);
                }
                Some(Instruction::Note(_)) => {}
                _ => return false,
            }
            pc = Pc(pc.0 + 1);
        }
        false
    }

    /// How long the step that comes next would last.
    fn length(&self, slot: Slot, program: &Program, pc: Pc, draw: DrawId) -> Duration {
        let draw = &program.draws[draw.index()];
        let task = &self.st.tasks[slot];
        let executions = self.st.tasks.extra(slot).map(|extra| &extra.executions);
        let n = executions.and_then(|n| n.get(pc.index())).copied().unwrap_or(0);
        task.stream.at(draw.site, n).duration(&draw.distribution, u64::from(task.ordinal) + u64::from(n))
    }

    fn would_wait(&self, slot: Slot, names: &[NameId], mode: WaitMode) -> bool {
        let Some(extra) = self.st.tasks.extra(slot) else { return false };
        let is_open = |child: &Slot| !self.st.tasks[*child].flags.has(Flag::Notified);
        let latest = |name: &NameId| extra.names.get(name.index()).and_then(|(slot, _)| slot.some());
        let mut named = names.iter().filter_map(latest).peekable();
        match mode {
            WaitMode::Every => extra.children.iter().any(is_open),
            WaitMode::All => named.any(|child| is_open(&child)),
            WaitMode::Any => named.peek().is_some() && named.all(|child| is_open(&child)),
        }
    }

    fn would_wait_for_result(&self, slot: Slot, name: NameId) -> bool {
        let extra = self.st.tasks.extra(slot);
        let child = extra.and_then(|extra| extra.names.get(name.index())?.0.some());
        child.is_some_and(|child| match self.st.tasks[child].future {
            Future::Pending | Future::Running | Future::Discarded => true,
            Future::Finished | Future::Failed | Future::Cancelled | Future::Rejected => false,
        })
    }
}
