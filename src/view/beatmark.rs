//! A telling moment as a dot on the ruler and on the minimap.
//!
//! Invariant: a dot is red for a deadlock, amber for other trouble, and the colour of text otherwise; the one that the
//! cursor stands on is larger.

use super::scene::{Bounds, Fill, Ink, Rect, SceneItem};
use crate::model::time::Time;
use crate::trace::event::EventId;

/// A telling moment of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoryBeatMark {
    /// When it comes.
    pub at: Time,
    /// The event that brings it.
    pub event: EventId,
    /// What colours it.
    pub ink: Ink,
    /// It is the last one at or before the cursor.
    pub is_here: bool,
}

impl StoryBeatMark {
    /// Its diameter, in pixels.
    pub fn size(self) -> f64 {
        if self.is_here { 11.0 } else { 8.0 }
    }

    /// The dot, about a point.
    pub fn dot(self, x: f64, y: f64) -> [SceneItem; 2] {
        let dot = |size: f64, ink: Ink| {
            let at = Bounds::new(x - size / 2.0, y - size / 2.0, size, size);
            SceneItem::Rect(Rect { at, ink, fill: Fill::Solid, edge: None, radius: size / 2.0 - 0.05 })
        };
        [dot(self.size() + 3.0, Ink::Surface), dot(self.size(), self.ink)]
    }
}
