//! The remedy for senders that wait for room which nobody is left to make.

use super::Effect;
use super::proposal::Proposer;
use crate::analysis::shape::{Hazard, Thing};
use crate::model::signal::Signal;
use std::collections::BTreeSet;

/// The capacity that is proposed for a channel whose senders wait.
const CAPACITY: &str = "1024";

impl Proposer<'_> {
    /// More room in the channels that tasks wait to send to.
    pub(super) fn capacity(&mut self, hazard: &Hazard) {
        let needs = hazard.places.iter().flat_map(|place| &place.needs);
        let full: BTreeSet<&str> = needs
            .filter_map(|thing| match thing {
                Thing::Signal(signal @ Signal::Room(_)) => Some(signal.name(self.s)),
                _ => None,
            })
            .collect();
        let mut draft = self.draft();
        for channel in &full {
            draft.set(&format!("channels.{channel}.capacity"), CAPACITY);
        }
        if !full.is_empty() {
            let leaves = "A sender that is so far ahead still waits; messages take memory.";
            self.offer(format!("Channels keep {CAPACITY} messages"), leaves, Effect::Gone, draft);
        }
    }
}
