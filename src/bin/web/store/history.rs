//! What was done to the document, to be taken back and done again: the text as it was before each step.
//!
//! Invariant: a step is one thing that a person did (a drag of a slider, a remedy, a stretch of typing, another
//! document opened), however many changes of the text it came in. There are at most [`MAX_STEPS`], and their texts
//! together have at most [`MAX_BYTES`]: the oldest are forgotten first. What was never on the screen is no step.

use super::work::OpenDocument;
use super::{CursorOnArrival, State};
use std::collections::VecDeque;
use std::rc::Rc;

/// Most steps that are kept.
const MAX_STEPS: usize = 100;
/// Most bytes that the texts of all steps may have.
const MAX_BYTES: usize = 16 << 20;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The value at this path was changed.
    Tune(String),
    /// Something was typed into the text.
    Type,
    /// A remedy was applied.
    Apply,
    /// Values were taken from a sweep, or given back.
    Size,
    /// It was put back as it was opened.
    Reset,
    /// Another document was opened.
    Open,
    /// The followed file was saved with another text.
    File,
}

impl Edit {
    /// What undoing it takes back, in words.
    pub fn words(&self) -> &'static str {
        match self {
            Edit::Tune(_) => "the last changed value",
            Edit::Type => "what was typed",
            Edit::Apply => "the applied remedy",
            Edit::Size => "the values taken from the sweep",
            Edit::Reset => "the reset",
            Edit::Open => "the opening of this scenario",
            Edit::File => "the change of the file",
        }
    }
}

/// A document as it was.
#[derive(Clone, Debug)]
struct Snapshot {
    name: String,
    source: Rc<str>,
    original: Rc<str>,
    variant: String,
}

impl Snapshot {
    fn of(work: &OpenDocument) -> Snapshot {
        Snapshot {
            name: work.name.clone(),
            source: Rc::clone(&work.source),
            original: Rc::clone(&work.original),
            variant: work.variant.clone(),
        }
    }

    fn is_same_document(&self, work: &OpenDocument) -> bool {
        self.name == work.name && self.original == work.original
    }

    /// The original is counted too, though steps share it: it may be the last to hold it.
    fn bytes(&self) -> usize {
        self.source.len() + self.original.len()
    }
}

/// The steps that can be taken back, and those that can be done again.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: VecDeque<(Edit, Snapshot)>,
    future: Vec<(Edit, Snapshot)>,
    /// Whether the next change of the same kind belongs to the last step.
    is_open: bool,
}

impl History {
    /// What undoing would take back.
    pub fn last(&self) -> Option<&Edit> {
        self.past.back().map(|(deed, _)| deed)
    }

    /// What would be done again.
    pub fn next(&self) -> Option<&Edit> {
        self.future.last().map(|(deed, _)| deed)
    }

    /// The last step is over.
    pub fn close(&mut self) {
        self.is_open = false;
    }

    fn note(&mut self, deed: Edit, before: Snapshot) {
        let goes_on = self.is_open && self.last() == Some(&deed);
        self.future.clear();
        self.is_open = matches!(deed, Edit::Tune(_) | Edit::Type);
        if goes_on {
            return;
        }
        self.past.push_back((deed, before));
        let mut bytes: usize = self.past.iter().map(|(_, snapshot)| snapshot.bytes()).sum();
        while self.past.len() > MAX_STEPS || bytes > MAX_BYTES {
            bytes -= self.past.pop_front().map_or(bytes, |(_, snapshot)| snapshot.bytes());
        }
    }
}

impl State {
    /// Changes the document, as a step that can be taken back.
    pub(super) fn step<T>(&mut self, deed: Edit, change: impl FnOnce(&mut OpenDocument) -> T) -> T {
        let before = Snapshot::of(&self.work);
        let done = change(&mut self.work);
        let is_changed = before.source != self.work.source || !before.is_same_document(&self.work);
        if is_changed && self.run.is_some() {
            self.history.note(deed, before);
        }
        done
    }

    /// Takes the last step back.
    pub(super) fn undo(&mut self) {
        let Some((deed, before)) = self.history.past.pop_back() else { return };
        self.history.future.push((deed, Snapshot::of(&self.work)));
        self.restore(&before);
    }

    /// Does again what was taken back last.
    pub(super) fn redo(&mut self) {
        let Some((deed, after)) = self.history.future.pop() else { return };
        self.history.past.push_back((deed, Snapshot::of(&self.work)));
        self.restore(&after);
    }

    fn restore(&mut self, snapshot: &Snapshot) {
        self.history.close();
        if !snapshot.is_same_document(&self.work) {
            let Snapshot { name, source, original, variant } = snapshot;
            self.put(OpenDocument::restore(name, source, original, variant), CursorOnArrival::Play);
            return;
        }
        // What was changed is seen where it was changed.
        let is_same_variant = snapshot.variant == self.work.variant;
        self.work.variant.clone_from(&snapshot.variant);
        self.work.edit(&snapshot.source);
        if is_same_variant {
            self.change_in_place();
        } else {
            self.with = self.with.take().filter(|with| *with != self.work.variant);
            self.change();
        }
        if let Some(sizes) = self.sizes.as_mut() {
            Rc::make_mut(sizes).before = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(bytes: usize) -> Snapshot {
        let source: Rc<str> = Rc::from("#".repeat(bytes));
        Snapshot { name: "a.toml".into(), original: Rc::from(""), source, variant: "base".into() }
    }

    #[test]
    fn the_oldest_steps_are_forgotten_first() {
        let mut history = History::default();
        for bytes in 0..150 {
            history.note(Edit::Reset, snapshot(bytes));
        }
        assert_eq!(history.past.len(), MAX_STEPS);
        assert_eq!(history.past.front().map(|(_, snapshot)| snapshot.bytes()), Some(50));
        for _ in 0..40 {
            history.note(Edit::Reset, snapshot(1 << 20));
        }
        assert_eq!(history.past.len(), 16);
    }

    #[test]
    fn changes_of_one_drag_are_one_step() {
        let mut history = History::default();
        let tune = |path: &str| Edit::Tune(path.into());
        for (path, steps) in [("params.a", 1), ("params.a", 1), ("params.b", 2), ("params.b", 2)] {
            history.note(tune(path), snapshot(1));
            assert_eq!(history.past.len(), steps);
        }
        history.close();
        history.note(tune("params.b"), snapshot(1));
        assert_eq!(history.past.len(), 3);
        history.note(Edit::Reset, snapshot(1));
        history.note(Edit::Reset, snapshot(1));
        assert_eq!(history.past.len(), 5, "each reset is one");
    }
}
