//! What of the page is open, in which colours and how large.

use super::{PROJECTOR, State};

/// Which panel of the left column is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// The sliders.
    Tune,
    /// The document's text.
    Text,
    /// What the scenario teaches.
    About,
}

/// What covers the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The built-in scenarios.
    Gallery,
    /// The keys.
    Help,
    /// The link and the downloads.
    Share,
}

/// Which colours the page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// What the system asks for.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl State {
    /// Whether the page is dark.
    pub fn is_dark(&self) -> bool {
        match self.theme {
            Theme::System => self.dark_system,
            Theme::Light => false,
            Theme::Dark => true,
        }
    }

    /// How much larger than on a desk the timeline is drawn.
    pub fn scale(&self) -> f64 {
        if self.projector { self.wall.max(PROJECTOR) } else { 1.0 }
    }
}
