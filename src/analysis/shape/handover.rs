//! Permits that a task takes and another gives back: whoever waits for the first has them until the other has run.
//!
//! Semaphores without owners are often used so: a child takes a connection, its parent goes on when the child has ended,
//! and a later child gives it back. In between the parent holds it, though it never asked for it. Where every permit is
//! given back by a task that has it in this sense, the semaphore is read as one with owners, which tells far more.
//!
//! Invariant: what a task holds at most is no less than it has, what it surely holds is no more.

use super::demand::Node;
use super::reading::{EntryState, Reading};
use crate::model::executor::{Executor, Guard, OnFull};
use crate::model::id::{NameId, ResourceId, SubmitId};
use crate::model::program::{Claim, Instruction, Program, WaitMode};
use crate::model::scenario::{ResourceKind, Scenario};

/// A number that is not known.
const UNKNOWN: u32 = u32::MAX;

/// What a task does to the permits of each semaphore without owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Handover {
    /// The most that it has when it ends.
    takes: Vec<u32>,
    /// The least of it.
    surely_takes: Vec<u32>,
    /// What it gives back without having it, if it ends well: exactly so much.
    gives: Vec<u32>,
    /// The most of it, ended or not; [`UNKNOWN`] if that depends.
    may_give: Vec<u32>,
    /// It ends well, if it ends.
    ends_well: bool,
}

impl Handover {
    /// Nothing is handed over.
    pub fn none(resources: usize) -> Handover {
        let nothing = vec![0; resources];
        Handover {
            takes: nothing.clone(),
            surely_takes: nothing.clone(),
            gives: nothing.clone(),
            may_give: nothing,
            ends_well: false,
        }
    }

    /// What a task with this program does, by its reading.
    pub fn of(s: &Scenario, program: &Program, reading: &Reading, ends_well: bool) -> Handover {
        let mut handover = Handover { ends_well, ..Handover::none(s.resources.len()) };
        let is_straight = program.handlers.is_empty() && !program.code.iter().any(branches);
        let end = &reading.before[program.code.len()];
        for (number, resource) in s.resources.iter().enumerate() {
            if resource.kind != (ResourceKind::Semaphore { owned: false }) {
                continue;
            }
            if end.reached {
                handover.takes[number] = end.held[number].total();
                handover.surely_takes[number] = end.surely[number].total();
            }
            for (at, claim) in releases(program, ResourceId(number as u16)) {
                let before = &reading.before[at];
                if !before.reached || before.surely[number].covers(claim) {
                    continue;
                }
                if is_straight && before.held[number].is_none() {
                    handover.gives[number] += claim.permits();
                    handover.may_give[number] = handover.gives[number];
                } else {
                    (handover.gives[number], handover.may_give[number]) = (0, UNKNOWN);
                    break;
                }
            }
        }
        handover
    }
}

/// Whether the steps of a program are not always carried out one after another, each once.
fn branches(instruction: &Instruction) -> bool {
    matches!(
        instruction,
        Instruction::Repeat { .. }
            | Instruction::Again { .. }
            | Instruction::Retry { .. }
            | Instruction::Maybe { .. }
            | Instruction::Jump(_)
            | Instruction::UnlessTimedOut(_)
            | Instruction::UnlessClosed(_)
            | Instruction::OpenScope { .. }
    )
}

/// Where a program gives permits back, and how many.
fn releases(program: &Program, resource: ResourceId) -> impl Iterator<Item = (usize, Claim)> + '_ {
    program.code.iter().enumerate().filter_map(move |(at, instruction)| match instruction {
        Instruction::Release { resource: of, claim } if *of == resource => Some((at, *claim)),
        _ => None,
    })
}

/// Whether nobody refuses, drops, cancels, interrupts or kills a task: then only what it raises itself can end it.
pub(super) fn is_calm(s: &Scenario) -> bool {
    let is_calm_place = |executor: &Executor| {
        (executor.queue.is_none() || executor.on_full == OnFull::Block)
            && executor.guard != Guard::Reject
            && !executor.leaf
    };
    let disturbs = |instruction: &Instruction| {
        matches!(
            instruction,
            Instruction::Cancel { .. }
                | Instruction::Shutdown { .. }
                | Instruction::Crash
                | Instruction::OpenScope { .. }
        )
    };
    let tasks = || s.tasks.iter().map(|task| &task.program);
    s.executors.iter().all(is_calm_place)
        && !s.has_interrupts()
        && !tasks().any(|program| program.code.iter().any(disturbs))
        && tasks().flat_map(|program| &program.submits).all(|submit| submit.on_full.is_none())
}

