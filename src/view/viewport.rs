//! Which stretch of virtual time is on the screen, and where: the one scale of timeline and minimap.
//!
//! Invariant: a viewport's window is never shorter than [`MIN_LENGTH`], never empty, and lies within its
//! bounds. Nanoseconds are `f64` here, so that a window can glide between two of them; instants that are
//! recorded stay [`Time`]. Deliberately absent: events, animation clocks, anything of a screen.

use crate::model::time::{SECOND, Time};

/// The shortest window that can be shown, in nanoseconds.
pub const MIN_LENGTH: f64 = 1.0;

/// Free room to the right of the run's end when all of it is shown, as a share of its length.
const MARGIN: f64 = 0.03;
/// The same before its beginning, so that signs at its first instant can be seen.
const BEFORE: f64 = 0.008;

/// A stretch of time in nanoseconds, `from < to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeWindow {
    /// The instant at the left edge.
    pub from: f64,
    /// The instant at the right edge.
    pub to: f64,
}

impl TimeWindow {
    /// Between two instants in either order; widened to [`MIN_LENGTH`] if they are nearer.
    pub fn new(a: f64, b: f64) -> TimeWindow {
        let (from, to) = if a <= b { (a, b) } else { (b, a) };
        TimeWindow { from, to: to.max(from + MIN_LENGTH) }
    }

    /// Between two recorded instants.
    pub fn between(a: Time, b: Time) -> TimeWindow {
        TimeWindow::new(a.0 as f64, b.0 as f64)
    }

    /// All of a run that ends at `end`, with a little room around it; a second, if it ends at once.
    pub fn whole(end: Time) -> TimeWindow {
        let length = if end == Time::ZERO { SECOND as f64 } else { end.0 as f64 };
        TimeWindow::new(-length * BEFORE, length * (1.0 + MARGIN))
    }

    /// Its length in nanoseconds.
    pub fn length(self) -> f64 {
        self.to - self.from
    }

    /// The instant in its middle.
    pub fn middle(self) -> f64 {
        (self.from + self.to) / 2.0
    }

    /// Whether an instant lies in it.
    pub fn contains(self, at: f64) -> bool {
        self.from <= at && at <= self.to
    }

    /// The first whole nanosecond in it; never negative.
    pub fn first(self) -> Time {
        Time(libm::floor(self.from.max(0.0)) as u64)
    }

    /// The last whole nanosecond in it.
    pub fn last(self) -> Time {
        Time(libm::ceil(self.to.max(0.0)) as u64)
    }

    /// Part of the way from `self` to `goal`: at 0 here, at 1 there, slow at both ends. Zooms at an even
    /// pace, so that a flight from an hour to a microsecond can be followed by eye.
    pub fn ease(self, goal: TimeWindow, fraction: f64) -> TimeWindow {
        let f = fraction.clamp(0.0, 1.0);
        let f = f * f * (3.0 - 2.0 * f);
        if f == 0.0 {
            return self;
        }
        if f == 1.0 {
            return goal;
        }
        let (here, there) = (self.length(), goal.length());
        let length = here * libm::pow(there / here, f);
        let near = (there - here).abs() < here * 1e-6;
        let way = if near { f } else { (length - here) / (there - here) };
        let from = self.from + (goal.from - self.from) * way;
        TimeWindow::new(from, from + length)
    }
}

/// A window of time on a strip of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// What is shown.
    pub window: TimeWindow,
    /// What can be shown.
    pub bounds: TimeWindow,
    /// Where the window's left edge is, in CSS pixels.
    pub left: f64,
    /// How wide the window is on the screen, in CSS pixels; at least 1.
    pub width: f64,
}

impl Viewport {
    /// All of a run that ends at `end`, on a strip from `left` that is `width` wide.
    pub fn fit(end: Time, left: f64, width: f64) -> Viewport {
        let bounds = TimeWindow::whole(end);
        Viewport { window: bounds, bounds, left, width: width.max(1.0) }
    }

    /// Nanoseconds under one pixel.
    pub fn nanos_per_pixel(&self) -> f64 {
        self.window.length() / self.width
    }

    /// Where an instant is, in pixels; outside the strip if it is not shown.
    pub fn x(&self, nanos: f64) -> f64 {
        self.left + (nanos - self.window.from) / self.window.length() * self.width
    }

    /// Where a recorded instant is.
    pub fn x_of(&self, at: Time) -> f64 {
        self.x(at.0 as f64)
    }

    /// The instant under a pixel, in nanoseconds; before the beginning of the run it is negative.
    pub fn nanos_at(&self, x: f64) -> f64 {
        self.window.from + (x - self.left) / self.width * self.window.length()
    }

    /// The nearest whole nanosecond under a pixel, not before the run began.
    pub fn instant_at(&self, x: f64) -> Time {
        Time(libm::round(self.nanos_at(x).max(0.0)) as u64)
    }

    /// Shows `window`, moved and shortened as the bounds demand.
    pub fn show(&mut self, window: TimeWindow) {
        let most = self.bounds.length();
        let length = window.length().clamp(MIN_LENGTH.min(most), most);
        let centre = window.middle();
        let from = if length < window.length() { centre - length / 2.0 } else { window.from };
        let from = from.clamp(self.bounds.from, (self.bounds.to - length).max(self.bounds.from));
        self.window = TimeWindow { from, to: from + length };
    }

