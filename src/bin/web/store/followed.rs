//! The file that the page follows while it is edited in an editor of the person's own (`threadbare open`).
//!
//! Invariant: nothing that was done in the page is overwritten. As soon as the document is not the file's any more, the
//! page stops following, until the person asks for the file again; that is a step that can be taken back.

use super::history::EditKind;
use super::state::{FollowedFile, NewRunCursor};
use super::work::OpenDocument;
use super::{State, UserNotice};
use std::rc::Rc;
use threadbare::language::BASE;

impl State {
    /// The file was read for the first time, or saved.
    pub(super) fn take_file(&mut self, name: String, text: &str) {
        let is_stopped = match &self.followed {
            Some(followed) => followed.is_stopped,
            // A page that was loaded again with what was typed into it.
            None => self.work.name == name && self.work.is_changed(),
        };
        self.followed = Some(FollowedFile { name, text: Rc::from(text), is_stopped });
        if !is_stopped {
            self.show_file();
        }
    }

    pub(super) fn follow_again(&mut self) {
        if let Some(followed) = &mut self.followed {
            followed.is_stopped = false;
            self.show_file();
        }
    }

    pub(super) fn lose_file(&mut self) {
        if let Some(followed) = self.followed.take() {
            let name = followed.name;
            self.notice = Some(UserNotice::trouble(format!(
                "{name} is no longer followed: the command that served it has ended. What is shown stays."
            )));
        }
    }

    fn show_file(&mut self) {
        let Some(FollowedFile { name, text, .. }) = self.followed.clone() else { return };
        if self.work.name != name {
            self.open(OpenDocument::open(&name, &text, BASE), NewRunCursor::Play);
        } else if self.work.source != text {
            self.step(EditKind::File, |work| work.take_file(&text));
            self.change_in_place();
        }
        if let Some(followed) = &mut self.followed {
            // One text in memory, which is quickly compared.
            followed.text = Rc::clone(&self.work.source);
        }
    }

    /// Stops following when something else is shown.
    pub(super) fn leave_changed_file(&mut self) {
        let Some(followed) = self.followed.as_mut().filter(|followed| !followed.is_stopped) else { return };
        let is_same_text = Rc::ptr_eq(&followed.text, &self.work.source) || followed.text == self.work.source;
        followed.is_stopped = followed.name != self.work.name || !is_same_text;
    }
}

#[cfg(test)]
mod tests {
    use super::super::Action;
    use super::super::tests::{ALONE, fresh, settle};
    use super::*;

    #[test]
    fn a_followed_file_is_shown_as_it_is_saved_until_something_is_typed() {
        let mut state = fresh();
        let save = |state: &mut State, text: &str| {
            state.apply(Action::FileSaved { name: "own.toml".into(), text: text.into() });
            settle(state);
        };
        save(&mut state, ALONE);
        assert_eq!((state.work.name.as_str(), &*state.work.source), ("own.toml", ALONE));
        assert!(!state.work.is_changed());
        let saved = ALONE.replace("7s", "2s");
        assert_ne!(saved, ALONE);
        save(&mut state, &saved);
        assert_eq!(*state.work.source, *saved);
        assert!(!state.work.is_changed() && !state.followed.as_ref().expect("it follows").is_stopped);
        // A broken text is shown with its problems; the last good run stays.
        save(&mut state, "[executors");
        assert!(state.work.is_broken() && state.run.is_some());
        save(&mut state, &saved);
        let typed = saved.replace("2s", "3s");
        state.apply(Action::Edit(typed.clone()));
        settle(&mut state);
        assert!(state.followed.as_ref().expect("it is known").is_stopped);
        save(&mut state, ALONE);
        assert_eq!(*state.work.source, *typed, "what was typed stays");
        state.apply(Action::FollowAgain);
        settle(&mut state);
        assert_eq!(*state.work.source, *ALONE);
        state.apply(Action::Undo);
        assert_eq!(*state.work.source, *typed, "and comes back");
    }

    #[test]
    fn a_page_that_is_loaded_again_keeps_what_was_typed_over_a_followed_file() {
        let mut state =
            State::new(OpenDocument::restore("own.toml", &ALONE.replace("7s", "2s"), ALONE, BASE));
        settle(&mut state);
        state.apply(Action::FileSaved { name: "own.toml".into(), text: ALONE.into() });
        assert!(state.followed.as_ref().expect("it is known").is_stopped);
        assert_eq!(*state.work.source, *ALONE.replace("7s", "2s"));
        state.apply(Action::FileLost);
        assert!(state.followed.is_none() && state.notice.as_ref().is_some_and(|notice| notice.is_trouble));
    }
}
