//! The nodes and edges of the picture of a shape, and how dangerous each is.

use serde::{Deserialize, Serialize};

/// What is drawn: names and ties, without places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DependencyMap {
    /// Executors, then locks and semaphores, in the order of the document.
    pub nodes: Vec<DependencyNode>,
    /// What ties them.
    pub ties: Vec<DependencyEdge>,
}

/// An executor, a lock or a semaphore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DependencyNode {
    /// Name of the node.
    pub name: String,
    /// What it is: `5 workers`, `lock`.
    pub note: String,
    /// A lock or a semaphore.
    pub is_resource: bool,
    /// How bad what it is part of can be.
    pub danger: HazardSeverity,
}

/// An edge of the map: what one node needs of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DependencyEdge {
    /// The number of a node …
    pub from: u32,
    /// … and of another, or the same.
    pub to: u32,
    /// In words: `build waits for net`.
    pub text: String,
    /// The first hands tasks on to the second; nobody needs to wait.
    pub hands_on: bool,
    /// How bad it can be.
    pub danger: HazardSeverity,
}

/// How bad something can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HazardSeverity {
    /// It is no part of anything that stands still.
    #[default]
    None,
    /// It can stand until a timeout.
    Stall,
    /// It can hang for ever.
    Hang,
}

impl HazardSeverity {
    pub(super) fn of(stall: Option<bool>) -> HazardSeverity {
        match stall {
            None => HazardSeverity::None,
            Some(true) => HazardSeverity::Stall,
            Some(false) => HazardSeverity::Hang,
        }
    }
}
