//! Where the cursor and the shown stretch of time go: when a run comes, and when the person moves them.
//!
//! Invariant: a new document plays its story from the beginning; a changed one keeps the cursor as far as it can.

use super::replay::{self, Replay};
use super::run::SharedRun;
use super::{Action, Arrival, Look, SECONDS, State};
use threadbare::model::time::Time;
use threadbare::view::viewport::Window;

impl State {
    pub(super) fn take_run(&mut self, run: SharedRun, other: Option<SharedRun>) {
        if run.id != self.wanted {
            return;
        }
        let is_first = self.run.is_none();
        let shown_to = run.chart.end.max(other.as_ref().map_or(Time::ZERO, |other| other.chart.end));
        let end = shown_to.0 as f64;
        match self.arrival {
            Arrival::Keep => {
                // A speed that nobody chose goes with the length of the run.
                let old = self.run.as_deref();
                if old.is_some_and(|old| self.replay.speed == replay::speed_for(old, SECONDS)) {
                    self.replay.speed = replay::speed_for(&run, SECONDS);
                }
                self.replay.rebase(&run, end);
            }
            Arrival::Play => {
                let speed = replay::speed_for(&run, SECONDS);
                self.replay = Replay { playing: !self.still, speed, end, ..Replay::default() };
                if self.still {
                    self.replay.rest_at_telling(&run);
                } else {
                    self.replay.tell_story(&run);
                }
            }
            Arrival::At(count, at, task) => {
                self.replay = Replay { speed: replay::speed_for(&run, SECONDS), end, ..Replay::default() };
                self.replay.seek_count(&run, count);
                self.replay.go_on(&run, at);
                self.task = task;
            }
        }
        self.task = self.task.and_then(|task| run.known(task));
        self.pointed = None;
        let is_new = is_first || self.arrival != Arrival::Keep;
        if is_new {
            self.viewport.show_all();
        }
        self.viewport.rebound(shown_to);
        if let Some(window) = story_window(&run).filter(|_| is_new && other.is_none()) {
            self.viewport.show(window);
        }
        self.arrival = Arrival::Keep;
        self.progress = None;
        self.run = Some(run);
        self.other = other;
    }

    pub(super) fn move_cursor(&mut self, action: &Action) {
        let Some(run) = self.run.clone() else { return };
        match action {
            Action::Tick(millis) => {
                self.replay.tick(&run, *millis);
                if self.replay.playing {
                    self.viewport.reveal(self.replay.instant(), 24.0);
                }
            }
            Action::TogglePlay => self.replay.toggle(&run),
            Action::Step(by) => {
                self.replay.step(&run, *by);
                self.viewport.reveal(self.replay.instant(), 24.0);
            }
            Action::Beat(by) => {
                self.replay.step_beat(&run, *by);
                self.viewport.reveal(self.replay.instant(), 24.0);
            }
            Action::SeekCount(count) => {
                self.replay.pause();
                self.replay.seek_count(&run, *count);
                self.viewport.reveal(self.replay.instant(), 24.0);
            }
            Action::Seek(at) => {
                self.replay.pause();
                self.replay.seek(&run, *at);
            }
            Action::Speed(speed) => self.replay.speed = *speed,
            _ => {}
        }
    }

    pub(super) fn look(&mut self, look: Look) {
        match look {
            Look::Resize(left, width) => self.viewport.resize(left, width),
            Look::Zoom(x, factor) => self.viewport.zoom(x, factor),
            Look::ZoomHere(factor) => {
                let cursor = self.viewport.x(self.replay.at);
                let inside =
                    cursor >= self.viewport.left && cursor <= self.viewport.left + self.viewport.width;
                let x = if inside { cursor } else { self.viewport.left + self.viewport.width / 2.0 };
                self.viewport.zoom(x, factor);
            }
            Look::Pan(pixels) => self.viewport.pan(pixels),
            Look::Show(window) => self.viewport.show(window),
            Look::All => self.viewport.show_all(),
        }
    }
}

/// The stretch in which a run that comes to a standstill tells its story, if most of it is the standstill.
fn story_window(run: &SharedRun) -> Option<Window> {
    let hang = run.digest.findings.hangs.first()?;
    let (at, end) = (hang.at.0 as f64, run.chart.end.0 as f64);
    (at > 0.0 && at < 0.5 * end).then(|| Window::new(0.0, at * 1.3))
}
