//! Remedies for waits at shared things: room in channels whose senders wait, and what is held over a wait given back first.

use super::RemedyEffect;
use super::proposal::RemedyProposer;
use super::rewrite::released_before_wait;
use crate::analysis::shape::{Hazard, LimitedResource};
use crate::model::id::ResourceId;
use crate::model::signal::Signal;
use std::collections::BTreeSet;

/// The capacity that is proposed for a channel whose senders wait.
const CAPACITY: &str = "1024";

impl RemedyProposer<'_> {
    /// More room in the channels that tasks wait to send to.
    pub(super) fn capacity(&mut self, hazard: &Hazard) {
        let needs = hazard.places.iter().flat_map(|place| &place.needs);
        let full: BTreeSet<&str> = needs
            .filter_map(|thing| match thing {
                LimitedResource::Signal(signal @ Signal::Room(_)) => Some(signal.name(self.s)),
                _ => None,
            })
            .collect();
        let mut draft = self.draft();
        for channel in &full {
            draft.set(&format!("channels.{channel}.capacity"), CAPACITY);
        }
        if !full.is_empty() {
            let leaves = "A sender that is so far ahead still waits; messages take memory.";
            self.offer(format!("Channels keep {CAPACITY} messages"), leaves, RemedyEffect::Gone, draft);
        }
    }

    /// What tasks hold while they wait is given back before the wait.
    pub(super) fn release_before_wait(&mut self, hazard: &Hazard) {
        let held = hazard.places.iter().flat_map(|place| &place.holds);
        let held: BTreeSet<ResourceId> = held
            .filter_map(|thing| if let LimitedResource::Resource(id) = thing { Some(*id) } else { None })
            .collect();
        for id in held {
            let name = &self.s.resources[id.index()].name;
            let mut draft = self.draft();
            for task in &self.s.tasks {
                let steps = draft.patch.steps(&task.name);
                if let Some(steps) = steps.and_then(|steps| released_before_wait(&steps, &task.program, name))
                {
                    draft.set_steps(&task.name, &steps);
                }
            }
            if !draft.changes.is_empty() {
                let title = format!("{name} is given back before a task waits");
                let leaves = "What it guards is not held while the task waits: others can come between.";
                self.offer(title, leaves, RemedyEffect::Gone, draft);
            }
        }
    }
}
