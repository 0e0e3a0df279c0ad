//! Runs without end: where states come round again and nothing leads out, some tasks may be blocked for ever
//! although others go on.
//!
//! Strongly connected components after R. E. Tarjan, "Depth-first search and linear graph algorithms" (SIAM
//! Journal on Computing 1, 1972), without recursion.

use super::Kind;
use crate::analysis::digest::Digest;
use crate::model::scenario::Scenario;
use crate::study::schedule::{Schedule, replay_part};
use std::sync::Arc;

/// Circles whose states are examined for blocked tasks.
const MAX_CIRCLES: usize = 16;

/// A state of each circle that nothing leads out of.
pub(super) fn for_ever(states: usize, edges: &[(u32, u32)]) -> Vec<u32> {
    let next = Adjacent::new(states, edges);
    let component = components(states, &next);
    let count = component.iter().max().map_or(0, |last| *last as usize + 1);
    let (mut leads_out, mut turns) = (vec![false; count], vec![false; count]);
    for &(from, to) in edges {
        let (a, b) = (component[from as usize], component[to as usize]);
        leads_out[a as usize] |= a != b;
        turns[a as usize] |= a == b;
    }
    let mut told = vec![false; count];
    let mut found = Vec::new();
    for (state, &of) in (0u32..).zip(&component) {
        let of = of as usize;
        if turns[of] && !leads_out[of] && !std::mem::replace(&mut told[of], true) {
            found.push(state);
        }
    }
    found.truncate(MAX_CIRCLES);
    found
}

/// What is blocked for ever at the end of this way of so many points, although others go on.
pub(super) fn blocked_for_ever(scenario: &Arc<Scenario>, schedule: &Schedule, points: u32) -> Option<Kind> {
    let trace = replay_part(scenario, schedule, points)?;
    let digest = Digest::new(&trace);
    let blocked = digest.blocked();
    let end = digest.end();
    let mut steps: Vec<_> =
        blocked.iter().filter_map(|id| end.task(*id)).map(|task| (task.kind, task.pc)).collect();
    steps.sort_unstable();
    steps.dedup();
    (!steps.is_empty()).then_some(Kind::Partial(steps))
}

/// For each state, where it leads.
struct Adjacent {
    first: Vec<u32>,
    to: Vec<u32>,
}

impl Adjacent {
    fn new(states: usize, edges: &[(u32, u32)]) -> Adjacent {
        let mut first = vec![0u32; states + 1];
        edges.iter().for_each(|(from, _)| first[*from as usize + 1] += 1);
        for i in 0..states {
            first[i + 1] += first[i];
        }
        let mut free = first.clone();
        let mut to = vec![0; edges.len()];
        for &(from, target) in edges {
            to[free[from as usize] as usize] = target;
            free[from as usize] += 1;
        }
        Adjacent { first, to }
    }

    fn of(&self, state: u32) -> &[u32] {
        &self.to[self.first[state as usize] as usize..self.first[state as usize + 1] as usize]
    }
}

/// The component of each state.
fn components(states: usize, next: &Adjacent) -> Vec<u32> {
    const NONE: u32 = u32::MAX;
    let mut component = vec![NONE; states];
    let (mut index, mut low) = (vec![NONE; states], vec![0u32; states]);
    let (mut visited, mut count) = (0u32, 0u32);
    let mut open: Vec<u32> = Vec::new();
    let mut calls: Vec<(u32, usize)> = Vec::new();
    for root in 0..states as u32 {
        if index[root as usize] != NONE {
            continue;
        }
        calls.push((root, 0));
        while let Some((state, at)) = calls.pop() {
            let s = state as usize;
            if at == 0 {
                (index[s], low[s]) = (visited, visited);
                visited += 1;
                open.push(state);
            }
            if let Some(&target) = next.of(state).get(at) {
                calls.push((state, at + 1));
                let t = target as usize;
                if index[t] == NONE {
                    calls.push((target, 0));
                } else if component[t] == NONE {
                    low[s] = low[s].min(index[t]);
                }
                continue;
            }
            if low[s] == index[s] {
                while let Some(member) = open.pop() {
                    component[member as usize] = count;
                    if member == state {
                        break;
                    }
                }
                count += 1;
            }
            if let Some(&(caller, _)) = calls.last() {
                low[caller as usize] = low[caller as usize].min(low[s]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_that_nothing_leads_out_of_is_found() {
        // 0 -> 1 <-> 2 -> 3 <-> 4, and 0 -> 5 with nothing behind it.
        let edges = [(0, 1), (1, 2), (2, 1), (2, 3), (3, 4), (4, 3), (0, 5)];
        assert_eq!(for_ever(6, &edges), [3]);
        assert!(for_ever(2, &[(0, 1)]).is_empty());
        assert_eq!(for_ever(2, &[(0, 1), (1, 1)]), [1]);
    }
}