    /// Shows the whole run.
    pub fn show_all(&mut self) {
        self.window = self.bounds;
    }

    /// Zooms by `factor` (2 shows half as much, 0.5 twice as much) about a pixel: the instant under it
    /// stays where it is, unless the bounds forbid it.
    pub fn zoom(&mut self, x: f64, factor: f64) {
        let factor = if factor.is_finite() && factor > 0.0 { factor } else { 1.0 };
        let fixed = self.nanos_at(x);
        let length = (self.window.length() / factor).clamp(MIN_LENGTH, self.bounds.length().max(MIN_LENGTH));
        let share = (x - self.left) / self.width;
        let from = fixed - share * length;
        self.show(TimeWindow { from, to: from + length });
    }

    /// Moves the window by a number of pixels: positive shows later times.
    pub fn pan(&mut self, pixels: f64) {
        let by = pixels * self.nanos_per_pixel();
        let length = self.window.length();
        let from = self.window.from + by;
        self.show(TimeWindow { from, to: from + length });
    }

    /// Moves the window as little as it takes for an instant to be inside it, `room` pixels from the edges.
    pub fn reveal(&mut self, at: Time, room: f64) {
        let x = self.x_of(at);
        let room = room.min(self.width / 2.0);
        let (low, high) = (self.left + room, self.left + self.width - room);
        if x < low {
            self.pan(x - low);
        } else if x > high {
            self.pan(x - high);
        }
    }

    /// Gives the strip another place and width; the window stays.
    pub fn resize(&mut self, left: f64, width: f64) {
        self.left = left;
        self.width = width.max(1.0);
    }

    /// Takes another run's end: keeps the window where it can, and everything if everything was shown.
    pub fn rebound(&mut self, end: Time) {
        let all = self.window == self.bounds;
        self.bounds = TimeWindow::whole(end);
        if all {
            self.show_all();
        } else {
            self.show(self.window);
        }
    }

    /// Whether all of the run is shown.
    pub fn shows_all(&self) -> bool {
        self.window == self.bounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ten_seconds() -> Viewport {
        let mut viewport = Viewport::fit(Time(10 * SECOND), 100.0, 1000.0);
        viewport.bounds = TimeWindow::new(0.0, 10e9);
        viewport.show_all();
        viewport
    }

    #[test]
    fn pixels_and_instants_are_each_others_inverse() {
        let mut viewport = ten_seconds();
        assert_eq!(viewport.x_of(Time(0)), 100.0);
        assert_eq!(viewport.x_of(Time(5 * SECOND)), 600.0);
        assert_eq!(viewport.instant_at(600.0), Time(5 * SECOND));
        assert_eq!(viewport.instant_at(-50.0), Time(0));
        viewport.zoom(731.0, 1e6);
        for x in [100.0, 420.5, 1100.0] {
            assert!((viewport.x(viewport.nanos_at(x)) - x).abs() < 1e-3);
        }
    }

    #[test]
    fn zooming_keeps_the_instant_under_the_pointer() {
        let mut viewport = ten_seconds();
        let before = viewport.nanos_at(431.0);
        viewport.zoom(431.0, 7.5);
        assert!((viewport.nanos_at(431.0) - before).abs() < 1.0);
        viewport.zoom(431.0, 1e30);
        assert_eq!(viewport.window.length(), MIN_LENGTH);
        viewport.zoom(431.0, 1e-30);
        assert!(viewport.shows_all());
        viewport.zoom(431.0, f64::NAN);
        assert!(viewport.shows_all());
    }

    #[test]
    fn panning_stops_at_the_bounds() {
        let mut viewport = ten_seconds();
        viewport.zoom(100.0, 2.0);
        viewport.pan(-300.0);
        assert_eq!(viewport.window.from, 0.0);
        viewport.pan(1e9);
        assert_eq!(viewport.window, TimeWindow::new(5e9, 10e9));
        viewport.reveal(Time(SECOND), 20.0);
        assert!((viewport.x_of(Time(SECOND)) - 120.0).abs() < 1e-6);
    }

    #[test]
    fn easing_starts_here_ends_there_and_never_turns_back() {
        let (here, there) = (TimeWindow::new(0.0, 3.6e12), TimeWindow::new(1e12, 1e12 + 1e3));
        assert_eq!(here.ease(there, 0.0), here);
        assert_eq!(here.ease(there, 1.0), there);
        let lengths: Vec<f64> = (0..=20).map(|i| here.ease(there, f64::from(i) / 20.0).length()).collect();
        assert!(lengths.windows(2).all(|pair| pair[1] < pair[0]), "{lengths:?}");
        let (a, b) = (TimeWindow::new(0.0, 100.0), TimeWindow::new(50.0, 150.0));
        assert_eq!(a.ease(b, 0.5), TimeWindow::new(25.0, 125.0));
    }

    #[test]
    fn another_run_keeps_the_window_unless_all_was_shown() {
        let mut viewport = ten_seconds();
        viewport.rebound(Time(20 * SECOND));
        assert!(viewport.shows_all());
        viewport.show(TimeWindow::new(15e9, 16e9));
        viewport.rebound(Time(18 * SECOND));
        assert_eq!(viewport.window, TimeWindow::new(15e9, 16e9));
        viewport.rebound(Time(SECOND));
        assert!(viewport.window.to <= viewport.bounds.to);
        viewport.rebound(Time(0));
        assert!(viewport.window.length() >= MIN_LENGTH);
    }
}
