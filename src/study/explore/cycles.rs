//! Runs without end: where states come round again and nothing leads out, some tasks may be blocked for ever
//! although others go on.
//!
//! Strongly connected components after R. E. Tarjan, "Depth-first search and linear graph algorithms" (SIAM
//! Journal on Computing 1, 1972), without recursion.

/// A state of each circle that nothing leads out of.
pub(super) fn for_ever(states: usize, edges: &[(u32, u32)]) -> Vec<u32> {
    first_states(states, edges, |circle| !circle.leads_out)
}

/// A state of each circle, whether or not something leads out of it.
pub(super) fn turning(states: usize, edges: &[(u32, u32)]) -> Vec<u32> {
    first_states(states, edges, |_| true)
}

/// States each of which can be reached from each other.
#[derive(Clone, Copy, Default)]
struct StronglyConnectedComponent {
    /// A step leads to a state outside.
    leads_out: bool,
    /// A step leads from one of its states to one of them.
    turns: bool,
    /// Its first state was taken already.
    taken: bool,
}

/// The first state of each circle of which `is_wanted` holds.
fn first_states(
    states: usize,
    edges: &[(u32, u32)],
    is_wanted: impl Fn(StronglyConnectedComponent) -> bool,
) -> Vec<u32> {
    let next = AdjacencyList::new(states, edges);
    let of_state = components(states, &next);
    let count = of_state.iter().max().map_or(0, |last| *last as usize + 1);
    let mut all = vec![StronglyConnectedComponent::default(); count];
    for &(from, to) in edges {
        let (a, b) = (of_state[from as usize], of_state[to as usize]);
        all[a as usize].leads_out |= a != b;
        all[a as usize].turns |= a == b;
    }
    let mut found = Vec::new();
    for (state, &of) in (0u32..).zip(&of_state) {
        let component = &mut all[of as usize];
        if component.turns && !component.taken && is_wanted(*component) {
            component.taken = true;
            found.push(state);
        }
    }
    found
}

/// For each state, where it leads.
struct AdjacencyList {
    first: Vec<u32>,
    to: Vec<u32>,
}

impl AdjacencyList {
    fn new(states: usize, edges: &[(u32, u32)]) -> AdjacencyList {
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
        AdjacencyList { first, to }
    }

    fn of(&self, state: u32) -> &[u32] {
        &self.to[self.first[state as usize] as usize..self.first[state as usize + 1] as usize]
    }
}

/// The component of each state.
fn components(states: usize, next: &AdjacencyList) -> Vec<u32> {
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
