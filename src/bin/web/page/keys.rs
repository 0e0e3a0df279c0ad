//! The keys, in one table: what each does, and what the help says of it.

use crate::store::screen::OpenDialog;
use crate::store::{Action, State, ViewportChange};
use threadbare::model::id::TaskId;
use web_sys::KeyboardEvent;

/// Part of the visible width that one press pans by.
const PAN: f64 = 80.0;
/// How much one press zooms.
const ZOOM: f64 = 1.4;

/// The keys as the help shows them.
pub const HELP: &[(&str, &str)] = &[
    ("Space", "play or pause"),
    ("Right and Left", "next or previous beat"),
    (". and ,", "one event forward or back"),
    ("H", "hide or show what comes after the cursor"),
    ("Home and End", "move the cursor to the beginning or the end"),
    ("W and S, or Ctrl and the wheel", "zoom in, zoom out"),
    ("A and D, or drag", "earlier, later"),
    ("F", "show the chosen range, the selected task, or the whole run"),
    ("] and [", "next or previous task of the same type"),
    ("M and Shift M", "mark the instant at the cursor, go to the next mark"),
    ("Drag on the ruler", "choose a range of time"),
    ("Arrows on a chart", "move between points; Enter opens a point's run"),
    ("/", "search for a task"),
    ("Ctrl Z", "undo the last change of the scenario"),
    ("Ctrl Shift Z", "change it again"),
    ("G", "scenarios"),
    ("N", "new scenario"),
    ("P", "projector: larger type, panels folded"),
    ("Escape", "close, or clear the selection"),
    ("?", "this list"),
];

/// What a key means now; none if it means nothing, or belongs to the field that is being typed in.
pub fn action(event: &KeyboardEvent, state: &State, typing: bool) -> Option<Action> {
    let key = event.key();
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        let is_z = key.eq_ignore_ascii_case("z") && !event.alt_key();
        let is_ours = is_z && !typing && state.dialog.is_none();
        return is_ours.then_some(if event.shift_key() { Action::Redo } else { Action::Undo });
    }
    if key == "Escape" {
        return Some(escape(state));
    }
    if typing || state.dialog.is_some() {
        return None;
    }
    Some(match key.as_str() {
        " " => Action::TogglePlay,
        "." => Action::Step(1),
        "," => Action::Step(-1),
        "ArrowRight" => Action::Beat(1),
        "ArrowLeft" => Action::Beat(-1),
        "h" | "H" => Action::ToggleFuture,
        "n" | "N" => Action::Dialog(Some(OpenDialog::New)),
        "Home" => Action::SeekCount(0),
        "End" => Action::Seek(f64::MAX),
        "w" | "W" | "+" | "=" => Action::ChangeViewport(ViewportChange::ZoomHere(ZOOM)),
        "s" | "S" | "-" => Action::ChangeViewport(ViewportChange::ZoomHere(1.0 / ZOOM)),
        "a" | "A" => Action::ChangeViewport(ViewportChange::Pan(-PAN)),
        "d" | "D" => Action::ChangeViewport(ViewportChange::Pan(PAN)),
        "f" | "F" => Action::ChangeViewport(focus(state)),
        "]" => next_of_type(state, true)?,
        "[" => next_of_type(state, false)?,
        "m" => Action::Mark,
        "M" => Action::NextMark,
        "/" => Action::Search(Some(String::new())),
        "g" | "G" => Action::Dialog(Some(OpenDialog::Gallery)),
        "p" | "P" => Action::Projector(super::wall()),
        "?" => Action::Dialog(Some(OpenDialog::Help)),
        _ => return None,
    })
}

fn escape(state: &State) -> Action {
    if state.dialog.is_some() {
        Action::Dialog(None)
    } else if state.search.is_some() {
        Action::Search(None)
    } else if state.range.is_some() {
        Action::Range(None)
    } else if state.task.is_some() {
        Action::Select(None)
    } else {
        Action::Notice(None)
    }
}

/// The next task of the selected one's type, or the one before.
fn next_of_type(state: &State, is_next: bool) -> Option<Action> {
    let (task, run) = state.task.zip(state.run.as_ref())?;
    let names = &run.digest.names;
    let is_same = |other: &TaskId| names.kind(*other) == names.kind(task);
    let found = match is_next {
        true => names.tasks().skip(task.index() + 1).find(is_same),
        false => (0..task.0).rev().map(TaskId).find(is_same),
    };
    found.map(|task| Action::Select(Some(task)))
}

/// Shows the chosen range, the selected task's life, or everything.
fn focus(state: &State) -> ViewportChange {
    if let Some(range) = state.range {
        return ViewportChange::GlideTo(range);
    }
    let life = state.task.zip(state.run.as_ref()).and_then(|(task, run)| {
        let life = run.digest.lives.get(task.index())?;
        let end = life.ended().unwrap_or(run.trace().outcome.at);
        Some((life.submitted.0 as f64, end.0 as f64))
    });
    match life {
        Some((from, to)) => {
            let room = ((to - from) * 0.1).max(1.0);
            ViewportChange::GlideTo(threadbare::view::viewport::TimeWindow::new(from - room, to + room))
        }
        None => ViewportChange::All,
    }
}
