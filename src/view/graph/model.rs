//! The nodes, edges and frames of the wait-for graph, as they are drawn.

use crate::analysis::names::Key;
use crate::model::id::{ExecutorId, ResourceId, TaskId, WorkerId};
use crate::model::signal::Signal;
use crate::view::chart::StuckSeverity;
use crate::view::palette::TaskHue;
use crate::view::scene::{Bounds, Point};

/// More rows than this are folded into one line for each executor.
pub const MAX_ROWS: usize = 30;

/// Who a node is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WaitForNodeKind {
    /// A worker that holds a task.
    Worker(ExecutorId, WorkerId),
    /// The scheduler thread of a wrapper that is busy or blocked.
    Scheduler(ExecutorId),
    /// A task that waits or is waited for.
    Task(TaskId),
    /// A semaphore or lock.
    Resource(ResourceId, Key),
    /// What another task is to bring through a shared thing.
    Signal(Signal),
    /// The queue of an executor: what is in it needs a worker (a wrapper: its turn).
    Queue(ExecutorId),
    /// Rows of an executor that are not drawn one by one.
    More(ExecutorId),
}

/// A node, placed.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitForNode {
    /// Who it is.
    pub who: WaitForNodeKind,
    /// What is written in it.
    pub text: String,
    /// A line for the hover card and for screen readers: `build#0, waits for net`.
    pub note: String,
    /// The task type's hue, for a task.
    pub hue: Option<TaskHue>,
    /// Whether it hangs.
    pub trouble: StuckSeverity,
    /// Where it is.
    pub at: Bounds,
    /// Its column and row.
    pub(super) slot: (u32, u32),
}

/// What an edge means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WaitForEdgeKind {
    /// From a worker to the task that holds it.
    HeldBy,
    /// From a task to what it waits for.
    WaitsFor,
    /// From a task to the one that runs on top of it, on the same thread.
    Under,
    /// From a task to the queue it is in.
    QueuedIn,
    /// From a queue to the workers it needs one of.
    NeedsAny,
}

/// An edge between two nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitForEdge {
    /// From this node …
    pub from: u32,
    /// … to this one; for [`WaitForEdgeKind::NeedsAny`] the first worker of the pool.
    pub to: u32,
    /// What it means.
    pub kind: WaitForEdgeKind,
    /// Whether it is part of what hangs.
    pub trouble: StuckSeverity,
}

/// The workers of one executor, drawn in one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkerPoolFrame {
    /// Executor of the group.
    pub executor: ExecutorId,
    /// Name of the executor.
    pub name: String,
    /// Whether it is part of what hangs.
    pub trouble: StuckSeverity,
    /// Where the frame is.
    pub at: Bounds,
}

/// The whole picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WaitForPicture {
    /// Nodes, by column and row.
    pub nodes: Vec<WaitForNode>,
    /// Edges between the nodes.
    pub edges: Vec<WaitForEdge>,
    /// Frames around workers.
    pub pools: Vec<WorkerPoolFrame>,
    /// Its size in CSS pixels.
    pub width: f64,
    /// Its size in CSS pixels.
    pub height: f64,
}

impl WaitForPicture {
    /// The place of a node in the list.
    pub fn find(&self, who: &WaitForNodeKind) -> Option<u32> {
        self.nodes.iter().position(|node| node.who == *who).map(|at| at as u32)
    }

    /// Every node that one is tied to, and itself: what to light up when it is pointed at.
    pub fn near(&self, node: u32) -> Vec<u32> {
        let mut near = vec![node];
        for edge in &self.edges {
            if edge.from == node {
                near.push(edge.to);
            } else if edge.to == node {
                near.push(edge.from);
            }
        }
        near.sort_unstable();
        near.dedup();
        near
    }

    /// How far to the right an edge between two nodes of one column goes around, by its place in the list.
    pub(super) fn bend(&self, number: usize) -> Option<f64> {
        let edge = self.edges.get(number)?;
        let (from, to) = (self.nodes.get(edge.from as usize)?, self.nodes.get(edge.to as usize)?);
        (from.at.x == to.at.x).then(|| from.at.right() + 14.0 + (number % 3) as f64 * 5.0)
    }

    /// The task of a node.
    pub fn task(&self, node: u32) -> Option<TaskId> {
        match self.nodes.get(node as usize)?.who {
            WaitForNodeKind::Task(task) => Some(task),
            _ => None,
        }
    }
}

impl WaitForNode {
    /// The middle of its left edge.
    pub(super) fn left(&self) -> Point {
        Point { x: self.at.x, y: self.at.y + self.at.height / 2.0 }
    }

    /// The middle of its right edge.
    pub(super) fn right(&self) -> Point {
        Point { x: self.at.right(), y: self.at.y + self.at.height / 2.0 }
    }
}
