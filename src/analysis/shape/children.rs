//! Where tasks can stand in a wait for their children, and what becomes of their workers meanwhile.

use super::demand::{HoldPoint, LimitedResource, WorkerLending, lends_worker, way};
use super::reading::EntryState;
use super::stands::{HoldPointInputs, s_pool};
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, SubmitId};
use std::collections::BTreeSet;

impl HoldPointInputs<'_> {
    /// A wait for children: a stand for each thing that may become of the worker meanwhile.
    pub(super) fn waiting(
        &self,
        stand: &HoldPoint,
        ids: &[SubmitId],
        timed: bool,
        before: &EntryState,
    ) -> Vec<HoldPoint> {
        let node = &self.nodes[stand.node];
        let mut stand = HoldPoint { timed, ..stand.clone() };
        for (id, child) in node.children.iter().filter(|(id, _)| ids.contains(id)) {
            if self.nodes[*child].unseated
                && self.s.executors[self.nodes[*child].to.index()].wraps().is_none()
            {
                // It ran in the submitter, and is over.
                continue;
            }
            stand.awaits.push((*child, self.helps(stand.node, *child, *id)));
            if self.nodes[*child].dropped {
                stand.needs.insert(LimitedResource::Never);
            }
        }
        if stand.awaits.is_empty() {
            return Vec::new();
        }
        let Some(pool) = s_pool(self.s, node).filter(|_| !node.unseated) else { return vec![stand] };
        let lends = lends_worker(self.s, pool);
        // A pinned task does not leave its worker.
        let stays = lends == WorkerLending::All && self.pins(&before.held);
        let leaves = !(stays && self.pins(&before.surely));
        let staying = stays.then(|| stand.clone());
        let leaving = leaves.then(|| self.lending(stand, pool, lends));
        staying.into_iter().chain(leaving).collect()
    }

    /// The same with what becomes of the worker.
    fn lending(&self, mut stand: HoldPoint, pool: ExecutorId, lends: WorkerLending) -> HoldPoint {
        match lends {
            WorkerLending::Nobody | WorkerLending::Spare => {}
            WorkerLending::Child => stand.timed = false,
            WorkerLending::Anybody => {
                stand.timed = false;
                // Whatever is queued may come to lie above it.
                let waiter = stand.node;
                let can_lie_above = |n: &usize| {
                    s_pool(self.s, &self.nodes[*n]) == Some(pool)
                        && (*n != waiter || self.nodes[*n].exist > 1)
                };
                let here: Vec<usize> = (0..self.nodes.len()).filter(can_lie_above).collect();
                let on_pool = (0..self.nodes.len()).filter(|n| s_pool(self.s, &self.nodes[*n]) == Some(pool));
                let tasks = on_pool.fold(0u64, |total, n| total.saturating_add(self.nodes[n].exist));
                // Nothing is queued while a worker is left.
                if tasks > self.numbers.capacity(self.s, LimitedResource::Worker(pool)) {
                    stand.awaits.extend(here.into_iter().map(|n| (n, true)));
                }
            }
            WorkerLending::All => drop(stand.needs.insert(LimitedResource::Worker(pool))),
        }
        if matches!(lends, WorkerLending::Anybody | WorkerLending::Spare | WorkerLending::All) {
            stand.holds.retain(|(thing, _)| *thing != LimitedResource::Worker(pool));
        }
        stand
    }

    /// The same, and what each needs to come back.
    pub(super) fn with_return(&self, waiting: Vec<HoldPoint>) -> Vec<HoldPoint> {
        let back: Vec<HoldPoint> = waiting.iter().filter_map(|stand| self.coming_back(stand)).collect();
        back.into_iter().chain(waiting).collect()
    }

    /// A task that gave its worker back needs one again when its children have ended, and has what they have taken.
    pub(super) fn taking_over(&self, waiting: &[HoldPoint], at: usize) -> Vec<HoldPoint> {
        let Some(first) = waiting.first() else { return Vec::new() };
        let reading = &self.readings[self.nodes[first.node].task.index()];
        let (before, after) = (&reading.before[at].held, &reading.before[at + 1].held);
        let held: Vec<_> = before.iter().zip(after).map(|(before, after)| before.max(*after)).collect();
        if held == *before {
            return Vec::new();
        }
        let back = |stand: &HoldPoint| {
            let needs: BTreeSet<LimitedResource> = stand
                .needs
                .iter()
                .copied()
                .filter(|need| matches!(need, LimitedResource::Worker(_)))
                .collect();
            let mut holds = stand.holds.clone();
            holds.retain(|(thing, _)| !matches!(thing, LimitedResource::Resource(_)));
            self.push_resources(&mut holds, &held);
            (!needs.is_empty()).then(|| HoldPoint {
                node: stand.node,
                pc: stand.pc,
                holds,
                needs,
                ..HoldPoint::default()
            })
        };
        waiting.iter().filter_map(back).collect()
    }

    /// A task that gave its worker back needs one again when its timeout has come.
    fn coming_back(&self, waiting: &HoldPoint) -> Option<HoldPoint> {
        let needs: BTreeSet<LimitedResource> =
            waiting.needs.iter().copied().filter(|need| matches!(need, LimitedResource::Worker(_))).collect();
        let holds = waiting.holds.clone();
        (waiting.timed && !needs.is_empty()).then(|| HoldPoint {
            node: waiting.node,
            pc: waiting.pc,
            holds,
            needs,
            ..HoldPoint::default()
        })
    }

    /// `result` raises at once if the child was cancelled; if that came too late, the child has its worker. (What a
    /// delay has let go cannot be cancelled any more, and may still be queued.)
    pub(super) fn without_cancelled(
        &self,
        mut stand: HoldPoint,
        cancelled: &BTreeSet<SubmitId>,
    ) -> HoldPoint {
        let delays = |node: usize| {
            let way = way(self.s, self.nodes[node].task, self.nodes[node].to);
            way.iter().any(|stage| {
                matches!(self.s.executors[stage.executor.index()].kind, ExecutorKind::Delay { .. })
            })
        };
        let has_worker = |child: usize| {
            let of_child = self.nodes[stand.node].children.iter().filter(|(_, node)| *node == child);
            of_child.map(|(id, _)| id).all(|id| cancelled.contains(id)) && !delays(child)
        };
        let awaits: Vec<_> =
            stand.awaits.iter().map(|(child, helped)| (*child, *helped || has_worker(*child))).collect();
        stand.awaits = awaits;
        stand
    }
}