/// A child is submitted that may give back what its parent has.
pub(super) fn submit(after: &mut EntryState, child: &Handover) {
    for (surely, gives) in after.surely.iter_mut().zip(&child.may_give) {
        if *gives > 0 {
            surely.remove(Claim::Permits(*gives));
        }
    }
}

/// A wait for all of these children is over; `well`: they have ended well, or else it raises.
pub(super) fn wait(
    after: &mut EntryState,
    program: &Program,
    handovers: &[Handover],
    names: &[NameId],
    well: bool,
) {
    let ended: Vec<SubmitId> =
        after.open.iter().copied().filter(|id| names.contains(&program.submits[id.index()].name)).collect();
    for id in ended {
        let child = &handovers[program.submits[id.index()].task.index()];
        let well = well || child.ends_well;
        for (number, held) in after.held.iter_mut().enumerate() {
            if child.takes[number] > 0 {
                held.add(Claim::Permits(child.takes[number]));
            }
            if well && child.gives[number] > 0 {
                held.remove(Claim::Permits(child.gives[number]));
            }
        }
        for (number, surely) in after.surely.iter_mut().enumerate() {
            if well && child.surely_takes[number] > 0 {
                surely.add(Claim::Permits(child.surely_takes[number]));
            }
        }
    }
}

/// For each semaphore, whether only who has a permit gives one back: itself, or for the parent that has it.
pub(super) fn acts_owned(
    s: &Scenario,
    readings: &[Reading],
    handovers: &[Handover],
    nodes: &[Node],
) -> Vec<bool> {
    let acts_owned = |number: usize| {
        let resource = &s.resources[number];
        resource.is_owned()
            || resource.permits > 0
                && nodes.iter().all(|node| has_what_it_gives(s, readings, handovers, nodes, node, number))
    };
    (0..s.resources.len()).map(acts_owned).collect()
}

fn has_what_it_gives(
    s: &Scenario,
    readings: &[Reading],
    handovers: &[Handover],
    nodes: &[Node],
    node: &Node,
    number: usize,
) -> bool {
    let may_give = handovers[node.task.index()].may_give[number];
    if may_give == 0 {
        return true;
    }
    let Some((parent, id)) = node.parent.filter(|_| may_give != UNKNOWN) else { return false };
    let kind = nodes[parent].task.index();
    let (program, reading) = (&s.tasks[kind].program, &readings[kind]);
    let has = |(at, instruction): (usize, &Instruction)| {
        *instruction != Instruction::Submit(id)
            || !reading.before[at].reached
            || reading.before[at].surely[number].covers(Claim::Permits(may_give))
    };
    reading.at_once[id.index()] == 1 && program.code.iter().enumerate().all(has)
}

/// Whether the parent of a node's tasks surely has what they have when they end: it waits for each by name, one at a time.
pub(super) fn is_taken_over(s: &Scenario, readings: &[Reading], nodes: &[Node], node: &Node) -> bool {
    let Some((parent, id)) = node.parent else { return false };
    let kind = nodes[parent].task.index();
    let (program, reading) = (&s.tasks[kind].program, &readings[kind]);
    let waits_otherwise = |instruction: &Instruction| match instruction {
        Instruction::Wait { mode, timeout, .. } | Instruction::Result { mode, timeout, .. } => {
            *mode != WaitMode::All || timeout.is_some()
        }
        Instruction::Cancel { .. } | Instruction::JoinScope => true,
        _ => false,
    };
    program.handlers.is_empty()
        && !program.code.iter().any(waits_otherwise)
        && program.submits[id.index()].every.is_none()
        && !program.submits[id.index()].call
        && reading.at_once[id.index()] == 1
        && !reading.orphaned[id.index()]
}
