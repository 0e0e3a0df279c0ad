//! Carriers of green threads as something that can run out: who keeps one while it waits, and who needs one to go on.
//!
//! Invariant: where nobody can keep a carrier for good, carriers are left out; they come free by themselves then.

use super::demand::{HoldPoint, LimitedResource};
use super::holding::Holding;
use super::stands::HoldPointInputs;
use crate::model::id::{ExecutorId, Pc};
use crate::model::program::{Instruction, IoMode};
use crate::model::scenario::Pinning;
use std::collections::BTreeSet;

impl HoldPointInputs<'_> {
    /// The carriers that tasks of a node run on, if some task may keep one of them for good.
    pub(super) fn carrier(&self, node: usize) -> Option<LimitedResource> {
        let carrier = self.runs_on(node)?;
        let keeps = |other: usize| self.runs_on(other) == Some(carrier) && self.may_keep_carrier(other);
        (0..self.nodes.len()).any(keeps).then_some(carrier)
    }

    /// The carriers that tasks of a node run on.
    fn runs_on(&self, node: usize) -> Option<LimitedResource> {
        // What runs in its submitter is on its thread.
        let mut at = node;
        while self.nodes[at].unseated {
            at = self.nodes[at].parent?.0;
        }
        let pool = self.s.pool_of(self.nodes[at].to);
        let executor = &self.s.executors[pool.index()];
        if executor.carriers().is_some() {
            return Some(LimitedResource::Carrier(pool));
        }
        let first = self.s.executors.iter().position(|executor| executor.shares_green_thread())?;
        executor.shares_green_thread().then_some(LimitedResource::Carrier(ExecutorId(first as u16)))
    }

    fn may_keep_carrier(&self, node: usize) -> bool {
        let program = self.program(node);
        program.code.iter().any(|instruction| match instruction {
            Instruction::Acquire { resource, .. } => self.s.resources[resource.index()].pins.is_some(),
            Instruction::Run(draw) | Instruction::Io(draw, IoMode::Blocking | IoMode::Managed) => {
                super::stands::is_forever(program, *draw)
            }
            _ => false,
        })
    }

    /// Adds to the stands of one instruction what the task keeps of carriers there, and what it needs.
    pub(super) fn with_carriers(
        &self,
        node: usize,
        at: usize,
        kept: &[(LimitedResource, u64)],
        mut stands: Vec<HoldPoint>,
    ) -> Vec<HoldPoint> {
        let Some(carrier) = self.carrier(node) else { return stands };
        let program = self.program(node);
        let before = &self.readings[self.nodes[node].task.index()].before[at];
        let instruction = &program.code[at];
        let asks = matches!(instruction, Instruction::Acquire { resource, .. }
            if self.s.resources[resource.index()].pins.is_some());
        let blocks = matches!(
            instruction,
            Instruction::Run(_) | Instruction::Io(_, IoMode::Blocking | IoMode::Managed)
        );
        let asks = asks || self.s.is_wait_on_monitor(instruction);
        let keeps = blocks || asks || self.pins(&before.held);
        let surely_keeps = blocks || asks || self.pins(&before.surely);
        let lets_go = match instruction {
            Instruction::Io(..) | Instruction::Yield | Instruction::Use { .. } => true,
            _ => !stands.is_empty(),
        };
        let mut holds = kept.to_vec();
        let mut held = before.held.clone();
        if let Instruction::Acquire { resource, claim, .. } = instruction {
            // What it asks for is kept for it from the moment it comes free until it has a carrier to take it.
            held[resource.index()].add(*claim);
        } else if instruction.is_wait_for_children() {
            // What they have taken is its own as soon as they have ended.
            let after = &self.readings[self.nodes[node].task.index()].before[at + 1];
            held = held.iter().zip(&after.held).map(|(held, after)| held.max(*after)).collect();
        }
        self.push_resources(&mut holds, &held);
        if keeps {
            stands.iter_mut().for_each(|stand| stand.holds.push((carrier, 1)));
        }
        if lets_go && !surely_keeps {
            let needs = BTreeSet::from([carrier]);
            stands.push(HoldPoint { node, pc: Some(Pc(at as u16)), holds, needs, ..HoldPoint::default() });
        }
        stands
    }

    /// Whether something of what is held pins a task to its thread.
    pub(super) fn pins(&self, held: &[Holding]) -> bool {
        let pins = |number: usize| self.s.resources[number].pins == Some(Pinning::Held);
        held.iter().enumerate().any(|(number, holding)| !holding.is_none() && pins(number))
    }

    /// A task that has a worker needs a carrier to start.
    pub(super) fn before_start(&self, node: usize, kept: &[(LimitedResource, u64)]) -> Option<HoldPoint> {
        let carrier = self.carrier(node).filter(|_| !self.nodes[node].unseated)?;
        let (holds, needs) = (kept.to_vec(), BTreeSet::from([carrier]));
        Some(HoldPoint { node, holds, needs, ..HoldPoint::default() })
    }
}
