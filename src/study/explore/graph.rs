//! How the states of a search hang together.

/// How states hang together.
#[derive(Default)]
pub(super) struct StateGraph {
    /// How each state was first reached.
    pub parents: Vec<StateTransition>,
    /// Steps from state to state, by where they start.
    pub edges: Vec<(u32, u32)>,
}

/// A step from one state to another.
#[derive(Clone, Copy)]
pub(super) struct StateTransition {
    /// The state it starts from.
    pub from: u32,
    /// The number of the alternative taken.
    pub choice: u16,
    /// Whether there was more than one.
    pub branching: bool,
    /// How many branching points lie between `from` and here besides (steps without a choice have none).
    pub depth: u32,
}

impl StateGraph {
    /// The steps that lead to a state.
    pub fn path(&self, node: u32) -> Vec<StateTransition> {
        let mut path = Vec::new();
        let mut at = node;
        while at != 0 {
            let step = self.parents[at as usize];
            path.push(step);
            at = step.from;
        }
        path.reverse();
        path
    }
}
