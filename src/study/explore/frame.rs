//! The states on the present path of a search.

use super::judged;
use crate::engine::explore::Choice;
use crate::study::schedule::Run;
use crate::trace::record::Record;

/// A state on the present path of a search, and what there is to try from it.
pub(super) struct SearchStackFrame {
    /// Taken out with the last alternative.
    pub run: Option<Run>,
    /// What it takes in memory, as estimated.
    pub bytes: u64,
    /// What there is to try: each alternative with its number.
    pub left: Vec<(u16, Choice)>,
    /// There was more than one way.
    pub branching: bool,
    /// The number of the state.
    pub node: u32,
    /// What happened since the state before.
    pub records: Vec<Record>,
}

impl SearchStackFrame {
    pub fn new(mut run: Run, choices: &[Choice], node: u32, rules: PruningOptions) -> SearchStackFrame {
        let several = choices.len() > 1;
        let alone = if several && rules.alone { run.alone(choices) } else { None };
        let twins = if several && alone.is_none() && rules.symmetry {
            run.twins(choices)
        } else {
            vec![None; choices.len()]
        };
        let numbered = (0u16..).zip(choices.iter().copied()).zip(twins);
        let is_taken = |number: u16| alone.is_none_or(|alone| alone == usize::from(number));
        let mut left: Vec<_> = numbered
            .filter(|((number, _), twin)| twin.is_none() && is_taken(*number))
            .map(|(choice, _)| choice)
            .collect();
        // They are taken from the end.
        left.reverse();
        let records = run.recorder_mut().0.take_recent();
        let own = size_of::<SearchStackFrame>()
            + left.capacity() * size_of::<(u16, Choice)>()
            + records.capacity() * size_of::<Record>();
        let bytes = judged::weight(&run) + own as u64;
        SearchStackFrame { run: Some(run), bytes, left, branching: choices.len() > 1, node, records }
    }
}

/// Which alternatives the search leaves out.
#[derive(Clone, Copy)]
pub(super) struct PruningOptions {
    /// All but one that may be taken alone.
    pub alone: bool,
    /// Those that come to the same as another.
    pub symmetry: bool,
}

/// What happened along the path of a search, in parts.
pub(super) fn parts(stack: &[SearchStackFrame]) -> impl ExactSizeIterator<Item = &[Record]> {
    stack.iter().map(|frame| frame.records.as_slice())
}
