//! What was done to the document, to be taken back and done again: the text as it was before each step.
//!
//! Invariant: a step is one thing that a person did (a drag of a slider, a remedy, a stretch of typing, another
//! document opened), however many changes of the text it came in. There are at most [`MAX_STEPS`], and their texts
//! together have at most [`MAX_BYTES`]: the oldest are forgotten first. What was never on the screen is no step.

use super::work::OpenDocument;
use std::collections::VecDeque;
use std::rc::Rc;

/// Most steps that are kept.
const MAX_STEPS: usize = 100;
/// Most bytes that the texts of all steps may have.
const MAX_BYTES: usize = 16 << 20;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditKind {
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

impl EditKind {
    /// What undoing it takes back, in words.
    pub fn words(&self) -> &'static str {
        match self {
            EditKind::Tune(_) => "the last changed value",
            EditKind::Type => "what was typed",
            EditKind::Apply => "the applied remedy",
            EditKind::Size => "the values taken from the sweep",
            EditKind::Reset => "the reset",
            EditKind::Open => "the opening of this scenario",
            EditKind::File => "the change of the file",
        }
    }
}

/// A document as it was.
#[derive(Clone, Debug)]
pub(super) struct DocumentSnapshot {
    pub name: String,
    pub source: Rc<str>,
    pub original: Rc<str>,
    pub variant: String,
}

impl DocumentSnapshot {
    /// The document as it is now.
    pub fn of(work: &OpenDocument) -> DocumentSnapshot {
        DocumentSnapshot {
            name: work.name.clone(),
            source: Rc::clone(&work.source),
            original: Rc::clone(&work.original),
            variant: work.variant.clone(),
        }
    }

    /// Whether it is the same document, with whatever text.
    pub fn is_same_document(&self, work: &OpenDocument) -> bool {
        self.name == work.name && self.original == work.original
    }

    /// The original is counted too, though steps share it: it may be the last to hold it.
    fn bytes(&self) -> usize {
        self.source.len() + self.original.len()
    }
}

/// The steps that can be taken back, and those that can be done again.
#[derive(Clone, Debug, Default)]
pub struct UndoHistory {
    past: VecDeque<(EditKind, DocumentSnapshot)>,
    future: Vec<(EditKind, DocumentSnapshot)>,
    /// Whether the next change of the same kind belongs to the last step.
    is_open: bool,
}

impl UndoHistory {
    /// What undoing would take back.
    pub fn last(&self) -> Option<&EditKind> {
        self.past.back().map(|(edit, _)| edit)
    }

    /// What would be done again.
    pub fn next(&self) -> Option<&EditKind> {
        self.future.last().map(|(edit, _)| edit)
    }

    /// The last step is over.
    pub fn close(&mut self) {
        self.is_open = false;
    }

    /// Takes the last step back from a document that is `now` so: the document before it.
    pub(super) fn undo(&mut self, now: DocumentSnapshot) -> Option<DocumentSnapshot> {
        let (edit, before) = self.past.pop_back()?;
        self.future.push((edit, now));
        Some(before)
    }

    /// Does again what was taken back last, to a document that is `now` so: the document after it.
    pub(super) fn redo(&mut self, now: DocumentSnapshot) -> Option<DocumentSnapshot> {
        let (edit, after) = self.future.pop()?;
        self.past.push_back((edit, now));
        Some(after)
    }

    /// Notes a step, or that the open one goes on.
    pub(super) fn note(&mut self, edit: EditKind, before: DocumentSnapshot) {
        let goes_on = self.is_open && self.last() == Some(&edit);
        self.future.clear();
        self.is_open = matches!(edit, EditKind::Tune(_) | EditKind::Type);
        if goes_on {
            return;
        }
        self.past.push_back((edit, before));
        let mut bytes: usize = self.past.iter().map(|(_, snapshot)| snapshot.bytes()).sum();
        while self.past.len() > MAX_STEPS || bytes > MAX_BYTES {
            bytes -= self.past.pop_front().map_or(bytes, |(_, snapshot)| snapshot.bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(bytes: usize) -> DocumentSnapshot {
        let source: Rc<str> = Rc::from("#".repeat(bytes));
        DocumentSnapshot { name: "a.toml".into(), original: Rc::from(""), source, variant: "base".into() }
    }

    #[test]
    fn the_oldest_steps_are_forgotten_first() {
        let mut history = UndoHistory::default();
        for bytes in 0..150 {
            history.note(EditKind::Reset, snapshot(bytes));
        }
        assert_eq!(history.past.len(), MAX_STEPS);
        assert_eq!(history.past.front().map(|(_, snapshot)| snapshot.bytes()), Some(50));
        for _ in 0..40 {
            history.note(EditKind::Reset, snapshot(1 << 20));
        }
        assert_eq!(history.past.len(), 16);
    }

    #[test]
    fn changes_of_one_drag_are_one_step() {
        let mut history = UndoHistory::default();
        let tune = |path: &str| EditKind::Tune(path.into());
        for (path, steps) in [("params.a", 1), ("params.a", 1), ("params.b", 2), ("params.b", 2)] {
            history.note(tune(path), snapshot(1));
            assert_eq!(history.past.len(), steps);
        }
        history.close();
        history.note(tune("params.b"), snapshot(1));
        assert_eq!(history.past.len(), 3);
        history.note(EditKind::Reset, snapshot(1));
        history.note(EditKind::Reset, snapshot(1));
        assert_eq!(history.past.len(), 5, "each reset is one");
    }
}
