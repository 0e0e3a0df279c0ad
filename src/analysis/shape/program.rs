//! One program, read without running it: where it can stand, what it may hold there, which children may be unfinished.
//!
//! Forward over the instructions until nothing changes, as compilers find what may reach a place. Invariant:
//! what a task can hold or have outstanding in some run is in the reading; the reading may have more.

use super::budget::ReadingBudget;
use super::handover::{self, Handover};
use super::holding::Holding;
use super::reading::{EntryState, Reading};
use crate::model::handler::{Handler, HandlerKind};
use crate::model::id::SubmitId;
use crate::model::program::{Instruction, Program, Scope, WaitMode};
use std::collections::BTreeSet;

/// Times that a program is gone through until what still grows is taken to grow without end.
const MAX_PASSES: usize = 64;

/// Reads a program of a scenario with this many resources; `handovers` says what tasks of each type do to permits that
/// anybody may release.
pub(super) fn read(
    program: &Program,
    resources: usize,
    handovers: &[Handover],
    budget: &ReadingBudget<'_>,
) -> Reading {
    let mut reading = Reading {
        before: before_each(program, resources, handovers, budget),
        at_once: vec![1; program.submits.len()],
        ever: vec![1; program.submits.len()],
        orphaned: vec![false; program.submits.len()],
    };
    for (at, instruction) in program.code.iter().enumerate() {
        if let Instruction::Submit(id) = instruction {
            reading.ever[id.index()] = repetitions(program, at);
            if reading.before[at].has_child(*id) {
                reading.at_once[id.index()] = reading.ever[id.index()];
            }
        }
    }
    reading
}

/// What may be so before each instruction, and at the end.
fn before_each(
    program: &Program,
    resources: usize,
    handovers: &[Handover],
    budget: &ReadingBudget<'_>,
) -> Vec<EntryState> {
    let nothing = vec![Holding::default(); resources];
    let unknown = EntryState { held: nothing.clone(), surely: nothing, ..EntryState::default() };
    let mut before = vec![unknown; program.code.len() + 1];
    before[0].reached = true;
    for pass in 0.. {
        let is_endless = pass >= MAX_PASSES;
        let mut changed = false;
        for at in 0..program.code.len() {
            if !before[at].reached {
                continue;
            }
            if budget.is_over() {
                return before;
            }
            let after = after(program, at, &before[at], handovers);
            for handler in program.handlers.iter().filter(|h| (h.from.index()..h.to.index()).contains(&at)) {
                // Whatever it is that raises there has not been done.
                let caught = EntryState {
                    held: kept_inside(program, at, &before[at].held, handler),
                    ..before[at].clone()
                };
                let surely = kept_inside(program, at, &before[at].surely, handler);
                changed |= before[handler.target.index()].join(&EntryState { surely, ..caught }, is_endless);
            }
            for next in successors(&program.code[at], at) {
                changed |= before[next].join(&gone_to(program, at, next, &after), is_endless);
            }
        }
        if !changed {
            break;
        }
    }
    before
}

impl Reading {
    /// Fills in whether children can be left behind, by an end or by raising at one of these instructions.
    pub fn mark_orphans(&mut self, raises: &[bool]) {
        let end = raises.len();
        for at in (0..=end).filter(|at| *at == end || raises[*at]) {
            let here = &self.before[at];
            for id in here.open.iter().chain(&here.loose) {
                self.orphaned[id.index()] = true;
            }
        }
    }
}

fn after(program: &Program, at: usize, before: &EntryState, handovers: &[Handover]) -> EntryState {
    let mut after = before.clone();
    let name_of = |id: &SubmitId| program.submits[id.index()].name;
    match &program.code[at] {
        Instruction::Submit(id) => {
            let name = name_of(id);
            let taken: Vec<SubmitId> =
                after.open.iter().copied().filter(|known| name_of(known) == name).collect();
            for known in taken {
                after.open.remove(&known);
                after.loose.insert(known);
            }
            after.open.insert(*id);
            after.cancelled.remove(id);
            handover::submit(&mut after, &handovers[program.submits[id.index()].task.index()]);
        }
        Instruction::Cancel { names, all, .. } => {
            let named = before.open.iter().filter(|id| *all || names.contains(&name_of(id)));
            after.cancelled.extend(named);
        }
        Instruction::Wait { mode: WaitMode::All, names, timeout: None } => {
            handover::wait(&mut after, program, handovers, names, false);
            after.open.retain(|id| !names.contains(&name_of(id)));
        }
        Instruction::Wait { mode: WaitMode::Every, timeout: None, .. } => {
            after.open.clear();
            after.loose.clear();
        }
        Instruction::Result { names, mode: WaitMode::All, timeout: None } => {
            handover::wait(&mut after, program, handovers, names, true);
            after.open.retain(|id| !names.contains(&name_of(id)));
        }
        Instruction::JoinScope => {
            let inside = inside_scope(program, at);
            after.open.retain(|id| !inside.contains(id));
            after.loose.retain(|id| !inside.contains(id));
        }
        Instruction::Acquire { resource, claim, timeout } => {
            after.held[resource.index()].add(*claim);
            if timeout.is_none() {
                after.surely[resource.index()].add(*claim);
            }
        }
        Instruction::Release { resource, claim } => {
            for held in [&mut after.held[resource.index()], &mut after.surely[resource.index()]] {
                held.remove(*claim);
            }
        }
        _ => {}
    }
    after
}

