//! Remedies for green tasks that keep their carriers while they wait: a lock that does not pin, or more carriers.

use super::RemedyEffect;
use super::proposal::RemedyProposer;
use crate::analysis::shape::{Hazard, LimitedResource};
use crate::model::id::ExecutorId;

/// Carriers beyond those there are that are tried.
const MAX_MORE_CARRIERS: u32 = 32;

impl RemedyProposer<'_> {
    /// Proposes what ends the ring of tasks that keep their carriers.
    pub(super) fn for_pinned(&mut self, hazard: &Hazard) {
        self.unpin();
        for thing in &hazard.things {
            if let LimitedResource::Carrier(executor) = thing {
                self.more_carriers(*executor);
            }
        }
    }

    fn unpin(&mut self) {
        let mut draft = self.draft();
        let mut names = Vec::new();
        for resource in self.s.resources.iter().filter(|resource| resource.pins.is_some()) {
            let section = if resource.is_lock() { "locks" } else { "semaphores" };
            draft.set(&format!("{section}.{}.pins", resource.name), "never");
            names.push(resource.name.clone());
        }
        if names.is_empty() {
            return;
        }
        self.offer(
            format!("A lock that lets its waiters leave their carriers, for {}", names.join(" and ")),
            "Whatever else keeps a carrier still does: native calls, blocking reads.",
            RemedyEffect::Gone,
            draft,
        );
    }

    fn more_carriers(&mut self, executor: ExecutorId) {
        let Some(carriers) = self.s.executors[executor.index()].carriers() else { return };
        let name = self.name(executor).to_owned();
        for threads in carriers.threads + 1..=carriers.threads + MAX_MORE_CARRIERS {
            let mut draft = self.draft();
            self.set_number(&mut draft, executor, "threads", threads.into());
            if draft.whole && draft.patch.is_clear(self.may_go_on) {
                let leaves = "It holds for what arrives here: more at once need more.";
                return self.offer(
                    format!("{threads} carriers for {name}"),
                    leaves,
                    RemedyEffect::Gone,
                    draft,
                );
            }
        }
    }
}
