//! What the panel of a sweep is given.

use crate::page::SendAction;
use crate::store::Action;
use crate::store::sizes::{SizesAction, SizesPanelState};
use std::rc::Rc;
use threadbare::language::Tunable;
use yew::{Callback, Properties};

/// What the panel shows.
#[derive(Properties)]
pub struct SizesPanelProps {
    /// The sweep that is shown.
    pub sizes: Rc<SizesPanelState>,
    /// What can be swept.
    pub tunables: Rc<[Tunable]>,
    /// Whether anything in the shown variant is drawn at random.
    pub is_random: bool,
    /// The cell of the present values.
    pub here: Option<usize>,
    /// Whether dark colours are used.
    pub dark: bool,
    /// How much larger than on a desk everything is drawn.
    pub scale: f64,
    /// Where actions go.
    pub send: SendAction,
}

impl PartialEq for SizesPanelProps {
    fn eq(&self, other: &SizesPanelProps) -> bool {
        Rc::ptr_eq(&self.sizes, &other.sizes)
            && Rc::ptr_eq(&self.tunables, &other.tunables)
            && (self.is_random, self.here, self.dark) == (other.is_random, other.here, other.dark)
            && self.scale == other.scale
            && self.send == other.send
    }
}

impl SizesPanelProps {
    /// What a press does.
    pub(super) fn act<E>(&self, act: SizesAction) -> Callback<E> {
        let send = self.send.clone();
        Callback::from(move |_| send.emit(Action::Sizes(act.clone())))
    }
}
