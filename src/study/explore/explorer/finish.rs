//! The end of a search that has looked at every state: what only all states together show.
//!
//! Invariant: a search is exhausted only once every circle that nothing leads out of has been examined. They are examined one
//! at a time, so that whoever explores in slices is heard between two.

use super::InterleavingExplorer;
use crate::study::explore::cycles;
use crate::study::explore::finding::{FindingKind, MAX_FINDINGS, NonterminationEvidence};
use crate::study::explore::graph::StateTransition;

impl InterleavingExplorer {
    /// Who is blocked for ever at the end of a path, the steps without a choice that the search took there included: they
    /// may be what blocks somebody.
    pub(super) fn blocked_after(&self, path: &[StateTransition]) -> Option<FindingKind> {
        let mut run = self.fresh_run();
        let mut depth = 0;
        for step in path {
            let mut number = usize::from(step.choice);
            while depth < step.depth {
                let choices = run.choices();
                run.take(choices.get(number)?);
                number = 0;
                depth += 1;
            }
        }
        self.blocked.after(run.recorder().0.recent())
    }

    /// Every state was looked at: examines the next of the circles that nothing leads out of. How many steps that took.
    pub(super) fn finish(&mut self) -> u64 {
        if self.circles.is_none() {
            let circles = match self.wants_circles() {
                true => cycles::for_ever(self.graph.parents.len(), &self.graph.edges),
                false => Vec::new(),
            };
            self.coverage.endless = !circles.is_empty();
            self.circles = Some(circles.into_iter());
        }
        match self.circles.as_mut().and_then(Iterator::next) {
            Some(node) if self.findings.len() < MAX_FINDINGS => self.examine_circle(node),
            Some(_) => 0,
            None => {
                self.over = true;
                self.coverage.exhausted = !self.coverage.cut_paths && !self.coverage.cut_runs;
                0
            }
        }
    }

    /// Whether what circles of states show is looked for.
    fn wants_circles(&self) -> bool {
        let is_shown = |kind: &FindingKind| {
            matches!(kind, FindingKind::Partial(_) | FindingKind::Endless(NonterminationEvidence::Circle))
        };
        self.only.as_ref().is_none_or(|only| is_shown(only.example()))
    }

    fn examine_circle(&mut self, node: u32) -> u64 {
        let path = self.graph.path(node);
        let blocked = self.blocked_after(&path);
        // What has a horizon is meant to go on.
        let endless =
            || self.scenario.until.is_none().then_some(FindingKind::Endless(NonterminationEvidence::Circle));
        if let Some(kind) = blocked.or_else(endless)
            && self.wants(&kind)
        {
            self.keep(kind, &path);
        }
        path.last().map_or(0, |last| u64::from(last.depth))
    }
}
