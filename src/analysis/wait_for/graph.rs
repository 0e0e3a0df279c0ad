//! AND/OR graphs and their least fixpoint, with no knowledge of what the nodes mean.
//!
//! Invariant: a node that needs all is live when all its needs are (at once, if it has none); a node that
//! needs any is live when one is (never, if it has none). What the least fixpoint leaves is stuck.

/// How many of its needs a node needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All of them.
    All,
    /// One of them.
    Any,
}

/// A graph whose node `i` needs the nodes `edges[first[i]..first[i + 1]]`.
#[derive(Clone, Debug, Default)]
pub struct AndOr {
    modes: Vec<Mode>,
    first: Vec<u32>,
    edges: Vec<u32>,
}

impl AndOr {
    /// Adds the next node with its needs (which may name nodes still to come); its number.
    pub fn push(&mut self, mode: Mode, needs: impl IntoIterator<Item = u32>) -> u32 {
        self.first.push(self.edges.len() as u32);
        self.modes.push(mode);
        self.edges.extend(needs);
        self.modes.len() as u32 - 1
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.modes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.modes.is_empty()
    }

    /// How many of its needs node `at` needs.
    pub fn mode(&self, at: u32) -> Mode {
        self.modes[at as usize]
    }

    /// What node `at` needs.
    pub fn needs(&self, at: u32) -> &[u32] {
        let from = self.first[at as usize] as usize;
        let to = self.first.get(at as usize + 1).map_or(self.edges.len(), |next| *next as usize);
        &self.edges[from..to]
    }

    /// Which nodes are live; those for which `assumed` holds are whatever they need.
    pub fn live(&self, assumed: impl Fn(u32) -> bool) -> Vec<bool> {
        let count = self.len();
        let (starts, back) = self.reversed();
        let mut missing: Vec<u32> = (0..count as u32)
            .map(|at| match self.mode(at) {
                Mode::All => self.needs(at).len() as u32,
                Mode::Any => 1,
            })
            .collect();
        let mut live: Vec<bool> =
            (0..count as u32).map(|at| missing[at as usize] == 0 || assumed(at)).collect();
        let mut todo: Vec<u32> = (0..count as u32).filter(|at| live[*at as usize]).collect();
        while let Some(at) = todo.pop() {
            for &by in &back[starts[at as usize] as usize..starts[at as usize + 1] as usize] {
                let left = &mut missing[by as usize];
                *left = left.saturating_sub(1);
                if *left == 0 && !live[by as usize] {
                    live[by as usize] = true;
                    todo.push(by);
                }
            }
        }
        live
    }

    /// Who needs each node: `back[starts[i]..starts[i + 1]]`.
    fn reversed(&self) -> (Vec<u32>, Vec<u32>) {
        let mut starts = vec![0_u32; self.len() + 1];
        for &to in &self.edges {
            starts[to as usize + 1] += 1;
        }
        for at in 0..self.len() {
            starts[at + 1] += starts[at];
        }
        let mut free = starts.clone();
        let mut back = vec![0; self.edges.len()];
        for from in 0..self.len() as u32 {
            for &to in self.needs(from) {
                back[free[to as usize] as usize] = from;
                free[to as usize] += 1;
            }
        }
        (starts, back)
    }

    /// The strongly connected components among the nodes for which `within` holds: a component's number
    /// for each node (`u32::MAX` outside), needed components before those that need them.
    pub fn components(&self, within: impl Fn(u32) -> bool) -> (Vec<u32>, u32) {
        const NONE: u32 = u32::MAX;
        let count = self.len();
        let (mut order, mut low) = (vec![NONE; count], vec![0_u32; count]);
        let mut component = vec![NONE; count];
        let (mut next, mut components) = (0, 0);
        let mut open: Vec<u32> = Vec::new();
        let mut path: Vec<(u32, usize)> = Vec::new();
        for root in (0..count as u32).filter(|at| within(*at)) {
            if order[root as usize] != NONE {
                continue;
            }
            path.push((root, 0));
            while let Some((at, edge)) = path.pop() {
                let i = at as usize;
                if edge == 0 {
                    (order[i], low[i]) = (next, next);
                    next += 1;
                    open.push(at);
                }
                if let Some(&to) = self.needs(at).get(edge) {
                    path.push((at, edge + 1));
                    let t = to as usize;
                    if within(to) && order[t] == NONE {
                        path.push((to, 0));
                    } else if within(to) && component[t] == NONE {
                        low[i] = low[i].min(order[t]);
                    }
                    continue;
                }
                if low[i] == order[i] {
                    while let Some(member) = open.pop() {
                        component[member as usize] = components;
                        if member == at {
                            break;
                        }
                    }
                    components += 1;
                }
                if let Some(&(parent, _)) = path.last() {
                    low[parent as usize] = low[parent as usize].min(low[i]);
                }
            }
        }
        (component, components)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_needs_all_and_any_needs_one() {
        let mut graph = AndOr::default();
        graph.push(Mode::All, []); // 0: live
        graph.push(Mode::Any, []); // 1: never
        graph.push(Mode::All, [0, 1]); // 2
        graph.push(Mode::Any, [0, 1]); // 3
        graph.push(Mode::All, [3, 0]); // 4
        graph.push(Mode::Any, [6]); // 5
        graph.push(Mode::Any, [5]); // 6: a ring of two
        assert_eq!(graph.live(|_| false), [true, false, false, true, true, false, false]);
        assert_eq!(graph.live(|at| at == 6), [true, false, false, true, true, true, true]);
    }

    #[test]
    fn components_are_rings_and_the_needed_come_first() {
        let mut graph = AndOr::default();
        graph.push(Mode::Any, [1]);
        graph.push(Mode::Any, [2]);
        graph.push(Mode::Any, [1, 3]);
        graph.push(Mode::Any, []);
        let (component, count) = graph.components(|_| true);
        assert_eq!(count, 3);
        assert_eq!(component, [2, 1, 1, 0]);
        let (component, count) = graph.components(|at| at != 1);
        assert_eq!((component[1], count), (u32::MAX, 3));
    }

    #[test]
    fn a_need_named_twice_counts_twice_on_both_sides() {
        let mut graph = AndOr::default();
        graph.push(Mode::All, [1, 1]);
        graph.push(Mode::All, []);
        assert_eq!(graph.live(|_| false), [true, true]);
    }
}