/// What is so on one of the ways on: whether an `acquire` timed out says what is held.
fn gone_to(program: &Program, at: usize, next: usize, after: &EntryState) -> EntryState {
    let mut after = after.clone();
    let before = at.checked_sub(1).and_then(|before| program.code.get(before));
    if let Instruction::UnlessTimedOut(to) = &program.code[at]
        && let Some(Instruction::Acquire { resource, claim, .. }) = before
        && to.index() != at + 1
    {
        let (held, surely) = (&mut after.held[resource.index()], &mut after.surely[resource.index()]);
        if next == to.index() {
            surely.add(*claim);
            *surely = surely.min(*held);
        } else {
            held.remove(*claim);
            *held = held.max(*surely);
        }
    }
    after
}

/// Where a task can be after an instruction that does not raise.
fn successors(instruction: &Instruction, at: usize) -> Vec<usize> {
    match instruction {
        Instruction::Repeat { times: Some(0), end, .. } => vec![end.index()],
        Instruction::Again { times: None, body, .. } => vec![body.index()],
        Instruction::Again { body, .. } => vec![at + 1, body.index()],
        Instruction::Maybe { p, otherwise, .. } if *p <= 0.0 => vec![otherwise.index()],
        Instruction::Maybe { p, .. } if *p >= 1.0 => vec![at + 1],
        Instruction::Maybe { otherwise, .. } => vec![at + 1, otherwise.index()],
        Instruction::Jump(to) => vec![to.index()],
        Instruction::UnlessTimedOut(to) | Instruction::UnlessClosed(to) => vec![at + 1, to.index()],
        Instruction::Fail(_) | Instruction::Crash => Vec::new(),
        _ => vec![at + 1],
    }
}

/// How often an instruction may be executed, by the loops around it.
fn repetitions(program: &Program, at: usize) -> u64 {
    let mut product = 1u64;
    for (end, instruction) in program.code.iter().enumerate() {
        if let Instruction::Again { times, body, .. } = instruction
            && (body.index()..end).contains(&at)
        {
            product = product.saturating_mul(times.map_or(u64::MAX, u64::from));
        }
    }
    for handler in &program.handlers {
        if let HandlerKind::Retry { times, .. } = handler.kind
            && (handler.from.index()..handler.to.index()).contains(&at)
        {
            product = product.saturating_mul(u64::from(times) + 1);
        }
    }
    product
}

/// The submissions that the end of a scope at this instruction waits for.
pub(super) fn inside_scope(program: &Program, at: usize) -> BTreeSet<SubmitId> {
    let Some(scope) = program.handlers.iter().find(|handler| handler.target.index() == at) else {
        return BTreeSet::new();
    };
    let inside = &program.code[scope.from.index()..scope.to.index()];
    inside
        .iter()
        .filter_map(|code| if let Instruction::Submit(id) = code { Some(*id) } else { None })
        .collect()
}

/// What is held after raising at an instruction where this handler catches it: what no `with` inside gives back.
fn kept_inside(program: &Program, at: usize, held: &[Holding], handler: &Handler) -> Vec<Holding> {
    let mut held = held.to_vec();
    let inside = |scope: &&Scope| {
        (scope.from.index()..scope.to.index()).contains(&at)
            && scope.from >= handler.from
            && scope.to <= handler.to
    };
    for scope in program.scopes.iter().filter(inside) {
        held[scope.resource.index()].remove(scope.claim);
    }
    held
}

/// Whether a `try` or a `scope` around an instruction catches what is raised there.
pub(super) fn is_caught(program: &Program, at: usize) -> bool {
    program.handlers.iter().any(|handler| {
        !matches!(handler.kind, HandlerKind::Retry { .. })
            && (handler.from.index()..handler.to.index()).contains(&at)
    })
}

/// What a task still holds after raising at an instruction: all that no `with` around it gives back.
pub(super) fn kept_when_raising(program: &Program, at: usize, before: &EntryState) -> Vec<Holding> {
    let mut held = before.held.clone();
    if matches!(program.code.get(at), Some(Instruction::Crash)) {
        // Nothing runs any more that could give it back.
        return held;
    }
    if let Some(Instruction::Release { resource, claim }) = program.code.get(at) {
        // It raises only if it does not hold that much.
        held[resource.index()].fall_short_of(*claim);
    }
    for scope in program.scopes.iter().filter(|scope| (scope.from.index()..scope.to.index()).contains(&at)) {
        held[scope.resource.index()].remove(scope.claim);
    }
    held
}
