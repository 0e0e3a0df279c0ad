//! The nodes and edges of the picture of a shape, and how dangerous each is.

use serde::{Deserialize, Serialize};

/// What is drawn: names and ties, without places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Map {
    /// Executors, then locks and semaphores, in the order of the document.
    pub nodes: Vec<Node>,
    /// What ties them.
    pub ties: Vec<MapEdge>,
}

/// An executor, a lock or a semaphore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Name of the node.
    pub name: String,
    /// What it is: `5 workers`, `lock`.
    pub note: String,
    /// A lock or a semaphore.
    pub is_resource: bool,
    /// How bad what it is part of can be.
    pub danger: Danger,
}

/// An edge of the map: what one node needs of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapEdge {
    /// The number of a node …
    pub from: u32,
    /// … and of another, or the same.
    pub to: u32,
    /// In words: `build waits for net`.
    pub text: String,
    /// The first hands tasks on to the second; nobody needs to wait.
    pub hands_on: bool,
    /// How bad it can be.
    pub danger: Danger,
}

/// How bad something can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Danger {
    /// It is no part of anything that stands still.
    #[default]
    None,
    /// It can stand until a timeout.
    Stall,
    /// It can hang for ever.
    Hang,
}

impl Danger {
    pub(super) fn of(stall: Option<bool>) -> Danger {
        match stall {
            None => Danger::None,
            Some(true) => Danger::Stall,
            Some(false) => Danger::Hang,
        }
    }
}
