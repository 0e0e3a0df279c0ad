//! How the run came out that was shown before a change, so that one sees what the change has made of it.
//!
//! Invariant: it is of the same document; a drag of a slider is one change, however many runs it passes over.

use super::run::AnalyzedRun;
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

    /// Remembers the shown run before `next` takes its place.
    pub(super) fn remember(&mut self, shown: Option<&AnalyzedRun>, next: &AnalyzedRun) {
        let old = shown.filter(|_| !std::mem::take(&mut self.is_of_other));
        if self.is_of_drag {
            return;
        }
        self.is_of_drag = self.is_dragged;
        self.words = old.map(|old| words(old, next).into());
    }

    /// The slider is let go.
    pub(super) fn let_go(&mut self) {
        (self.is_dragged, self.is_of_drag) = (false, false);
    }
}

fn words(old: &AnalyzedRun, next: &AnalyzedRun) -> String {
    let (was, is) = (&old.trace().scenario.variant, &next.trace().scenario.variant);
    let headline = old.digest.verdict.headline();
    if was == is { headline.to_string() } else { format!("{headline} ({})", was.replace(['_', '-'], " ")) }
}
