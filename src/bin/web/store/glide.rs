//! Glides from one stretch of time to another, so that the eye can follow where it goes.
//!
//! Invariant: whatever moves the stretch otherwise ends the glide; with less motion asked for there is none.

use super::State;
use threadbare::view::viewport::Window;

/// How long a glide takes, in milliseconds.
const LENGTH_MS: f64 = 150.0;

/// A glide under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ViewportAnimation {
    from: Window,
    to: Window,
    millis: f64,
}

impl State {
    /// Shows a stretch of time: at once, or by gliding there.
    pub(super) fn glide_to(&mut self, to: Window) {
        let from = self.viewport.window;
        let mut goal = self.viewport;
        goal.show(to);
        if self.still || goal.window == from {
            (self.viewport, self.glide) = (goal, None);
        } else {
            self.glide = Some(ViewportAnimation { from, to: goal.window, millis: 0.0 });
        }
    }

    /// Goes on with the glide under way.
    pub(super) fn glide_on(&mut self, millis: f64) {
        let Some(mut glide) = self.glide else { return };
        glide.millis += millis.max(0.0);
        let share = glide.millis / LENGTH_MS;
        self.viewport.show(glide.from.ease(glide.to, share));
        self.glide = (share < 1.0).then_some(glide);
    }

    /// Ends the glide under way where it leads.
    pub(super) fn land(&mut self) {
        if let Some(glide) = self.glide.take() {
            self.viewport.show(glide.to);
        }
    }
}
