//! What of the page is open, in which colours, and what it says to the person.

use threadbare::model::rule::Rule;

/// Which panel of the detail area is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailTab {
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

impl DetailTab {
    /// Every tab, in the order in which they are shown.
    pub const ALL: [DetailTab; 5] =
        [DetailTab::Why, DetailTab::Fix, DetailTab::Numbers, DetailTab::Events, DetailTab::Text];

    /// What is written on it.
    pub fn label(self) -> &'static str {
        match self {
            DetailTab::Why => "Why",
            DetailTab::Fix => "Fix",
            DetailTab::Numbers => "Numbers",
            DetailTab::Events => "Events",
            DetailTab::Text => "Text",
        }
    }
}

/// What covers the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenDialog {
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
pub enum ThemeChoice {
    /// What the system asks for.
    System,
    /// Light colours, whatever the system prefers.
    Light,
    /// Dark colours, whatever the system prefers.
    Dark,
}

/// A message for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserNotice {
    /// What it says.
    pub text: String,
    /// Whether something went wrong.
    pub is_trouble: bool,
}

impl UserNotice {
    /// A message that something went wrong.
    pub fn trouble(text: impl Into<String>) -> UserNotice {
        UserNotice { text: text.into(), is_trouble: true }
    }
}
