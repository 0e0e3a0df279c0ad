//! How good or bad the news of a verdict is.

use serde::{Deserialize, Serialize};

/// How a line of the verdict should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// As it should be.
    Good,
    /// Worth a look, or not known.
    Warning,
    /// Something is wrong.
    Bad,
}
