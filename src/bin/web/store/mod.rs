//! The one store: what the page shows, and the actions that change it.
//!
//! Invariant: an action is applied by a pure function; what needs a page (running in slices, storage, the
//! address bar) happens in `page`, which watches the state and answers with actions. Nothing here knows of
//! a page, so that it is tested natively (`tests/it/web_store.rs`).

pub mod action;
pub mod answers;
mod beside;
pub mod control;
mod cursor;
pub mod differences;
mod document;
pub mod first_arrival;
mod followed;
mod glide;
pub mod history;
pub mod lesson;
pub mod link;
pub mod order;
pub mod parcel;
mod previous_outcome;
pub mod recording;
pub mod replay;
pub mod run;
pub mod screen;
pub mod simulation;
pub mod sizes;
pub mod sliced_run;
pub mod state;
pub mod study;
pub mod templates;
pub mod work;

pub use action::{Action, ViewportChange};
pub use glide::ViewportAnimation;
pub use screen::{DetailTab, UserNotice};
pub use sliced_run::IncrementalRunProgress;
pub use state::State;

use state::NewRunCursor;
use work::OpenDocument;

impl State {
    /// Applies an action.
    pub fn apply(&mut self, action: Action) {
        match action {
            Action::OpenGallery(name) => self.open(OpenDocument::gallery(&name), NewRunCursor::Play),
            Action::OpenText { name, text } => self.open_text(name, text),
            Action::OpenBytes { name, bytes } => self.open_bytes(name, bytes),
            Action::OpenLink(shared) => self.open_link(&shared),
            Action::OpenKept(document, shared) => {
                self.open_link(&shared);
                (self.document, self.is_borrowed) = (Some(document), false);
            }
            Action::Kept(document) => self.document = Some(document),
            Action::FileSaved { name, text } => self.take_file(name, &text),
            Action::FollowAgain => self.follow_again(),
            Action::FileLost => self.lose_file(),
            Action::Import(step) => self.take_import(step),
            Action::Edit(text) => self.edit(&text),
            Action::Tune { path, value } => self.tune(&path, &value),
            Action::Check => self.work.check(),
            Action::Settle => self.settle(),
            Action::Reset => self.reset(),
            Action::Apply(number) => self.apply_remedy(number),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Show(variant) => self.show(&variant),
            Action::Compare(with) => self.compare(with),
            Action::Follow(_)
            | Action::Branch(..)
            | Action::Back
            | Action::Alone
            | Action::Misfit(..)
            | Action::LetGo => self.go(action),
            Action::Explore(step) => self.orders.apply(step, &mut self.asked),
            Action::Sizes(act) => self.size(act),
            Action::Branches(step) => self.branches.apply(step, &mut self.asked),
            Action::Shape(step) => self.shape.apply(step, &mut self.asked),
            Action::Advise(step) => self.advice.apply(step, &mut self.asked),
            Action::CompareRuns(step) => self.comparison.apply(step, &mut self.asked),
            Action::Report(step) => self.report.apply(step, &mut self.asked),
            Action::Ran(run, other) => self.take_run(run, other),
            Action::Running(progress) => self.progress = Some(progress),
            Action::Cancel => (self.is_cancelled, self.progress) = (true, None),
            Action::Tick(_)
            | Action::TogglePlay
            | Action::Step(_)
            | Action::Beat(_)
            | Action::SeekCount(_)
            | Action::Seek(_)
            | Action::Speed(_) => self.move_cursor(&action),
            Action::Mark => self.mark(),
            Action::NextMark => self.next_mark(),
            Action::ChangeViewport(change) => self.change_viewport(change),
            Action::ViewportAnimation(millis) => self.glide_on(millis),
            Action::Select(_) | Action::SelectBeside(_) | Action::Point(_) | Action::PointBeside(_) => {
                self.attend(&action);
            }
            Action::Range(_)
            | Action::Tab(_)
            | Action::Reference(_)
            | Action::Dialog(_)
            | Action::Search(_)
            | Action::Theme(_)
            | Action::SystemColours(_)
            | Action::LargeScreen(_)
            | Action::Projector(_)
            | Action::ToggleFuture
            | Action::Notice(_) => self.arrange(action),
        }
        self.leave_changed_file();
    }

    /// Opens, closes and turns what is on the screen; the document and its run stay as they are.
    fn arrange(&mut self, action: Action) {
        match action {
            Action::Range(range) => {
                self.range = range;
                // What is said of it is seen at once.
                self.tab = if range.is_some() { DetailTab::Numbers } else { self.tab };
            }
            Action::Tab(tab) => self.tab = tab,
            Action::Reference(is_open) => {
                self.is_reference_open = is_open;
                self.tab = if is_open { DetailTab::Text } else { self.tab };
            }
            Action::Dialog(dialog) => self.dialog = dialog,
            Action::Search(search) => self.search = search,
            Action::Theme(theme) => self.theme = theme,
            Action::SystemColours(dark) => self.dark_system = dark,
            Action::LargeScreen(large) => self.large_screen = large,
            Action::Projector(wall) => self.turn_projector(wall),
            Action::ToggleFuture => self.future_hidden = !self.future_hidden,
            Action::Notice(notice) => {
                if notice.is_none() && self.notice.is_none() {
                    self.applied = None;
                }
                self.notice = notice;
            }
            _ => {}
        }
    }

    /// Larger type, as large as this wall allows, or not. On a wall the detail area has room for remedies alone.
    fn turn_projector(&mut self, wall: f64) {
        (self.projector, self.wall) = (!self.projector, wall);
        self.tab = match (self.projector, self.tab) {
            (true, DetailTab::Why) => DetailTab::Fix,
            (false, DetailTab::Fix) => DetailTab::Why,
            (_, tab) => tab,
        };
    }
}

#[cfg(test)]
mod tests;
