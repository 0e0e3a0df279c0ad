//! What of the page is open, in which colours and how large.

use super::{PROJECTOR, State};
use threadbare::model::rule::Rule;

/// Which panel of the detail area is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Why it came out as it did: the verdict in full, the selected task, what the design can do.
    Why,
    /// What would fix it.
    Fix,
    /// The run in numbers, and what differs from the one beside it.
    Numbers,
    /// The beats, the events around the cursor, other orders from there.
    Events,
    /// The document's text.
    Text,
}

impl Tab {
    /// Every tab, in the order in which they are shown.
    pub const ALL: [Tab; 5] = [Tab::Why, Tab::Fix, Tab::Numbers, Tab::Events, Tab::Text];

    /// What is written on it.
    pub fn label(self) -> &'static str {
        match self {
            Tab::Why => "Why",
            Tab::Fix => "Fix",
            Tab::Numbers => "Numbers",
            Tab::Events => "Events",
            Tab::Text => "Text",
        }
    }
}

/// What covers the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The built-in scenarios and the person's own.
    Gallery,
    /// A scenario of one's own: templates, and a form that writes the text.
    New,
    /// How to read the page, and what the scenario teaches.
    Learn,
    /// List of the keys.
    Help,
    /// The link and the downloads.
    Share,
    /// The page of a rule.
    Rule(Rule),
}

/// Which colours the page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// What the system asks for.
    System,
    /// Light colours, whatever the system prefers.
    Light,
    /// Dark colours, whatever the system prefers.
    Dark,
}

impl State {
    /// Larger type, as large as this wall allows, or not. On a wall the detail area has room for remedies alone.
    pub(super) fn turn_projector(&mut self, wall: f64) {
        (self.projector, self.wall) = (!self.projector, wall);
        self.tab = match (self.projector, self.tab) {
            (true, Tab::Why) => Tab::Fix,
            (false, Tab::Fix) => Tab::Why,
            (_, tab) => tab,
        };
    }

    /// Whether the page is dark.
    pub fn is_dark(&self) -> bool {
        match self.theme {
            Theme::System => self.dark_system,
            Theme::Light => false,
            Theme::Dark => true,
        }
    }

    /// What the two runs are called that are shown beside each other.
    pub fn names(&self) -> Option<(String, String)> {
        let words = |name: &str| name.replace(['_', '-'], " ");
        match (&self.with, &self.beside) {
            (Some(with), _) => Some((words(&self.work.variant), words(with))),
            (None, Some(_)) => Some(("This order".to_owned(), "The order before".to_owned())),
            (None, None) => None,
        }
    }

    /// Whether nothing right of the cursor is shown: the person asked so, or the run tells its story.
    pub fn hides_future(&self) -> bool {
        self.replay.hides(self.future_hidden)
    }

    /// How much larger than on a desk the timeline is drawn.
    pub fn scale(&self) -> f64 {
        if self.projector { self.wall.max(PROJECTOR) } else { 1.0 }
    }
}
