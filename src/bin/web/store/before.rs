//! How the run came out that was shown before a change, so that one sees what the change has made of it.
//!
//! Invariant: it is of the same document; a drag of a slider is one change, however many runs it passes over.

use super::State;
use super::run::{Run, SharedRun};
use std::rc::Rc;

/// The outcome that was shown before the last change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreviousOutcome {
    /// How it came out, and of which variant it is if that was another; none if nothing was shown of this document.
    pub words: Option<Rc<str>>,
    /// A slider is being dragged.
    pub(super) is_dragged: bool,
    /// It was remembered since the drag began.
    is_of_drag: bool,
    /// The document is another one than that of the run that is shown.
    is_of_other: bool,
}

impl PreviousOutcome {
    /// Nothing: the run that is shown is of another document.
    pub(super) fn of_another() -> PreviousOutcome {
        PreviousOutcome { is_of_other: true, ..PreviousOutcome::default() }
    }
}

impl State {
    /// Remembers the shown run before another takes its place.
    pub(super) fn remember(&mut self, next: &SharedRun) {
        let old = self.run.as_deref().filter(|_| !std::mem::take(&mut self.before.is_of_other));
        if self.before.is_of_drag {
            return;
        }
        self.before.is_of_drag = self.before.is_dragged;
        self.before.words = old.map(|old| words(old, next).into());
    }

    /// The slider is let go.
    pub(super) fn let_go(&mut self) {
        (self.before.is_dragged, self.before.is_of_drag) = (false, false);
    }
}

fn words(old: &Run, next: &Run) -> String {
    let (was, is) = (&old.trace().scenario.variant, &next.trace().scenario.variant);
    let headline = old.digest.verdict.headline();
    if was == is { headline.to_string() } else { format!("{headline} ({})", was.replace(['_', '-'], " ")) }
}
