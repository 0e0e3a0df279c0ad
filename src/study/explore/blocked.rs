//! Tasks that can never continue although others can: at a horizon, a limit, the greatest depth, or wherever a search
//! stands.
//!
//! The judge is the wait-for graph that also judges a run ([`crate::analysis::wait_for`]), so that exploring finds
//! what running finds. Invariant: whoever is blocked once is blocked for ever, so a search that looks at the last state
//! of each path has looked at all states of it.

use super::finding::FindingKind;
use crate::analysis::state::State;
use crate::analysis::wait_for::reach::Reach;
use crate::analysis::wait_for::{Assumptions, WaitFor};
use crate::model::scenario::Scenario;
use crate::trace::record::Record;
use std::sync::Arc;

/// Events after which a state along a path is kept.
const KEEP_EVERY: u32 = 512;
/// Most states that are kept along a path.
const MAX_KEPT: usize = 64;

/// Finds blocked tasks in the states of one scenario.
pub(super) struct BlockedTaskFinder {
    scenario: Arc<Scenario>,
    reach: Reach,
    /// States along the present path of a search, each with how many of its parts led there.
    kept: Vec<(usize, State)>,
    /// Bytes that they take, as estimated.
    kept_bytes: u64,
}

impl BlockedTaskFinder {
    pub fn new(scenario: &Arc<Scenario>) -> BlockedTaskFinder {
        let reach = Reach::new(scenario);
        BlockedTaskFinder { scenario: Arc::clone(scenario), reach, kept: Vec::new(), kept_bytes: 0 }
    }

    /// Who is blocked for ever after these events, from the beginning on.
    pub fn after(&self, records: &[Record]) -> Option<FindingKind> {
        let mut state = State::new(&self.scenario);
        state.follow(records);
        self.at(&state)
    }

    /// Who is blocked for ever after the events of a path, in parts, and then these. States along it are kept for the next
    /// question.
    pub fn after_path<'p>(
        &mut self,
        path: impl ExactSizeIterator<Item = &'p [Record]>,
        last: &[Record],
    ) -> Option<FindingKind> {
        self.forget_beyond(path.len());
        let (begun, mut state) = match self.kept.last() {
            Some((parts, state)) => (*parts, state.clone()),
            None => (0, State::new(&self.scenario)),
        };
        let mut kept_at = state.applied();
        for (part, records) in path.enumerate().skip(begun) {
            state.follow(records);
            if state.applied() - kept_at >= KEEP_EVERY && self.kept.len() < MAX_KEPT {
                kept_at = state.applied();
                self.kept_bytes += state.bytes();
                self.kept.push((part + 1, state.clone()));
            }
        }
        state.follow(last);
        self.at(&state)
    }

    /// The path has only `parts` parts left.
    pub fn forget_beyond(&mut self, parts: usize) {
        while let Some((_, state)) = self.kept.pop_if(|(of, _)| *of > parts) {
            self.kept_bytes = self.kept_bytes.saturating_sub(state.bytes());
        }
    }

    /// Bytes that the states kept along the path take, as estimated.
    pub fn bytes(&self) -> u64 {
        self.kept_bytes
    }

    /// Who is blocked for ever in a state.
    pub fn at(&self, state: &State) -> Option<FindingKind> {
        let graph = WaitFor::new(state, &self.reach, &Assumptions::default());
        let of = |id| state.task(id).map(|task| (task.kind, task.pc));
        let mut steps: Vec<_> = graph.stuck_tasks(state).filter_map(of).collect();
        steps.sort_unstable();
        steps.dedup();
        (!steps.is_empty()).then_some(FindingKind::Partial(steps))
    }
}
