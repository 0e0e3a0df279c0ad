//! Remedies for locks: one order for all, or a lock that its holder may take again.

use super::RemedyEffect;
use super::dialect;
use super::patch::quoted;
use super::proposal::RemedyProposer;
use super::rewrite::in_order;
use crate::analysis::shape::{Hazard, LimitedResource};
use crate::model::runtime::ReadWritePreference;
use crate::model::scenario::ResourceKind;

impl RemedyProposer<'_> {
    /// Everybody takes the locks in one order.
    pub(super) fn lock_order(&mut self, hazard: &Hazard) {
        let names: Vec<&str> = hazard
            .things
            .iter()
            .filter_map(|thing| match thing {
                LimitedResource::Resource(id) => Some(self.s.resources[id.index()].name.as_str()),
                _ => None,
            })
            .collect();
        let backwards: Vec<&str> = names.iter().rev().copied().collect();
        for order in [names.clone(), backwards].into_iter().filter(|_| names.len() > 1) {
            let mut draft = self.draft();
            for task in &self.s.tasks {
                let steps = draft.patch.steps(&task.name);
                if let Some(steps) = steps.and_then(|steps| in_order(&steps, &task.program, &order)) {
                    draft.set_steps(&task.name, &steps);
                }
            }
            if !draft.changes.is_empty() {
                let title = format!("One order for all: {}", order.join(" before "));
                self.offer(title, "Locks are held for longer, and the next task that takes them the other way round brings it back.", RemedyEffect::Gone, draft);
            }
        }
    }

    /// A lock that a task asks for while it holds it: the task may take it again.
    pub(super) fn taken_again(&mut self, hazard: &Hazard) {
        let [LimitedResource::Resource(id)] = hazard.things[..] else { return };
        let resource = &self.s.resources[id.index()];
        let name = &resource.name;
        let mut draft = self.draft();
        match resource.kind {
            ResourceKind::Lock { reentrant: false } => {
                draft.set(&format!("locks.{name}.reentrant"), "true");
                let leaves = "Code inside sees what its caller has changed in part.";
                let title = format!("Whoever holds {name} may take it again");
                self.offer(title, leaves, RemedyEffect::Gone, draft);
                self.needs_lock(dialect::reentrant_lock(self.s.runtime).is_some());
            }
            ResourceKind::ReadWriteLock { prefer, reentrant: false }
                if prefer != ReadWritePreference::Readers =>
            {
                draft.set(&format!("rwlocks.{name}.prefer"), &quoted("readers"));
                let leaves = "A writer waits for as long as readers keep coming.";
                let title = format!("Readers of {name} pass writers that wait");
                self.offer(title, leaves, RemedyEffect::Gone, draft);
                self.needs_lock(dialect::chooses_readers(self.s.runtime));
            }
            ResourceKind::Lock { .. }
            | ResourceKind::ReadWriteLock { .. }
            | ResourceKind::Semaphore { .. } => {}
        }
    }

    /// The last proposal needs locks that the runtime does not have: it says so, and comes last.
    fn needs_lock(&mut self, has_it: bool) {
        let runtime = self.s.runtime.word();
        if let Some(last) = self.found.last_mut().filter(|_| !has_it) {
            last.is_foreign = true;
            last.leaves += &format!(" The locks of {runtime} cannot do this: it takes another lock.");
        }
    }
}
