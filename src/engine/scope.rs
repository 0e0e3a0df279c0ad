//! `try`, `retry` and `scope`: what catches a failure, and what waits for everything that was submitted inside.
//!
//! A scope whose body raises, or one of whose children fails, waits for all of them and then raises the first failure
//! (`rayon::scope`; CPython's `asyncio/taskgroups.py` and trio's nurseries, which are `fail-fast`: there the first failure
//! interrupts the siblings and the body). A child that was cancelled is no failure.

use super::sim::Sim;
use super::task::{Flag, Interrupt, OpenScope, Phase, Slot};
use super::work::Flow;
use crate::model::handler::{Handler, HandlerKind};
use crate::model::id::Pc;
use crate::model::program::{Instruction, Program, Scope, WaitMode};
use crate::trace::event::{Event, Failure};
use crate::trace::recorder::Recorder;

/// The block around an instruction that raises.
enum EnclosingBlock<'a> {
    With(&'a Scope),
    Handler(&'a Handler),
}

impl EnclosingBlock<'_> {
    /// Inner ones come after outer ones.
    fn order(&self) -> (Pc, std::cmp::Reverse<Pc>) {
        match self {
            EnclosingBlock::With(scope) => (scope.from, std::cmp::Reverse(scope.to)),
            EnclosingBlock::Handler(handler) => (handler.from, std::cmp::Reverse(handler.to)),
        }
    }
}

impl<R: Recorder> Sim<'_, R> {
    /// The task raises at its current instruction: from the inside out, what its `with` steps hold is released, up to
    /// what catches the failure. Nothing else is released.
    #[cold]
    pub(super) fn raise(&mut self, slot: Slot, failure: Failure) -> Flow {
        let scenario = self.s;
        let program = &scenario.tasks[self.st.tasks[slot].kind.index()].program;
        let pc = self.st.tasks[slot].pc;
        let withs = program.scopes.iter().filter(|scope| scope.from <= pc && pc < scope.to);
        let handlers = program.handlers.iter().filter(|handler| handler.from <= pc && pc < handler.to);
        let mut around: Vec<EnclosingBlock<'_>> =
            withs.map(EnclosingBlock::With).chain(handlers.map(EnclosingBlock::Handler)).collect();
        around.sort_by_key(EnclosingBlock::order);
        for region in around.into_iter().rev() {
            match region {
                EnclosingBlock::With(scope) => {
                    // The body may have released it already; then there is nothing to release.
                    let _ = self.release(slot, scope.resource, scope.claim);
                }
                EnclosingBlock::Handler(handler) => {
                    if self.catches(slot, program, handler, failure) {
                        let task = &mut self.st.tasks[slot];
                        task.pc = handler.target;
                        task.phase = Phase::Ready;
                        task.flags.clear(Flag::TimedOut);
                        let (task, pc) = (task.id, handler.target);
                        self.emit(Event::Caught { task, pc, failure });
                        return Flow::GoOn;
                    }
                }
            }
        }
        self.fail(slot, failure)
    }

    fn catches(&mut self, slot: Slot, program: &Program, handler: &Handler, failure: Failure) -> bool {
        match handler.kind {
            HandlerKind::Try => true,
            HandlerKind::Retry { counter, times } => {
                let count = self.counter(slot, program, counter);
                let is_left = *count < times;
                *count += u32::from(is_left);
                is_left
            }
            HandlerKind::Scope => {
                let depth = self.st.tasks.extra_mut(slot).scopes.len();
                self.scope_fails(slot, depth.saturating_sub(1), failure);
                true
            }
        }
    }

    /// A scope begins.
    pub(super) fn open_scope(&mut self, slot: Slot, fail_fast: bool) {
        let scope = OpenScope { fail_fast, children: Vec::new(), failure: None };
        self.st.tasks.extra_mut(slot).scopes.push(scope);
    }

    /// The scope's end: what the thread does if something in it is not done.
    pub(super) fn join_scope(&mut self, slot: Slot, program: &Program, pc: Pc) -> Option<Flow> {
        let extra = self.st.tasks.extra_mut(slot);
        let scope = extra.scopes.last()?;
        if scope.failure.is_some() && extra.interrupt.is_some_and(|interrupt| interrupt.by_scope) {
            extra.interrupt = None;
        }
        let children = scope.children.clone();
        self.wait_for_children(slot, program, pc, children, WaitMode::Every, None)
    }

    /// The scope is left, or raises. It lets go of the futures that it held, but for those whose names still mean them.
    pub(super) fn close_scope(&mut self, slot: Slot, program: &Program) -> Result<(), Failure> {
        let Some(scope) = self.st.tasks.extra_mut(slot).scopes.pop() else { return Ok(()) };
        if !program.waits_for_all {
            for child in scope.children {
                let names = &self.st.tasks.extra_mut(slot).names;
                if names.iter().all(|(latest, _)| *latest != child) {
                    self.let_go(child);
                }
            }
        }
        scope.failure.map_or(Ok(()), Err)
    }

    /// A child has failed: the scope in which it was submitted hears of it.
    pub(super) fn tell_scope(&mut self, slot: Slot) {
        let (parent, id) = self.st.tasks[slot].parent;
        if parent == Slot::NONE
            || !self.st.tasks.is(parent, id)
            || self.st.tasks[parent].phase == Phase::Ended
        {
            return;
        }
        let scopes = self.st.tasks.extra(parent).map_or(&[][..], |extra| &extra.scopes);
        if let Some(depth) = scopes.iter().rposition(|scope| scope.children.contains(&slot)) {
            self.scope_fails(parent, depth, Failure::Child);
        }
    }

    /// Something in a scope has failed. The first time it interrupts all else in it, if it is `fail-fast`.
    fn scope_fails(&mut self, slot: Slot, depth: usize, failure: Failure) {
        let Some(scope) = self.st.tasks.extra_mut(slot).scopes.get_mut(depth) else { return };
        if scope.failure.is_some() {
            return;
        }
        scope.failure = Some(failure);
        if !scope.fail_fast {
            return;
        }
        for child in scope.children.clone() {
            if !self.st.tasks[child].flags.has(Flag::Notified) {
                self.interrupt_sibling(child, slot);
            }
        }
        // The body, unless it raised itself or stands at the end already.
        if failure == Failure::Child && !self.is_joining(slot, depth) {
            self.interrupt(slot, slot, Interrupt { failure: Failure::Cancelled, by_scope: true });
        }
    }

    /// Whether the task waits at the end of this very scope, or is about to.
    fn is_joining(&self, slot: Slot, depth: usize) -> bool {
        let task = &self.st.tasks[slot];
        let code = &self.s.tasks[task.kind.index()].program.code;
        let is_innermost = self.st.tasks.extra(slot).is_some_and(|extra| extra.scopes.len() == depth + 1);
        is_innermost
            && matches!(code.get(task.pc.index()), Some(Instruction::JoinScope | Instruction::CloseScope))
    }
}
