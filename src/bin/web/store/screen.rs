//! What of the page is open, and in which colours.

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
