//! What happens to the document: it is opened, changed, and put back as it was.
//!
//! Invariant: whatever changes it is a step of the history, so that it can be taken back.

use super::history::{DocumentSnapshot, EditKind};
use super::link::ShareLinkPayload;
use super::previous_outcome::PreviousOutcome;
use super::replay::PlaybackCursor;
use super::screen::{DetailTab, UserNotice};
use super::state::{NewRunCursor, State};
use super::study::{PanelStudy, StudyStatus};
use super::work::OpenDocument;
use std::rc::Rc;
use threadbare::model::id::TaskId;
use threadbare::study::schedule::Schedule;

impl State {
    /// Opens another document, as a step that can be taken back.
    pub(super) fn open(&mut self, work: OpenDocument, arrival: NewRunCursor) {
        self.step(EditKind::Open, |before| *before = work.clone());
        self.put(work, arrival);
    }

    /// Puts a document on the page.
    pub(super) fn put(&mut self, work: OpenDocument, arrival: NewRunCursor) {
        self.work = work;
        self.before = PreviousOutcome::of_another();
        (self.document, self.is_borrowed) = (None, false);
        // Whatever was being read came before this.
        (self.recording, self.import) = (None, PanelStudy::default());
        self.sizes = None;
        self.shape = PanelStudy::default();
        self.with = None;
        (self.task, self.task_beside) = (None, None);
        self.range = None;
        self.marks = Vec::new();
        self.dialog = None;
        self.search = None;
        self.notice = None;
        self.replay = PlaybackCursor::default();
        self.viewport.show_all();
        if self.work.is_broken() {
            self.tab = DetailTab::Text;
        }
        self.change();
        self.arrival = arrival;
    }

    /// Opens what a link carries.
    pub(super) fn open_link(&mut self, shared: &ShareLinkPayload) {
        let Some((text, original)) = shared.text().zip(shared.original()) else { return };
        let task = shared.task.map(TaskId);
        let arrival =
            shared.count.map_or(NewRunCursor::Play, |count| NewRunCursor::At(count, shared.at, task));
        self.open(OpenDocument::restore(&shared.name, text, original, &shared.variant), arrival);
        self.is_borrowed = true;
        let known = |with: &String| self.work.variants.iter().any(|variant| variant.name == *with);
        self.with = shared.with.clone().filter(known);
        match shared.schedule.as_deref().map(str::parse).transpose() {
            Ok(schedule) => {
                self.schedule = schedule;
                let beside = shared.beside.as_deref().and_then(|text| text.parse::<Schedule>().ok());
                self.beside = beside.map(|way| (way != Schedule::plain()).then_some(way));
            }
            Err(misfit) => {
                self.notice =
                    Some(UserNotice::trouble(format!("The link's schedule was left out: {misfit}.")))
            }
        }
        if self.beside.is_some() || self.with.is_some() {
            // What differs is what the link is about.
            self.tab = DetailTab::Numbers;
        }
    }

    /// Takes another text of the same document.
    pub(super) fn edit(&mut self, text: &str) {
        self.step(EditKind::Type, |work| work.edit(text));
        self.change_in_place();
    }

    /// Changes one value in the text, or says why it cannot be.
    pub(super) fn tune(&mut self, path: &str, value: &str) {
        self.before.is_dragged = true;
        if let Err(why) = self.step(EditKind::Tune(path.to_owned()), |work| work.tune(path, value)) {
            self.refused += 1;
            self.notice = Some(UserNotice::trouble(why));
        }
        self.change_in_place();
    }

    /// What was being changed is let go: the next change is another step.
    pub(super) fn settle(&mut self) {
        self.history.close();
        self.before.let_go();
    }

    /// Goes back to the text as it was opened.
    pub(super) fn reset(&mut self) {
        self.step(EditKind::Reset, OpenDocument::reset);
        self.change_in_place();
    }

    /// Shows another variant.
    pub(super) fn show(&mut self, variant: &str) {
        self.history.close();
        self.work.show(variant);
        self.with = self.with.take().filter(|with| *with != self.work.variant);
        self.change();
    }

    /// Compares the shown variant with another, or with none.
    pub(super) fn compare(&mut self, with: Option<String>) {
        self.with = with.filter(|with| *with != self.work.variant);
        self.tab = if self.with.is_some() { DetailTab::Numbers } else { self.tab };
        self.want();
    }

    /// The text or the variant has changed: what was known is of another.
    pub(super) fn change(&mut self) {
        self.orders = PanelStudy::default();
        if let Some(sizes) = self.sizes.as_mut() {
            Rc::make_mut(sizes).look_at(&self.work);
        }
        self.advice = PanelStudy::default();
        self.report = PanelStudy::default();
        self.applied = None;
        self.shape.stage = StudyStatus::Unasked;
        self.want();
    }

    /// Asks for a run of what the document means now.
    pub(super) fn want(&mut self) {
        self.wanted += 1;
        self.is_cancelled = false;
        self.progress = None;
        self.arrival = NewRunCursor::Keep;
        // Another document, variant or pair is another set of ways.
        (self.schedule, self.beside, self.lost, self.is_carried) = (None, None, None, false);
        self.comparison = PanelStudy::default();
        self.branches = PanelStudy::default();
    }

    /// Changes the document, as a step that can be taken back.
    pub(super) fn step<T>(&mut self, edit: EditKind, change: impl FnOnce(&mut OpenDocument) -> T) -> T {
        let before = DocumentSnapshot::of(&self.work);
        let done = change(&mut self.work);
        let is_changed = before.source != self.work.source || !before.is_same_document(&self.work);
        if is_changed && self.run.is_some() {
            self.history.note(edit, before);
        }
        done
    }

    /// Takes the last step back.
    pub(super) fn undo(&mut self) {
        if let Some(before) = self.history.undo(DocumentSnapshot::of(&self.work)) {
            self.restore(&before);
        }
    }

    /// Does again what was taken back last.
    pub(super) fn redo(&mut self) {
        if let Some(after) = self.history.redo(DocumentSnapshot::of(&self.work)) {
            self.restore(&after);
        }
    }

    fn restore(&mut self, snapshot: &DocumentSnapshot) {
        self.history.close();
        if !snapshot.is_same_document(&self.work) {
            let DocumentSnapshot { name, source, original, variant } = snapshot;
            self.put(OpenDocument::restore(name, source, original, variant), NewRunCursor::Play);
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
