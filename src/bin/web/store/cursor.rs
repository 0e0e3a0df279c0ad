//! Where the cursor and the shown stretch of time go: when a run comes, and when the person moves them.
//!
//! Invariant: a new document plays its story from the beginning; a changed one keeps the cursor as far as it can.

use super::replay::{self, PLAY_SECONDS, PlaybackCursor};
use super::run::SharedRun;
use super::state::NewRunCursor;
use super::{Action, State, ViewportAnimation, ViewportChange};
use threadbare::model::time::Time;
use threadbare::view::viewport::TimeWindow;

/// Maximum number of marks.
const MAX_MARKS: usize = 40;

impl State {
    pub(super) fn take_run(&mut self, run: SharedRun, other: Option<SharedRun>) {
        if run.id != self.wanted {
            return;
        }
        let is_first = self.run.is_none();
        let shown_to = run.chart.end.max(other.as_ref().map_or(Time::ZERO, |other| other.chart.end));
        let end = shown_to.0 as f64;
        match self.arrival {
            NewRunCursor::Keep => {
                // A speed that nobody chose goes with the length of the run.
                let old = self.run.as_deref();
                if old.is_some_and(|old| self.replay.speed == replay::speed_for(old, PLAY_SECONDS)) {
                    self.replay.speed = replay::speed_for(&run, PLAY_SECONDS);
                }
                let is_telling = old.is_some_and(|old| self.replay.is_at_telling(old));
                self.replay.rebase(&run, end);
                if is_telling && other.is_none() {
                    self.replay.rest_at_telling(&run);
                }
            }
            NewRunCursor::Play => {
                let speed = replay::speed_for(&run, PLAY_SECONDS);
                self.replay =
                    PlaybackCursor { playing: !self.still, speed, end, ..PlaybackCursor::default() };
                if self.still {
                    self.replay.rest_at_telling(&run);
                } else {
                    self.replay.tell_story(&run);
                }
            }
            NewRunCursor::At(count, at, task) => {
                self.replay = PlaybackCursor {
                    speed: replay::speed_for(&run, PLAY_SECONDS),
                    end,
                    ..PlaybackCursor::default()
                };
                self.replay.seek_count(&run, count);
                self.replay.go_on(&run, at);
                self.task = task;
            }
        }
        self.task = self.task.and_then(|task| run.known(task));
        (self.pointed, self.pointed_beside) = (None, None);
        let is_new = is_first || self.arrival != NewRunCursor::Keep;
        if is_new {
            self.viewport.show_all();
        }
        self.viewport.rebound(shown_to);
        if let Some(window) = run.chart.story().filter(|_| is_new && other.is_none()) {
            self.viewport.show(window);
        }
        self.arrival = NewRunCursor::Keep;
        self.progress = None;
        self.before.remember(self.run.as_deref(), &run);
        self.run = Some(run);
        self.other = other;
        self.task_beside = self.counterpart_beside(self.task);
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
                if *at >= self.replay.end {
                    self.viewport.reveal(self.replay.instant(), 0.0);
                }
            }
            Action::Speed(speed) => self.replay.speed = *speed,
            _ => {}
        }
    }

    /// Marks the instant at the cursor, or takes its mark away.
    pub(super) fn mark(&mut self) {
        let here = self.replay.instant();
        match self.marks.binary_search(&here) {
            Ok(at) => drop(self.marks.remove(at)),
            Err(at) if self.marks.len() < MAX_MARKS => self.marks.insert(at, here),
            Err(_) => {}
        }
    }

    /// Puts the cursor at the next mark; after the last at the first.
    pub(super) fn next_mark(&mut self) {
        let here = self.replay.instant();
        let next = self.marks.iter().find(|mark| **mark > here).or(self.marks.first()).copied();
        let Some((next, run)) = next.zip(self.run.clone()) else { return };
        self.replay.pause();
        self.replay.seek(&run, next.0 as f64);
        self.viewport.reveal(next, 24.0);
    }

    pub(super) fn change_viewport(&mut self, change: ViewportChange) {
        if !matches!(change, ViewportChange::Resize(..)) {
            self.land();
        }
        match change {
            ViewportChange::Resize(left, width) => self.viewport.resize(left, width),
            ViewportChange::Zoom(x, factor) => self.viewport.zoom(x, factor),
            ViewportChange::ZoomHere(factor) => {
                let cursor = self.viewport.x(self.replay.at);
                let inside =
                    cursor >= self.viewport.left && cursor <= self.viewport.left + self.viewport.width;
                let x = if inside { cursor } else { self.viewport.left + self.viewport.width / 2.0 };
                self.viewport.zoom(x, factor);
            }
            ViewportChange::Pan(pixels) => self.viewport.pan(pixels),
            ViewportChange::Show(window) => self.viewport.show(window),
            ViewportChange::GlideTo(window) => self.glide_to(window),
            ViewportChange::All => {
                // First the story, then everything: what stands still for ever would fill the screen.
                let story = self.run.as_deref().and_then(|run| run.chart.story());
                let story =
                    story.filter(|story| self.other.is_none() && !is_shown(self.viewport.window, *story));
                self.glide_to(story.unwrap_or(self.viewport.bounds));
            }
        }
    }

    /// Shows a stretch of time: at once, or by gliding there.
    fn glide_to(&mut self, to: TimeWindow) {
        let from = self.viewport.window;
        let mut goal = self.viewport;
        goal.show(to);
        if self.still || goal.window == from {
            (self.viewport, self.glide) = (goal, None);
        } else {
            self.glide = Some(ViewportAnimation::new(from, goal.window));
        }
    }

    /// Goes on with the glide under way.
    pub(super) fn glide_on(&mut self, millis: f64) {
        let Some(mut glide) = self.glide else { return };
        self.viewport.show(glide.advance(millis));
        self.glide = (!glide.is_over()).then_some(glide);
    }

    /// Ends the glide under way where it leads.
    fn land(&mut self) {
        if let Some(glide) = self.glide.take() {
            self.viewport.show(glide.goal());
        }
    }
}

/// Whether a window shows this stretch, as nearly as the eye can tell.
fn is_shown(window: TimeWindow, stretch: TimeWindow) -> bool {
    let near = stretch.length() * 0.01;
    (window.from - stretch.from).abs() <= near && (window.to - stretch.to).abs() <= near
}
