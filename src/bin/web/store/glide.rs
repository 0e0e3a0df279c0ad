//! Glides from one stretch of time to another, so that the eye can follow where it goes.
//!
//! Invariant: whatever moves the stretch otherwise ends the glide; with less motion asked for there is none.

use threadbare::view::viewport::TimeWindow;

/// How long a glide takes, in milliseconds.
const LENGTH_MS: f64 = 150.0;

/// A glide under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ViewportAnimation {
    from: TimeWindow,
    to: TimeWindow,
    millis: f64,
}

impl ViewportAnimation {
    /// A glide that begins.
    pub(super) fn new(from: TimeWindow, to: TimeWindow) -> ViewportAnimation {
        ViewportAnimation { from, to, millis: 0.0 }
    }

    /// Goes on for a time; the stretch that is shown then.
    pub(super) fn advance(&mut self, millis: f64) -> TimeWindow {
        self.millis += millis.max(0.0);
        self.from.ease(self.to, self.share())
    }

    /// Whether it has come to its end.
    pub(super) fn is_over(&self) -> bool {
        self.share() >= 1.0
    }

    /// The stretch that it leads to.
    pub(super) fn goal(&self) -> TimeWindow {
        self.to
    }

    /// How much of it is done; more than 1 beyond its end.
    fn share(&self) -> f64 {
        self.millis / LENGTH_MS
    }
}
