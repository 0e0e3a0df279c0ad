//! The wait-for graph at the cursor as a picture: who holds which worker, who waits for what, and who is
//! stuck.
//!
//! Read from left to right: a worker is held by its task, the task waits for a child or a lock, the child
//! waits in a queue, the queue needs a worker; a knot is where the way leads back.
//!
//! Invariant: positions are keyed by identity and stand in an order that follows from the run alone
//! (executor, worker, task), so that the picture keeps still from step to step. What moves freely and
//! nobody waits for is counted, not drawn, when there is much of it. Which nodes *can* come true,
//! `analysis::wait_for` decides; its AND/OR nodes are not drawn one to one.

mod collect;
mod paint;
mod place;

pub use paint::scene;

use super::chart::StuckLevel;
use super::palette::Hue;
use super::scene::{Bounds, Measure, Point};
use crate::analysis::deadlock::Stall;
use crate::analysis::digest::Digest;
use crate::analysis::names::Key;
use crate::analysis::state::State;
use crate::model::id::{ExecutorId, ResourceId, TaskId, WorkerId};
use crate::model::signal::Signal;
use crate::model::time::Time;

/// More rows than this are folded into one line for each executor.
pub const MAX_ROWS: usize = 30;

/// Who a node is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
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
pub struct Node {
    /// Who it is.
    pub who: NodeKind,
    /// What is written in it.
    pub text: String,
    /// A line for the hover card and for screen readers: `build#0, waits for net`.
    pub note: String,
    /// The task type's hue, for a task.
    pub hue: Option<Hue>,
    /// Whether it hangs.
    pub trouble: StuckLevel,
    /// Where it is.
    pub at: Bounds,
    /// Its column and row.
    slot: (u32, u32),
}

/// What an edge means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
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
pub struct Edge {
    /// From this node …
    pub from: u32,
    /// … to this one; for [`EdgeKind::NeedsAny`] the first worker of the pool.
    pub to: u32,
    /// What it means.
    pub kind: EdgeKind,
    /// Whether it is part of what hangs.
    pub trouble: StuckLevel,
}

/// The workers of one executor, drawn in one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// Executor of the group.
    pub executor: ExecutorId,
    /// Name of the executor.
    pub name: String,
    /// Whether it is part of what hangs.
    pub trouble: StuckLevel,
    /// Where the frame is.
    pub at: Bounds,
}

/// The whole picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Nodes, by column and row.
    pub nodes: Vec<Node>,
    /// Edges between the nodes.
    pub edges: Vec<Edge>,
    /// Frames around workers.
    pub pools: Vec<Pool>,
    /// Its size in CSS pixels.
    pub width: f64,
    /// Its size in CSS pixels.
    pub height: f64,
}

impl Picture {
    /// The place of a node in the list.
    pub fn find(&self, who: &NodeKind) -> Option<u32> {
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
    fn bend(&self, number: usize) -> Option<f64> {
        let edge = self.edges.get(number)?;
        let (from, to) = (self.nodes.get(edge.from as usize)?, self.nodes.get(edge.to as usize)?);
        (from.at.x == to.at.x).then(|| from.at.right() + 14.0 + (number % 3) as f64 * 5.0)
    }

    /// The task of a node.
    pub fn task(&self, node: u32) -> Option<TaskId> {
        match self.nodes.get(node as usize)?.who {
            NodeKind::Task(task) => Some(task),
            _ => None,
        }
    }
}

/// What a picture comes to, a sentence or two: whether anybody waits, who is stuck, what only a timeout ends.
/// `now` is the instant of the state.
pub fn words(digest: &Digest<'_>, picture: &Picture, now: Time) -> String {
    const WHO: &str = "Who waits for whom at the cursor.";
    if picture.nodes.is_empty() {
        return "Nobody waits for anybody at the cursor.".to_owned();
    }
    let count = |trouble: StuckLevel| {
        let is_one = |node: &&Node| matches!(node.who, NodeKind::Task(_)) && node.trouble == trouble;
        picture.nodes.iter().filter(is_one).count()
    };
    // What is stalled has a timeout, the first of which lets somebody go on.
    let is_on = |stall: &&Stall| stall.at <= now && stall.until.is_none_or(|until| now < until);
    let until = digest.findings.stalls.iter().filter(is_on).filter_map(|stall| stall.until).min();
    let until = until.map_or("until a timeout comes".to_owned(), |until| format!("until {until}"));
    match (count(StuckLevel::Stuck), count(StuckLevel::Stalled)) {
        (0, 0) => format!("{WHO} Nobody is stuck."),
        (0, 1) => format!("{WHO} One task is stalled {until}."),
        (0, many) => format!("{WHO} {many} tasks are stalled {until}."),
        (1, _) => format!("{WHO} One task can never go on."),
        (many, _) => format!("{WHO} {many} tasks can never go on."),
    }
}

/// The picture at a state of the digest's trace. `keep` is never folded away.
pub fn picture(digest: &Digest<'_>, state: &State, keep: Option<TaskId>, measure: Measure<'_>) -> Picture {
    let mut picture = collect::collect(digest, state, keep);
    place::place(&mut picture, measure);
    picture
}

impl Node {
    /// The middle of its left edge.
    fn left(&self) -> Point {
        Point { x: self.at.x, y: self.at.y + self.at.height / 2.0 }
    }

    /// The middle of its right edge.
    fn right(&self) -> Point {
        Point { x: self.at.right(), y: self.at.y + self.at.height / 2.0 }
    }
}
